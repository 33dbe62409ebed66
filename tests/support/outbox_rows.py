"""Messages of the outbox as tests need them, whatever wrote them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage


def add_message(session: Session, appointment_id: int, now: datetime, **changes: Any) -> int:
    """A message about that appointment, due now and worth sending for a day; its id."""
    values: dict[str, Any] = {
        "subject_kind": SubjectKind.APPOINTMENT,
        "subject_id": appointment_id,
        "kind": MessageKind.REMINDER,
        "version": 0,
        "channel": MessageChannel.SMS,
        "recipient": Recipient.PERSON,
        "round": 0,
        "created_at": now,
        "due_at": now,
        "expires_at": now + timedelta(days=1),
        "state": OutboxState.PENDING,
        "attempts": 0,
    }
    row = OutboxMessage(**(values | changes))
    session.add(row)
    session.commit()
    return row.id


def closed(state: OutboxState, at: datetime, **more: Any) -> dict[str, Any]:
    """What a message that was sent or given up has more."""
    return {"state": state, "closed_at": at, "attempts": 1, **more}
