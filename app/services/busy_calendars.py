"""The counsellors' own agendas: given, read every quarter of an hour, forgotten.

What cannot be read keeps what was known of it; after the setting's hours the counsellor's times
close (`services.slots` asks for both in the same question as the engagements).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.busy_calendars import (
    LATE_AFTER,
    READ_EVERY,
    CalendarFailure,
    busy_pieces,
    calendar_address,
    closes_at,
)
from app.domain.calendar import start_of_day
from app.domain.intervals import Interval
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import SubjectUnknown
from app.gateways.busy_calendars import CalendarUnreadable, read_busy
from app.gateways.fetching import Fetched, FetchFailed, fetch
from app.models.accounts import Counsellor
from app.models.calendars import BusyCalendar, BusyTime
from app.services.catalogue import Catalogue, read_catalogue
from app.services.journal import note
from app.services.transaction import Locks, write_transaction

MOST_AT_ONCE = 2
"""A slow agenda keeps the worker from its messages for some seconds: not many in a row."""
Fetch = Callable[[str, str | None], Fetched]


@dataclass(frozen=True, slots=True)
class PersonalCalendar:
    """What the team knows of a counsellor's own agenda; never its address, which is a secret."""

    counsellor_id: int
    name: str
    """First name of the counsellor."""
    host: str | None
    """Where it is; None: no agenda was given."""
    read_at: datetime | None = None
    failure: CalendarFailure | None = None
    is_late: bool = False
    """It cannot be read, or nobody has read it for an hour."""
    closes_at: datetime | None = None
    """When the counsellor's times close if it is not read again before."""
    is_closed: bool = False

    @property
    def subject(self) -> Subject:
        """As far as rights go."""
        return Subject(counsellor_ids=frozenset({self.counsellor_id}))


def known_calendars(session: Session, *, now: datetime) -> list[PersonalCalendar]:
    """One for each active counsellor, by first name; without an agenda where none was given."""
    stale_hours = read_catalogue(session).settings.busy_calendar_stale_hours
    rows = session.execute(
        select(Counsellor.id, Counsellor.first_name, BusyCalendar)
        .outerjoin(BusyCalendar, BusyCalendar.counsellor_id == Counsellor.id)
        .where(Counsellor.active)
        .order_by(Counsellor.first_name, Counsellor.id)
    )
    return [_known(*row, stale_hours, now) for row in rows]


def _known(
    counsellor_id: int, name: str, row: BusyCalendar | None, stale_hours: int, now: datetime
) -> PersonalCalendar:
    if row is None:
        return PersonalCalendar(counsellor_id, name, None)
    known_at = row.read_at or row.added_at
    closing = closes_at(known_at, stale_hours)
    return PersonalCalendar(
        counsellor_id=counsellor_id,
        name=name,
        host=urlsplit(row.url).hostname,
        read_at=row.read_at,
        failure=CalendarFailure(row.failure) if row.failure else None,
        is_late=row.failure is not None or now - known_at > LATE_AFTER,
        closes_at=closing,
        is_closed=closing < now,
    )


def known_calendar(session: Session, counsellor_id: int, *, now: datetime) -> PersonalCalendar:
    """That counsellor's. Raises SubjectUnknown for nobody, or for one who has left."""
    for each in known_calendars(session, now=now):
        if each.counsellor_id == counsellor_id:
            return each
    raise SubjectUnknown


def stale_calendars(session: Session, now: datetime) -> list[PersonalCalendar]:
    """The agendas that somebody should look at: they cannot be read, or nobody reads them."""
    return [each for each in known_calendars(session, now=now) if each.is_late]


def set_calendar(
    session: Session, counsellor_id: int, typed: str, *, by: int, now: datetime
) -> None:
    """Read that agenda from now on. Until then what the last one said holds.

    Raises the refusals of `calendar_address`.
    """
    url = calendar_address(typed)
    with write_transaction(session, Locks.of({counsellor_id})):
        row = _row(session, counsellor_id) or BusyCalendar(counsellor_id=counsellor_id)
        row.url, row.added_at = url, now
        row.tried_at = row.read_at = row.failure = row.etag = None
        session.add(row)
        subject = JournalSubject.COUNSELLOR, counsellor_id
        note(session, JournalAction.BUSY_CALENDAR_SET, subject, by=by, now=now)


def remove_calendar(session: Session, counsellor_id: int, *, by: int, now: datetime) -> None:
    """Forget the agenda and what it said: its hours are free again. Twice is once."""
    with write_transaction(session, Locks.of({counsellor_id})):
        row = _row(session, counsellor_id)
        if row is None:
            return
        session.delete(row)
        session.execute(delete(BusyTime).where(BusyTime.counsellor_id == counsellor_id))
        subject = JournalSubject.COUNSELLOR, counsellor_id
        note(session, JournalAction.BUSY_CALENDAR_REMOVED, subject, by=by, now=now)


def _row(session: Session, counsellor_id: int) -> BusyCalendar | None:
    found = select(BusyCalendar).where(BusyCalendar.counsellor_id == counsellor_id)
    return session.scalars(found).one_or_none()


@dataclass(frozen=True, slots=True)
class _Due:
    """An agenda to read now."""

    id: int
    counsellor_id: int
    url: str
    etag: str | None
    """None where it must be read whole: once a local day, since the window moves."""


def read_due_calendars(session: Session, now: datetime, limit: int, *, fetch: Fetch = fetch) -> int:
    """Read some agendas whose quarter of an hour is over; how many. The network is asked outside
    any transaction: nobody waits for a stranger."""
    if not session.scalars(select(exists(select(BusyCalendar.id)))).one():
        return 0  # most installations have none: nothing to lock each minute
    catalogue = read_catalogue(session)
    due = _claim(session, catalogue, now, min(limit, MOST_AT_ONCE))
    for each in due:
        _read(session, catalogue, each, now, fetch)
    return len(due)


def _claim(session: Session, catalogue: Catalogue, now: datetime, limit: int) -> list[_Due]:
    """Those that nobody tried lately; from then on nobody else does."""
    with write_transaction(session, Locks.of(keys={"busy-calendars"})):
        rows = session.scalars(
            select(BusyCalendar)
            .join(Counsellor, Counsellor.id == BusyCalendar.counsellor_id)
            .where(
                Counsellor.active,
                or_(
                    BusyCalendar.tried_at.is_(None),
                    BusyCalendar.tried_at <= now - READ_EVERY,
                    BusyCalendar.tried_at > now,
                ),
            )
            .order_by(BusyCalendar.tried_at.is_not(None), BusyCalendar.tried_at, BusyCalendar.id)
            .limit(limit)
        ).all()
        due = [_due(catalogue, row, now) for row in rows]
        for row in rows:
            row.tried_at = now
    return due


def _due(catalogue: Catalogue, row: BusyCalendar, now: datetime) -> _Due:
    is_of_today = row.read_at and catalogue.today(row.read_at) == catalogue.today(now)
    return _Due(row.id, row.counsellor_id, row.url, row.etag if is_of_today else None)


def _read(session: Session, catalogue: Catalogue, due: _Due, now: datetime, fetch: Fetch) -> None:
    window = _window(catalogue, now)
    try:
        fetched = fetch(due.url, due.etag)
        pieces = None
        if fetched.body is not None:
            spans = read_busy(fetched.body, window, catalogue.timezone)
            pieces = busy_pieces(spans, window)
    except (FetchFailed, CalendarUnreadable) as reason:
        _note(session, due, failure=reason.failure.value)
        return
    with write_transaction(session, Locks.of({due.counsellor_id})):
        if not _still(session, due):
            return
        if pieces is not None:
            _replace(session, due.counsellor_id, pieces)
        values = {"read_at": now, "failure": None, "etag": fetched.etag}
        session.execute(update(BusyCalendar).where(BusyCalendar.id == due.id).values(values))


def _note(session: Session, due: _Due, *, failure: str) -> None:
    """What was known of it stays."""
    with write_transaction(session):
        of_it = BusyCalendar.id == due.id, BusyCalendar.url == due.url
        session.execute(update(BusyCalendar).where(*of_it).values(failure=failure))


def _still(session: Session, due: _Due) -> bool:
    """Nobody has changed or removed it meanwhile."""
    found = select(BusyCalendar.url).where(BusyCalendar.id == due.id)
    return session.scalars(found).one_or_none() == due.url


def _window(catalogue: Catalogue, now: datetime) -> Interval:
    """From yesterday to the end of the booking window, in whole local days."""
    today = catalogue.today(now)
    days = (-1, catalogue.settings.booking_window_days + 1)
    start, end = (start_of_day(today + timedelta(days=each), catalogue.timezone) for each in days)
    return Interval(start, end)


def _replace(session: Session, counsellor_id: int, pieces: list[Interval]) -> None:
    """Nothing is written where nothing has changed."""
    of_them = BusyTime.counsellor_id == counsellor_id
    known = select(BusyTime.starts_at, BusyTime.ends_at).where(of_them)
    wanted = {(each.starts_at, each.ends_at) for each in pieces}
    if wanted == {(row.starts_at, row.ends_at) for row in session.execute(known)}:
        return
    session.execute(delete(BusyTime).where(of_them))
    rows = [
        {"counsellor_id": counsellor_id, "starts_at": start, "ends_at": end}
        for start, end in sorted(wanted)
    ]
    if rows:
        session.execute(insert(BusyTime), rows)
