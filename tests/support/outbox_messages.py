"""Messages that left, as rows: the past of a small town."""

from datetime import datetime
from itertools import count
from typing import Any

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.services.transaction import write_transaction
from tests.support.appointment_rows import Town

subjects = count(10_000)


def add_sent(town: Town, closed_at: datetime, **changes: Any) -> int:
    """A text message of one segment that left at that instant, of some appointment; its id."""
    values = {
        "subject_kind": SubjectKind.APPOINTMENT,
        "subject_id": next(subjects),
        "kind": MessageKind.CONFIRMATION,
        "version": 0,
        "channel": MessageChannel.SMS,
        "recipient": Recipient.PERSON,
        "created_at": closed_at,
        "due_at": closed_at,
        "expires_at": closed_at,
        "state": OutboxState.SENT,
        "attempts": 1,
        "closed_at": closed_at,
        "segments": 1,
        "cost": 500,
        "commune_id": town.commune_id,
    }
    with write_transaction(town.session):
        message = OutboxMessage(**values | changes)
        town.session.add(message)
        town.session.flush()
        return message.id
