"""Load the facts of a period and ask `domain.slots`; pages and the booking share this door."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, null, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.domain.availability import Opening
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.schedule import Timetable, expand
from app.domain.slots import Busy, Engaged, Facts, OpeningIndex
from app.domain.travel import Place
from app.gateways.holidays import public_holidays
from app.models.appointment import Engagement
from app.models.calendars import BusyCalendar, BusyTime
from app.services.catalogue import Catalogue
from app.services.stored_timetable import StoredTimetable, read_rules, read_stored_timetable

PAST_YEARS = 5
"""How far back a picture of the timetable may look."""

_timetables: dict[str, tuple[tuple[object, ...], Timetable]] = {}
_openings: dict[str, tuple[tuple[object, ...], OpeningIndex]] = {}
"""The last timetable, and the last expansion, of each database; their key says of which picture."""
_taken: dict[str, tuple[Sequence[Any], "Taken"]] = {}
"""The last rows read of each database, and what they say: the same rows are not told twice."""

Taken = tuple[list[Engaged], list[Busy]]
"""What takes the counsellors: their engagements, and what their own agendas say."""

_engagement: Any = Engagement.__table__.c
_busy: Any = BusyTime.__table__.c
_calendar: Any = BusyCalendar.__table__.c
_START = bindparam("start", type_=_busy.starts_at.type)
_END = bindparam("end", type_=_busy.starts_at.type)
_NOW = bindparam("now", type_=_busy.starts_at.type)
_OCCUPIED = select(
    _engagement.counsellor_id,
    type_coerce(_engagement.starts_at, NullType),
    type_coerce(_engagement.ends_at, NullType),
    _engagement.commune_id,
    _engagement.venue_id,
).where(
    _engagement.occupies,
    _engagement.starts_at >= _START,
    _engagement.starts_at < _END,
    or_(_engagement.held_until.is_(None), _engagement.held_until > _NOW),
)
"""Instants as the driver gives them: most rows were already read at the last request. Without the
holds of offers whose hour is past: their rows are another list from that hour on.
"""
_IMPORTED = select(
    _busy.counsellor_id,
    type_coerce(_busy.starts_at, NullType),
    type_coerce(_busy.ends_at, NullType),
    null(),
    null(),
).where(_busy.starts_at >= _START, _busy.starts_at < _END)
_CLOSED = select(
    _calendar.counsellor_id,
    type_coerce(_START, NullType),
    type_coerce(_END, NullType),
    null(),
    null(),
).where(func.coalesce(_calendar.read_at, _calendar.added_at) < bindparam("stale_before"))
"""Who has an own agenda that nobody could read for too long: taken all the time."""
_TAKEN = union_all(_OCCUPIED, _IMPORTED, _CLOSED)
_TAKEN_APART_FROM = union_all(
    _OCCUPIED.where(_engagement.id != bindparam("apart_from")), _IMPORTED, _CLOSED
)
"""One question for all of it."""


def load_facts(
    session: Session,
    catalogue: Catalogue,
    *,
    now: datetime,
    last: date | None = None,
    apart_from: int | None = None,
    around: date | None = None,
) -> Facts:
    """Everything that decides which times are free from today to `last` (local days, included).

    `last` defaults to the end of the booking window. `apart_from` is the id of an engagement that
    does not count: the one being moved. With `around`, only what may matter on that local day is
    read of the engagements.
    """
    facts = facts_of_timetable(catalogue, now=now, last=last)
    first, until = facts.today, last or facts.last_day
    if around is not None:  # a day out of bounds has no opening: any day will do
        first = min(max(around, first), until)
        until = first + ONE_DAY
    rows = _rows(session, catalogue, (first, until), now, apart_from)
    is_usual = last is None and apart_from is None and around is None
    engaged, busy = _remembered(catalogue, rows) if is_usual else _told(rows)
    return replace(facts, engaged=engaged, busy=busy)


def facts_of_timetable(catalogue: Catalogue, *, now: datetime, last: date | None = None) -> Facts:
    """The facts as if nobody were engaged yet: who is where, by the timetable alone."""
    today = catalogue.today(now)
    horizon = today + timedelta(days=catalogue.settings.booking_window_days)
    timetable = read_timetable(catalogue, max(horizon, last or horizon))
    return Facts(
        openings=_expanded(catalogue, timetable, today, max(horizon, last or horizon)),
        engaged=(),
        travel=catalogue.travel,
        settings=catalogue.settings,
        now=now,
        timezone=catalogue.timezone,
        holidays=timetable.holidays,
        shortest_topic_minutes=catalogue.shortest_topic_minutes,
    )


def read_timetable(catalogue: Catalogue, last: date) -> Timetable:
    """The timetable of this snapshot, put together once a revision.

    Its public holidays reach the year after `last`, and five years back.
    """
    database = str(catalogue.key[0])
    key = (*catalogue.key, last.year)
    known = _timetables.get(database)
    if known is None or known[0] != key:
        stored = catalogue.timetable
        known = _timetables[database] = (key, _timetable(stored, catalogue, last))
    return known[1]


def fresh_timetable(session: Session, catalogue: Catalogue, last: date) -> Timetable:
    """The timetable as this transaction has it, even where its revision is not counted yet."""
    places = {venue.id: Place(venue.commune.id, venue.id) for venue in catalogue.venues}
    communes = {commune.slug: commune.id for commune in catalogue.communes}
    stored = read_stored_timetable(session, read_rules(session), places, communes)
    return _timetable(stored, catalogue, last)


def _timetable(stored: StoredTimetable, catalogue: Catalogue, last: date) -> Timetable:
    return Timetable(
        availabilities=stored.availabilities,
        absences=stored.absences,
        replacements=stored.replacements,
        closures=stored.closures,
        holidays=public_holidays(last.year - PAST_YEARS, last.year + 1),
        timezone=catalogue.timezone,
    )


def _expanded(catalogue: Catalogue, timetable: Timetable, first: date, last: date) -> OpeningIndex:
    """The openings of the period; computed once a day and a revision, not once a request."""
    database = str(catalogue.key[0])
    key = (*catalogue.key, first, last)
    known = _openings.get(database)
    if known is None or known[0] != key:
        known = _openings[database] = (key, index_of(catalogue, timetable, first, last))
    return known[1]


def index_of(catalogue: Catalogue, timetable: Timetable, first: date, last: date) -> OpeningIndex:
    """The openings of those local days, both included, in which times may be found."""
    return OpeningIndex(covered(catalogue, expand(timetable, first, last)))


def covered(catalogue: Catalogue, openings: Iterable[Opening]) -> list[Opening]:
    """What may be offered of them: nobody is received, or visited, out of a commune's convention.

    Rules are refused there; this holds where a commune's dates changed by another way.
    """
    communes = {each.id: each for each in catalogue.communes}

    def takes_part(commune_id: int, opening: Opening) -> bool:
        return communes[commune_id].takes_part_on(opening.on)

    kept = []
    for each in openings:
        visited = frozenset(id_ for id_ in each.commune_ids if takes_part(id_, each))
        if takes_part(each.place.commune_id, each) if each.place else visited:
            kept.append(each if visited == each.commune_ids else replace(each, commune_ids=visited))
    return kept


def _rows(
    session: Session,
    catalogue: Catalogue,
    days: tuple[date, date],
    now: datetime,
    apart_from: int | None,
) -> Sequence[Any]:
    """What takes the counsellors, from one local day to another (both included).

    Nothing lasts more than a day, so starts from the day before on are enough, and the index finds
    them. What closes somebody altogether lasts from the first instant asked to the last.
    """
    first, last = days
    stale_after = timedelta(hours=catalogue.settings.busy_calendar_stale_hours)
    asked = {
        "start": start_of_day(first - ONE_DAY, catalogue.timezone),
        "end": start_of_day(last + ONE_DAY, catalogue.timezone),
        "stale_before": now - stale_after,
        "now": now,
    }
    if apart_from is None:
        rows = session.execute(_TAKEN, asked)
    else:
        rows = session.execute(_TAKEN_APART_FROM, {**asked, "apart_from": apart_from})
    return list(map(tuple, rows.all()))


def _remembered(catalogue: Catalogue, rows: Sequence[Any]) -> Taken:
    """What the rows say; the very same lists as last time where no row has changed."""
    database = str(catalogue.key[0])
    known = _taken.get(database)
    if known is None or known[0] != rows:
        known = _taken[database] = (rows, _told(rows))
    return known[1]


def _told(rows: Sequence[Any]) -> Taken:
    told = [_one(row) for row in rows]
    engaged = [each for each in told if isinstance(each, Engaged)]
    return engaged, [each for each in told if isinstance(each, Busy)]


@lru_cache(maxsize=8192)
def _one(row: Any) -> Engaged | Busy:
    """A row without a commune is of somebody's own agenda."""
    counsellor_id, starts_at, ends_at, commune_id, venue_id = row
    if commune_id is None:
        return Busy(counsellor_id, _instant(starts_at), _instant(ends_at))
    place = Place(commune_id, venue_id)
    return Engaged(counsellor_id, _instant(starts_at), _instant(ends_at), place)


def _instant(given: str | datetime) -> datetime:
    """SQLite gives a text in UTC, PostgreSQL an instant in the zone of the connection."""
    if isinstance(given, str):
        return datetime.fromisoformat(given).replace(tzinfo=UTC)
    return given.astimezone(UTC)
