"""A card that is registered for workshops: corrected, merged, exported, erased, forgotten."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.appointment import (
    Actor,
    CallOutcome,
    CallReason,
    Channel,
    EventKind,
    MessageChannel,
)
from app.domain.booking import Phone
from app.domain.messages import OutboxState
from app.domain.staff_errors import StillExpected
from app.domain.waiting import OfferOutcome
from app.domain.workshops import ParticipationState, RegistrationStatus
from app.models.appointment import AppointmentEvent, CallTask
from app.models.outbox import OutboxMessage
from app.models.workshops import (
    Participation,
    PlacesOffer,
    Registration,
    Workshop,
    WorkshopNews,
    WorkshopSession,
)
from app.services.appointment_rows import Act
from app.services.erasure_register import ErasureRegister
from app.services.links import first_version, hash_token
from app.services.orphans import _handed_over
from app.services.person_changes import Correction, correct_person
from app.services.person_doubles import merge_cards
from app.services.person_erasure import erase_person
from app.services.person_export import export_person
from app.services.registration_retention import erase_after_workshops, remove_places_offers
from app.services.registrations import cancel_registration
from app.services.registrations import register as register_people
from app.services.retention import AFTER_WORKSHOP, PERSON, columns_under
from app.services.transaction import write_transaction
from app.services.workshop_offers import offer_workshops
from tests.support.people_cards import card_of, clerk
from tests.support.stage import HELPER, LANDLINE, LINKS, Stage
from tests.support.stage_plan import NOW
from tests.support.workshops import couple, plan_workshop, registration

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)
REGISTERED, WAITING, CANCELLED = RegistrationStatus


def enrol(stage: Stage, workshop_id: int, *, two: bool = False, **changes: Any) -> Registration:
    asked = (couple if two else registration)(workshop_id, **changes)
    found = register_people(stage.session, asked, now=NOW, links=LINKS)
    opened = Registration.link_token_hash == hash_token(found.token)
    return stage.session.scalars(select(Registration).where(opened)).one()


def fresh(stage: Stage, row: Registration) -> Registration:
    stage.session.rollback()
    stage.session.refresh(row)
    return row


def call(stage: Stage, row: Registration, reason: CallReason = CallReason.UNDELIVERED) -> None:
    with write_transaction(stage.session):
        task = CallTask(registration_id=row.id, reason=reason, created_at=NOW, due_at=NOW)
        stage.session.add(task)


def correct(stage: Stage, row: Registration, **changes: Any) -> None:
    card = card_of(stage, row.resident_id)
    number = Phone(card.phone, True, False) if card.phone else None
    now_is = Correction(
        card.first_name, card.last_name, number, card.email, card.commune_id, card.language
    )
    correct_person(
        stage.session, card.id, replace(now_is, **changes), "", by=clerk(stage), now=NOW,
        links=LINKS,
    )  # fmt: skip


def test_a_correction_kills_old_links_and_offers_again_what_was_offered(stage: Stage) -> None:
    full = plan_workshop(stage.session, FIRST, recorded_at=NOW, capacity=1)
    first, second = enrol(stage, full), enrol(stage, full)
    cancel_registration(stage.session, first.id, Act(NOW))
    [offer] = stage.session.scalars(select(PlacesOffer))
    with write_transaction(stage.session):
        offer.link_token_hash = "known"
    old = second.link_token_hash
    correct(stage, second, last_name="Sérin", phone=None, language="en")
    assert fresh(stage, second).link_token_hash not in (old, None)
    assert (second.status, second.language) == (WAITING, "en")
    assert second.link_version == first_version(NOW) + 1
    assert second.message_channel is MessageChannel.VOICE  # who waits must be told somehow
    stage.session.refresh(offer)
    assert (offer.outcome, offer.link_token_hash) == (OfferOutcome.WITHDRAWN, None)
    assert stage.session.get_one(Workshop, full, populate_existing=True).taken == 0
    offer_workshops(stage.session, NOW, 10)
    again = stage.session.scalars(select(PlacesOffer).where(PlacesOffer.closed_at.is_(None))).one()
    assert again.registration_id == second.id
    assert again.id != offer.id


def test_who_is_registered_is_called_where_no_message_reaches_them(stage: Stage) -> None:
    row = enrol(stage, plan_workshop(stage.session, FIRST, recorded_at=NOW))
    correct(stage, row, phone=LANDLINE, email="rose@exemple.invalid")
    assert fresh(stage, row).message_channel is MessageChannel.VOICE


def test_two_cards_become_one_with_their_registrations(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    one, other = enrol(stage, workshop), enrol(stage, workshop)
    kept, gone, old = one.resident_id, other.resident_id, other.link_token_hash
    card = card_of(stage, gone)
    named = card_of(stage, kept)
    card.by_last_name, card.by_first_name = named.by_last_name, named.by_first_name
    stage.session.commit()
    merge_cards(stage.session, kept, gone, by=clerk(stage), now=NOW, links=LINKS)
    assert fresh(stage, other).resident_id == kept
    assert stage.session.get_one(Workshop, workshop).taken == 2, "two people came with one card"
    assert other.link_token_hash != old  # another number: the old link is dead


def test_the_export_has_all_of_workshops_and_opens_no_door(stage: Stage) -> None:
    workshop = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    row = enrol(stage, workshop, two=True, helper=HELPER)
    call(stage, row)
    session_id = stage.session.scalars(select(WorkshopSession.id)).first()
    with write_transaction(stage.session):
        state = ParticipationState.EXCUSED
        stage.session.add(Participation(registration_id=row.id, session_id=session_id, state=state))
        number = row.resident.phone
        news = WorkshopNews(phone=number, language="fr", consented_at=NOW)
        stage.session.add(news)
    card = row.resident_id
    held = export_person(stage.session, stage.catalogue, card, by=clerk(stage), now=NOW)
    [told], [asked] = held["registrations"], held["news"]
    assert (told["workshop"], told["commune"]) == ("Mots de passe et arnaques", "Amont")
    assert told["companion_first_name"] == "Paul"
    assert told["reference"] == row.reference
    assert [each["state"] for each in told["dates"]] == ["EXCUSED"]
    assert [each["reason"] for each in told["calls"]] == ["UNDELIVERED"]
    assert [each["kind"] for each in told["messages"]] == ["CONFIRMATION"]
    assert asked["phone"] == number
    written = json.dumps(held)
    assert str(row.link_token_hash) not in written
    assert str(row.form_key) not in written


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "erasures.txt")


def test_an_erased_person_is_nowhere_in_workshops_any_more(
    stage: Stage, register: ErasureRegister
) -> None:
    past = plan_workshop(stage.session, FIRST, recorded_at=NOW)
    row = enrol(stage, past, two=True, helper=HELPER)
    call(stage, row)
    by, card = clerk(stage), row.resident_id
    with pytest.raises(StillExpected):
        erase_person(stage.session, card, by=by, now=NOW, register=register)
    erase_person(stage.session, card, by=by, now=LATER, register=register)
    erased = columns_under(PERSON, "registration") + columns_under(AFTER_WORKSHOP, "registration")
    assert len(erased) > 8
    assert {getattr(fresh(stage, row), name) for name in erased} == {None}
    assert (row.status, row.places) == (REGISTERED, 2)  # the figures stay
    [message] = stage.session.scalars(select(OutboxMessage))
    assert (message.state, message.outcome) == (OutboxState.SKIPPED, "erased")
    [task] = stage.session.scalars(select(CallTask))
    assert (task.outcome, task.closed_at) == (CallOutcome.NOT_NEEDED, LATER)


def test_who_only_waits_or_is_in_the_middle_of_a_cycle_is_erased_at_once(
    stage: Stage, register: ErasureRegister
) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=3, recorded_at=NOW, capacity=1)
    first, second = enrol(stage, cycle), enrol(stage, cycle)
    by = clerk(stage)
    erase_person(stage.session, second.resident_id, by=by, now=NOW, register=register)
    assert fresh(stage, second).status is CANCELLED
    erase_person(stage.session, first.resident_id, by=by, now=LATER, register=register)
    assert fresh(stage, first).status is CANCELLED
    assert stage.session.get_one(Workshop, cycle, populate_existing=True).taken == 0


def test_thirty_days_after_the_last_date_numbers_and_companions_go(stage: Stage) -> None:
    cycle = plan_workshop(stage.session, FIRST, dates=2, recorded_at=NOW, capacity=2)
    row = enrol(stage, cycle, two=True, helper=HELPER)
    waiting, gone = enrol(stage, cycle, helper=HELPER), enrol(stage, cycle, helper=HELPER)
    for each in (gone, row):
        cancel_registration(stage.session, each.id, Act(NOW))
    ended = FIRST + timedelta(weeks=1, hours=2)
    soon, early = columns_under(AFTER_WORKSHOP, "registration"), timedelta(days=30)
    later = columns_under(PERSON, "registration")
    week, second = timedelta(days=7), timedelta(seconds=1)
    assert erase_after_workshops(stage.session, ended + week - second, 10) == 0
    assert fresh(stage, waiting).reference is not None
    assert erase_after_workshops(stage.session, ended + early - second, 10) == 2
    for each in (waiting, gone):
        assert {getattr(fresh(stage, each), name) for name in (*soon, *later)} == {None}
    assert waiting.status is WAITING, "they are counted as before"
    assert erase_after_workshops(stage.session, ended + early, 10) == 1
    assert {getattr(fresh(stage, row), name) for name in soon} == {None}
    assert row.helper_name == HELPER.name
    assert remove_places_offers(stage.session, ended + early, 10) == 0  # it is open still
    offer_workshops(stage.session, ended, 10)
    offered = stage.session.scalars(select(PlacesOffer)).one()
    offered.closed_at = offered.closed_at or ended
    stage.session.commit()
    assert remove_places_offers(stage.session, ended + early, 10) == 1
    assert erase_after_workshops(stage.session, ended + timedelta(days=365), 10) == 1
    assert fresh(stage, row).helper_name is None
    assert row.link_token_hash is None


def test_a_call_about_a_registration_hides_no_appointment_that_was_handed_over(
    stage: Stage,
) -> None:
    appointment = stage.appointment(stage.book())
    row = enrol(stage, plan_workshop(stage.session, FIRST, recorded_at=NOW))
    call(stage, row, CallReason.TO_MOVE)
    with write_transaction(stage.session):
        given = AppointmentEvent(
            appointment_id=appointment.id, at=NOW, kind=EventKind.REASSIGNED, actor=Actor.STAFF,
            channel=Channel.DESK, new_counsellor_id=stage.counsellor("jeanne"),
        )  # fmt: skip
        stage.session.add(given)
    assert _handed_over(stage.session, [appointment.id]) == {appointment.id}
