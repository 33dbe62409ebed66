"""What the timetable pages list: absences, closures, and what a change did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.domain.errors import DomainError
from app.domain.impact import Way
from app.domain.journal import JournalAction
from app.domain.staff_errors import SubjectUnknown
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.journal import TimetableChange
from app.models.schedule import Absence, Closure, Replacement
from app.services.catalogue import read_catalogue
from app.services.handover import active_counsellors, place_name
from app.services.impact import UNDO_FOR
from app.services.undo import why_not_undo


@dataclass(frozen=True, slots=True)
class Person:
    """A counsellor, as a list names them."""

    id: int
    first_name: str


@dataclass(frozen=True, slots=True)
class AbsenceEntry:
    """One absence, with all the dates of its series that are not over."""

    id: int
    counsellor_id: int
    counsellor: str
    periods: tuple[tuple[datetime, datetime], ...]
    substitute: str | None


@dataclass(frozen=True, slots=True)
class ClosureEntry:
    id: int
    venue: str
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one touched appointment."""

    appointment_id: int
    reference: int | None
    person: str
    """First name and initial."""
    way: Way
    has_failed: bool
    """Something else was chosen, and it was no longer possible."""
    is_new: bool
    """Booked between the preview and the confirmation: nobody was asked what to do with it."""
    was_at: datetime
    starts_at: datetime
    place: str
    counsellor: str


@dataclass(frozen=True, slots=True)
class UndoableChange:
    """A change that can still be taken back, as a list offers it."""

    id: int
    at: datetime
    counsellor_id: int | None
    """Whose timetable; None: a venue."""


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """A change of the timetable, what it did, and what forbids taking it back."""

    id: int
    at: datetime
    kind: JournalAction
    counsellor_id: int | None
    outcomes: tuple[Outcome, ...]
    is_undone: bool
    undo_refusal: DomainError | None


def people_at_work(session: Session) -> list[Person]:
    """The counsellors whose agenda is open, by id."""
    return [Person(each.id, each.first_name) for each in active_counsellors(session)]


def has_left(session: Session, counsellor_id: int) -> bool:
    """Whether that is somebody whose agenda was closed; nobody has not left."""
    found = session.get(Counsellor, counsellor_id, populate_existing=True)
    return found is not None and not found.active


def list_absences(session: Session, *, now: datetime) -> list[AbsenceEntry]:
    """The absences that are not over, the soonest first; those of one series are one."""
    rows = session.execute(
        select(Absence, Counsellor.first_name)
        .join(Counsellor, Counsellor.id == Absence.counsellor_id)
        .where(Absence.withdrawn_at.is_(None), Absence.ends_at > now)
        .order_by(Absence.starts_at, Absence.id)
    ).all()
    ordered = sorted(rows, key=lambda row: _series(row.Absence))
    grouped = [list(same) for _, same in groupby(ordered, key=lambda row: _series(row.Absence))]
    substitutes = _substitutes(session, now)
    entries = [_absence(same, substitutes) for same in grouped]
    return sorted(entries, key=lambda each: (each.periods[0], each.id))


def _series(row: Absence) -> str:
    return row.series or f"alone {row.id}"


def _absence(rows: Sequence[Any], substitutes: Mapping[tuple[int, datetime], str]) -> AbsenceEntry:
    first = rows[0].Absence
    return AbsenceEntry(
        id=first.id,
        counsellor_id=first.counsellor_id,
        counsellor=rows[0].first_name,
        periods=tuple((row.Absence.starts_at, row.Absence.ends_at) for row in rows),
        substitute=substitutes.get((first.counsellor_id, first.starts_at)),
    )


def _substitutes(session: Session, now: datetime) -> dict[tuple[int, datetime], str]:
    rows = session.execute(
        select(Replacement.absent_id, Replacement.starts_at, Counsellor.first_name)
        .join(Counsellor, Counsellor.id == Replacement.substitute_id)
        .where(Replacement.withdrawn_at.is_(None), Replacement.ends_at > now)
    )
    return {(row.absent_id, row.starts_at): row.first_name for row in rows}


def absence_holder(session: Session, absence_id: int) -> int:
    """Whose absence it is. Raises SubjectUnknown."""
    row = session.get(Absence, absence_id)
    if row is None:
        raise SubjectUnknown
    return row.counsellor_id


def moved_by_absence(session: Session, absence_id: int, *, now: datetime) -> int:
    """How many upcoming appointments had to take another time for it. Raises NoResultFound."""
    holder = session.get_one(Absence, absence_id).counsellor_id
    changes = session.scalars(
        select(TimetableChange).where(
            TimetableChange.counsellor_id == holder, TimetableChange.undone_at.is_(None)
        )
    )
    moved = {
        each["id"]
        for change in changes
        if absence_id in change.steps["rows"].get("absence", ())
        for each in change.steps["appointments"]
        if each["way"] in (Way.HERE, Way.ELSEWHERE)
    }
    still = (Appointment.status == AppointmentStatus.BOOKED, Engagement.starts_at > now)
    query = select(func.count()).select_from(Appointment).join(Engagement)
    return session.scalars(query.where(Appointment.id.in_(moved), *still)).one()


def list_closures(session: Session, *, now: datetime) -> list[ClosureEntry]:
    """The closures that are not over, the soonest first."""
    catalogue = read_catalogue(session)
    rows = session.scalars(
        select(Closure)
        .where(Closure.withdrawn_at.is_(None), Closure.ends_at > now)
        .order_by(Closure.starts_at, Closure.id)
    )
    return [
        ClosureEntry(
            id=row.id,
            venue=catalogue.venue_by_id(row.venue_id).name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
        )
        for row in rows
    ]


def closed_venue(session: Session, closure_id: int) -> int:
    """Which venue it closes. Raises SubjectUnknown."""
    row = session.get(Closure, closure_id)
    if row is None:
        raise SubjectUnknown
    return row.venue_id


def appointment_holder(session: Session, appointment_id: int) -> int:
    """Who holds that appointment. Raises SubjectUnknown."""
    row = session.get(Appointment, appointment_id)
    if row is None:
        raise SubjectUnknown
    return row.engagement.counsellor_id


def change_holder(session: Session, change_id: int) -> int | None:
    """Whose timetable the change is about; None: a venue. Raises SubjectUnknown."""
    row = session.get(TimetableChange, change_id)
    if row is None:
        raise SubjectUnknown
    return row.counsellor_id


def read_change(session: Session, change_id: int, *, now: datetime) -> ChangeEntry:
    """What it did. Raises NoResultFound."""
    row = session.get_one(TimetableChange, change_id)
    return ChangeEntry(
        id=row.id,
        at=row.at,
        kind=row.kind,
        counsellor_id=row.counsellor_id,
        outcomes=tuple(_outcomes(session, row.steps["appointments"])),
        is_undone=row.undone_at is not None,
        undo_refusal=why_not_undo(session, row, now=now),
    )


def _outcomes(session: Session, settled: Sequence[Mapping[str, Any]]) -> Iterable[Outcome]:
    catalogue = read_catalogue(session)
    ids = [each["id"] for each in settled]
    found = session.scalars(select(Appointment).where(Appointment.id.in_(ids)))
    appointments = {each.id: each for each in found}
    for each in settled:
        appointment = appointments[each["id"]]
        held, resident = appointment.engagement, appointment.resident
        yield Outcome(
            appointment_id=appointment.id,
            reference=appointment.reference,
            person=f"{resident.first_name} {resident.last_name[:1]}.",
            way=Way(each["way"]),
            has_failed=each["failed"],
            is_new=each.get("unasked", False),  # changes of before do not tell it
            was_at=datetime.fromisoformat(each["starts_at"]),
            starts_at=held.starts_at,
            place=place_name(catalogue, Place(held.commune_id, held.venue_id)),
            counsellor=held.counsellor.first_name,
        )


def undoable_changes(session: Session, *, now: datetime) -> list[UndoableChange]:
    """The last changes that can still be taken back, the newest first."""
    rows = session.scalars(
        select(TimetableChange)
        .where(TimetableChange.at >= now - UNDO_FOR, TimetableChange.undone_at.is_(None))
        .order_by(TimetableChange.id.desc())
    )
    return [
        UndoableChange(row.id, row.at, row.counsellor_id)
        for row in rows
        if why_not_undo(session, row, now=now) is None
    ]
