"""Tell all who are registered for a workshop, or wait for it, what became of it.

Called inside the write transaction of the change, under the lock of the workshop; commits nothing.
A machine tells whom it may; for everybody else a call is asked for, so that nobody is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.appointment import CallReason
from app.domain.messages import CANCELLATION_LIFE, SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.announcing import refuses
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, read_catalogue
from app.services.hours import open_hours
from app.services.outbox import write_message
from app.services.registration_calls import call_registration_once, close_registration_calls

CALLS = {
    MessageKind.CHANGED: CallReason.MOVED_BY_SERVICE,
    MessageKind.CANCELLED_BY_SERVICE: CallReason.CANCELLED_BY_SERVICE,
}


@dataclass(frozen=True, slots=True)
class Told:
    """How many registrations a message was written for, and how many somebody must call."""

    messages: int
    calls: int


def tell_changed(
    session: Session,
    workshop: Workshop,
    *,
    now: datetime,
    act: Act,
    was_at: Iterable[datetime] = (),
) -> Told:
    """Its date, its place, its hours or one of its dates changed: all who come or wait are told.

    `was_at` are the starts (UTC) before a move: where one of them is today, or a date of today is
    off, the message leaves at any hour, so that nobody comes for nothing. Otherwise it leaves in
    the open hours (law B30). Nothing to tell once every date has begun.
    """
    session.flush()
    to_come = [each.starts_at for each in _standing(session, workshop) if each.starts_at > now]
    if not to_come:
        return Told(0, 0)
    lost = [*was_at, *_cancelled_starts(session, workshop)]
    plan = _plan(session, MessageKind.CHANGED, now, lost, min(to_come), max(to_come))
    return _tell_all(session, workshop, plan, act)


def tell_cancelled(session: Session, workshop: Workshop, *, now: datetime, act: Act) -> Told:
    """It does not take place: all who come or wait are told. Their registrations stay as they are.

    One of today is told at any hour, any other in the open hours.
    """
    session.flush()
    starts = [each.starts_at for each in _dates(session, workshop) if each.starts_at > now]
    next_at = min(starts, default=workshop.last_at)
    expires_at = max([next_at, now + CANCELLATION_LIFE])
    kind = MessageKind.CANCELLED_BY_SERVICE
    return _tell_all(session, workshop, _plan(session, kind, now, starts, None, expires_at), act)


@dataclass(frozen=True, slots=True)
class _Plan:
    kind: MessageKind
    now: datetime
    due_at: datetime
    expires_at: datetime
    is_too_late: bool
    """No message would leave before they come: everybody is called."""


def _plan(  # noqa: PLR0917 - what one message needs
    session: Session,
    kind: MessageKind,
    now: datetime,
    lost: Iterable[datetime],
    next_at: datetime | None,
    expires_at: datetime,
) -> _Plan:
    catalogue = read_catalogue(session)
    is_urgent = any(_is_today(catalogue, start, now) for start in lost)
    due_at = now if is_urgent else open_hours(catalogue, now).next_open(now)
    is_too_late = next_at is not None and due_at >= next_at
    return _Plan(kind, now, due_at, expires_at, is_too_late)


def _is_today(catalogue: Catalogue, start: datetime, now: datetime) -> bool:
    return start > now and catalogue.today(start) == catalogue.today(now)


def _tell_all(session: Session, workshop: Workshop, plan: _Plan, act: Act) -> Told:
    messages = calls = 0
    for row in _concerned(session, workshop):
        row.sequence += 1
        row.updated_at = act.at
        close_registration_calls(session, row.id, plan.now)
        if plan.is_too_late or not _is_told_by_machine(row, plan.kind):
            call_registration_once(session, row.id, CALLS[plan.kind], now=plan.now)
            calls += 1
        else:
            _write(session, row, plan)
            messages += 1
    session.flush()
    return Told(messages, calls)


def _is_told_by_machine(row: Registration, kind: MessageKind) -> bool:
    channel = row.message_channel
    return channel in SENT_CHANNELS and not refuses(row.resident, kind, channel)


def _write(session: Session, row: Registration, plan: _Plan) -> None:
    notice = Notice(plan.kind, row.message_channel, row.message_to, plan.expires_at)
    write_message(
        session,
        notice,
        row.id,
        version=row.sequence,
        now=plan.now,
        subject_kind=SubjectKind.REGISTRATION,
        due_at=plan.due_at,
    )


def _concerned(session: Session, workshop: Workshop) -> list[Registration]:
    query = (
        select(Registration)
        .where(
            Registration.workshop_id == workshop.id,
            Registration.status != RegistrationStatus.CANCELLED,
        )
        .options(joinedload(Registration.resident))
        .order_by(Registration.id)
    )
    return list(session.scalars(query))


def _dates(session: Session, workshop: Workshop) -> list[WorkshopSession]:
    query = select(WorkshopSession).where(WorkshopSession.workshop_id == workshop.id)
    return list(session.scalars(query.order_by(WorkshopSession.starts_at)))


def _standing(session: Session, workshop: Workshop) -> list[WorkshopSession]:
    dates = _dates(session, workshop)
    return [each for each in dates if each.status is WorkshopStatus.PLANNED]


def _cancelled_starts(session: Session, workshop: Workshop) -> list[datetime]:
    dates = _dates(session, workshop)
    return [each.starts_at for each in dates if each.status is WorkshopStatus.CANCELLED]
