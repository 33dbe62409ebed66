"""The pages about the service: home, communes, required pages, what machines ask."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.domain.territory import parse_territory
from app.models.places import Commune, Territory, Topic, Venue
from app.services.territory import load_territory
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW, read_toml
from tests.support.site import MakeApp
from tests.support.territory_change import change

LATER = "2027-03-01"
LEGAL = ("/accessibilite", "/vos-donnees", "/mentions-legales", "/conditions")
PAGES = ("/", "/communes/breuillet", *LEGAL, "/plan-du-site", "/aide")


def links(client: PageClient, path: str) -> list[str]:
    return [str(link["href"]) for link in page_of(client.get(path)).soup.find_all("a", href=True)]


def main_text(client: PageClient, path: str) -> str:
    """What the page itself says, without what stands around every page."""
    page = page_of(client.get(path)).soup.select_one(".page")
    assert page is not None
    return " ".join(page.get_text(" ").split())


def test_the_home_page_says_what_it_is_for_and_leads_there(visitor: PageClient) -> None:
    page = page_of(visitor.get("/"))
    assert page.h1 == "Besoin d’aide avec votre téléphone, votre ordinateur ou Internet ?"
    assert "C’est gratuit." in page.text
    wanted = {"/rendez-vous", "/mon-rendez-vous", "/visite-a-domicile", "/rendez-vous?pour=autre"}
    assert wanted <= set(links(visitor, "/"))


def test_every_served_commune_has_its_page_from_home_and_site_map(
    presquile: Database, visitor: PageClient
) -> None:
    change(presquile, update(Commune).where(Commune.slug == "arvert").values(bookable=False))
    for path in ("/", "/plan-du-site"):
        found = {link for link in links(visitor, path) if link.startswith("/communes/")}
        assert len(found) == 8
        assert "/communes/arvert" not in found
        assert {visitor.get(link).status_code for link in found} == {200}


def test_no_page_leads_to_an_address_that_does_not_answer(visitor: PageClient) -> None:
    for language in ("", "/en"):
        for path in PAGES:
            inside = {link for link in links(visitor, language + path) if link.startswith("/")}
            for link in inside:
                assert visitor.get(link).status_code in {200, 302, 303}, (path, link)


def test_a_commune_page_says_where_when_and_whom_to_call(visitor: PageClient) -> None:
    said = main_text(visitor, "/communes/breuillet")
    assert "Mairie de Breuillet" in said
    assert "28 rue du Centre" in said
    assert "rampe à gauche de l’entrée" in said
    assert "05 46 22 72 13" in said.replace("\u00a0", " ")
    assert "Lundi, mardi et jeudi" in said
    assert "Prochaines heures libres" in said
    assert "Mardi 24 novembre" in said
    assert "/rendez-vous?commune=breuillet" in links(visitor, "/communes/breuillet")


def test_the_times_of_a_commune_page_suit_the_longest_need(
    presquile: Database, visitor: PageClient
) -> None:
    """180 minutes fill a whole opening: only its start is left to show."""
    change(presquile, update(Topic).where(Topic.code == "demarche").values(minutes=180))
    assert "à 9 h" in main_text(visitor, "/communes/breuillet").replace("\u00a0", " ")
    assert "10 h" not in str(page_of(visitor.get("/communes/breuillet")).soup.select_one(".free"))


def test_where_the_longest_need_finds_nothing_the_shortest_is_shown(
    presquile: Database, visitor: PageClient
) -> None:
    change(presquile, update(Topic).where(Topic.code == "demarche").values(minutes=240))
    assert "Prochaines heures libres" in main_text(visitor, "/communes/breuillet")


def test_a_commune_with_nothing_free_says_until_when(
    presquile: Database, visitor: PageClient
) -> None:
    change(presquile, text("DELETE FROM availability"))
    said = main_text(visitor, "/communes/breuillet").replace("\u00a0", " ")
    assert "Il n’y a plus de rendez-vous libre à Breuillet avant le vendredi 22 janvier" in said
    assert "Prochaines heures libres" not in said


def test_what_nobody_described_is_said_to_be_unknown(
    presquile: Database, visitor: PageClient
) -> None:
    assert "Nous n’avons pas encore décrit l’entrée." in main_text(
        visitor, "/communes/chaillevette"
    )
    change(presquile, update(Venue).where(Venue.slug == "mairie-chaillevette").values(active=False))
    assert "Il n’y a pas de lieu d’accueil à Chaillevette" in main_text(
        visitor, "/communes/chaillevette"
    )


@pytest.mark.parametrize("slug", ["paris", "a%00b", "%ff", "..%2f..", "breuillet%0d%0aX"])
def test_an_unknown_commune_is_not_found(visitor: PageClient, slug: str) -> None:
    assert visitor.get(f"/communes/{slug}").status_code == 404


def test_a_commune_that_left_says_so(presquile: Database, visitor: PageClient) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    change(
        presquile, update(Commune).where(Commune.slug == "arvert").values(active_until=yesterday)
    )
    response = visitor.get("/communes/arvert")
    assert response.status_code == 410
    assert "La commune d’Arvert ne participe plus à Coclic’O." in page_of(response).text
    assert "of Arvert" not in page_of(response).text


@pytest.mark.parametrize(
    "values", [{"bookable": False}, {"active_from": date(2027, 1, 1)}], ids=["pays only", "not yet"]
)
def test_a_commune_that_was_never_served_has_no_page(
    presquile: Database, visitor: PageClient, values: dict[str, Any]
) -> None:
    change(presquile, update(Commune).where(Commune.slug == "arvert").values(**values))
    assert visitor.get("/communes/arvert").status_code == 404


@pytest.fixture
def unfilled(database: Database, monday: time_machine.Traveller, make_app: MakeApp) -> PageClient:
    """The territory as it is delivered: no phone, no legal texts."""
    engine = database.engine()
    with Session(engine) as session:
        file = parse_territory(read_toml("presquile-arvert"))
        load_territory(session, file, overwrite=False, now=NOW)
    engine.dispose()
    client = make_app().test_client()
    assert isinstance(client, PageClient)
    client.checks_pages = False  # without a phone, pages break the rule that each shows one
    return client


@pytest.mark.parametrize("path", PAGES)
def test_without_a_phone_pages_send_to_the_town_hall(unfilled: PageClient, path: str) -> None:
    response = unfilled.get(path)
    assert response.status_code == 200
    assert "None" not in page_of(response).text
    assert "tel:None" not in response.text


def test_what_the_service_has_not_given_is_told_as_it_is(unfilled: PageClient) -> None:
    legal = main_text(unfilled, "/mentions-legales")
    assert "Cette page n’est pas complète." in legal
    assert legal.count("Pas encore indiqué.") >= 6
    assert "Cette page n’est pas complète." in main_text(unfilled, "/vos-donnees")
    assert "Appelez votre mairie." in main_text(unfilled, "/")


def test_filled_legal_pages_are_complete(visitor: PageClient) -> None:
    legal = main_text(visitor, "/mentions-legales").replace("\u00a0", " ")
    assert "n’est pas complète" not in legal
    for given in ("Le groupement de communes", "05 36 49 00 01", "mairie@demo.invalid"):
        assert given in legal


def test_the_accessibility_statement_keeps_the_words_of_the_law(visitor: PageClient) -> None:
    said = main_text(visitor, "/accessibilite").replace("\u00a0", " ")
    assert "Accessibilité : non conforme" in said
    assert "Aucun audit n’a encore été fait." in said
    assert "Défenseur des droits Libre réponse 71120 75342 Paris CEDEX 07" in said
    assert "mise à jour le lundi 23 novembre" in said
    footer = page_of(visitor.get("/aide")).soup.footer
    assert footer is not None
    assert "Accessibilité : non conforme" in footer.get_text().replace("\u00a0", " ")


@pytest.mark.parametrize("state", ["partiellement conforme", "totalement conforme"])
def test_an_audited_site_says_its_state_and_its_date(
    presquile: Database, visitor: PageClient, state: str
) -> None:
    texts = {
        **read_toml("presquile-arvert")["texts"],
        "accessibility_state": state,
        "accessibility_audited_on": "2026-10-05",
        "accessibility_results": {"fr": "80 critères sur 100 sont respectés.", "en": ""},
        "accessibility_scheme_url": "https://exemple.invalid/schema",
        "accessibility_plan_url": "https://exemple.invalid/plan",
    }
    change(presquile, update(Territory).values(texts=texts))
    said = main_text(visitor, "/accessibilite").replace("\u00a0", " ")
    assert f"Accessibilité : {state}" in said
    assert "L’audit a été fait le lundi 5 octobre." in said
    assert "mise à jour le lundi 23 novembre" in said
    change(presquile, update(Territory).values(texts=texts | {"accessibility_audited_on": LATER}))
    later = main_text(visitor, "/accessibilite").replace("\u00a0", " ")
    assert later.count("1er mars 2027") == 2, "never older than its audit"
    assert "80 critères sur 100 sont respectés." in said
    assert "Aucun audit" not in said
    assert {"https://exemple.invalid/schema", "https://exemple.invalid/plan"} <= set(
        links(visitor, "/accessibilite")
    )


def test_conditions_follow_the_settings(presquile: Database, visitor: PageClient) -> None:
    shipped = main_text(visitor, "/conditions").replace("\u00a0", " ")
    assert "2 rendez-vous à venir par téléphone" in shipped
    assert "annuler jusqu’à l’heure du rendez-vous" in shipped
    assert "changer la date jusqu’à 2 heures avant" in shipped
    chosen = {"upcoming_limit": 1, "cancel_until_minutes": 60, "change_until_minutes": 0}
    change(presquile, update(Territory).values(settings=chosen))
    changed = main_text(visitor, "/conditions").replace("\u00a0", " ")
    assert "un seul rendez-vous à venir par téléphone" in changed
    assert "annuler jusqu’à 1 heure avant le rendez-vous" in changed
    assert "changer la date jusqu’à l’heure du rendez-vous" in changed


def test_help_lists_what_to_bring_for_each_need(presquile: Database, visitor: PageClient) -> None:
    change(presquile, update(Topic).where(Topic.code == "emploi").values(active=False))
    said = main_text(visitor, "/aide")
    assert "Téléphone, carnet de mots de passe" in said
    assert "identifiants France Travail" not in said


def test_hours_are_told_in_the_language_of_the_page(visitor: PageClient) -> None:
    english = main_text(visitor, "/en/communes/vaux-sur-mer").replace("\u00a0", " ")
    assert "from 9 am to 12.15 pm and from 1.30 pm to 4.30 pm" in english
    french = main_text(visitor, "/communes/vaux-sur-mer").replace("\u00a0", " ")
    assert "Du lundi au vendredi de 9 h à 12 h 15 et de 13 h 30 à 16 h 30" in french


def test_without_an_address_the_legal_page_says_whom_to_tell(unfilled: PageClient) -> None:
    said = unfilled.get("/.well-known/security.txt")
    assert "Contact: http://localhost/mentions-legales\n" in said.text
