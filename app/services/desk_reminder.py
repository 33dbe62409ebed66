"""The call that stands for a message: somebody with a landline and no e-mail is reminded by voice.

Called inside the transaction of a booking or of a move; commits nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, MessageChannel
from app.domain.booking import BookingRequest
from app.models.appointment import Appointment, CallTask

ONE_DAY, TWO_DAYS = timedelta(days=1), timedelta(days=2)
WRITTEN = (MessageChannel.SMS, MessageChannel.EMAIL)


def open_reminder(
    session: Session,
    appointment_id: int,
    request: BookingRequest,
    *,
    starts_at: datetime,
    now: datetime,
) -> None:
    """Put the person on the list « À appeler », where the desk booked and no message will go.

    Not for a visit, which is prepared by telephone anyway; not within a day: they were on the line
    just now (product §8).
    """
    phone = request.person.phone
    if request.desk is None or phone is None or phone.is_mobile:
        return
    if request.message_channel in WRITTEN or request.home is not None:
        return
    due_at = _due_at(starts_at, now)
    if due_at > now:
        session.add(
            CallTask(
                appointment_id=appointment_id,
                reason=CallReason.REMINDER,
                created_at=now,
                due_at=due_at,
            )
        )


def postpone_reminder(session: Session, appointment: Appointment, now: datetime) -> None:
    """A moved appointment is reminded of before its new time."""
    still_open = (
        CallTask.appointment_id == appointment.id,
        CallTask.reason == CallReason.REMINDER,
        CallTask.closed_at.is_(None),
    )
    due_at = _due_at(appointment.engagement.starts_at, now)
    session.execute(update(CallTask).where(*still_open).values(due_at=due_at))


def _due_at(starts_at: datetime, now: datetime) -> datetime:
    """Two days before; else the day before; else now."""
    return next((starts_at - d for d in (TWO_DAYS, ONE_DAY) if starts_at - d > now), now)
