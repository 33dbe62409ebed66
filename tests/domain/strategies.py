"""Arbitrary timetables of one week, with every kind of exception, and arbitrary engagements.

Times fall on multiples of five minutes, so that an oracle may count in steps of five.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from app.domain.calendar import at_wall_time
from app.domain.recurrence import Frequency, Recurrence
from app.domain.schedule import (
    Absence,
    Availability,
    AvailabilityKind,
    Closure,
    Opening,
    Replacement,
    Timetable,
    expand,
)
from app.domain.settings import Settings
from app.domain.slots import Engaged, Facts, Wish
from app.domain.travel import Place
from tests.domain.builders import HALL, LIBRARY, LONG_AGO, MONDAY, SECOND, THIRD, TRAVEL

VENUES = (HALL, LIBRARY, SECOND, THIRD)
HOMES = tuple(Place(commune, None) for commune in (1, 2, 3))
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(7))

people = st.integers(1, 3)
days = st.sampled_from(WEEK[:2])


def _wall(five_minutes: int) -> time:
    return time(five_minutes // 12, five_minutes % 12 * 5)


@st.composite
def hours(draw: st.DrawFn, shortest: int = 1) -> tuple[time, time]:
    """From and to, between 8 and 18 o'clock; `shortest` in units of five minutes."""
    start = draw(st.integers(8 * 12, 18 * 12 - shortest))
    return _wall(start), _wall(draw(st.integers(start + shortest, 18 * 12)))


@st.composite
def instants(draw: st.DrawFn) -> tuple[datetime, datetime]:
    day, (from_time, to_time) = draw(days), draw(hours())
    return at_wall_time(day, from_time), at_wall_time(day, to_time)


@st.composite
def rules(draw: st.DrawFn) -> Recurrence:
    return Recurrence(
        Frequency.WEEKLY,
        weekday=draw(st.integers(0, 1)),
        first_on=LONG_AGO,
        valid_from=LONG_AGO,
        every_weeks=draw(st.integers(1, 2)),
        skipped_dates=draw(st.frozensets(days, max_size=1)),
        extra_dates=draw(st.frozensets(days, max_size=1)),
    )


@st.composite
def availabilities(draw: st.DrawFn, number: int, rule: st.SearchStrategy[Any]) -> Availability:
    kind = draw(st.sampled_from(AvailabilityKind))
    is_permanence = kind is AvailabilityKind.PERMANENCE
    from_time, to_time = draw(hours(shortest=12))
    return Availability(
        number,
        draw(people),
        kind,
        draw(st.sampled_from(VENUES)) if is_permanence else None,
        frozenset() if is_permanence else draw(st.frozensets(st.integers(1, 3), min_size=1)),
        draw(rule),
        from_time,
        to_time,
        draw(st.sampled_from([None, None, None, 2])),
    )


@st.composite
def exceptions(draw: st.DrawFn) -> tuple[list[Absence], list[Replacement], list[Closure]]:
    absences = [Absence(draw(people), *draw(instants())) for _ in range(draw(st.integers(0, 2)))]
    replacements = [
        Replacement(*draw(st.permutations([1, 2, 3]))[:2], *draw(instants()))
        for _ in range(draw(st.integers(0, 2)))
    ]
    closures = [
        Closure(draw(st.sampled_from([10, 11, 20])), *draw(instants()))
        for _ in range(draw(st.integers(0, 1)))
    ]
    return absences, replacements, closures


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    """Up to five availabilities of up to three people, overlapping as they like."""
    blocks = [draw(availabilities(n + 1, rules())) for n in range(draw(st.integers(1, 5)))]
    absences, replacements, closures = draw(exceptions())
    holidays: dict[date, str] = {draw(days): "Fête"} if draw(st.booleans()) else {}
    return Timetable(blocks, absences, replacements, closures, holidays)


@st.composite
def engagements(draw: st.DrawFn, openings: Sequence[Opening]) -> Engaged:
    """Mostly inside an opening, at its place; now and then around it, elsewhere, or an orphan."""
    if not openings or draw(st.integers(0, 5)) == 0:
        return Engaged(draw(people), *draw(instants()), draw(st.sampled_from(VENUES + HOMES)))
    opening = draw(st.sampled_from(openings))
    starts_at = opening.starts_at + timedelta(minutes=5 * draw(st.integers(-12, 30)))
    ends_at = starts_at + timedelta(minutes=5 * draw(st.integers(1, 18)))
    at_opening = opening.place or draw(st.sampled_from(HOMES))
    place = draw(st.sampled_from([at_opening, at_opening, *VENUES, *HOMES]))
    return Engaged(opening.counsellor_id, starts_at, ends_at, place)


@st.composite
def wishes(draw: st.DrawFn, openings: Sequence[Opening]) -> Wish:
    """Mostly what some opening could meet."""
    kind, communes = draw(st.sampled_from(AvailabilityKind)), [1, 2, 3]
    if openings:
        opening = draw(st.sampled_from(openings))
        kind = opening.kind
        communes = [opening.place.commune_id] if opening.place else sorted(opening.commune_ids)
    minutes, step = draw(st.sampled_from([30, 45, 60])), draw(st.sampled_from([15, 15, 20]))
    return Wish(kind, draw(st.sampled_from(communes)), minutes, step)


@st.composite
def facts_of_a_week(draw: st.DrawFn) -> Facts:
    """A timetable, some engagements (orphans too), and a moment around that week."""
    openings = expand(draw(timetables()), WEEK[0], WEEK[-1])
    engaged = tuple(draw(st.lists(engagements(openings), max_size=6)))
    settings = Settings(
        travel_buffer_minutes=draw(st.sampled_from([0, 0, 10, 30])),
        booking_window_days=draw(st.sampled_from([60, 60, 4])),
    )
    before = WEEK[0] - timedelta(days=4)
    moment = at_wall_time(draw(st.sampled_from([before, before, before, WEEK[0]])), time(10))
    return Facts(openings, engaged, TRAVEL, settings, moment)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Facts, Wish]:
    """Those facts, and a wish."""
    facts = draw(facts_of_a_week())
    return facts, draw(wishes(list(facts.openings)))
