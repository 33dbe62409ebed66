"""A message that cannot arrive becomes a call: nobody is left without news by a machine."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallReason
from app.domain.messages import MessageKind, SubjectKind
from app.domain.sending import CALL_INSTEAD
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Appointment, CallTask, Engagement
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.appointment_rows import open_call_task
from app.services.registration_calls import call_registration_once
from app.services.transaction import Locks

OFF = MessageKind.CANCELLED_BY_SERVICE
ONE_AT_A_TIME = Locks.of(keys={"undelivered"})
"""What the write transaction around `ask_for_call` must hold: no two ask for the same call."""


def ask_for_call(session: Session, message_id: int, now: datetime) -> bool:
    """Open a call about the appointment or registration of this message; whether one was opened.

    Once, and none for kinds that nobody misses, nor once it is over or off. Commits nothing.
    """
    return _about_appointment(session, message_id, now) or _about_registration(
        session, message_id, now
    )


def _about_appointment(session: Session, message_id: int, now: datetime) -> bool:
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


def _about_registration(session: Session, message_id: int, now: datetime) -> bool:
    """A workshop that is off has no call yet, where a machine should have told it."""
    found = session.execute(
        select(Registration.id, OutboxMessage.kind)
        .join(Registration.workshop)
        .join(OutboxMessage, OutboxMessage.subject_id == Registration.id)
        .outerjoin(WorkshopSession, WorkshopSession.id == OutboxMessage.session_id)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            or_(
                OutboxMessage.kind == OFF,
                and_(OutboxMessage.kind.in_(CALL_INSTEAD), _still_matters(now)),
            ),
            Registration.status != RegistrationStatus.CANCELLED,
            Workshop.last_at > now,
        )
    ).one_or_none()
    if found is None:
        return False
    reason = CallReason.CANCELLED_BY_SERVICE if found.kind is OFF else CallReason.UNDELIVERED
    return call_registration_once(session, found.id, reason, now=now)


def _still_matters(now: datetime) -> ColumnElement[bool]:
    """Whether the workshop stands, and the date that the message names is to come.

    That a date is off is told by a change; nobody misses any other word of it.
    """
    stands = WorkshopSession.status == WorkshopStatus.PLANNED
    is_ahead = and_(
        WorkshopSession.starts_at > now,
        or_(stands, OutboxMessage.kind == MessageKind.CHANGED),
    )
    names_none = OutboxMessage.session_id.is_(None)
    return and_(Workshop.status == WorkshopStatus.PLANNED, or_(names_none, is_ahead))


def call_once(
    session: Session,
    appointment_id: int,
    *,
    starts_at: datetime,
    now: datetime,
    reason: CallReason = CallReason.UNDELIVERED,
) -> bool:
    """Ask for the call that stands for a message, unless it is asked for; whether it was opened."""
    asked = select(CallTask.id).where(
        CallTask.appointment_id == appointment_id,
        CallTask.reason == reason,
        CallTask.closed_at.is_(None),
    )
    if session.scalar(asked.limit(1)) is not None:
        return False
    open_call_task(session, appointment_id, reason, starts_at=starts_at, now=now)
    return True
