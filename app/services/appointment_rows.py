"""The rows that a change of an appointment writes. Called inside its transaction only; commits
nothing. Those of a new one are in `new_appointment`.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    CallOutcome,
    CallReason,
    ChangeReason,
    Channel,
    EventKind,
)
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SubjectKind
from app.domain.slots import Engaged, Slot
from app.models.appointment import Appointment, AppointmentEvent, CallTask
from app.models.outbox import OutboxMessage
from app.services.agenda_edits import refuse_if_edited
from app.services.desk_reminder import postpone_reminder
from app.services.journal import note

ONE_MINUTE = timedelta(minutes=1)
CALL_BEFORE_VISIT = timedelta(days=1)
"""A visit is prepared by telephone at least a day before it."""
JOURNALLED = {
    EventKind.BOOKED: JournalAction.APPOINTMENT_BOOKED,
    EventKind.MOVED: JournalAction.APPOINTMENT_MOVED,
    EventKind.CANCELLED: JournalAction.APPOINTMENT_CANCELLED,
    EventKind.ATTENDED: JournalAction.ATTENDED,
    EventKind.NO_SHOW: JournalAction.NO_SHOW,
}
"""What the team does is in the journal by the same commit; `handover` tells its own act there."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes an appointment, by which way, when (UTC), and why."""

    at: datetime
    actor: Actor = Actor.RESIDENT
    channel: Channel = Channel.WEB
    user_id: int | None = None
    """Who of the team."""
    reason: ChangeReason | None = None
    sequence: int | None = None
    """Of the appointment on the page that was answered; another one now: EditedMeanwhile."""


def seat(appointment: Appointment, slot: Slot) -> None:
    """Put the appointment where the slot is: counsellor, hours, place, window of a visit."""
    seat_at(appointment, slot, window_minutes(slot))


def seat_at(appointment: Appointment, held: Slot | Engaged, window: int | None) -> None:
    """The same for hours that nobody cut into slots; `window` in minutes, None at a venue.

    « Arrivé » and « Visite terminée » were said of the hour and the place that it had: said of
    others, they would silence the alert for who visits alone.
    """
    engagement = appointment.engagement
    if (engagement.starts_at, engagement.place) != (held.starts_at, held.place):
        appointment.arrived_at = appointment.visit_ended_at = None
    appointment.window_minutes = window
    engagement.counsellor_id = held.counsellor_id
    engagement.starts_at, engagement.ends_at = held.starts_at, held.ends_at
    engagement.commune_id, engagement.venue_id = held.place.commune_id, held.place.venue_id


def window_minutes(slot: Slot) -> int | None:
    """A visit begins within so many minutes of its start; None at a venue."""
    window = slot.window_ends_at
    return (window - slot.starts_at) // ONE_MINUTE if window else None


def touch(appointment: Appointment, now: datetime) -> None:
    """Calendars see the change: SEQUENCE grows, and so does the instant of revision."""
    appointment.sequence += 1
    appointment.updated_at = now


@contextmanager
def note_event(
    session: Session,
    appointment: Appointment,
    kind: EventKind,
    act: Act,
) -> Iterator[None]:
    """Write the history row of the change made in the block: where it was, where it is.

    A cancelled appointment is nowhere any more. Raises EditedMeanwhile where the act answers a page
    that somebody else has made out of date.
    """
    refuse_if_edited(session, appointment, act.user_id, act.sequence)
    held = appointment.engagement
    event = AppointmentEvent(
        appointment_id=appointment.id,
        at=act.at,
        kind=kind,
        actor=act.actor,
        channel=act.channel,
        user_id=act.user_id,
        reason=act.reason,
        old_starts_at=held.starts_at,
        old_counsellor_id=held.counsellor_id,
        old_venue_id=held.venue_id,
    )
    yield
    if held.occupies:
        event.new_starts_at = held.starts_at
        event.new_counsellor_id = held.counsellor_id
        event.new_venue_id = held.venue_id
    session.add(event)
    _journal(session, appointment, kind, act)


def _journal(session: Session, appointment: Appointment, kind: EventKind, act: Act) -> None:
    if act.user_id is None or kind not in JOURNALLED:
        return
    subject = JournalSubject.APPOINTMENT, appointment.id
    why = {"reason": act.reason.value} if act.reason else {}
    note(session, JOURNALLED[kind], subject, by=act.user_id, now=act.at, **why)


def messages_of(
    appointment_ids: Iterable[int] | Select[Any],
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: the messages about these appointments, and about nothing else of the same ids."""
    return (
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id.in_(appointment_ids),
    )


def open_call_task(
    session: Session, appointment_id: int, reason: CallReason, *, starts_at: datetime, now: datetime
) -> None:
    """Ask the team to call: the day before a visit that starts then, at once for anything else."""
    before_visit = reason is CallReason.BEFORE_HOME_VISIT
    session.add(
        CallTask(
            appointment_id=appointment_id,
            reason=reason,
            created_at=now,
            due_at=_call_before_visit_at(starts_at, now) if before_visit else now,
        )
    )


def postpone_call_tasks(session: Session, appointment: Appointment, now: datetime) -> None:
    """A moved visit is prepared before its new time; a call already made stays made."""
    session.execute(
        _open_call_tasks(appointment)
        .where(CallTask.reason == CallReason.BEFORE_HOME_VISIT)
        .values(due_at=_call_before_visit_at(appointment.engagement.starts_at, now))
    )
    postpone_reminder(session, appointment, now)


def close_call_tasks(
    session: Session,
    appointment: Appointment,
    outcome: CallOutcome,
    now: datetime,
    *,
    reasons: Collection[CallReason] = tuple(CallReason),
) -> None:
    """Nobody is called any more for this appointment (for those reasons, where some are given)."""
    tasks = _open_call_tasks(appointment).where(CallTask.reason.in_(reasons))
    session.execute(tasks.values(outcome=outcome, closed_at=now))


def _open_call_tasks(appointment: Appointment) -> Update:
    is_open = CallTask.appointment_id == appointment.id, CallTask.closed_at.is_(None)
    return update(CallTask).where(*is_open)


def _call_before_visit_at(starts_at: datetime, now: datetime) -> datetime:
    return max(starts_at - CALL_BEFORE_VISIT, now)
