"""The reminders that are due, written by a job; and those to come, for whoever wants to know.

Any number of workers may write them: each is looked for again under a lock, and the outbox holds
one at most of each kind, version, channel and recipient.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, EventKind, MessageChannel
from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.open_hours import OpenHours
from app.domain.reminders import MOST_SHIFT, USEFUL, reminder_for
from app.domain.sending import REMINDERS
from app.domain.settings import Settings
from app.models.appointment import Appointment, AppointmentEvent, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.services.announcing import refuses_own_channel
from app.services.catalogue import Catalogue, NoTerritory, read_catalogue
from app.services.hours import open_hours
from app.services.orphans import find_orphans
from app.services.outbox import write_message
from app.services.transaction import Locks, write_transaction

ONE_AT_A_TIME = Locks.of(keys={"remind"})
GIVEN_A_DATE = (EventKind.BOOKED, EventKind.MOVED)
"""Handing it to a colleague changes nothing for the person: no second reminder for that."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A reminder that nobody has written yet."""

    appointment_id: int
    reference: int | None
    first_name: str
    last_name: str
    kind: MessageKind
    channel: MessageChannel
    starts_at: datetime
    due_at: datetime
    """When it will leave, seen from now (UTC)."""


def remind(session: Session, now: datetime, limit: int) -> int:
    """Write some of the reminders that are due; how many. A job of the worker, one transaction.

    None outside the open hours: what was due then leaves at the next open one, if it still helps.
    """
    try:
        catalogue = read_catalogue(session)
    except NoTerritory:
        return 0
    hours = open_hours(catalogue, now)
    # Looked at first without a lock: a worker with nothing to do stands in nobody's way.
    if not hours.is_open(now) or next(_due(session, catalogue.settings, hours, now), None) is None:
        return 0
    with write_transaction(session, ONE_AT_A_TIME):
        written = 0
        for row, notice in _due(session, catalogue.settings, hours, now):
            if written == limit:
                break
            write_message(session, notice, row.id, version=row.sequence, now=now)
            written += 1
    return written


def _due(
    session: Session, settings: Settings, hours: OpenHours, now: datetime
) -> Iterator[tuple[Any, Notice]]:
    """The reminders to write now, by the hour of their appointment."""
    due = []
    for row in session.execute(_unreminded(now, now, settings)).all():
        plan = reminder_for(row.starts_at, row.settled_at, settings, hours)
        if plan and plan.leaves_at(now, hours) == now:
            due.append((row, plan))
    lost = _lost(session, now) if due else frozenset()
    for row, plan in due:
        if row.id not in lost:
            channel, recipient = row.message_channel, row.message_to
            yield row, Notice(plan.kind, channel, recipient, plan.expires_at)


def upcoming_reminders(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[Upcoming]:
    """The reminders to be written before `until` (UTC), by their hour; seen as things stand now."""
    hours, settings = open_hours(catalogue, now), catalogue.settings
    found, lost = [], _lost(session, now)
    for row in session.execute(_unreminded(now, until, settings)):
        plan = reminder_for(row.starts_at, row.settled_at, settings, hours)
        due_at = plan.leaves_at(now, hours) if plan else None
        if plan and due_at and due_at < until and row.id not in lost:
            found.append(
                Upcoming(
                    appointment_id=row.id,
                    reference=row.reference,
                    first_name=row.first_name,
                    last_name=row.last_name,
                    kind=plan.kind,
                    channel=row.message_channel,
                    starts_at=row.starts_at,
                    due_at=due_at,
                )
            )
    return sorted(found, key=lambda each: (each.due_at, each.appointment_id))


def _lost(session: Session, now: datetime) -> frozenset[int]:
    """The appointments that nobody would hold: somebody calls, and no reminder says « come »."""
    return frozenset(each.appointment_id for each in find_orphans(session, now=now))


def _unreminded(now: datetime, until: datetime, settings: Settings) -> Any:
    """Who comes soon, wants a written reminder, and has none for this date.

    « Soon » is a range of the index on starts: as far as a reminder due before `until` can be from
    its appointment, and no nearer than one is of use.
    """
    settled_at = given_its_date_at()
    reminded = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id == Appointment.id,
        OutboxMessage.kind.in_(REMINDERS),
        or_(
            OutboxMessage.created_at >= settled_at,
            # Of this very version: the clock was put back since, and the wall would refuse it.
            OutboxMessage.version == Appointment.sequence,
        ),
    )
    return (
        select(
            Appointment.id,
            Appointment.sequence,
            Appointment.reference,
            Appointment.message_channel,
            Appointment.message_to,
            Resident.first_name,
            Resident.last_name,
            Engagement.starts_at,
            settled_at.label("settled_at"),
        )
        .select_from(Engagement)
        .join(Appointment, Appointment.engagement_id == Engagement.id)
        .join(Appointment.resident)
        .where(
            Engagement.starts_at > now + USEFUL,
            Engagement.starts_at <= until + furthest(settings),
            Appointment.status == AppointmentStatus.BOOKED,
            Appointment.reference.is_not(None),
            Appointment.message_channel.in_(SENT_CHANNELS),
            Resident.refuses_reminders == false(),
            ~refuses_own_channel(),
            ~reminded.exists(),
        )
        .order_by(Engagement.starts_at, Appointment.id)
    )


def given_its_date_at() -> Any:
    """When the appointment of the row was given the date that it has: booked, or moved since."""
    last = (
        select(func.max(AppointmentEvent.at))
        .where(
            AppointmentEvent.appointment_id == Appointment.id,
            AppointmentEvent.kind.in_(GIVEN_A_DATE),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
    return func.coalesce(last, Appointment.booked_at)


def furthest(settings: Settings) -> timedelta:
    """How long before its hour a reminder may be due at the earliest."""
    return timedelta(hours=settings.reminder_hours_before) + MOST_SHIFT
