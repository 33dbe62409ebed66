"""The calls that stand for a message about a registration. Called inside its write transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import CallOutcome, CallReason
from app.models.appointment import CallTask


def call_registration_once(
    session: Session, registration_id: int, reason: CallReason, *, now: datetime
) -> bool:
    """Ask the team to call them for that reason, unless it is asked for; whether it was opened."""
    asked = select(CallTask.id).where(
        CallTask.registration_id == registration_id,
        CallTask.reason == reason,
        CallTask.closed_at.is_(None),
    )
    if session.scalar(asked.limit(1)) is not None:
        return False
    task = CallTask(registration_id=registration_id, reason=reason, created_at=now, due_at=now)
    session.add(task)
    session.flush()
    return True


def close_registration_calls(
    session: Session, registration_id: int, now: datetime, but: Collection[CallReason] = ()
) -> None:
    """Nobody is called any more for what was to be said before, but for those reasons: something
    newer is told.
    """
    session.execute(
        update(CallTask)
        .where(
            CallTask.registration_id == registration_id,
            CallTask.closed_at.is_(None),
            CallTask.reason.not_in(but),
        )
        .values(outcome=CallOutcome.NOT_NEEDED, closed_at=now)
    )
