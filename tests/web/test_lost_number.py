"""« Je n’ai plus mon numéro »: one answer for everybody, and few tries from one place."""

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messages import MessageKind
from app.models.outbox import OutboxMessage
from app.web.appointment import lost_number as asking
from tests.support.booking_walk import booked, errors, follow, said, set_settings
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.site import MakeApp

FIND, ASK = "/mon-rendez-vous", "/mon-rendez-vous/numero"
KNOWN, UNKNOWN, LANDLINE = "06 39 98 00 01", "06 39 98 00 99", "05 46 00 00 00"
ANSWER = "Si un rendez-vous existe pour ce téléphone portable, nous venons d’envoyer un SMS."


def sent(database: Database) -> int:
    """How many numbers were written to be sent."""
    engine = database.engine()
    with Session(engine) as session:
        lost = OutboxMessage.kind == MessageKind.LOST_NUMBER
        found = len(session.scalars(select(OutboxMessage).where(lost)).all())
    engine.dispose()
    return found


def test_the_page_that_finds_leads_here(visitor: PageClient) -> None:
    page = follow(visitor, visitor.get(FIND), "Je n’ai plus mon numéro")
    assert page_of(page).h1 == "Je n’ai plus mon numéro"
    assert "Nous l’envoyons par SMS" in said(page)


@pytest.mark.both_databases
def test_the_answer_is_the_same_for_any_telephone(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday)
    answers = []
    for phone, written in ((UNKNOWN, 0), (LANDLINE, 0), (KNOWN, 1), (KNOWN, 2)):
        answer = visitor.submit(visitor.get(ASK), telephone=phone)
        answers.append((answer.status_code, answer.location, answer.data))
        assert sent(presquile) == written
    assert len(set(answers)) == 1
    shown = visitor.get(answers[0][1])
    assert ANSWER in said(shown)
    assert "Vous ne recevez rien ? Appelez le 05 36 49 00 00." in said(shown)


@pytest.mark.usefixtures("presquile")
def test_no_answer_is_quicker_than_another(
    visitor: PageClient, monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is shorter than the floor, and what is left of it is waited for."""
    booked(visitor, monday)
    waits: list[float] = []
    monkeypatch.setattr(asking, "perf_counter", iter((0.0, 0.045, 9.0, 9.028, 20.0, 20.5)).__next__)
    monkeypatch.setattr(asking, "sleep", waits.append)
    for phone in (KNOWN, UNKNOWN, KNOWN):
        visitor.submit(visitor.get(ASK), telephone=phone)
    spent = (0.045, 0.028)
    assert waits[:2] == pytest.approx([asking.FLOOR_S - each for each in spent])
    assert waits[2] == 0.0


INCOMPLETE = (
    "Ce numéro de téléphone est incomplet. Il faut 10 chiffres, par exemple 06 39 98 12 34."
)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Écrivez votre numéro de téléphone."), ("06 39 98", INCOMPLETE)],
)
def test_what_is_no_telephone_is_said(visitor: PageClient, typed: str, sentence: str) -> None:
    answer = visitor.submit(visitor.get(ASK), telephone=typed)
    assert answer.status_code == 422
    assert sentence in errors(answer)


def test_one_network_asks_so_often(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, lookup_failures_per_address=2)
    page = visitor.get(ASK)
    for phone in (UNKNOWN, KNOWN):
        assert visitor.submit(page, telephone=phone).status_code == 303
    blocked = visitor.submit(page, telephone=KNOWN)
    assert blocked.status_code == 429
    assert errors(blocked) == ["Trop d’essais. Attendez 15 minutes ou appelez le 05 36 49 00 00."]
    monday.shift(15 * 60 + 1)
    assert visitor.submit(visitor.get(ASK), telephone=KNOWN).status_code == 303


def test_it_is_there_in_english(visitor: PageClient) -> None:
    page = visitor.get(f"/en{ASK}")
    assert page_of(page).h1 == "I no longer have my number"
    answer = visitor.submit(page, telephone=UNKNOWN)
    assert page_of(visitor.get(answer.location)).h1 == "Check your text messages"


@pytest.mark.usefixtures("presquile", "monday")
def test_where_no_text_message_leaves_one_calls(make_app: MakeApp) -> None:
    client = make_app(sms_url=None).test_client()
    assert "Je n’ai plus mon numéro" not in client.get(FIND).text
    assert client.get(ASK).status_code == 404
