"""What a carrier says later of a message; one that was lost becomes a call, once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallOutcome, CallReason, CancelledBy
from app.domain.messages import MessageKind, OutboxState, Receipt
from app.domain.workshops import WorkshopStatus
from app.models.appointment import Appointment, CallTask
from app.models.outbox import OutboxMessage
from app.models.workshops import Workshop
from app.services.receipts import Told, note_receipt, note_receipts
from app.services.registration_reminders import remind_of_workshops
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW, Town, make_town
from tests.support.stage import Stage
from tests.support.stage_plan import at
from tests.support.workshop_post import FIRST, Post

LOST, DELIVERED = Receipt.LOST, Receipt.DELIVERED
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def sent(town: Town, provider_id: str | None = "gw-1", **changes: object) -> int:
    """An appointment whose message left under that number; the id of the message."""
    appointment_id = town.book(**changes)
    with write_transaction(town.session):
        message = town.session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject_id == appointment_id)
        ).one()
        message.state, message.closed_at, message.provider_id = OutboxState.SENT, NOW, provider_id
        return message.id


def change(town: Town, message_id: int, **values: object) -> None:
    with write_transaction(town.session):
        message = town.session.get_one(OutboxMessage, message_id)
        for name, value in values.items():
            setattr(message, name, value)


def calls(town: Town) -> list[CallTask]:
    town.session.rollback()
    return list(town.session.scalars(select(CallTask).order_by(CallTask.id)))


def test_what_arrived_is_written(town: Town) -> None:
    sent(town)
    assert note_receipts(town.session, [Told("gw-1", DELIVERED)], LATER) == 1
    (message,) = town.messages()
    assert (message.receipt, message.receipt_at, message.state) == (
        DELIVERED,
        LATER,
        OutboxState.SENT,
    )
    assert calls(town) == []


def test_what_was_lost_becomes_one_call(town: Town) -> None:
    sent(town)
    told = [Told("gw-1", LOST)] * 2
    assert note_receipts(town.session, told, LATER) == 1
    assert note_receipts(town.session, told, LATER + timedelta(hours=1)) == 0
    (call,) = calls(town)
    assert (call.reason, call.due_at, call.closed_at) == (CallReason.UNDELIVERED, LATER, None)
    assert town.messages()[0].receipt_at == LATER


def test_two_lost_messages_of_one_appointment_are_one_call(town: Town) -> None:
    first = sent(town)
    with write_transaction(town.session):
        row = town.session.get_one(OutboxMessage, first)
        values = {c.key: getattr(row, c.key) for c in OutboxMessage.__table__.columns}
        second = values | {"id": None, "kind": MessageKind.REMINDER, "provider_id": "gw-2"}
        town.session.add(OutboxMessage(**second))
    assert note_receipts(town.session, [Told("gw-1", LOST), Told("gw-2", LOST)], LATER) == 2
    assert len(calls(town)) == 1


def test_a_call_that_was_made_does_not_hide_a_new_loss(town: Town) -> None:
    first = sent(town)
    note_receipt(town.session, first, LOST, LATER)
    with write_transaction(town.session):
        call = town.session.scalars(select(CallTask)).one()
        call.closed_at, call.outcome = LATER, CallOutcome.REACHED
    change(town, first, receipt=None)
    assert note_receipt(town.session, first, LOST, LATER)
    assert len(calls(town)) == 2


def test_a_telephone_that_was_off_may_still_receive(town: Town) -> None:
    sent(town)
    for receipt in (LOST, DELIVERED, LOST):
        note_receipts(town.session, [Told("gw-1", receipt)], LATER)
    assert town.messages()[0].receipt is DELIVERED


def test_our_own_name_serves_a_carrier_without_numbers(town: Town) -> None:
    message_id = sent(town, provider_id=None)
    told = [Told(f"{message_id:06}-confirmation", DELIVERED)]
    assert note_receipts(town.session, told, LATER) == 1


@pytest.mark.parametrize(
    "name", ["gw-2", "", "999999-confirmation", "1", "\x00", "x" * 300, "000001-UPPER", "²²²²²²-x"]
)
def test_a_name_that_nobody_knows_is_passed_over(town: Town, name: str) -> None:
    sent(town)
    assert note_receipts(town.session, [Told(name, LOST)], LATER) == 0
    assert calls(town) == []


def test_a_message_that_never_left_has_no_receipt(town: Town) -> None:
    message_id = sent(town)
    for state in (OutboxState.PENDING, OutboxState.DEAD, OutboxState.SKIPPED):
        change(town, message_id, state=state)
        assert not note_receipt(town.session, message_id, LOST, LATER)


@pytest.mark.parametrize("kind", [MessageKind.SATISFACTION, MessageKind.CANCELLED_BY_PERSON])
def test_nobody_is_called_about_what_nobody_misses(town: Town, kind: MessageKind) -> None:
    message_id = sent(town)
    change(town, message_id, kind=kind)
    assert note_receipt(town.session, message_id, LOST, LATER)
    assert calls(town) == []


def test_nobody_is_called_about_what_is_over_or_off(town: Town) -> None:
    over = sent(town)
    assert note_receipt(town.session, over, LOST, NOW + timedelta(days=30))
    off = sent(town, "gw-2", starts_at=NOW + timedelta(days=9))
    with write_transaction(town.session):
        appointment = town.session.scalars(
            select(Appointment).order_by(Appointment.id.desc()).limit(1)
        ).one()
        appointment.status = AppointmentStatus.CANCELLED
        appointment.cancelled_by = CancelledBy.PERSON
    assert note_receipt(town.session, off, LOST, LATER)
    assert calls(town) == []


def test_the_newest_message_of_a_number_is_meant(town: Town, tmp_path: Path) -> None:
    old, new = sent(town), sent(town, starts_at=NOW + timedelta(days=9))
    note_receipts(town.session, [Told("gw-1", DELIVERED)], LATER)
    receipts = {message.id: message.receipt for message in town.messages()}
    assert receipts == {old: None, new: DELIVERED}


def test_nobody_is_called_about_a_date_that_is_over_or_a_workshop_that_is_off(
    stage: Stage, tmp_path: Path
) -> None:
    post = Post(stage, tmp_path, dates=2)
    row = post.add()
    post.outcomes()
    due = at("2026-12-05T10:00")
    assert remind_of_workshops(post.session, due, 9) == 1
    post.change(1, status=WorkshopStatus.CANCELLED)
    post.tell_changed(due, rank=1, was_at=FIRST + timedelta(weeks=1))
    assert post.outcomes(due) == [OutboxState.SENT] * 2
    _, reminder, date_off = (each.id for each in post.rows())

    def lost(message_id: int, now: datetime) -> list[CallReason]:
        """What is called for that loss alone."""
        with write_transaction(post.session):
            post.session.execute(update(OutboxMessage).values(receipt=None))
            post.session.execute(delete(CallTask))
        assert note_receipt(post.session, message_id, LOST, now)
        assert {each for each, _ in post.calls()} <= {row.id}
        return [reason for _, reason in post.calls()]

    unheard = [CallReason.UNDELIVERED]
    assert lost(reminder, due) == lost(date_off, due) == unheard
    assert lost(reminder, FIRST + timedelta(hours=1)) == []
    with write_transaction(post.session):
        post.session.execute(update(Workshop).values(status=WorkshopStatus.CANCELLED))
    post.tell_cancelled(due)
    assert post.outcomes(due) == [OutboxState.SENT]
    assert lost(reminder, due) == lost(date_off, due) == []
    assert lost(post.rows()[-1].id, due) == [CallReason.CANCELLED_BY_SERVICE]


@pytest.mark.parametrize("number", ["2147483648", "999999999999"])
def test_a_number_that_no_message_has_is_passed_over(town: Town, number: str) -> None:
    sent(town)
    assert note_receipts(town.session, [Told(f"{number}-confirmation", LOST)], LATER) == 0
