"""A message that cannot arrive becomes a call: nobody is left without news by a machine."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallReason
from app.domain.messages import SubjectKind
from app.domain.sending import CALL_INSTEAD
from app.models.appointment import Appointment, CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import open_call_task
from app.services.transaction import Locks

ONE_AT_A_TIME = Locks.of(keys={"undelivered"})
"""What the write transaction around `ask_for_call` must hold: no two ask for the same call."""


def ask_for_call(session: Session, message_id: int, now: datetime) -> bool:
    """Open a call about the appointment of this message, once; whether one was opened.

    None for kinds that nobody misses, nor once the appointment is over or off. Commits nothing.
    """
    found = session.execute(
        select(Appointment.id, Engagement.starts_at)
        .join(Appointment.engagement)
        .join(OutboxMessage, OutboxMessage.subject_id == Appointment.id)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
            OutboxMessage.kind.in_(CALL_INSTEAD),
            Appointment.status == AppointmentStatus.BOOKED,
            Engagement.ends_at > now,
        )
    ).one_or_none()
    return found is not None and call_once(session, found.id, starts_at=found.starts_at, now=now)


def call_once(session: Session, appointment_id: int, *, starts_at: datetime, now: datetime) -> bool:
    """Ask for the call that stands for a message, unless it is asked for; whether it was opened."""
    reason = CallReason.UNDELIVERED
    asked = select(CallTask.id).where(
        CallTask.appointment_id == appointment_id,
        CallTask.reason == reason,
        CallTask.closed_at.is_(None),
    )
    if session.scalar(asked.limit(1)) is not None:
        return False
    open_call_task(session, appointment_id, reason, starts_at=starts_at, now=now)
    return True
