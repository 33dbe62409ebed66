"""The people to call, why, and what became of it. Messages that no machine sends are calls too."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.access import DESK_MEMORY, Actor, Role
from app.domain.appointment import (
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CallTime,
    MessageChannel,
    PlaceKind,
)
from app.domain.call_errors import CallHourChanged
from app.domain.errors import DomainError
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SENT_CHANNELS
from app.domain.staff_errors import SubjectUnknown
from app.gateways.contacts import parse_phone
from app.models.appointment import Appointment, CallTask, Engagement, Resident
from app.models.journal import JournalEntry
from app.services.agenda import ENTRIES, Entry, entry_of
from app.services.announcing import refuses_own_channel
from app.services.catalogue import Catalogue, read_catalogue
from app.services.journal import note
from app.services.reminders import given_its_date_at
from app.services.transaction import Locks, write_transaction

BEFORE_IT_ENDS = (
    CallReason.BEFORE_HOME_VISIT,
    CallReason.RUNNING_LATE,
    CallReason.REMINDER,
    CallReason.UNDELIVERED,
)
"""No use after the appointment; the others stay due until the desk forgets the person."""
BOOKED_LONG_BEFORE = timedelta(days=1)
"""Who booked the day before needs no reminder."""

_DATED = ENTRIES.add_columns(given_its_date_at().label("dated_at"))


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to call, about one appointment."""

    entry: Entry
    reason: CallReason
    due_at: datetime
    call_time: CallTime | None
    """When the person said that they may be called."""
    tries: tuple[datetime, ...] = ()
    """The calls that nobody answered."""

    @property
    def phone(self) -> str | None:
        """The person's own, else that of whoever helps them."""
        return self.entry.phone or self.entry.helper_phone


def find_calls(
    session: Session, catalogue: Catalogue, actor: Actor, *, now: datetime
) -> list[Call]:
    """The calls that are open, the most urgent first; of those that the actor may see at most.

    Open tasks, and reminders of the next days that no machine sends. Rights are asked by the page
    for each; here the database is only spared what nobody of that role would see.
    """
    scope = _scope(actor)
    tasks = ENTRIES.add_columns(CallTask).join(CallTask, CallTask.appointment_id == Appointment.id)
    rows = session.execute(
        tasks.where(
            CallTask.closed_at.is_(None),
            or_(CallTask.reason != CallReason.REMINDER, Resident.refuses_reminders.is_(False)),
            or_(
                Engagement.ends_at > now,
                and_(
                    CallTask.reason.not_in(BEFORE_IT_ENDS),
                    Engagement.ends_at > now - DESK_MEMORY,
                ),
            ),
            *scope,
        ).order_by(CallTask.due_at, CallTask.id)
    ).all()
    tries = _tries(session, {row.Appointment.id for row in rows})
    calls = [
        Call(
            entry=entry_of(row, catalogue),
            reason=row.CallTask.reason,
            due_at=row.CallTask.due_at,
            call_time=row.Appointment.call_time,
            tries=tuple(tries.get((row.Appointment.id, row.CallTask.reason), ())),
        )
        for row in rows
    ]
    return sorted([*calls, *_reminders(session, catalogue, scope, now)], key=_urgency)


def _urgency(call: Call) -> tuple[datetime, int]:
    return call.due_at, call.entry.appointment_id


def _scope(actor: Actor) -> list[ColumnElement[bool]]:
    if actor.role is Role.COORDINATOR:
        return []
    if actor.counsellor_id is not None:
        return [Engagement.counsellor_id == actor.counsellor_id]
    return [Appointment.commune_id.in_(actor.commune_ids)]


def _tries(
    session: Session, appointment_ids: Iterable[int]
) -> dict[tuple[int | None, str], list[datetime]]:
    """The calls without answer since the last one that ended, as the journal remembers them.

    The task itself keeps the last one only.
    """
    found: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(JournalEntry.subject_id, JournalEntry.at, JournalEntry.facts)
        .where(
            JournalEntry.subject_kind == JournalSubject.APPOINTMENT,
            JournalEntry.subject_id.in_(appointment_ids),
            JournalEntry.action == JournalAction.CALL_RECORDED,
        )
        .order_by(JournalEntry.id)
    )
    for row in rows:
        key = row.subject_id, row.facts["reason"]
        if row.facts["outcome"] == CallOutcome.NO_ANSWER:
            found[key].append(row.at)
        else:
            found.pop(key, None)
    return found


def _reminders(
    session: Session, catalogue: Catalogue, scope: list[ColumnElement[bool]], now: datetime
) -> list[Call]:
    """Whoever neither a text message nor an e-mail reminds, two days before (a setting).

    A visit is prepared by telephone anyway.
    """
    reminded = select(CallTask.id).where(
        CallTask.appointment_id == Appointment.id,
        CallTask.reason == CallReason.REMINDER,
        _is_of_this_date(),
    )
    rows = session.execute(
        _DATED.where(
            Engagement.starts_at > now,
            *_unsent(catalogue, now),
            ~reminded.exists(),
            *scope,
        ).order_by(Engagement.starts_at)
    )
    return [
        Call(entry_of(row, catalogue), CallReason.REMINDER, now, row.Appointment.call_time)
        for row in rows
        if _needs_a_call(row)
    ]


def _is_of_this_date() -> ColumnElement[bool]:
    """Whether the task is open, which a move puts off, or was made for the date of now: who was
    reminded of another date is reminded again.
    """
    return or_(CallTask.closed_at.is_(None), CallTask.created_at >= given_its_date_at())


def _unsent(catalogue: Catalogue, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Expected at a venue within the hours of a reminder, and no machine reminds them."""
    ahead = timedelta(hours=catalogue.settings.reminder_hours_before)
    return (
        Engagement.starts_at <= now + ahead,
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.place_kind == PlaceKind.VENUE,
        or_(Appointment.message_channel.not_in(SENT_CHANNELS), refuses_own_channel()),
        Resident.refuses_reminders.is_(False),
    )


def _needs_a_call(row: Any) -> bool:
    """No machine may or can write to them, or they asked for a voice; and the date is not one that
    they were given the day before.
    """
    appointment, person = row.Appointment, row.Resident
    if row.Engagement.starts_at - row.dated_at < BOOKED_LONG_BEFORE:
        return False
    phone = person.phone or appointment.helper_phone
    if phone is None:
        return False
    channel = appointment.message_channel
    is_unreachable = person.email is None and not is_mobile(phone)
    # Only who refuses the way they had chosen is read with one of these channels.
    return channel in SENT_CHANNELS or channel is MessageChannel.VOICE or is_unreachable


def is_mobile(phone: str) -> bool:
    """Whether a text message may reach that number (E.164)."""
    try:
        return parse_phone(phone).is_mobile
    except DomainError:
        return False


def record_call(
    session: Session,
    appointment_id: int,
    reason: CallReason,
    outcome: CallOutcome,
    *,
    by: int,
    now: datetime,
    told: str | None = None,
) -> bool:
    """What became of a call; whether something was noted: a call that is closed stays as it is.

    « Pas de réponse » leaves it open. A reminder has no task before its first call. `told`: the
    hour of the appointment (`told_hour`) that the caller saw. Raises SubjectUnknown where nobody
    asked for that call, CallHourChanged where the hour is another by now.
    """
    with write_transaction(session, Locks.of(keys={f"call:{appointment_id}"})):
        task = _task(session, appointment_id, reason, now)
        starts_at = select(Engagement.starts_at).join(Appointment)
        hour = session.scalars(starts_at.where(Appointment.id == appointment_id)).one()
        if task.closed_at is None and told not in (None, told_hour(hour)):
            raise CallHourChanged
        return settle_call(
            session, task, (JournalSubject.APPOINTMENT, appointment_id), outcome, by=by, now=now
        )


def told_hour(starts_at: datetime) -> str:
    """The hour of an appointment as a form carries it there and back: UTC."""
    return f"{starts_at:%Y%m%dT%H%M}"


def settle_call(
    session: Session,
    task: CallTask,
    subject: tuple[JournalSubject, int],
    outcome: CallOutcome,
    *,
    by: int,
    now: datetime,
) -> bool:
    """Note on that task what became of its call, and in the journal; False for a closed one.

    Inside the caller's transaction.
    """
    if task.closed_at is not None:
        return False
    task.outcome, task.tried_at, task.user_id = outcome, now, by
    if outcome is not CallOutcome.NO_ANSWER:
        task.closed_at = now
    facts = {"reason": task.reason.value, "outcome": outcome.value}
    note(session, JournalAction.CALL_RECORDED, subject, by=by, now=now, **facts)
    return True


def _task(session: Session, appointment_id: int, reason: CallReason, now: datetime) -> CallTask:
    """The open task of that reason, else the last one. Raises SubjectUnknown."""
    found = session.scalars(
        select(CallTask)
        .join(Appointment)
        .where(
            CallTask.appointment_id == appointment_id,
            CallTask.reason == reason,
            or_(CallTask.reason != CallReason.REMINDER, _is_of_this_date()),
        )
        .order_by(CallTask.closed_at.is_not(None), CallTask.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        if reason is not CallReason.REMINDER or not _asks_reminder(session, appointment_id, now):
            raise SubjectUnknown
        found = CallTask(appointment_id=appointment_id, reason=reason, created_at=now, due_at=now)
        session.add(found)
    return found


def _asks_reminder(session: Session, appointment_id: int, now: datetime) -> bool:
    unsent = _unsent(read_catalogue(session), now)
    row = session.execute(_DATED.where(Appointment.id == appointment_id, *unsent)).one_or_none()
    return row is not None and _needs_a_call(row)
