"""The letter, for whom no message reaches; the address of a visit only, for who may see it."""

import pytest

from tests.support.agenda_site import TheDay
from tests.support.booking_walk import said
from tests.support.page_client import page_of
from tests.support.team import book_a_person


def test_a_letter_tells_the_appointment_in_full(the_day: TheDay) -> None:
    page = the_day.team.client("desk").get(f"{the_day.page}/lettre")
    text = said(page)
    for part in (
        "Apolline Baiebrune",
        "écrivez-la à la main sous son nom",
        "Le mardi 24 novembre 2026",
        "Vous avez rendez-vous : Mardi 24 novembre à 9 h",
        "Mairie de Breuillet 28 rue du Centre, 17920 Breuillet",
        "Numéro de rendez-vous : ",
        "une autre personne pourra prendre la place.",
    ):
        assert part in text
    assert page_of(page).soup.select_one("body.post")
    link = page_of(the_day.team.client("desk").get(the_day.page)).soup
    assert link.select_one(f"a[href='{the_day.page}/lettre']")


def test_only_for_who_knows_the_person(the_day: TheDay) -> None:
    page = the_day.team.client("colleague").get(the_day.page)
    assert "lettre" not in page.text
    for who in ("colleague", "foreign_desk"):
        answer = the_day.team.client(who).get(f"{the_day.page}/lettre")
        assert answer.status_code == 404, who


@pytest.fixture
def visit(the_day: TheDay) -> str:
    with the_day.team.session() as session:
        held = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    return f"/agents/rendez-vous/{held}/lettre"


def test_a_visit_has_its_address_on_the_envelope(the_day: TheDay, visit: str) -> None:
    page = the_day.team.client("desk").get(visit)
    address = page_of(page).soup.select_one("address")
    assert address.get_text("|", strip=True) == ("Yvette Sablon|4 rue des Essais|17920 Breuillet")
    assert "Nous venons chez vous :" in said(page)
    assert "écrivez-la à la main" not in said(page)
    assert "La personne qui vient montre sa carte professionnelle." in said(page)
