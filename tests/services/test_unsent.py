"""What did not arrive is seen by the team, and tried again once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import Actor, Channel, MessageChannel
from app.domain.journal import JournalAction
from app.domain.message_errors import MessageTooLate
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.domain.sending import SkipReason
from app.models.appointment import Appointment
from app.models.journal import JournalEntry
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import Act
from app.services.handover import reassign
from app.services.transaction import write_transaction
from app.services.unsent import LOOKED_BACK, Unsent, count_unsent, find_unsent, try_again
from tests.support.outbox_rows import add_message, closed
from tests.support.people_cards import book_card, clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

BY = Act(NOW, Actor.STAFF, Channel.PHONE)
SENT, SKIPPED, DEAD = OutboxState.SENT, OutboxState.SKIPPED, OutboxState.DEAD


def unsent(stage: Stage) -> list[Unsent]:
    found = find_unsent(stage.session, NOW)
    assert len(found) == count_unsent(stage.session, NOW)
    return found


def booked_id(stage: Stage) -> int:
    return book_card(stage, "Rose", "Serin", message_channel=MessageChannel.NONE).id


@pytest.mark.parametrize(
    "fate",
    [
        closed(DEAD, NOW, outcome="TimeoutError"),
        closed(SENT, NOW, receipt=Receipt.LOST, receipt_at=NOW),
        closed(SKIPPED, NOW, outcome=SkipReason.CEILING.value),
        closed(SKIPPED, NOW, outcome=SkipReason.NO_ADDRESS.value),
    ],
)
def test_what_failed_is_told_with_its_appointment(stage: Stage, fate: dict[str, Any]) -> None:
    booked = booked_id(stage)
    message_id = add_message(stage.session, booked, NOW, **fate)
    [told] = unsent(stage)
    assert (told.message.id, told.appointment_id, told.name) == (message_id, booked, "Rose S.")
    assert told.may_retry


@pytest.mark.parametrize(
    "fate",
    [
        {},
        closed(SENT, NOW),
        closed(SENT, NOW, receipt=Receipt.DELIVERED, receipt_at=NOW),
        closed(SKIPPED, NOW, outcome=SkipReason.SUPERSEDED.value),
        closed(DEAD, NOW - LOOKED_BACK - timedelta(hours=1)),
    ],
)
def test_what_went_well_or_is_long_past_is_not(stage: Stage, fate: dict[str, Any]) -> None:
    add_message(stage.session, booked_id(stage), NOW, **fate)
    assert unsent(stage) == []


def test_an_offer_has_no_appointment(stage: Stage) -> None:
    fate = closed(DEAD, NOW, subject_kind=SubjectKind.OFFER, kind=MessageKind.OFFER)
    message_id = add_message(stage.session, 999, NOW, **fate)
    [told] = unsent(stage)
    assert (told.appointment_id, told.name, told.starts_at) == (None, "", told.message.expires_at)
    try_again(stage.session, message_id, by=clerk(stage), now=NOW)
    assert unsent(stage) == []


def test_trying_again_writes_one_new_round(stage: Stage) -> None:
    booked, anne = booked_id(stage), clerk(stage)
    fate = closed(DEAD, NOW, kind=MessageKind.LATE, minutes=20)
    message_id = add_message(stage.session, booked, NOW, **fate)
    for _ in range(2):
        try_again(stage.session, message_id, by=anne, now=NOW)
    assert unsent(stage) == []
    rows = select(OutboxMessage).where(OutboxMessage.subject_id == booked)
    first, second = stage.session.scalars(rows.order_by(OutboxMessage.id)).all()
    assert (first.state, first.round) == (DEAD, 0)
    assert (second.state, second.round, second.minutes) == (OutboxState.PENDING, 1, 20)
    assert (second.due_at, second.expires_at, second.attempts) == (NOW, first.expires_at, 0)
    told = select(JournalEntry).where(JournalEntry.action == JournalAction.MESSAGE_RETRIED)
    entry = stage.session.scalars(told).one()
    assert (entry.user_id, entry.subject_id) == (anne, booked)
    assert entry.facts == {"kind": "LATE", "channel": "SMS"}


@pytest.mark.parametrize(
    ("kind", "days", "waits"),
    [
        (MessageKind.CHANGED, 3, True),
        (MessageKind.CHANGED, 1, False),
        (MessageKind.CONFIRMATION, 3, False),
    ],
    ids=["can wait for the morning", "begins before it", "is no news of the team"],
)
def test_what_is_tried_again_at_night_leaves_when_it_may(
    stage: Stage, kind: MessageKind, days: int, waits: bool
) -> None:
    night = NOW.replace(hour=21)
    booked = booked_id(stage)
    morning = NOW + timedelta(days=days)  # 8:00 there, as the hours begin
    with write_transaction(stage.session):
        held = stage.session.get_one(Appointment, booked).engagement
        held.starts_at, held.ends_at = morning, morning + timedelta(minutes=45)
    fate = closed(DEAD, night, kind=kind, expires_at=morning)
    message_id = add_message(stage.session, booked, night, **fate)
    try_again(stage.session, message_id, by=clerk(stage), now=night)
    again = select(OutboxMessage).where(OutboxMessage.state == OutboxState.PENDING)
    due_at = stage.session.scalars(again).one().due_at
    assert due_at == (NOW + timedelta(days=1) if waits else night)


def test_two_messages_about_one_registration_tried_again_at_once(stage: Stage) -> None:
    """Two dates of a workshop share the rounds of their kind."""
    booked, anne = booked_id(stage), clerk(stage)
    fates = [closed(DEAD, NOW, session_id=date, round=date) for date in (1, 2)]
    ids = [add_message(stage.session, booked, NOW, **fate) for fate in fates]
    stage.session.rollback()
    engine, both_here = stage.session.get_bind(), Barrier(len(ids))

    def press(message_id: int) -> None:
        with Session(engine) as session:
            both_here.wait(timeout=10)
            try_again(session, message_id, by=anne, now=NOW)

    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(press, ids))
    again = select(OutboxMessage.round).where(OutboxMessage.state == OutboxState.PENDING)
    assert sorted(stage.session.scalars(again)) == [3, 4]


def test_after_a_hand_over_the_new_try_is_still_true(stage: Stage) -> None:
    """A colleague holds it at the same hour: the message is the one to send, and sent once."""
    token = stage.book()
    booked = stage.appointment(token).id
    (confirmation,) = stage.messages(token)
    lost = closed(SENT, NOW, receipt=Receipt.LOST, receipt_at=NOW)
    for name, value in lost.items():
        setattr(confirmation, name, value)
    stage.session.commit()
    reassign(stage.session, booked, stage.counsellor("karim"), now=NOW, by=BY)
    [told] = unsent(stage)
    try_again(stage.session, told.message.id, by=clerk(stage), now=NOW)
    sequence = stage.appointment(token).sequence
    assert [each.version for each in stage.messages(token)] == [sequence, sequence]
    assert unsent(stage) == []


def test_a_try_that_fails_too_is_told_in_its_place(stage: Stage) -> None:
    booked = booked_id(stage)
    message_id = add_message(stage.session, booked, NOW, **closed(DEAD, NOW))
    again_id = add_message(stage.session, booked, NOW, round=1, **closed(DEAD, NOW))
    assert [each.message.id for each in unsent(stage)] == [again_id]
    try_again(stage.session, message_id, by=clerk(stage), now=NOW)
    assert [each.message.id for each in unsent(stage)] == [again_id]


def test_what_is_over_is_not_tried_again(stage: Stage) -> None:
    fate = closed(DEAD, NOW, expires_at=NOW)
    message_id = add_message(stage.session, booked_id(stage), NOW, **fate)
    assert [each.may_retry for each in unsent(stage)] == [False]
    with pytest.raises(MessageTooLate):
        try_again(stage.session, message_id, by=clerk(stage), now=NOW)


@pytest.mark.parametrize("fate", [{}, closed(SENT, NOW)])
def test_what_did_not_fail_is_left_alone(stage: Stage, fate: dict[str, Any]) -> None:
    message_id = add_message(stage.session, booked_id(stage), NOW, **fate)
    try_again(stage.session, message_id, by=clerk(stage), now=NOW)
    try_again(stage.session, 999_999, by=clerk(stage, "Rose"), now=NOW)
    assert stage.count(OutboxMessage) == 1
