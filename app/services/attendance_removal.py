"""« Supprimer ce relevé »: a copy pressed by mistake, or the record of a workshop.

No line says what it was made from. So they are counted: a day has one line for each appointment or
workshop that is recorded, and what is more than that are copies. Which is which, only the
counsellor knows; that as many remain as were held is seen to here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import ColumnElement

from app.domain.attendance_errors import HalfYearClosedAlready, LineOfAppointment, LineOfWorkshop
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.half_year import HalfYear
from app.domain.national_labels import INDIVIDUAL, WORKSHOP
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow
from app.models.workshops import WorkshopSession
from app.services.attendance_lines import LINES, Line, open_row
from app.services.catalogue import read_catalogue
from app.services.transaction import write_transaction


@dataclass(frozen=True, slots=True)
class RecordedWorkshop:
    """A session of that day that has its record."""

    session_id: int
    starts_at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What that line may be the record of."""

    may_be_copy: bool
    """There are more lines of its kind that day than appointments or workshops recorded."""
    workshops: tuple[RecordedWorkshop, ...]

    @property
    def is_possible(self) -> bool:
        return self.may_be_copy or bool(self.workshops)


def read_removal(session: Session, line: Line) -> Removal:
    """What may be removed with that line. Raises HalfYearClosedAlready, LineOfAppointment."""
    if line.is_closed:
        raise HalfYearClosedAlready(half_year=HalfYear.of(line.counted_on).code)
    record = line.record
    removal = _removal(session, record.on, record.counsellor, is_workshop=record.is_workshop)
    if not removal.is_possible:
        raise LineOfAppointment
    return removal


def remove_line(session: Session, line_id: UUID, workshop_session_id: int | None) -> None:
    """The line goes; with the workshop it told of, if any, which is to be closed again.

    Raises LineOfAppointment where each line of that day tells of an appointment (`withdraw_line` is
    for those), LineOfWorkshop where the workshop is not said, or is none of that day;
    HalfYearClosedAlready, SubjectUnknown.
    """
    with write_transaction(session, LINES):
        row = open_row(session, line_id)
        is_workshop = row.type == WORKSHOP
        removal = _removal(session, row.on, row.counsellor, is_workshop=is_workshop)
        if workshop_session_id is not None:
            _to_close_again(session, removal, workshop_session_id)
        elif not removal.may_be_copy:
            raise LineOfWorkshop if is_workshop else LineOfAppointment
        session.delete(row)


def _to_close_again(session: Session, removal: Removal, workshop_session_id: int) -> None:
    if workshop_session_id not in {each.session_id for each in removal.workshops}:
        raise LineOfWorkshop
    date_row = session.get_one(WorkshopSession, workshop_session_id, with_for_update=True)
    date_row.is_recorded = False


def _removal(session: Session, on: date, counsellor: str, *, is_workshop: bool) -> Removal:
    if is_workshop:
        held = _recorded_workshops(session, on)
        lines = _count_lines(session, on, AttendanceRow.type == WORKSHOP)
        led = [row for row in held if counsellor in _leaders(row)]
        is_too_many = lines > len(held)
        # One line too many, by somebody who led none that day, can only be a copy.
        named = led or ([] if is_too_many else held)
        return Removal(is_too_many, tuple(map(_told, named)))
    own = AttendanceRow.type == INDIVIDUAL, AttendanceRow.counsellor == counsellor
    appointments = _count_appointments(session, on, counsellor)
    return Removal(_count_lines(session, on, *own) > appointments, ())


def _count_lines(session: Session, on: date, *only: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(AttendanceRow).where(AttendanceRow.on == on, *only)
    return session.scalars(query).one()


def _count_appointments(session: Session, on: date, counsellor: str) -> int:
    """How many of that counsellor's appointments of that day have their record."""
    first, after = _day(session, on)
    query = (
        select(func.count(Appointment.id))
        .join(Appointment.engagement)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(
            Counsellor.code == counsellor,
            Engagement.starts_at >= first,
            Engagement.starts_at < after,
            Appointment.is_recorded,
        )
    )
    return session.scalars(query).one()


def _recorded_workshops(session: Session, on: date) -> list[WorkshopSession]:
    """Of everybody: a line of two leaders stands under the one who closed."""
    first, after = _day(session, on)
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .where(
            WorkshopSession.starts_at >= first,
            WorkshopSession.starts_at < after,
            WorkshopSession.is_recorded,
            ~WorkshopSession.is_deserted,  # nobody came: there is no line of it
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    return list(session.scalars(query))


def _leaders(row: WorkshopSession) -> set[str]:
    return {each.engagement.counsellor.code for each in row.holds}


def _told(row: WorkshopSession) -> RecordedWorkshop:
    return RecordedWorkshop(row.id, row.starts_at, row.workshop.title.get("fr", ""))


def _day(session: Session, on: date) -> tuple[datetime, datetime]:
    zone = read_catalogue(session).timezone
    return start_of_day(on, zone), start_of_day(on + ONE_DAY, zone)
