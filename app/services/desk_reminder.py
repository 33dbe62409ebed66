"""The call that stands for a message: somebody with a landline and no e-mail is reminded by voice.

Called inside the transaction of a booking or of a move; commits nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, MessageChannel, PlaceKind
from app.domain.booking import BookingRequest
from app.models.appointment import Appointment, CallTask

ONE_DAY, TWO_DAYS = timedelta(days=1), timedelta(days=2)
WRITTEN = (MessageChannel.SMS, MessageChannel.EMAIL)


def open_reminder(
    session: Session, appointment: Appointment, request: BookingRequest, now: datetime
) -> None:
    """Put the person on the list « À appeler », where the desk booked and no message will go.

    Not for a visit, which is prepared by telephone anyway; not within a day: they were on the line
    just now (product §8).
    """
    phone = request.person.phone
    if request.desk is None or phone is None or phone.is_mobile:
        return
    if request.message_channel in WRITTEN or appointment.place_kind is PlaceKind.HOME:
        return
    due_at = _due_at(appointment, now)
    if due_at > now:
        session.add(
            CallTask(
                appointment_id=appointment.id,
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
    session.execute(update(CallTask).where(*still_open).values(due_at=_due_at(appointment, now)))


def _due_at(appointment: Appointment, now: datetime) -> datetime:
    """Two days before; else the day before; else now."""
    starts_at = appointment.engagement.starts_at
    return next((starts_at - d for d in (TWO_DAYS, ONE_DAY) if starts_at - d > now), now)
