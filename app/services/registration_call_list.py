"""Who is to be called about a workshop: what changed, what did not arrive, a reminder that no
machine sends.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.access import DESK_MEMORY, Actor, Role
from app.domain.appointment import CallOutcome, CallReason, MessageChannel
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import SENT_CHANNELS
from app.domain.workshops import ParticipationState, RegistrationStatus, WorkshopStatus
from app.models.appointment import CallTask, Resident
from app.models.journal import JournalEntry
from app.models.workshops import (
    Participation,
    Registration,
    Workshop,
    WorkshopSession,
)
from app.services.calls import BEFORE_IT_ENDS, BOOKED_LONG_BEFORE, is_mobile
from app.services.catalogue import Catalogue
from app.services.registration_people import Reached, reach
from app.services.registration_reminders import seated_at
from app.services.registration_search import workshops_held_by


@dataclass(frozen=True, slots=True)
class RegistrationCall:
    """Somebody to call, about one registration."""

    who: Reached
    reason: CallReason
    due_at: datetime
    about_at: datetime
    """The start (UTC) of the date that it is about."""
    tries: tuple[datetime, ...] = ()
    """The calls that nobody answered."""


def find_registration_calls(
    session: Session, catalogue: Catalogue, actor: Actor, *, now: datetime
) -> list[RegistrationCall]:
    """The calls that are open, the most urgent first; of those that the actor may see at most.

    Rights are asked by the page for each, as for the calls about appointments.
    """
    tasks = _open_tasks(session, actor, now)
    reminders = _reminders(session, catalogue, actor, now)
    who = reach(session, [*(each.registration_id for each in tasks), *reminders])
    tries = _tries(session, set(who))
    told = _told_dates(session, (who[each.registration_id] for each in tasks), now)
    calls = [
        RegistrationCall(
            who=who[task.registration_id],
            reason=task.reason,
            due_at=task.due_at,
            about_at=told[task.registration_id],
            tries=tuple(
                at
                for at in tries.get((task.registration_id, task.reason), ())
                if at >= task.created_at
            ),
        )
        for task in tasks
    ]
    calls += [
        RegistrationCall(who[each], CallReason.REMINDER, now, starts_at)
        for each, starts_at in reminders.items()
        if needs_a_call(who[each])
    ]
    return sorted(calls, key=lambda each: (each.due_at, each.who.registration.registration_id))


def _open_tasks(session: Session, actor: Actor, now: datetime) -> list[Any]:
    query = (
        select(CallTask.registration_id, CallTask.reason, CallTask.due_at, CallTask.created_at)
        .join(Registration, Registration.id == CallTask.registration_id)
        .join(Registration.workshop)
        .join(Registration.resident)
        .where(
            CallTask.closed_at.is_(None),
            Registration.status != RegistrationStatus.CANCELLED,
            or_(CallTask.reason != CallReason.REMINDER, Resident.refuses_reminders.is_(False)),
            or_(CallTask.reason != CallReason.REMINDER, ~its_date_has_begun(now)),
            or_(
                Workshop.last_at > now,
                and_(CallTask.reason.not_in(BEFORE_IT_ENDS), Workshop.last_at > now - DESK_MEMORY),
            ),
            *scope_of(actor),
        )
        .order_by(CallTask.due_at, CallTask.id)
    )
    return list(session.execute(query))


def _told_dates(session: Session, who: Iterable[Reached], now: datetime) -> dict[int, datetime]:
    """Registration → the date that a call names: the next one that stands, else the next one that
    was cancelled, else the first one.
    """
    own = {each.registration.registration_id: each.registration for each in who}
    if not own:
        return {}
    is_planned = WorkshopSession.status == WorkshopStatus.PLANNED
    ahead = (
        select(WorkshopSession.workshop_id, WorkshopSession.starts_at)
        .where(
            WorkshopSession.workshop_id.in_({each.workshop_id for each in own.values()}),
            WorkshopSession.starts_at > now,
        )
        .order_by(is_planned, WorkshopSession.starts_at.desc())
    )
    next_at = {row.workshop_id: row.starts_at for row in session.execute(ahead)}  # the last stays
    return {number: next_at.get(each.workshop_id, each.first_at) for number, each in own.items()}


def scope_of(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on `Registration`: what nobody of that role would see is not read."""
    if actor.role is Role.COORDINATOR:
        return []
    if actor.counsellor_id is not None:
        return [Registration.workshop_id.in_(workshops_held_by(actor.counsellor_id))]
    return [Registration.commune_id.in_(actor.commune_ids)]


def _reminders(
    session: Session, catalogue: Catalogue, actor: Actor, now: datetime
) -> dict[int, datetime]:
    """Registration → the date of the next days that no machine reminds them of, not called yet."""
    rows = unreminded(session, catalogue, now, *scope_of(actor))
    return {row.id: row.starts_at for row in reversed(rows)}  # the first date stays


def unreminded(
    session: Session, catalogue: Catalogue, now: datetime, *of: ColumnElement[bool]
) -> list[Any]:
    """(registration, start of the date) within the hours of a reminder, and no machine sends it.

    Those of these conditions on `Registration`, by date; none who was given the place the day
    before.
    """
    query = _within_the_hours(catalogue, now).where(*of).order_by(WorkshopSession.starts_at)
    rows = session.execute(query).all()
    return [row for row in rows if row.starts_at - row.seated_at >= BOOKED_LONG_BEFORE]


def its_date_has_begun(now: datetime) -> ColumnElement[bool]:
    """Whether the date that a reminder call was for has begun: it is no call for the next one."""
    own, date = aliased(Registration), aliased(WorkshopSession)
    begun = (
        select(date.id)
        .join(own, own.workshop_id == date.workshop_id)
        .where(
            own.id == CallTask.registration_id,
            date.status == WorkshopStatus.PLANNED,
            date.starts_at > CallTask.created_at,
            date.starts_at <= now,
        )
    )
    return begun.correlate(CallTask).exists()


def _called(now: datetime, ahead: timedelta) -> ColumnElement[bool]:
    """Whether they were called about a date of these hours, or are being called: no second line."""
    is_closed = CallTask.closed_at.is_not(None)
    tasks = select(CallTask.id).where(
        CallTask.registration_id == Registration.id,
        CallTask.reason == CallReason.REMINDER,
        or_(
            and_(is_closed, CallTask.created_at > now - ahead),
            and_(~is_closed, ~its_date_has_begun(now)),
        ),
    )
    return tasks.exists()


def _within_the_hours(catalogue: Catalogue, now: datetime) -> Any:
    ahead = timedelta(hours=catalogue.settings.reminder_hours_before)
    is_excused = select(Participation.state).where(
        Participation.registration_id == Registration.id,
        Participation.session_id == WorkshopSession.id,
        Participation.state == ParticipationState.EXCUSED,
    )
    refuses = or_(
        and_(Registration.message_channel == MessageChannel.SMS, Resident.refuses_sms),
        and_(Registration.message_channel == MessageChannel.EMAIL, Resident.refuses_mail),
    )
    return (
        select(Registration.id, WorkshopSession.starts_at, seated_at().label("seated_at"))
        .join(Registration.workshop)
        .join(Registration.resident)
        .join(WorkshopSession, WorkshopSession.workshop_id == Workshop.id)
        .where(
            Registration.status == RegistrationStatus.REGISTERED,
            WorkshopSession.status == WorkshopStatus.PLANNED,
            WorkshopSession.starts_at > now,
            WorkshopSession.starts_at <= now + ahead,
            or_(Registration.message_channel.not_in(SENT_CHANNELS), refuses),
            Resident.refuses_reminders.is_(False),
            ~_called(now, ahead),
            ~is_excused.exists(),
        )
    )


def needs_a_call(who: Reached) -> bool:
    """They asked for a voice, refuse what they had chosen, or have nothing a machine writes to."""
    phone, channel = who.phone or who.helper_phone, who.registration.channel
    if phone is None:
        return False
    return channel in SENT_CHANNELS or channel is MessageChannel.VOICE or not is_mobile(phone)


def _tries(
    session: Session, registration_ids: set[int]
) -> dict[tuple[int | None, str], list[datetime]]:
    """The calls without answer since the last one that ended, as the journal remembers them."""
    found: dict[tuple[int | None, str], list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(JournalEntry.subject_id, JournalEntry.at, JournalEntry.facts)
        .where(
            JournalEntry.subject_kind == JournalSubject.REGISTRATION,
            JournalEntry.subject_id.in_(registration_ids),
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
