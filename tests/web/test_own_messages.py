"""« Mes messages »: from the link of a message a person stops what they want no more."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.models.appointment import Appointment, Resident
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, filled, form_of, page_of
from tests.support.team import LINKS, Team


@pytest.fixture
def token(team: Team) -> str:
    with team.session() as session:
        booked = session.get_one(Appointment, team.subjects["appointment_id"][0])
        return LINKS.token(booked.id, booked.link_version)


@pytest.fixture
def person(team: Team) -> PageClient:
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def refusals(team: Team) -> tuple[bool, bool, bool]:
    with team.session() as session:
        row = session.get_one(Resident, team.subjects["resident_id"][0])
        return row.refuses_sms, row.refuses_mail, row.refuses_reminders


def choose(person: PageClient, token: str, *wanted: str, prefix: str = "") -> str:
    """Tick these boxes and no other; what the next page says."""
    page = person.get(f"{prefix}/r/{token}/messages")
    form = form_of(page_of(page))
    values = {name: text for name, text in filled(form).items() if name == "csrf_token"}
    answer = person.post(form["action"], data=values | dict.fromkeys(wanted, "oui"))
    assert answer.status_code == 303
    return said(person.get(answer.headers["Location"]))


def test_the_link_leads_there_and_looking_changes_nothing(
    person: PageClient, team: Team, token: str
) -> None:
    page = page_of(person.get(f"/r/{token}"))
    assert page.soup.select_one(f"a[href='/r/{token}/messages']").get_text() == (
        "Choisir mes messages"
    )
    for _ in range(2):
        page = person.get(f"/r/{token}/messages")
        assert page.status_code == 200
        assert "Quels messages voulez-vous recevoir ?" in said(page)
    assert {"sms", "email", "rappels"} <= filled(form_of(page_of(page))).keys()
    assert refusals(team) == (False, False, False)


def test_text_messages_stop_and_begin_again(person: PageClient, team: Team, token: str) -> None:
    page = choose(person, token, "email", "rappels")
    assert "Votre choix est enregistré Votre rendez-vous ne change pas." in page
    assert "Notez bien la date : mardi 24 novembre" in page
    assert refusals(team) == (True, False, False)
    choose(person, token)
    assert refusals(team) == (True, True, True)
    choose(person, token, "sms", "email", "rappels")
    assert refusals(team) == (False, False, False)
    with team.session() as session:
        states = session.scalars(select(Appointment.status).distinct())
        assert list(states) == ["BOOKED"]


def test_who_stopped_messages_is_promised_none(
    person: PageClient, team: Team, token: str, monday: time_machine.Traveller
) -> None:
    monday.move_to("2026-11-20 08:00")
    with team.session() as session:
        booked = session.get_one(Appointment, team.subjects["appointment_id"][0])
        booked.booked_at -= timedelta(days=7)
        booked.message_channel = MessageChannel.SMS
        session.commit()
    own = f"/r/{token}"
    assert "Vous recevrez un SMS le samedi 21 novembre." in said(person.get(own)), "not a Sunday"
    assert "You will get a text message on Saturday 21 November." in said(person.get(f"/en{own}"))
    choose(person, token, "email", "rappels")
    page = said(person.get(own))
    assert "Vous ne recevrez pas de message. Notez la date." in page
    assert "Vous recevrez" not in page
    bookmark = said(person.get(f"/rendez-vous/confirme/{token}"))
    assert "Vous ne recevrez pas de message. Notez la date." in bookmark
    choose(person, token, "sms", "email")
    assert "Vous ne recevrez pas de rappel. Notez la date." in said(person.get(own))


def test_in_english_too(person: PageClient, token: str) -> None:
    assert "Your choice is saved" in choose(person, token, "sms", prefix="/en")


def test_a_dead_link_opens_nothing(person: PageClient, token: str) -> None:
    assert person.get("/r/AAAAAAAAAAAA/messages").status_code == 404
    values = filled(form_of(page_of(person.get(f"/r/{token}/messages"))))
    assert person.post("/r/AAAAAAAAAAAA/messages", data=values).status_code == 404


def test_a_page_left_open_asks_once_more(person: PageClient, team: Team, token: str) -> None:
    answer = person.post(f"/r/{token}/messages", data={"sms": "oui"})
    assert answer.status_code == 422
    assert "Appuyez encore sur le bouton." in said(answer)
    assert refusals(team) == (False, False, False)
