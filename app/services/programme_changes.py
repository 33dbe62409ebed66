"""Changing what is planned: texts and places of a workshop; hours, place and people of one date.

Whoever is registered or waits is told what they would notice: a date, an hour or a place. What came
free is offered to who waits; an offer that told what is no longer so is made again.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.journal import JournalAction, JournalSubject
from app.domain.planning_errors import StartPast
from app.domain.programme import Numbers, Where, check_holders, check_length, span_of
from app.domain.programme_conflicts import DateCheck
from app.domain.programme_errors import (
    ConflictsChanged,
    DateOver,
    DatesRefused,
)
from app.domain.workshop_errors import SessionUnknown, WorkshopCancelled, WorkshopUnknown
from app.domain.workshops import ParticipationState, WorkshopStatus
from app.models.workshops import (
    Participation,
    Workshop,
    WorkshopSession,
)
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, read_catalogue
from app.services.holds import remove_dead_holds
from app.services.journal import last_change, note, refuse_edited
from app.services.planning import check_at_work
from app.services.programme_board import check_date, place_of, read_board
from app.services.programme_room import check_room
from app.services.programme_rows import (
    bound,
    hold_again,
    holders_of,
    put_at,
    spans_held,
    standing,
)
from app.services.programme_templates import Words
from app.services.transaction import Locks, write_transaction
from app.services.wall import walled
from app.services.workshop_announcing import tell_changed
from app.services.workshop_offers import refill_workshop, withdraw_all_places
from app.services.workshop_places import locked_workshop, settle, workshop_key

CHANGES = (
    JournalAction.WORKSHOP_CHANGED,
    JournalAction.WORKSHOP_CANCELLED,
    JournalAction.WORKSHOP_UPHELD,
)
"""What makes a page about a workshop out of date."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes it, when (UTC), and which state of it the page showed (`version_of`)."""

    by: int
    at: datetime
    version: str

    @property
    def act(self) -> Act:
        return Act(at=self.at, user_id=self.by)


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date at other hours, at another place, or with other counsellors; local wall time."""

    on: date
    from_time: time
    minutes: int
    where: Where
    counsellor_ids: tuple[int, ...]

    def hours(self, catalogue: Catalogue) -> tuple[datetime, datetime]:
        return span_of(self.on, self.from_time, self.minutes, catalogue.timezone)


def version_of(session: Session, workshop_id: int) -> str:
    """A name for the state of a workshop."""
    return last_change(session, (JournalSubject.WORKSHOP, workshop_id), CHANGES)


@contextmanager
def editing(
    session: Session, workshop_id: int, edit: Edit, counsellor_ids: Collection[int] = ()
) -> Iterator[Workshop]:
    """The workshop under its lock and those of the counsellors, past and future.

    Raises WorkshopUnknown, WorkshopCancelled, EditedMeanwhile.
    """
    locks = Locks.of({*counsellor_ids}, keys={workshop_key(workshop_id)})
    with walled(), write_transaction(session, locks):
        workshop = locked_workshop(session, workshop_id)
        if workshop is None:
            raise WorkshopUnknown
        subject = JournalSubject.WORKSHOP, workshop_id
        if edit.version != last_change(session, subject, CHANGES):
            refuse_edited(session, subject, CHANGES, user_id=edit.by)
        if workshop.status is WorkshopStatus.CANCELLED:
            raise WorkshopCancelled
        yield workshop


def change_workshop(
    session: Session, workshop_id: int, words: Words, numbers: Numbers, edit: Edit
) -> None:
    """Other texts, or other numbers of places. Nobody is told: their dates stay.

    Raises the refusals of Words.check and Numbers.check; CapacityTaken with the names of who would
    have no place any more (those of `last_taken`); DevicesLent; what `editing` raises.
    """
    words.check()
    numbers.check()
    with editing(session, workshop_id, edit) as workshop:
        check_room(session, workshop, numbers)
        _reword(workshop, words, edit.at)
        catalogue = read_catalogue(session)
        first_on = local_day(workshop.first_at, catalogue.timezone)
        workshop.capacity, workshop.minimum = numbers.capacity, numbers.minimum
        workshop.devices, workshop.kept_places = numbers.devices, numbers.kept_places
        workshop.kept_until = numbers.kept_until(first_on)
        settle(session, workshop)
        _note(session, workshop, edit, what="texts")
    refill_workshop(session, workshop_id, edit.at)


def _reword(workshop: Workshop, words: Words, now: datetime) -> None:
    """Other texts; calendar programs read them again, who is registered is not told."""
    changed = {
        name: value for name, value in words.values().items() if value != getattr(workshop, name)
    }
    if not changed:
        return
    for name, value in changed.items():
        setattr(workshop, name, value)
    workshop.sequence += 1
    workshop.reworded_at = now


def read_date(session: Session, workshop_id: int, date_id: int) -> WorkshopSession:
    """Raises SessionUnknown where it is no date of that workshop."""
    row = session.get(WorkshopSession, date_id)
    if row is None or row.workshop_id != workshop_id:
        raise SessionUnknown
    return row


def check_date_change(
    session: Session, workshop_id: int, date_id: int, change: DateChange, *, now: datetime
) -> DateCheck:
    """What is in the way of that date at its new hours and place; nothing is saved.

    Raises SessionUnknown, DateOver, StartPast, and the refusals of the answers.
    """
    row = read_date(session, workshop_id, date_id)
    catalogue = read_catalogue(session)
    _check_open(row, now)
    if change.on < catalogue.today(now):
        raise StartPast
    check_length(change.minutes)
    check_holders(change.counsellor_ids)
    for each in change.counsellor_ids:
        check_at_work(session, each)
    place = place_of(catalogue, change.where)
    board = read_board(session, catalogue, now=now, last=change.on).without(spans_held(row))
    return check_date(catalogue, board, place, change.hours(catalogue), change.counsellor_ids)


def change_date(
    session: Session, workshop_id: int, date_id: int, change: DateChange, edit: Edit, *, seen: str
) -> None:
    """Move one date, or give it another place or other counsellors; who notices is told.

    `seen` is the key of what the page showed. Raises what `check_date_change` and `editing` raise;
    DatesRefused where something stands in the way, ConflictsChanged where the page did not show
    what is true now.
    """
    holders = {*holders_of(read_date(session, workshop_id, date_id)), *change.counsellor_ids}
    with editing(session, workshop_id, edit, holders) as workshop:
        remove_dead_holds(session, holders, edit.at)
        found = check_date_change(session, workshop_id, date_id, change, now=edit.at)
        if found.is_refused:
            raise DatesRefused
        if found.key != seen:
            raise ConflictsChanged
        _write_date(session, workshop, read_date(session, workshop_id, date_id), change, edit)
    refill_workshop(session, workshop_id, edit.at)


def _write_date(
    session: Session, workshop: Workshop, row: WorkshopSession, change: DateChange, edit: Edit
) -> None:
    catalogue = read_catalogue(session)
    before, was_at, held_by = _shown(row), row.starts_at, holders_of(row)
    row.starts_at, row.ends_at = change.hours(catalogue)
    if row.starts_at != was_at:
        _expect_again(session, row)
    put_at(row, change.where, place_of(catalogue, change.where))
    is_noticed = _shown(row) != before
    if not is_noticed and held_by == sorted(change.counsellor_ids):
        return
    row.updated_at = edit.at
    hold_again(session, catalogue, row, change.counsellor_ids)
    follow(catalogue, workshop)
    if is_noticed:
        row.sequence += 1
        workshop.sequence += 1
        withdraw_all_places(session, workshop.id, edit.at)
        tell_changed(session, workshop, row, was_at=was_at, now=edit.at, act=edit.act)
    settle(session, workshop)
    _note(session, workshop, edit, what="date" if is_noticed else "counsellors")


def _expect_again(session: Session, row: WorkshopSession) -> None:
    """Who could not come at the old hour may come at the new one: they say so again if not."""
    session.execute(
        delete(Participation).where(
            Participation.session_id == row.id,
            Participation.state == ParticipationState.EXCUSED,
        )
    )


def _shown(row: WorkshopSession) -> tuple[object, ...]:
    """What people see of a date: who holds it is none of it."""
    place = row.venue_id, row.commune_id, row.place_name, row.place_address
    return row.starts_at, row.ends_at, *place


def follow(catalogue: Catalogue, workshop: Workshop) -> None:
    """The first and the last date again; what is kept for the host until then moves along.

    The only date in another commune is hosted by that one.
    """
    was_at, was_on = workshop.first_at, local_day(workshop.first_at, catalogue.timezone)
    bound(workshop)
    if workshop.first_at != was_at:
        workshop.upheld_at = None
    if workshop.kept_until is not None:
        workshop.kept_until += local_day(workshop.first_at, catalogue.timezone) - was_on
    dates = standing(workshop)
    if len(dates) == 1:
        workshop.host_commune_id = dates[0].commune_id


def _check_open(row: WorkshopSession, now: datetime) -> None:
    if row.status is WorkshopStatus.CANCELLED or row.starts_at <= now:
        raise DateOver


def _note(session: Session, workshop: Workshop, edit: Edit, **facts: object) -> None:
    subject = JournalSubject.WORKSHOP, workshop.id
    note(session, JournalAction.WORKSHOP_CHANGED, subject, by=edit.by, now=edit.at, **facts)
