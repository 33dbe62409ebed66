"""Team, journal and settings at 320 px in a real browser, where axe looks at every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.domain.access import Role
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import StaffWalk, colleague, sign_in
from tests.support.canaries import Canary


@pytest.fixture
def boss(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """A coordinator before a screen of 320 px."""
    walk = StaffWalk(visit(viewport=NARROWEST), live_site.address)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), "/agents/equipe")
    return walk


def test_somebody_is_invited_and_their_account_closed(boss: StaffWalk, person: Canary) -> None:
    boss.follow("Inviter quelqu’un")
    boss.press("Inviter")
    assert boss.status == 422
    assert boss.follow_error("Choisissez un rôle.") == "role"
    email = f"invite.{person.phone.replace(' ', '')}@equipe.invalid"
    boss.write(prenom=person.first_name, nom=person.last_name, email=email)
    boss.choose("Accueil (CCAS, mairie)")
    boss.page.get_by_label("Arvert", exact=True).select_option("oui")
    boss.press("Inviter")
    assert boss.sees(f"Un e-mail part vers {email}.")
    boss.follow("Retour à l’équipe")
    boss.follow(f"{person.first_name} {person.last_name}")
    boss.press("Fermer ce compte")
    assert boss.sees("Le compte est fermé.")


def test_the_journal_is_narrowed_and_saved(boss: StaffWalk) -> None:
    boss.open("/agents/journal")
    boss.page.get_by_label("Quoi").select_option("SIGNED_IN")
    boss.press("Voir")
    assert "acte=SIGNED_IN" in boss.page.url
    with boss.page.expect_download() as file:
        boss.page.get_by_role("link", name="Enregistrer en tableau").click()
    assert file.value.suggested_filename == "journal.csv"


@pytest.mark.parametrize(
    "path",
    [
        "communes/1", "trajets/1", "lieux/1", "lieux/nouveau", "besoins/1", "service", "textes",
        "delais",
    ],
)  # fmt: skip
def test_every_sheet_fits_a_narrow_screen(boss: StaffWalk, path: str) -> None:
    boss.open(f"/agents/reglages/{path}")
    assert boss.status == 200


def test_a_setting_is_refused_beside_its_field_then_saved(boss: StaffWalk) -> None:
    boss.open("/agents/reglages")
    boss.follow("Délais et limites")
    kept = boss.value("late_arrival_minutes")
    boss.write(late_arrival_minutes="999")
    boss.press("Enregistrer")
    assert boss.status == 422
    assert boss.follow_error("Doit être entre 0 et 120.") == "late_arrival_minutes"
    boss.write(late_arrival_minutes=kept)
    boss.press("Enregistrer")
    assert boss.sees("C’est enregistré.")
