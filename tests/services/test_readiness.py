"""What a watchman learns: version of the tables, how late the messages are."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.services.readiness import read_readiness

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def heads(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(text("SELECT version_num FROM alembic_version")))


def message(due_at: datetime, state: OutboxState, subject_id: int) -> OutboxMessage:
    return OutboxMessage(
        subject_kind=SubjectKind.APPOINTMENT, subject_id=subject_id,
        kind=MessageKind.CONFIRMATION, version=0,
        channel=MessageChannel.SMS, recipient=Recipient.PERSON,
        created_at=NOW, due_at=due_at, expires_at=NOW + timedelta(days=1), state=state,
    )  # fmt: skip


def test_tables_of_this_version_are_ready(session: Session) -> None:
    found = read_readiness(session, heads(session), now=NOW)
    assert found.is_ready
    assert found.oldest_unsent_seconds is None


@pytest.mark.parametrize("wanted", [frozenset({"9999"}), frozenset()])
def test_tables_of_another_version_are_not(session: Session, wanted: frozenset[str]) -> None:
    found = read_readiness(session, wanted, now=NOW)
    assert not found.is_ready
    assert found.oldest_unsent_seconds is None


def test_the_age_is_that_of_the_oldest_message_that_waits(session: Session) -> None:
    session.add_all(
        [
            message(NOW - timedelta(minutes=2), OutboxState.PENDING, 1),
            message(NOW - timedelta(minutes=9), OutboxState.PENDING, 2),
            message(NOW - timedelta(days=3), OutboxState.SENT, 3),
            message(NOW + timedelta(days=3), OutboxState.PENDING, 4),
        ]
    )
    session.flush()
    assert read_readiness(session, heads(session), now=NOW).oldest_unsent_seconds == 9 * 60
