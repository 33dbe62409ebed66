"""Load the facts of a period and ask `domain.slots`; pages and the booking share this door."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.recurrence import Recurrence
from app.domain.schedule import Absence as AbsenceFact
from app.domain.schedule import Availability as AvailabilityRule
from app.domain.schedule import Closure as ClosureFact
from app.domain.schedule import Replacement as ReplacementFact
from app.domain.schedule import Timetable, expand
from app.domain.slots import Engaged, Facts, OpeningIndex
from app.domain.travel import Place
from app.gateways.holidays import public_holidays
from app.models.appointment import Engagement
from app.models.schedule import Absence, Availability, Closure, Replacement
from app.services.catalogue import Catalogue

_timetables: dict[str, tuple[tuple[object, ...], Timetable]] = {}
_openings: dict[str, tuple[tuple[object, ...], OpeningIndex]] = {}
"""The last timetable, and the last expansion, of each database; their key says of which picture."""


def load_facts(
    session: Session,
    catalogue: Catalogue,
    *,
    now: datetime,
    last: date | None = None,
    apart_from: int | None = None,
) -> Facts:
    """Everything that decides which times are free from today to `last` (local days, included).

    `last` defaults to the end of the booking window. `apart_from` is the id of an engagement that
    does not count: the one being moved.
    """
    today = catalogue.today(now)
    horizon = today + timedelta(days=catalogue.settings.booking_window_days)
    timetable = read_timetable(session, catalogue, today)
    return Facts(
        openings=_expanded(catalogue, timetable, today, max(horizon, last or horizon)),
        engaged=_engaged(session, catalogue, today, last or horizon, apart_from),
        travel=catalogue.travel,
        settings=catalogue.settings,
        now=now,
        timezone=catalogue.timezone,
        holidays=timetable.holidays,
        shortest_topic_minutes=catalogue.shortest_topic_minutes,
    )


def read_timetable(session: Session, catalogue: Catalogue, today: date) -> Timetable:
    """The timetable of this revision, from the database or from the last reading of it."""
    database = str(catalogue.key[0])
    key = (*catalogue.key, today.year)
    known = _timetables.get(database)
    if known is None or known[0] != key:
        known = _timetables[database] = (key, _load_timetable(session, catalogue, today))
    return known[1]


def _load_timetable(session: Session, catalogue: Catalogue, today: date) -> Timetable:
    return Timetable(
        availabilities=[
            _rule(row, catalogue) for row in session.scalars(select(Availability)).all()
        ],
        absences=[
            AbsenceFact(row.counsellor_id, row.starts_at, row.ends_at)
            for row in session.scalars(select(Absence).where(Absence.withdrawn_at.is_(None)))
        ],
        replacements=[
            ReplacementFact(row.absent_id, row.substitute_id, row.starts_at, row.ends_at)
            for row in session.scalars(
                select(Replacement).where(Replacement.withdrawn_at.is_(None))
            )
        ],
        closures=[
            ClosureFact(row.venue_id, row.starts_at, row.ends_at)
            for row in session.scalars(select(Closure).where(Closure.withdrawn_at.is_(None)))
        ],
        holidays=public_holidays(today.year - 1, today.year + 2),
        timezone=catalogue.timezone,
    )


def _rule(row: Availability, catalogue: Catalogue) -> AvailabilityRule:
    """The stored rule in the terms of the domain."""
    place = None
    if row.venue_id is not None:
        place = Place(catalogue.venue_by_id(row.venue_id).commune.id, row.venue_id)
    return AvailabilityRule(
        id=row.id,
        counsellor_id=row.counsellor_id,
        kind=row.kind,
        place=place,
        commune_ids=frozenset(catalogue.commune(slug).id for slug in row.commune_slugs),
        recurrence=Recurrence(
            frequency=row.frequency,
            weekday=row.weekday,
            every_weeks=row.every_weeks,
            first_on=row.first_on,
            nth=row.nth,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            skipped_dates=_dates(row.skipped_dates),
            extra_dates=_dates(row.extra_dates),
        ),
        from_time=row.from_time,
        to_time=row.to_time,
        desk_until_days=row.desk_until_days,
    )


def _dates(stored: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, stored))


def _expanded(catalogue: Catalogue, timetable: Timetable, first: date, last: date) -> OpeningIndex:
    """The openings of the period; computed once a day and a revision, not once a request."""
    database = str(catalogue.key[0])
    key = (*catalogue.key, first, last)
    known = _openings.get(database)
    if known is None or known[0] != key:
        known = _openings[database] = (key, OpeningIndex(expand(timetable, first, last)))
    return known[1]


def _engaged(
    session: Session, catalogue: Catalogue, first: date, last: date, apart_from: int | None
) -> list[Engaged]:
    """What already occupies the counsellors, from one local day to another (both included).

    Nothing lasts a day, so starts from the day before on are enough, and the index finds them.
    """
    start = datetime.combine(first - timedelta(days=1), time.min, catalogue.timezone)
    end = datetime.combine(last + timedelta(days=1), time.min, catalogue.timezone)
    query = select(
        Engagement.counsellor_id,
        Engagement.starts_at,
        Engagement.ends_at,
        Engagement.commune_id,
        Engagement.venue_id,
    ).where(Engagement.occupies, Engagement.starts_at >= start, Engagement.starts_at < end)
    if apart_from is not None:
        query = query.where(Engagement.id != apart_from)
    return [
        Engaged(counsellor_id, starts_at, ends_at, Place(commune_id, venue_id))
        for counsellor_id, starts_at, ends_at, commune_id, venue_id in session.execute(query)
    ]
