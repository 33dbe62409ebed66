"""The reminders of workshops: one for each date of a registration, under the rules of appointments.

Who was given their place, or a date its hour, after the reminder's own hour is reminded the evening
before, or not at all: see `domain.reminders`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.open_hours import OpenHours
from app.domain.reminders import USEFUL, Reminder, reminder_for
from app.domain.sending import REMINDERS
from app.domain.settings import Settings
from app.domain.waiting import OfferOutcome
from app.domain.workshops import ParticipationState, RegistrationStatus, WorkshopStatus
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import (
    Participation,
    PlacesOffer,
    Registration,
    Workshop,
    WorkshopSession,
)
from app.services.catalogue import Catalogue, NoTerritory, read_catalogue
from app.services.hours import open_hours
from app.services.outbox import write_message
from app.services.reminders import ONE_AT_A_TIME, furthest
from app.services.transaction import write_transaction


@dataclass(frozen=True, slots=True)
class UpcomingDate:
    """A reminder of one date of a workshop that nobody has written yet."""

    registration_id: int
    reference: int | None
    first_name: str
    last_name: str
    kind: MessageKind
    channel: MessageChannel
    due_at: datetime
    """When it will leave, seen from now (UTC)."""


def remind_of_workshops(session: Session, now: datetime, limit: int) -> int:
    """Write some of the reminders that are due; how many. A job of the worker, one transaction.

    None outside the open hours, as for appointments.
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
        for row, plan in _due(session, catalogue.settings, hours, now):
            if written == limit:
                break
            _write(session, row, plan, now)
            written += 1
    return written


def upcoming_dates(
    session: Session, catalogue: Catalogue, now: datetime, until: datetime
) -> list[UpcomingDate]:
    """The reminders to be written before `until` (UTC), by their hour; seen as things stand now."""
    hours, settings = open_hours(catalogue, now), catalogue.settings
    found = []
    for row in session.execute(_unreminded(now, until, settings)):
        plan = reminder_for(row.starts_at, row.settled_at, settings, hours)
        due_at = plan.leaves_at(now, hours) if plan else None
        if plan and due_at and due_at < until:
            name, channel = (row.first_name, row.last_name), row.message_channel
            known = UpcomingDate(row.id, row.reference, *name, plan.kind, channel, due_at)
            found.append(known)
    return sorted(found, key=lambda each: (each.due_at, each.registration_id))


def _due(
    session: Session, settings: Settings, hours: OpenHours, now: datetime
) -> Iterator[tuple[Any, Reminder]]:
    for row in session.execute(_unreminded(now, now, settings)).all():
        plan = reminder_for(row.starts_at, row.settled_at, settings, hours)
        if plan and plan.leaves_at(now, hours) == now:
            yield row, plan


def _write(session: Session, row: Any, plan: Reminder, now: datetime) -> None:
    """Two dates of a cycle may be reminded of for one version: each is a round of its own."""
    last = session.scalar(
        select(func.max(OutboxMessage.round)).where(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            OutboxMessage.subject_id == row.id,
            OutboxMessage.kind == plan.kind,
            OutboxMessage.version == row.sequence,
        )
    )
    notice = Notice(plan.kind, row.message_channel, row.message_to, plan.expires_at)
    write_message(
        session,
        notice,
        row.id,
        version=row.sequence,
        now=now,
        subject_kind=SubjectKind.REGISTRATION,
        round=0 if last is None else last + 1,
        session_id=row.session_id,
    )


def _unreminded(now: datetime, until: datetime, settings: Settings) -> Any:
    """Who is expected at a date that is soon, wants a written reminder, and has none for it."""
    settled_at = case((_told_at() > seated_at(), _told_at()), else_=seated_at())
    reminded = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
        OutboxMessage.subject_id == Registration.id,
        OutboxMessage.session_id == WorkshopSession.id,
        OutboxMessage.kind.in_(REMINDERS),
        OutboxMessage.created_at >= settled_at,
    )
    return (
        select(
            Registration.id,
            Registration.sequence,
            Registration.reference,
            Registration.message_channel,
            Registration.message_to,
            Resident.first_name,
            Resident.last_name,
            WorkshopSession.id.label("session_id"),
            WorkshopSession.starts_at,
            settled_at.label("settled_at"),
        )
        .select_from(WorkshopSession)
        .join(WorkshopSession.workshop)
        .join(Registration, Registration.workshop_id == Workshop.id)
        .join(Registration.resident)
        .where(
            WorkshopSession.starts_at > now + USEFUL,
            WorkshopSession.starts_at <= until + furthest(settings),
            WorkshopSession.status == WorkshopStatus.PLANNED,
            Workshop.status == WorkshopStatus.PLANNED,
            *_wants_one(),
            ~_is_excused().exists(),
            ~reminded.exists(),
        )
        .order_by(WorkshopSession.starts_at, Registration.id)
    )


def _wants_one() -> tuple[ColumnElement[bool], ...]:
    by = Registration.message_channel
    return (
        Registration.status == RegistrationStatus.REGISTERED,
        Registration.reference.is_not(None),
        by.in_(SENT_CHANNELS),
        Resident.refuses_reminders == false(),
        ~or_(
            and_(by == MessageChannel.SMS, Resident.refuses_sms == true()),
            and_(by == MessageChannel.EMAIL, Resident.refuses_mail == true()),
        ),
    )


def _is_excused() -> Any:
    return select(Participation.state).where(
        Participation.registration_id == Registration.id,
        Participation.session_id == WorkshopSession.id,
        Participation.state == ParticipationState.EXCUSED,
    )


def _told_at() -> Any:
    """When they were told last of another hour or place of that date; NULL: never.

    Another counsellor is nobody's news: a reminder that left stays the only one.
    """
    return (
        select(func.max(OutboxMessage.created_at))
        .where(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            OutboxMessage.subject_id == Registration.id,
            OutboxMessage.session_id == WorkshopSession.id,
            OutboxMessage.kind == MessageKind.CHANGED,
        )
        .correlate(Registration, WorkshopSession)
        .scalar_subquery()
    )


def seated_at() -> Any:
    """When they were given their place: as they registered, or as they took an offered one."""
    taken = (
        select(func.max(PlacesOffer.closed_at))
        .where(
            PlacesOffer.registration_id == Registration.id,
            PlacesOffer.outcome == OfferOutcome.ACCEPTED,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    return func.coalesce(taken, Registration.registered_at)
