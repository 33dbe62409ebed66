"""A person is erased: nothing that leads to them is left, the figures stay."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.appointment import CallOutcome, CallReason
from app.domain.journal import JournalAction
from app.domain.messages import OutboxState
from app.domain.staff_errors import StillExpected, SubjectUnknown
from app.models.appointment import Appointment, CallTask
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import open_call_task
from app.services.erasure_register import ErasureRegister
from app.services.person_erasure import erase_person
from app.services.retention import PERSON, THIRTY_DAYS, columns_under
from tests.support.people_cards import acts_on, book_card, card_of, clerk
from tests.support.stage import HELPER, Stage
from tests.support.stage_plan import NOW

LATER = NOW + timedelta(days=7)


@pytest.fixture
def register(tmp_path: Path) -> ErasureRegister:
    return ErasureRegister(tmp_path / "erasures.txt")


@pytest.fixture
def rose(stage: Stage) -> Appointment:
    """An appointment with everything that can be known of somebody, and a call to make."""
    booked = book_card(stage, "Rose", "Serin", email="rose@exemple.invalid", helper=HELPER)
    booked.note, booked.address_line1 = "apporter le chargeur", "12 rue du Moulin"
    open_call_task(stage.session, booked.id, CallReason.TO_MOVE, starts_at=NOW, now=NOW)
    stage.session.commit()
    return booked


def test_every_column_of_a_person_is_empty(
    stage: Stage, rose: Appointment, register: ErasureRegister
) -> None:
    card, number = rose.resident_id, rose.id
    erase_person(stage.session, card, by=clerk(stage), now=LATER, register=register)
    row = card_of(stage, card)
    assert {getattr(row, name) for name in columns_under(PERSON, "resident")} == {None, ""}
    kept = stage.session.get_one(Appointment, number)
    erased = columns_under(PERSON, "appointment") + columns_under(THIRTY_DAYS, "appointment")
    assert len(erased) > 8
    assert {getattr(kept, name) for name in erased} == {None}
    assert (kept.topic_minutes, kept.commune_id) != (None, None)  # the figures stay
    assert acts_on(stage, card) == [(JournalAction.PERSON_ERASED, {})]
    [[written], _unreadable] = register.read()
    assert (written.resident_id, written.made_at) == (card, row.created_at)


def test_nobody_writes_or_calls_any_more(
    stage: Stage, rose: Appointment, register: ErasureRegister
) -> None:
    erase_person(stage.session, rose.resident_id, by=clerk(stage), now=LATER, register=register)
    [message] = stage.session.scalars(select(OutboxMessage))
    assert (message.state, message.outcome) == (OutboxState.SKIPPED, "erased")
    [task] = stage.session.scalars(select(CallTask))
    assert (task.outcome, task.closed_at) == (CallOutcome.NOT_NEEDED, LATER)


def test_somebody_awaited_is_not_erased(
    stage: Stage, rose: Appointment, register: ErasureRegister
) -> None:
    by, card = clerk(stage), rose.resident_id
    with pytest.raises(StillExpected):
        erase_person(stage.session, card, by=by, now=NOW, register=register)
    assert card_of(stage, card).last_name == "Serin"
    assert acts_on(stage, card) == []
    assert not register.exists


def test_once_is_enough(stage: Stage, rose: Appointment, register: ErasureRegister) -> None:
    by, card = clerk(stage), rose.resident_id
    erase_person(stage.session, card, by=by, now=LATER, register=register)
    with pytest.raises(SubjectUnknown):
        erase_person(stage.session, card, by=by, now=LATER, register=register)
