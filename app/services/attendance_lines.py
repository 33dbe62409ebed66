"""The records that are kept: list, correct, copy, withdraw, and blend those of past days.

A line is found by its counsellor and its day, never by its appointment. Once its half-year is
closed nothing of it changes any more but « saisi ».
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.attendance import AttendanceRecord
from app.domain.attendance_checks import check
from app.domain.attendance_errors import HalfYearClosedAlready
from app.domain.half_year import HalfYear
from app.domain.national_labels import INDIVIDUAL, NATIONAL
from app.domain.staff_errors import EditedMeanwhile, SubjectUnknown
from app.models.accounts import Counsellor
from app.models.attendance import AttendanceRow
from app.services import throttle
from app.services.agenda import Entry
from app.services.attendance_record_rows import columns_of, record_of, version_of
from app.services.attendance_records import insee_codes, keep, withdraw
from app.services.catalogue import Catalogue, NoTerritory, read_catalogue
from app.services.half_years import HALF_YEARS, closed_half_years
from app.services.links import hash_token
from app.services.transaction import Locks, write_transaction

LINES = Locks.of(keys={HALF_YEARS})
SAME_FORM_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """A record that is kept."""

    id: UUID
    record: AttendanceRecord
    counted_on: date
    is_closed: bool
    """Its half-year is closed: it changes no more."""

    @property
    def version(self) -> str:
        return version_of(self.record)

    @property
    def is_late(self) -> bool:
        """« Rattrapage »: counted in a later half-year than its own."""
        return self.counted_on != self.record.on


def counsellor_code(session: Session, counsellor_id: int | None) -> str:
    """The code under which that counsellor's lines are kept; empty for nobody's."""
    row = session.get(Counsellor, counsellor_id) if counsellor_id is not None else None
    return row.code if row else ""


def subject_of_line(session: Session, line: Line) -> Subject:
    """What rights over a line are asked about: its counsellor, nobody's commune."""
    query = select(Counsellor.id).where(Counsellor.code == line.record.counsellor)
    return Subject(counsellor_ids=frozenset(session.scalars(query)))


def find_lines(
    session: Session, first: date, last: date, *, counsellor: str | None = None
) -> list[Line]:
    """The lines of those days, both included, the latest day first; None: of everybody.

    Within a day in the order of their random numbers, which tells nothing.
    """
    query = select(AttendanceRow).where(AttendanceRow.on.between(first, last))
    if counsellor is not None:
        query = query.where(AttendanceRow.counsellor == counsellor)
    rows = session.scalars(query.order_by(AttendanceRow.on.desc(), AttendanceRow.id))
    closed = closed_half_years(session)
    return [_line(row, HalfYear.of(row.counted_on) in closed) for row in rows]


def _line(row: AttendanceRow, is_closed: bool) -> Line:
    return Line(row.id, record_of(row), row.counted_on, is_closed)


def read_line(session: Session, line_id: UUID) -> Line:
    """Raises SubjectUnknown where there is none, or it is counted in the cubes only."""
    row = session.get(AttendanceRow, line_id)
    if row is None:
        raise SubjectUnknown
    return _line(row, HalfYear.of(row.counted_on) in closed_half_years(session))


def correct_line(
    session: Session,
    line_id: UUID,
    changed: Callable[[AttendanceRecord], AttendanceRecord],
    *,
    version: str,
    now: datetime,
) -> None:
    """Write the answers again; day, counsellor and type stay.

    Raises HalfYearClosedAlready; EditedMeanwhile where the line is no more as the page with that
    `version` showed it; what `attendance_checks` finds wrong; SubjectUnknown.
    """
    with write_transaction(session, LINES):
        row = open_row(session, line_id)
        before = record_of(row)
        after = changed(before)
        if after == before:
            return
        if version_of(before) != version:
            raise EditedMeanwhile(by=None, at=None)
        check(after, read_catalogue(session).today(now), NATIONAL, insee_codes(session))
        for name, value in columns_of(after).items():
            setattr(row, name, value)


def mark_copied(session: Session, line_id: UUID, *, is_copied: bool) -> None:
    """« Saisi » in the national tool, or not after all. No figure: a closed line takes it too."""
    with write_transaction(session, LINES):
        row = session.get(AttendanceRow, line_id, with_for_update=True)
        if row is None:
            raise SubjectUnknown
        row.is_copied = is_copied


def add_line(session: Session, record: AttendanceRecord, form_key: str, *, now: datetime) -> bool:
    """Keep one more activity, as a copy of another; whether it was not kept already.

    The same form sent again adds nothing. Raises what `attendance_checks` finds wrong.
    """
    with write_transaction(session, LINES):
        key = f"record:{hash_token(form_key)}"  # whatever came in the form, it fits the column
        if not throttle.is_first(session, key, SAME_FORM_MINUTES, now=now):
            return False
        keep(session, record, today=read_catalogue(session).today(now))
        return True


def lines_like(session: Session, catalogue: Catalogue, entry: Entry, counsellor: str) -> list[Line]:
    """The open lines that may tell of that appointment: its day, its counsellor, one person.

    Which of them it is, only the counsellor knows.
    """
    on = catalogue.today(entry.starts_at)
    found = find_lines(session, on, on, counsellor=counsellor)
    return [each for each in found if each.record.type == INDIVIDUAL and not each.is_closed]


def withdraw_line(session: Session, appointment_id: int, line_id: UUID) -> None:
    """That line told of this appointment by mistake: it goes, the appointment is to close again.

    Raises HalfYearClosedAlready, SubjectUnknown; StateRefused for a line that cannot tell of it.
    """
    with write_transaction(session, LINES):
        withdraw(session, appointment_id, open_row(session, line_id))


def open_row(session: Session, line_id: UUID) -> AttendanceRow:
    """The row, under its lock, of a half-year that is open."""
    row = session.get(AttendanceRow, line_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise SubjectUnknown
    half = HalfYear.of(row.counted_on)
    if half in closed_half_years(session):
        raise HalfYearClosedAlready(half_year=half.code)
    return row


def blend_records(session: Session, now: datetime, _limit: int) -> int:
    """Write all lines of past days again, together and shuffled; how many.

    A row bears in the database the mark of the transaction that wrote it, which also marked the
    appointment; once all are written by one other transaction, in random order, neither their place
    nor their mark tells which is which (statistics §4.2). Does nothing where all are blended.
    """
    try:
        today = read_catalogue(session).today(now)
    except NoTerritory:
        return 0
    with write_transaction(session, LINES):
        past = AttendanceRow.on < today
        fresh = select(AttendanceRow.id).where(past, ~AttendanceRow.is_blended).limit(1)
        if session.scalar(fresh) is None:
            return 0
        table = AttendanceRow.__table__
        rows = [dict(row) for row in session.execute(select(table).where(past)).mappings()]
        session.execute(delete(AttendanceRow).where(past))
        session.execute(insert(AttendanceRow), _shuffled(rows))
        return len(rows)


def _shuffled(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    mixed = [{**row, "is_blended": True} for row in rows]
    secrets.SystemRandom().shuffle(mixed)
    return mixed
