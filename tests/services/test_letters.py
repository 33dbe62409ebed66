"""What a message is read from at the instant of sending: an offered place, today's own link."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.booking import Phone
from app.domain.messages import OutboxState
from app.domain.sending import SkipReason
from app.gateways.senders import FileSender
from app.models.appointment import Appointment, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services.letters import Letter, PostRoom, read_letter
from app.services.links import Links, hash_token
from app.services.offer_facts import PURPOSE
from app.services.outbox_claims import claim_due
from app.services.reminders import remind, upcoming_reminders
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW as TOWN_NOW
from tests.support.appointment_rows import make_town
from tests.support.delivered import deliver
from tests.support.stage import LINKS, Stage, choice
from tests.support.stage_plan import NOW, at, permanence
from tests.support.waiting import Waiters

SMS = MessageChannel.SMS
SOON = NOW + timedelta(seconds=5)
ONE_SESSION = [permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont")]


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    """Somebody was just offered the one place of the week."""
    stage.change_timetable(rules=ONE_SESSION)
    waiters = Waiters(stage)
    waiters.join()
    return waiters


@pytest.fixture
def room(tmp_path: Path) -> PostRoom:
    return PostRoom({SMS: FileSender(tmp_path, "Aide")}, LINKS, "https://rdv.example.fr")


def read(waiters: Waiters, room: PostRoom) -> Letter | SkipReason | None:
    (claim,) = claim_due(waiters.session, SOON, [SMS])
    return read_letter(waiters.session, claim, SOON, room)


def test_an_offered_place_is_told_to_who_waits(waiters: Waiters, room: PostRoom) -> None:
    letter = read(waiters, room)
    assert isinstance(letter, Letter)
    (offer,) = waiters.offers()
    token = LINKS.purpose_token(PURPOSE, offer.id, offer.link_version)
    assert (letter.facts.token, letter.commune_id) == (token, offer.commune_id)
    assert letter.address.startswith("+33")


def test_an_offer_leaves_as_one_text(waiters: Waiters, room: PostRoom, tmp_path: Path) -> None:
    (claim,) = claim_due(waiters.session, SOON, [SMS])
    assert deliver(waiters.session, claim, SOON, room) is OutboxState.SENT
    (file,) = tmp_path.glob("*.txt")
    assert "/offre/" in file.read_text()


def test_an_offer_that_is_closed_is_not_told(waiters: Waiters, room: PostRoom) -> None:
    with write_transaction(waiters.session):
        waiters.session.execute(update(Offer).values(closed_at=NOW))
    assert read(waiters, room) is SkipReason.UNTRUE


def test_cancelling_by_the_link_of_a_reminder_offers_the_place(
    stage: Stage, room: PostRoom, tmp_path: Path
) -> None:
    stage.change_timetable(rules=[permanence("jeanne", "vendredi", "09:00-09:45", "mairie-amont")])
    stage.book(choice("2026-11-27T09:00"))
    waiters, week = Waiters(stage), NOW + timedelta(days=7)
    waiters.join()
    (coming,) = upcoming_reminders(stage.session, stage.catalogue, NOW, week)
    assert remind(stage.session, coming.due_at, 10) == 1
    for claim in claim_due(stage.session, coming.due_at, [SMS], limit=9):
        deliver(stage.session, claim, coming.due_at, room)
    (text,) = (file.read_text() for file in tmp_path.glob("*reminder*"))
    (token,) = re.findall(r"/r/(\w+)", text)
    assert waiters.offers() == []
    stage.cancel(token, now=coming.due_at)
    (offer,) = waiters.open_offers()
    assert offer.starts_at == at("2026-11-27T09:00")


def test_who_has_just_booked_is_not_asked(waiters: Waiters, room: PostRoom) -> None:
    """The worker sends before it withdraws."""
    number = waiters.session.scalars(select(Resident.phone)).one()
    mine = Phone(number or "", is_mobile=True, is_foreign=False)
    waiters.stage.change_timetable()
    waiters.stage.book(choice("2026-11-27T10:00"), phone=mine, now=SOON)
    assert read(waiters, room) is SkipReason.UNTRUE
    assert waiters.open_offers(), "not withdrawn yet"


def test_nobody_waits_any_more(waiters: Waiters, room: PostRoom) -> None:
    with write_transaction(waiters.session):
        waiters.session.execute(update(Offer).values(entry_id=None))
        waiters.session.execute(delete(WaitingEntry))
    assert read(waiters, room) is SkipReason.ERASED


def test_a_link_made_with_an_earlier_key_is_replaced(session: Session, room: PostRoom) -> None:
    town = make_town(session)
    appointment_id = town.book()
    later = TOWN_NOW + timedelta(seconds=5)
    (claim,) = claim_due(session, later, [SMS])
    new = PostRoom(room.senders, Links("the key of today"), room.public_url)
    letter = read_letter(session, claim, later, new)
    assert isinstance(letter, Letter)
    assert letter.facts.token == new.links.token(appointment_id, 1)
    session.rollback()
    stored = session.scalars(select(Appointment.link_token_hash)).one()
    assert stored == hash_token(letter.facts.token)
