"""What leaves in the next hours: messages that wait in the outbox, and reminders to be written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage
from app.services.catalogue import Catalogue
from app.services.message_people import about_columns, with_people
from app.services.registration_reminders import upcoming_dates
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
    about: SubjectKind
    appointment_id: int | None
    """None for an offered place: there is no appointment yet; and for a workshop."""
    registration_id: int | None
    """For a workshop; None for news of workshops, which go to an address without a name."""
    reference: int | None
    name: str
    """First name and initial; empty once the person is erased."""


def find_departures(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[Departure]:
    """Written messages and reminders due before `until` (UTC), by hour; 500 at most."""
    found = [
        *_written(session, now, until),
        *_reminders(session, catalogue, now, until),
        *_of_workshops(session, catalogue, now, until),
    ]
    return sorted(found, key=lambda each: (each.due_at, each.kind, each.channel))[:MOST_SHOWN]


def _written(session: Session, now: datetime, until: datetime) -> list[Departure]:
    query: Any = (
        with_people(select(OutboxMessage, *about_columns()))
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
            about=row.OutboxMessage.subject_kind,
            appointment_id=row.appointment_id,
            registration_id=row.registration_id,
            reference=row.reference,
            name=initialled(row.first_name, row.last_name),
        )
        for row in session.execute(query)
    ]


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
            about=SubjectKind.APPOINTMENT,
            appointment_id=each.appointment_id,
            registration_id=None,
            reference=each.reference,
            name=initialled(each.first_name, each.last_name),
        )
        for each in upcoming_reminders(session, catalogue, now, until)
    ]


def _of_workshops(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[Departure]:
    return [
        Departure(
            due_at=each.due_at,
            kind=each.kind,
            channel=each.channel,
            about=SubjectKind.REGISTRATION,
            appointment_id=None,
            registration_id=each.registration_id,
            reference=each.reference,
            name=initialled(each.first_name, each.last_name),
        )
        for each in upcoming_dates(session, catalogue, now, until)
    ]
