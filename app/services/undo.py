"""Taking back a change of the timetable, within ten minutes and while nobody was told.

What it wrote is withdrawn, what it moved goes back to where it was; never by halves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import Actor, CallOutcome, CallReason, ChangeReason, Channel, EventKind
from app.domain.errors import DomainError, SlotTaken
from app.domain.handover import obstacle_for
from app.domain.impact import Way
from app.domain.intervals import overlaps
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import OutboxState
from app.domain.planning_errors import (
    UndoChangedSince,
    UndoNewerFirst,
    UndoTaken,
    UndoTold,
    UndoTooLate,
)
from app.domain.sending import Ending
from app.domain.slots import Engaged, Facts
from app.domain.travel import Place
from app.gateways.dates import date_time
from app.models.appointment import Appointment, AppointmentEvent, CallTask
from app.models.journal import TimetableChange
from app.models.outbox import OutboxMessage
from app.models.schedule import Absence, Availability, Closure, Replacement
from app.services.appointment_rows import Act, messages_of, note_event, seat_at, touch
from app.services.calls_to_move import ask_again
from app.services.catalogue import Catalogue, read_catalogue
from app.services.handover import engaged, keep_messages, note_given
from app.services.impact import UNDO_FOR, everybody, grow_revision
from app.services.impact_draft import whole_facts
from app.services.journal import note
from app.services.orphans import lost_rows, upcoming_rows
from app.services.slots import fresh_timetable, index_of, read_timetable
from app.services.transaction import write_transaction
from app.services.waiting_tidy import withdraw_unheld
from app.services.wall import walled

DATED: Mapping[str, Any] = {"absence": Absence, "replacement": Replacement, "closure": Closure}
Settled = Sequence[Mapping[str, Any]]


def why_not_undo(session: Session, change: TimetableChange, *, now: datetime) -> DomainError | None:
    """What forbids taking it back now, as far as can be told without trying."""
    if change.undone_at is not None:
        return UndoChangedSince()
    if now > change.at + UNDO_FOR:
        return UndoTooLate()
    if _was_told(session, change, now):
        return UndoTold()
    if _has_newer(session, change):
        return UndoNewerFirst()
    return UndoChangedSince() if _has_changed(session, change) else None


def undo(session: Session, change_id: int, *, now: datetime, by: int) -> None:
    """Take it back, all of it, in one transaction.

    Raises UndoTooLate after ten minutes, UndoTold once a message has left (or is leaving),
    UndoNewerFirst while a later change of the same person or venue stands, UndoTaken where somebody
    has one of the hours since, UndoChangedSince where something else no longer fits where it was.
    """
    with _walled(), write_transaction(session, everybody(session)):
        change = session.get_one(TimetableChange, change_id)
        refusal = why_not_undo(session, change, now=now)
        if refusal is not None:
            raise refusal
        _put_back(session, change, Act(now, Actor.STAFF, Channel.DESK, by, ChangeReason.MISTAKE))
        change.undone_at = now
        # A change saved by the version before this one does not tell its subject.
        kind, subject_id = change.steps.get("subject", (JournalSubject.TERRITORY, None))
        subject = JournalSubject(kind), subject_id
        note(session, JournalAction.TIMETABLE_UNDONE, subject, by=by, now=now, change=change.id)
        grow_revision(session)


@contextmanager
def _walled() -> Iterator[None]:
    """Whoever undoes has chosen no hour: an overlap is not theirs to mend by choosing another."""
    try:
        with walled():
            yield
    except SlotTaken as taken:
        raise UndoChangedSince from taken


def _was_told(session: Session, change: TimetableChange, now: datetime) -> bool:
    """A message that was written by it has left, or a worker holds it at this moment; or somebody
    was called since, whatever asked for that call.
    """
    of_it = (
        *messages_of(_touched(change)),
        OutboxMessage.created_at >= change.at,
        or_(OutboxMessage.state == OutboxState.SENT, OutboxMessage.leased_until > now),
    )
    called = (
        CallTask.appointment_id.in_(_touched(change)),
        CallTask.tried_at >= change.at,
    )
    return bool(
        session.scalar(select(exists(select(OutboxMessage.id).where(*of_it))))
        or session.scalar(select(exists(select(CallTask.id).where(*called))))
    )


def _has_newer(session: Session, change: TimetableChange) -> bool:
    """Steps are put back newest first: what a later change wrote stands on what this one wrote."""
    later = session.scalars(
        select(TimetableChange).where(
            TimetableChange.id > change.id, TimetableChange.undone_at.is_(None)
        )
    ).all()
    own = _whose(session, change) if later else set()
    return any(own & _whose(session, each) for each in later)


def _whose(session: Session, change: TimetableChange) -> set[tuple[str, int | None]]:
    """Whose hours it changed, and which venues it shut or opened: the names of two kinds of rows.

    Hours that were given to somebody else are both people's.
    """
    rows = change.steps["rows"]
    closures = [*rows.get("closure", ()), *rows.get("withdrawn_closure", ())]
    steps = (*rows.get("ended", ()), *rows.get("dates", ()))
    rules = [*rows.get("availability", ()), *(row_id for row_id, *_ in steps)]
    venues = select(Closure.venue_id).where(Closure.id.in_(closures))
    people = select(Availability.counsellor_id).where(Availability.id.in_(rules))
    found = {("venue", each) for each in session.scalars(venues)}
    found |= {("counsellor", each) for each in session.scalars(people)}
    return found | ({("counsellor", change.counsellor_id)} if change.counsellor_id else set())


def _has_changed(session: Session, change: TimetableChange) -> bool:
    query = select(Appointment.id, Appointment.sequence)
    now_at = dict(session.execute(query.where(Appointment.id.in_(_touched(change)))).all())
    return any(now_at[each["id"]] != each["sequence"] for each in change.steps["appointments"])


def _touched(change: TimetableChange) -> list[int]:
    return [each["id"] for each in change.steps["appointments"]]


def _put_back(session: Session, change: TimetableChange, act: Act) -> None:
    catalogue, settled = read_catalogue(session), change.steps["appointments"]
    rows = upcoming_rows(session, act.at)
    facts, last = whole_facts(session, catalogue, rows, act.at)
    timetable = read_timetable(catalogue, last)
    before = {row.Appointment.id for row in lost_rows(session, rows, timetable, facts.index)}
    _put_rows_back(session, change.steps["rows"], act.at)
    session.flush()
    timetable = fresh_timetable(session, catalogue, last)
    facts = replace(facts, openings=index_of(catalogue, timetable, facts.today, last))
    withdraw_unheld(session, facts.index, act.at)
    _check_room(session, catalogue, facts, settled)
    for each in reversed(settled):  # each state on the way back existed: nobody is in the way
        _seat_again(session, each, act, change.at)
    _forget_what_was_asked(session, change, act.at)
    ask_again(session, change.at)
    after = upcoming_rows(session, act.at)
    for row in lost_rows(session, after, timetable, facts.index):
        if row.Appointment.id not in before and _came_since(row.Appointment, change):
            raise _taken(catalogue, row.Engagement.starts_at)


def _came_since(appointment: Appointment, change: TimetableChange) -> bool:
    """It took its hour with the change or later; any other was lost before it, and is so again."""
    return appointment.updated_at >= change.at or appointment.id in _touched(change)


def _taken(catalogue: Catalogue, starts_at: datetime) -> UndoTaken:
    return UndoTaken(at=date_time(starts_at, "fr", catalogue.timezone, starts_at.year))


def _put_rows_back(session: Session, steps: Mapping[str, Any], now: datetime) -> None:
    for name, table in DATED.items():
        _stamp(session, table, steps.get(name, ()), now)
        _stamp(session, table, steps.get(f"withdrawn_{name}", ()), None)
    for row_id in steps.get("availability", ()):
        session.delete(session.get_one(Availability, row_id))
    for row_id, until in steps.get("ended", ()):
        row = session.get_one(Availability, row_id)
        row.valid_until = date.fromisoformat(until) if until else None
    for row_id, skipped, extra in steps.get("dates", ()):
        row = session.get_one(Availability, row_id)
        row.skipped_dates, row.extra_dates = skipped, extra


def _stamp(session: Session, table: Any, ids: Sequence[int], withdrawn_at: datetime | None) -> None:
    for row_id in ids:
        session.get_one(table, row_id).withdrawn_at = withdrawn_at


def _check_room(session: Session, catalogue: Catalogue, facts: Facts, settled: Settled) -> None:
    """Whether what comes back can still be held there. Raises UndoTaken, UndoChangedSince."""
    ids = [each["id"] for each in settled]
    appointments = session.scalars(select(Appointment).where(Appointment.id.in_(ids))).all()
    leaving = {engaged(each.engagement) for each in appointments}
    others = tuple(each for each in facts.engaged if each not in leaving)
    alone = replace(facts, engaged=others)
    for each in settled:
        seat = _seat(each)
        if each["way"] == Way.CALL or not obstacle_for(alone, (), seat):
            continue
        own = (other for other in others if other.counsellor_id == seat.counsellor_id)
        if any(overlaps(other, seat) for other in own):
            raise _taken(catalogue, seat.starts_at)
        raise UndoChangedSince


def _seat(step: Mapping[str, Any]) -> Engaged:
    return Engaged(
        step["counsellor_id"],
        datetime.fromisoformat(step["starts_at"]),
        datetime.fromisoformat(step["ends_at"]),
        Place(step["commune_id"], step["venue_id"]),
    )


def _seat_again(session: Session, step: Mapping[str, Any], act: Act, changed_at: datetime) -> None:
    """Where it was before, and what told that is true again: never what was out of date even then.

    Giving it to a colleague had kept those messages already, under the version of the change.
    """
    if step["way"] == Way.CALL:
        return
    appointment = session.get_one(Appointment, step["id"])
    kind = _was_placed(session, appointment, changed_at)
    given_by = appointment.engagement.counsellor_id
    with note_event(session, appointment, kind, act):
        seat_at(appointment, _seat(step), step["window_minutes"])
    if kind is EventKind.REASSIGNED:
        note_given(session, appointment, given_by, act)
    touch(appointment, act.at)
    session.flush()
    true_before = {step["sequence"] - 1, step["sequence"]}
    keep_messages(session, appointment, true_before, OutboxMessage.created_at < changed_at)


def _was_placed(session: Session, appointment: Appointment, before: datetime) -> EventKind:
    """How it had come to where it goes back: what a colleague took over is theirs by agreement,
    whatever hours they hold, and stays so.
    """
    last = session.scalars(
        select(AppointmentEvent.kind)
        .where(
            AppointmentEvent.appointment_id == appointment.id,
            AppointmentEvent.new_counsellor_id.is_not(None),
            AppointmentEvent.at < before,
        )
        .order_by(AppointmentEvent.id.desc())
        .limit(1)
    ).one_or_none()
    return EventKind.REASSIGNED if last is EventKind.REASSIGNED else EventKind.MOVED


def _forget_what_was_asked(session: Session, change: TimetableChange, now: datetime) -> None:
    """The news that it wrote are not sent; nobody is called."""
    session.execute(
        update(CallTask)
        .where(
            CallTask.appointment_id.in_(_touched(change)),
            CallTask.created_at >= change.at,
            CallTask.closed_at.is_(None),
            CallTask.reason.in_([CallReason.TO_MOVE, CallReason.MOVED_BY_SERVICE]),
        )
        .values(outcome=CallOutcome.NOT_NEEDED, closed_at=now)
    )
    waiting = *messages_of(_touched(change)), OutboxMessage.state == OutboxState.PENDING
    session.execute(
        update(OutboxMessage)
        .where(*waiting, OutboxMessage.created_at >= change.at)
        .values(state=OutboxState.SKIPPED, outcome=Ending.UNDONE.value, closed_at=now)
    )
