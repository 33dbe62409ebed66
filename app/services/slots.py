"""Load the facts of a period and ask `domain.slots`; pages and the booking share this door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.domain.schedule import Timetable, expand
from app.domain.slots import Engaged, Facts, OpeningIndex
from app.domain.travel import Place
from app.gateways.holidays import public_holidays
from app.models.appointment import Engagement
from app.services.catalogue import Catalogue

ONE_DAY = timedelta(days=1)
PAST_YEARS = 5
"""How far back a picture of the timetable may look."""

_timetables: dict[str, tuple[tuple[object, ...], Timetable]] = {}
_openings: dict[str, tuple[tuple[object, ...], OpeningIndex]] = {}
"""The last timetable, and the last expansion, of each database; their key says of which picture."""
_engagements: dict[str, tuple[Sequence[Any], list[Engaged]]] = {}
"""The last rows read of each database, and what they say: the same rows are not told twice."""

_engagement: Any = Engagement.__table__.c
_OCCUPIED = select(
    _engagement.counsellor_id,
    type_coerce(_engagement.starts_at, NullType),
    type_coerce(_engagement.ends_at, NullType),
    _engagement.commune_id,
    _engagement.venue_id,
).where(
    _engagement.occupies,
    _engagement.starts_at >= bindparam("start"),
    _engagement.starts_at < bindparam("end"),
)
"""Instants as the driver gives them: most rows were already read at the last request."""


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
    rows = _occupied(session, catalogue, first, until, apart_from)
    is_usual = last is None and apart_from is None and around is None
    engaged = _remembered(catalogue, rows) if is_usual else list(map(_engaged, rows))
    return replace(facts, engaged=engaged)


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
        known = _timetables[database] = (key, _timetable(catalogue, last))
    return known[1]


def _timetable(catalogue: Catalogue, last: date) -> Timetable:
    stored = catalogue.timetable
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
        known = _openings[database] = (key, OpeningIndex(expand(timetable, first, last)))
    return known[1]


def _occupied(
    session: Session, catalogue: Catalogue, first: date, last: date, apart_from: int | None
) -> Sequence[Any]:
    """What already occupies the counsellors, from one local day to another (both included).

    Nothing lasts a day, so starts from the day before on are enough, and the index finds them.
    """
    start = datetime.combine(first - ONE_DAY, time.min, catalogue.timezone)
    end = datetime.combine(last + ONE_DAY, time.min, catalogue.timezone)
    query = _OCCUPIED if apart_from is None else _OCCUPIED.where(_engagement.id != apart_from)
    rows = session.execute(query, {"start": start, "end": end})
    return list(map(tuple, rows.all()))


def _remembered(catalogue: Catalogue, rows: Sequence[Any]) -> list[Engaged]:
    """What the rows say; the very same list as last time where no row has changed."""
    database = str(catalogue.key[0])
    known = _engagements.get(database)
    if known is None or known[0] != rows:
        known = _engagements[database] = (rows, list(map(_engaged, rows)))
    return known[1]


@lru_cache(maxsize=8192)
def _engaged(row: Any) -> Engaged:
    counsellor_id, starts_at, ends_at, commune_id, venue_id = row
    place = Place(commune_id, venue_id)
    return Engaged(counsellor_id, _instant(starts_at), _instant(ends_at), place)


def _instant(given: str | datetime) -> datetime:
    """SQLite gives a text in UTC, PostgreSQL an instant in the zone of the connection."""
    if isinstance(given, str):
        return datetime.fromisoformat(given).replace(tzinfo=UTC)
    return given.astimezone(UTC)
