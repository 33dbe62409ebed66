"""Tell all who are registered for a workshop, or wait for it, what became of it.

Called inside the write transaction of the change, under the lock of the workshop; commits nothing.
A machine tells whom it may; for everybody else a call is asked for, so that nobody is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.appointment import CallReason
from app.domain.messages import (
    CANCELLATION_LIFE,
    SENT_CHANNELS,
    MessageKind,
    Notice,
    OutboxState,
    SubjectKind,
)
from app.domain.open_hours import OpenHours
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration, Workshop, WorkshopSession
from app.services.announcing import refuses
from app.services.appointment_rows import ONE_MINUTE, Act
from app.services.catalogue import read_catalogue
from app.services.hours import open_hours
from app.services.offer_telling import ARRIVED
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
    date: WorkshopSession,
    *,
    was_at: datetime,
    now: datetime,
    act: Act,
) -> Told:
    """That date moved, has another place, or is off: all who come or wait are told which one.

    `was_at` is its start (UTC) before. Where it was today, or before the next open hour, the
    message leaves at once, so that nobody sets out for nothing; otherwise in the open hours
    (law B30).
    """
    session.flush()
    takes_place = date.status is not WorkshopStatus.CANCELLED
    plan = _Plan(
        kind=MessageKind.CHANGED,
        date_id=date.id,
        now=now,
        due_at=_hours(session, now).in_time(now, [was_at]),
        expires_at=max(was_at, date.starts_at),
        is_too_late=takes_place and is_too_late(session, was_at, date.starts_at, now=now),
        moved_minutes=(date.starts_at - was_at) // ONE_MINUTE,
    )
    return _tell_all(session, workshop, plan, act)


def tell_cancelled(
    session: Session,
    workshop: Workshop,
    dates: Sequence[WorkshopSession],
    *,
    now: datetime,
    act: Act,
) -> Told:
    """It does not take place: all who come or wait are told. Their registrations stay as they are.

    `dates` are those that are lost by it, in order. It leaves as what `tell_changed` tells.
    """
    session.flush()
    starts = [each.starts_at for each in dates]
    plan = _Plan(
        kind=MessageKind.CANCELLED_BY_SERVICE,
        date_id=dates[0].id,
        now=now,
        due_at=_hours(session, now).in_time(now, starts),
        expires_at=max(starts[0], now + CANCELLATION_LIFE),
        is_too_late=False,
    )
    return _tell_all(session, workshop, plan, act)


def is_too_late(session: Session, was_at: datetime, next_at: datetime, *, now: datetime) -> bool:
    """Whether no message about a date that moves leaves before its new hour: everybody is called.

    From its start to its new start; all in UTC.
    """
    return _hours(session, now).in_time(now, [was_at]) >= next_at


@dataclass(frozen=True, slots=True)
class _Plan:
    kind: MessageKind
    date_id: int
    """The date that the message names."""
    now: datetime
    due_at: datetime
    expires_at: datetime
    is_too_late: bool
    """No message would leave before they come: everybody is called."""
    moved_minutes: int = 0
    """By how much that date is later now; negative: earlier."""


def _hours(session: Session, now: datetime) -> OpenHours:
    return open_hours(read_catalogue(session), now)


def _tell_all(session: Session, workshop: Workshop, plan: _Plan, act: Act) -> Told:
    messages = calls = 0
    untold = _untold_moves(session, workshop, plan)
    others = _other_dates(workshop, plan)
    unheard = _unheard_of(session, others)
    for row in _concerned(session, workshop):
        row.sequence += 1
        row.updated_at = act.at
        if plan.is_too_late or not _is_told_by_machine(row, plan.kind):
            close_registration_calls(session, row.id, plan.now)
            call_registration_once(session, row.id, CALLS[plan.kind], now=plan.now)
            calls += 1
        else:
            still = [CallReason.MOVED_BY_SERVICE] if others else []
            still += [CallReason.UNDELIVERED] if row.id in unheard else []
            close_registration_calls(session, row.id, plan.now, but=still)
            _write(session, row, plan, plan.moved_minutes + untold.get(row.id, 0))
            messages += 1
    session.flush()
    return Told(messages, calls)


def _other_dates(workshop: Workshop, plan: _Plan) -> list[int]:
    """The dates to come that a message of this one says nothing of: what a voice was to say of them
    is still to be said. None where nothing takes place any more.
    """
    if plan.kind is not MessageKind.CHANGED:
        return []
    return [
        each.id
        for each in workshop.sessions
        if each.id != plan.date_id and each.starts_at > plan.now
    ]


def _unheard_of(session: Session, date_ids: list[int]) -> set[int]:
    """The registrations that a change of one of those dates has not reached."""
    if not date_ids:
        return set()
    lost = select(OutboxMessage.subject_id).where(
        OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
        OutboxMessage.session_id.in_(date_ids),
        OutboxMessage.kind == MessageKind.CHANGED,
        OutboxMessage.state != OutboxState.PENDING,
        ~ARRIVED,
    )
    return set(session.scalars(lost))


def _is_told_by_machine(row: Registration, kind: MessageKind) -> bool:
    channel = row.message_channel
    return channel in SENT_CHANNELS and not refuses(row.resident, kind, channel)


def _untold_moves(session: Session, workshop: Workshop, plan: _Plan) -> dict[int, int]:
    """By how many minutes that date moved before, by registration, in what has not left yet.

    The message that takes its place tells from which hour they knew.
    """
    own = select(Registration.id).where(Registration.workshop_id == workshop.id)
    pending = (
        select(OutboxMessage.subject_id, OutboxMessage.minutes)
        .where(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            OutboxMessage.subject_id.in_(own),
            OutboxMessage.session_id == plan.date_id,
            OutboxMessage.kind == MessageKind.CHANGED,
            OutboxMessage.state == OutboxState.PENDING,
        )
        .order_by(OutboxMessage.version)
    )
    return {each.subject_id: each.minutes or 0 for each in session.execute(pending)}


def _write(session: Session, row: Registration, plan: _Plan, moved_minutes: int) -> None:
    notice = Notice(plan.kind, row.message_channel, row.message_to, plan.expires_at)
    write_message(
        session,
        notice,
        row.id,
        version=row.sequence,
        now=plan.now,
        subject_kind=SubjectKind.REGISTRATION,
        due_at=plan.due_at,
        minutes=moved_minutes or None,
        session_id=plan.date_id,
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
