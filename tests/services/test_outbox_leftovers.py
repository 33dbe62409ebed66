"""Messages that nobody will send any more are closed, so that none waits for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.domain.sending import MOST_ATTEMPTS, Ending
from app.models.appointment import CallTask
from app.models.outbox import OutboxMessage
from app.services.outbox_claims import LEASE, claim_due, close_leftovers
from app.services.transaction import write_transaction
from tests.support.appointment_rows import NOW, Town, make_town

SMS = [MessageChannel.SMS]
SOON = NOW + timedelta(seconds=5)
IN_A_WEEK = NOW + timedelta(days=7)


@pytest.fixture
def town(session: Session) -> Town:
    return make_town(session)


def test_leftovers_without_a_sender_are_closed_when_they_expire(town: Town) -> None:
    town.book(starts_at=IN_A_WEEK)
    town.book(starts_at=IN_A_WEEK + timedelta(days=1))
    assert close_leftovers(town.session, IN_A_WEEK - timedelta(seconds=1), 10) == 0
    assert close_leftovers(town.session, IN_A_WEEK, 10) == 1
    expired, waiting = town.messages()
    assert (expired.state, expired.outcome) == (OutboxState.SKIPPED, "expired")
    assert waiting.state is OutboxState.PENDING


def test_leftovers_whose_worker_died_each_time_are_given_up(town: Town) -> None:
    town.book(starts_at=NOW + timedelta(days=30))
    now = SOON
    for _ in range(MOST_ATTEMPTS):
        assert len(claim_due(town.session, now, SMS)) == 1
        assert close_leftovers(town.session, now, 10) == 0
        now += LEASE
    assert claim_due(town.session, now, SMS) == []
    assert close_leftovers(town.session, now, 10) == 1
    (message,) = town.messages()
    assert (message.state, message.outcome) == (OutboxState.DEAD, Ending.WORKER_DIED)


def test_leftovers_are_closed_part_by_part(town: Town) -> None:
    for days in range(3):
        town.book(starts_at=IN_A_WEEK + timedelta(days=days))
    late = IN_A_WEEK + timedelta(days=9)
    assert [close_leftovers(town.session, late, 2) for _ in range(3)] == [2, 1, 0]


def test_news_held_for_hours_that_come_too_late_are_a_call_in_the_evening(town: Town) -> None:
    morning = NOW.replace(hour=7) + timedelta(days=1)  # 8:00 there, when the quiet hours end
    first = town.book(starts_at=morning)
    town.book(starts_at=morning + timedelta(minutes=45))
    with write_transaction(town.session):
        town.session.execute(update(OutboxMessage).values(kind=MessageKind.CHANGED))
    evening = NOW.replace(hour=19)
    assert close_leftovers(town.session, evening - timedelta(minutes=1), 10) == 0
    assert close_leftovers(town.session, evening, 10) == 1
    closed, waiting = town.messages()
    assert (closed.state, closed.outcome) == (OutboxState.DEAD, Ending.NO_HOUR_LEFT)
    assert waiting.state is OutboxState.PENDING
    asked = town.session.scalars(select(CallTask)).one()
    assert (asked.appointment_id, asked.reason) == (first, CallReason.UNDELIVERED)
