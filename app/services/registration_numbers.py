"""« Je n’ai plus mon numéro », for a workshop: see `lost_number`, which holds the lock."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, Notice, SubjectKind
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration, Workshop
from app.services.outbox import write_message

LOST, SMS = MessageKind.LOST_NUMBER, MessageChannel.SMS


def upcoming_registrations(session: Session, number: str, now: datetime) -> list[Registration]:
    """Who has a place or waits, with that telephone, for a workshop that is not over; by date."""
    query = (
        select(Registration)
        .join(Registration.workshop)
        .join(Registration.resident)
        .where(
            or_(Resident.phone == number, Registration.helper_phone == number),
            Workshop.last_at > now,
            Workshop.status == WorkshopStatus.PLANNED,
            Registration.status != RegistrationStatus.CANCELLED,
            Registration.reference.is_not(None),
        )
        .order_by(Workshop.first_at, Registration.id)
    )
    return list(session.scalars(query))


def most_often_told(session: Session, rows: list[Registration], since: datetime) -> int:
    """How often at most one of them was told its number since then (UTC)."""
    told: Any = select(OutboxMessage.subject_id).where(
        OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
        OutboxMessage.subject_id.in_([each.id for each in rows]),
        OutboxMessage.kind == LOST,
        OutboxMessage.created_at > since,
    )
    return max(Counter(session.scalars(told)).values(), default=0)


def write_number(session: Session, row: Registration, number: str, now: datetime) -> None:
    """One SMS to whoever gave that telephone. Inside the caller's transaction and lock."""
    recipient = Recipient.PERSON if row.resident.phone == number else Recipient.HELPER
    last = session.scalar(
        select(func.max(OutboxMessage.round)).where(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            OutboxMessage.subject_id == row.id,
            OutboxMessage.kind == LOST,
            OutboxMessage.version == row.sequence,
            OutboxMessage.recipient == recipient,
        )
    )
    write_message(
        session,
        Notice(LOST, SMS, recipient, row.workshop.last_at),
        row.id,
        version=row.sequence,
        now=now,
        subject_kind=SubjectKind.REGISTRATION,
        round=0 if last is None else last + 1,
    )
