"""How many text messages one number got within a day, about what was done online: a limit.

Whoever changes their mind in a loop, or plays with somebody's number, floods nobody.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select, union
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, SubjectKind
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.catalogue import read_catalogue

ONE_DAY = timedelta(days=1)
NEWS = (
    MessageKind.CONFIRMATION,
    MessageKind.CHANGED,
    MessageKind.CANCELLED_BY_PERSON,
    MessageKind.WAITING,
)
_BY_HELPER = OutboxMessage.recipient == Recipient.HELPER


def is_told_enough(session: Session, number: str, now: datetime) -> bool:
    """Whether that number has had its text messages of the day (`sms_per_number_per_day`)."""
    most = read_catalogue(session).settings.sms_per_number_per_day
    told = _about_appointments(session, number, now)
    return told >= most or told + _about_registrations(session, number, now) >= most


def _about_appointments(session: Session, number: str, now: datetime) -> int:
    theirs = select(Appointment.id).join(Appointment.resident).where(Resident.phone == number)
    helped = select(Appointment.id).where(Appointment.helper_phone == number)
    query: Any = (
        select(func.count())
        .select_from(OutboxMessage)
        .join(Appointment, Appointment.id == OutboxMessage.subject_id)
        .join(Appointment.resident)
        .where(
            OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
            OutboxMessage.subject_id.in_(union(theirs, helped)),
            case((_BY_HELPER, Appointment.helper_phone), else_=Resident.phone) == number,
            *_of_a_day(now),
        )
    )
    return int(session.scalar(query))


def _about_registrations(session: Session, number: str, now: datetime) -> int:
    query: Any = (
        select(func.count())
        .select_from(OutboxMessage)
        .join(Registration, Registration.id == OutboxMessage.subject_id)
        .join(Registration.resident)
        .where(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            or_(Resident.phone == number, Registration.helper_phone == number),
            case((_BY_HELPER, Registration.helper_phone), else_=Resident.phone) == number,
            *_of_a_day(now),
        )
    )
    return int(session.scalar(query))


def _of_a_day(now: datetime) -> tuple[Any, ...]:
    return (
        OutboxMessage.channel == MessageChannel.SMS,
        OutboxMessage.kind.in_(NEWS),
        OutboxMessage.created_at > now - ONE_DAY,
    )
