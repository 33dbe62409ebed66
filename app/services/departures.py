"""What leaves in the next hours: messages that wait in the outbox, and reminders to be written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.reminders import upcoming_reminders

MOST_SHOWN = 500
"""More than the nine communes ever send in a day; the page stays a page."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One message that will leave: to whom by reference and initial, never an address."""

    due_at: datetime
    """UTC; in the past: as soon as a worker comes."""
    kind: MessageKind
    channel: MessageChannel
    appointment_id: int | None
    """None for an offered place: there is no appointment yet."""
    reference: int | None
    name: str
    """First name and initial; empty once the person is erased."""


def find_departures(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[Departure]:
    """Written messages and reminders due before `until` (UTC), by hour; 500 at most."""
    found = [*_written(session, now, until), *_reminders(session, catalogue, now, until)]
    return sorted(found, key=lambda each: (each.due_at, each.kind, each.channel))[:MOST_SHOWN]


def _written(session: Session, now: datetime, until: datetime) -> list[Departure]:
    person = func.coalesce(Appointment.resident_id, WaitingEntry.resident_id)
    is_appointment = OutboxMessage.subject_kind == SubjectKind.APPOINTMENT
    is_offer = OutboxMessage.subject_kind == SubjectKind.OFFER
    query: Any = (
        select(OutboxMessage, Appointment.reference, Resident.first_name, Resident.last_name)
        .outerjoin(Appointment, is_appointment & (OutboxMessage.subject_id == Appointment.id))
        .outerjoin(Offer, is_offer & (OutboxMessage.subject_id == Offer.id))
        .outerjoin(WaitingEntry, WaitingEntry.id == Offer.entry_id)
        .outerjoin(Resident, Resident.id == person)
        .where(
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.due_at < until,
            OutboxMessage.expires_at > now,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(MOST_SHOWN)
    )
    return [
        Departure(
            due_at=row.OutboxMessage.due_at,
            kind=row.OutboxMessage.kind,
            channel=row.OutboxMessage.channel,
            appointment_id=_appointment_id(row.OutboxMessage),
            reference=row.reference,
            name=initialled(row.first_name, row.last_name),
        )
        for row in session.execute(query)
    ]


def _appointment_id(message: OutboxMessage) -> int | None:
    is_appointment = message.subject_kind is SubjectKind.APPOINTMENT
    return message.subject_id if is_appointment else None


def initialled(first_name: str | None, last_name: str | None) -> str:
    """« Rose S. »; nothing of somebody who is erased."""
    return f"{first_name} {last_name[:1]}." if first_name and last_name else ""


def _reminders(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[Departure]:
    """Those that no worker has written yet."""
    return [
        Departure(
            due_at=each.due_at,
            kind=each.kind,
            channel=each.channel,
            appointment_id=each.appointment_id,
            reference=each.reference,
            name=initialled(each.first_name, each.last_name),
        )
        for each in upcoming_reminders(session, catalogue, now, until)
    ]
