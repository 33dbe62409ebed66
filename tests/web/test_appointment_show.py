"""The link of a message: one appointment, shown to whoever holds the link, changed by nobody."""

import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text, update

from app.models.places import Topic
from tests.support.booking_walk import (
    FOR_ANOTHER,
    VISIT,
    booked,
    change,
    confirm,
    dump,
    follow,
    number_of,
    press,
    said,
    to_check,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

PRIVATE = (
    *("Rose", "Serin", "Marc", "exemple.test", "Moulin"),
    *("39 98 00 01", "39980001", "39 98 00 02", "39980002"),
)
DAY_S = 24 * 60 * 60
MOST_KNOWN = 8
"""Addresses of a link that were there when this was written."""
PAGES = ("/r/{}", "/r/{}/imprimer", "/r/{}/annuler", "/r/{}/date", "/rendez-vous/confirme/{}")
OF_REGISTRATIONS = ("/une-personne", "/date/<int:session_id>")
"""What only the link of a registration opens: see test_registering."""


@pytest.fixture
def token(visitor: PageClient, monday: time_machine.Traveller) -> str:
    return booked(visitor, monday)


def linked(app: Flask) -> list[str]:
    """Every address that the link of an appointment opens, over the map of all addresses."""
    found = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments
        and "GET" in (rule.methods or set())
        and rule.rule.startswith(("/r/", "/rendez-vous/"))
        and not rule.rule.endswith(OF_REGISTRATIONS)
    ]
    assert len(found) >= MOST_KNOWN
    return [re.sub(r"<[^<>]*token>", "{}", rule) for rule in found]


@pytest.mark.both_databases
def test_looking_twice_by_any_robot_changes_nothing(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    before = dump(presquile)
    query = "?debut=2026-11-26T09:00&lieu=mairie-breuillet&fait=annule"
    for page in linked(visitor.application):
        for method in ("GET", "HEAD", "GET", "HEAD"):
            assert visitor.open(page.format(token) + query, method=method).status_code == 200
    assert dump(presquile) == before


def test_a_page_of_a_link_is_kept_by_nobody_and_names_nobody(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday, f"{VISIT}&pour=autre", email="rose@exemple.test")
    for page in linked(visitor.application):
        response = visitor.get(page.format(token) + "?debut=2026-12-01T14:00")
        assert response.headers["Cache-Control"] == "no-store", page
        assert "noindex" in response.headers["X-Robots-Tag"], page
        for private in PRIVATE:
            assert private not in response.text.replace("\u00a0", " "), (page, private)


def test_the_page_says_all_that_is_needed(visitor: PageClient, token: str) -> None:
    shown = visitor.get(f"/r/{token}")
    for wanted in (
        "Votre rendez-vous",
        "Mardi 24 novembre à 9 h",
        "Confirmé",
        "Mairie de Breuillet",
        "Numéro de rendez-vous",
        "À apporter : téléphone, carnet de mots de passe",
    ):
        assert wanted in said(shown)
    assert page_of(follow(visitor, shown, "Changer la date")).h1.startswith("Quel rendez-vous")
    assert page_of(follow(visitor, shown, "Annuler le rendez-vous")).h1.startswith("Voulez-vous")
    assert page_of(follow(visitor, shown, "Imprimer")).h1 == "Votre rendez-vous"


def test_a_need_that_asks_for_nothing_says_nothing_of_it(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    change(presquile, update(Topic).values(bring={"fr": "", "en": ""}))
    assert "À apporter" not in said(visitor.get(f"/r/{token}"))


def test_the_page_for_paper_has_the_number_and_the_phone(visitor: PageClient, token: str) -> None:
    paper = visitor.get(f"/r/{token}/imprimer")
    assert number_of(paper) == number_of(visitor.get(f"/r/{token}"))
    assert "Pour changer ou annuler : 05 36 49 00 00, du lundi au vendredi" in said(paper)
    assert page_of(follow(visitor, paper, "Retour")).h1 == "Votre rendez-vous"


def test_a_visit_says_that_we_call_and_how_to_be_safe(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday, VISIT)
    assert page_of(visitor.get(f"/r/{token}")).h1 == "Votre visite"
    assert "Elle ne demande jamais d’argent." in said(visitor.get(f"/r/{token}"))
    assert "Nous vous appelons avant la visite" in said(visitor.get(f"/r/{token}/imprimer"))
    assert "entre 14 h et 14 h 30" in said(visitor.get(f"/r/{token}/annuler"))


def test_the_calendar_file_goes_to_the_calendar(visitor: PageClient, token: str) -> None:
    answer = visitor.get(f"/r/{token}.ics")
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "DTSTART:20261124T080000Z" in answer.text
    assert "LOCATION:Mairie de Breuillet" in answer.text


WRONG = ("x", "AbCdEfGhIj12", "A" * 11, "A" * 13, "é" * 12, "../../etc/pw", "%00" * 12, "-" * 12)


def test_a_link_that_opens_nothing_is_not_found(visitor: PageClient) -> None:
    for wrong in WRONG:
        response = visitor.get(f"/r/{wrong}")
        assert response.status_code == 404
        assert "05 36 49 00 00" in said(response)
    for page in linked(visitor.application):
        assert visitor.get(page.format("AbCdEfGhIj12")).status_code == 404


def test_links_that_open_nothing_are_tried_thirty_times_and_no_more(
    visitor: PageClient, token: str
) -> None:
    visitor.checks_pages = False  # the same page thirty times
    guesses = [f"AbCdEfGhIj{rank:02}" for rank in range(31)]
    answers = [visitor.get(f"/r/{guess}").status_code for guess in guesses]
    assert answers == [404] * 30 + [429]
    assert visitor.get(f"/r/{token}").status_code == 200, "a link that works always works"


def test_a_revoked_link_is_not_found(presquile: Database, visitor: PageClient, token: str) -> None:
    change(presquile, text("UPDATE appointment SET link_token_hash = 'of another version'"))
    for page in linked(visitor.application):
        assert visitor.get(page.format(token)).status_code == 404


def test_thirty_days_after_it_the_link_is_gone(
    visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    monday.shift(30 * DAY_S)
    assert visitor.get(f"/r/{token}").status_code == 200
    monday.shift(2 * DAY_S)
    for page in linked(visitor.application):
        response = visitor.get(page.format(token))
        assert response.status_code == 410
    assert "Ce lien ne fonctionne plus. Le rendez-vous est passé." in said(
        visitor.get(f"/r/{token}")
    )


def test_shortly_before_only_cancelling_is_left_and_then_nothing(
    visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    monday.move_to("2026-11-24 07:30+00:00")
    shown = said(visitor.get(f"/r/{token}"))
    assert "Votre rendez-vous est dans moins de 2 heures." in shown
    assert "Vous pouvez encore l’annuler ici." in shown
    assert "Pour changer la date, appelez le 05 36 49 00 00." in shown
    assert "Changer la date" not in shown
    assert "Annuler le rendez-vous" in shown
    monday.move_to("2026-11-24 08:00+00:00")
    shown = said(visitor.get(f"/r/{token}"))
    assert "Ce rendez-vous est passé. Pour toute question, appelez le 05 36 49 00 00." in shown
    assert "Annuler" not in shown


def test_a_cancelled_one_says_so_and_by_whom(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    press(visitor, visitor.get(f"/r/{token}/annuler"), "Oui, annuler")
    shown = visitor.get(f"/r/{token}")
    assert page_of(shown).h1 == "Ce rendez-vous est annulé"
    assert "Annulé par vous" in said(shown)
    assert not page_of(shown).soup.select("#numero")
    for page in (f"/rendez-vous/confirme/{token}", f"/r/{token}/imprimer"):
        assert page_of(visitor.get(page)).h1 == "Ce rendez-vous est annulé"
        assert not page_of(visitor.get(page)).soup.select("#numero"), "it looks like no ticket"
    again = follow(visitor, shown, "Prendre un autre rendez-vous")
    assert page_of(again).h1 == "Dans quelle commune habitez-vous ?"
    assert "STATUS:CANCELLED" in visitor.get(f"/r/{token}.ics").text
    change(presquile, text("UPDATE appointment SET cancelled_by = 'SERVICE'"))
    assert "Annulé par Coclic’O" in said(visitor.get(f"/r/{token}"))
    assert visitor.get(f"/r/{token}/date").status_code == 409
    assert page_of(visitor.get(f"/r/{token}/annuler")).h1 == "Ce rendez-vous est annulé"


def test_once_it_is_closed_no_state_is_told(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    assert "Prendre un autre rendez-vous" not in said(visitor.get(f"/r/{token}"))
    monday.shift(2 * DAY_S)
    change(presquile, text("UPDATE appointment SET status = 'NO_SHOW'"))
    page = visitor.get(f"/r/{token}")
    assert "Confirmé" not in said(page)
    assert "Vous recevrez" not in said(page)
    again = follow(visitor, page, "Prendre un autre rendez-vous")
    assert page_of(again).h1 == "Dans quelle commune habitez-vous ?", "« we missed you » leads here"


def test_a_link_is_shown_in_the_language_of_its_address(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    done = confirm(visitor, to_check(visitor, monday, FOR_ANOTHER))
    token = done.request.path.rsplit("/", 1)[1]
    for page in PAGES:
        response = visitor.get("/en" + page.format(token))
        assert response.status_code == 200
        assert "novembre" not in said(response)
        assert "Tuesday 24 November" in said(response)
