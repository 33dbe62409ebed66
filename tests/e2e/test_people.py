"""A clerk and a coordinator with people's cards, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.domain.access import Role
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite, book_for
from tests.support.browser_staff import (
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    sign_in,
)
from tests.support.canaries import Canary

FIND = "/agents/personnes"
COMMUNE, TOPIC = "vaux-sur-mer", "email"


@pytest.fixture
def narrow(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """A screen of 320 px."""
    return StaffWalk(visit(viewport=NARROWEST), live_site.address)


def digits(person: Canary) -> str:
    return person.phone.replace(" ", "")[-4:]


def find(walk: StaffWalk, person: Canary) -> None:
    walk.open(FIND)
    walk.write(recherche=digits(person))
    walk.press("Chercher")


def test_a_clerk_finds_and_corrects_a_card_without_scripts(
    visit: Callable[..., Page], live_site: LiveSite, person: Canary
) -> None:
    book_for(live_site, person, COMMUNE, TOPIC)
    page = visit(viewport=NARROWEST, java_script_enabled=False)
    walk = StaffWalkWithoutScripts(page, live_site.address, visit().context)
    sign_in(walk, colleague(live_site, Role.CCAS_AGENT, COMMUNE), FIND)
    find(walk, person)
    assert walk.sees("1 fiche trouvée")
    walk.follow(f"{person.first_name} {person.last_name}")
    walk.follow("Corriger la fiche")
    walk.write(nom="Nouveau-Nom", telephone="12")
    walk.press("Enregistrer")
    assert walk.status == 422
    walk.write(telephone=person.phone)
    walk.press("Enregistrer")
    assert walk.sees("La fiche est corrigée.")
    assert walk.heading == f"{person.first_name} Nouveau-Nom"


def test_two_cards_of_one_person_become_one(
    narrow: StaffWalk, live_site: LiveSite, person: Canary
) -> None:
    for _ in range(2):
        book_for(live_site, person, COMMUNE, TOPIC)
    sign_in(narrow, colleague(live_site, Role.CCAS_AGENT, COMMUNE), FIND)
    find(narrow, person)
    assert narrow.sees("2 fiches trouvées")
    narrow.follow(f"{person.first_name} {person.last_name}")
    narrow.follow("Oui : garder cette fiche-là")
    narrow.press("Rapprocher les deux fiches")
    assert narrow.sees("Les deux fiches n’en font plus qu’une.")
    assert narrow.main.locator(".visits li").count() == 2


def test_a_coordinator_shows_all_that_is_held_and_refuses_to_erase_somebody_awaited(
    narrow: StaffWalk, live_site: LiveSite, person: Canary
) -> None:
    book_for(live_site, person, COMMUNE, TOPIC)
    sign_in(narrow, colleague(live_site, Role.COORDINATOR), FIND)
    find(narrow, person)
    narrow.follow(f"{person.first_name} {person.last_name}")
    narrow.main.get_by_label("Les rappels avant un rendez-vous").uncheck()
    narrow.press("Enregistrer ses choix")
    assert narrow.sees("Ses choix sont notés.")
    narrow.follow("Voir tout ce qui est gardé")
    assert narrow.sees(person.last_name)
    with narrow.page.expect_download() as file:
        narrow.page.get_by_role("link", name="Enregistrer en fichier").click()
    assert file.value.suggested_filename.endswith(".json")
    narrow.page.go_back()
    narrow.follow("Effacer cette personne")
    assert narrow.heading == "Annulez d’abord les rendez-vous à venir"
