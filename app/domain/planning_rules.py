"""What somebody plans that comes back: checked, and looked at for what deserves a word.

Blocks are refusals; a warning never stops anybody (town-hall hours never cut a slot).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app.domain.availability import AvailabilityKind, Cause, LostOpening, Opening
from app.domain.intervals import overlaps
from app.domain.planning_errors import (
    EndBeforeStart,
    HoursInOrder,
    HoursTooShort,
    StartPast,
)
from app.domain.travel import Place, TravelTimes


@dataclass(frozen=True, slots=True)
class Rule:
    """Reception hours that come back, from a date on; local wall time."""

    counsellor_id: int
    kind: AvailabilityKind
    venue_slug: str
    """Empty for home visits."""
    commune_slugs: tuple[str, ...]
    """Where visits go; empty for a permanence."""
    weekday: int
    every_weeks: int
    nth: int | None
    """1 to 5 or recurrence.LAST: which one of the month; None: every n weeks."""
    from_time: time
    to_time: time
    starts_on: date
    ends_on: date | None
    desk_until_days: int | None

    def check(self, today: date, shortest_minutes: int) -> None:
        """Raises StartPast, EndBeforeStart, HoursInOrder or HoursTooShort."""
        if self.starts_on < today:
            raise StartPast
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise EndBeforeStart
        length = _minutes(self.to_time) - _minutes(self.from_time)
        if length <= 0:
            raise HoursInOrder
        if length < shortest_minutes:
            raise HoursTooShort(minutes=shortest_minutes)


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


class WarningKind(StrEnum):
    TOWN_HALL_CLOSED = "TOWN_HALL_CLOSED"
    """That day, or at those hours of it."""
    HOLIDAY = "HOLIDAY"
    COLLEAGUE_THERE = "COLLEAGUE_THERE"
    ROAD = "ROAD"
    ALSO_THAT_DAY = "ALSO_THAT_DAY"
    """The person of an added date holds other hours on that day."""
    GIVES_WAY = "GIVES_WAY"
    """Hours of a substitute's own that nobody holds meanwhile."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before saving; only the facts of its kind are given."""

    kind: WarningKind
    weekday: int | None = None
    is_whole_day: bool = False
    on: date | None = None
    name: str | None = None
    """Of the holiday."""
    counsellor_id: int | None = None
    place: Place | None = None
    minutes: int | None = None
    first_at: datetime | None = None
    """The first hour that would do, coming from there."""


def town_hall_caution(
    spans: Iterable[Mapping[str, Any]], weekday: int, hours: tuple[time, time]
) -> Caution | None:
    """Whether the town hall is closed then. `spans`: weekday, from, to; without any, who knows."""
    known = list(spans)
    of_day = [
        (time.fromisoformat(each["from"]), time.fromisoformat(each["to"]))
        for each in known
        if each["weekday"] == weekday
    ]
    is_open = any(opens <= hours[0] and hours[1] <= closes for opens, closes in of_day)
    if is_open or not known:
        return None
    return Caution(WarningKind.TOWN_HALL_CLOSED, weekday=weekday, is_whole_day=not of_day)


def holiday_cautions(dates: Iterable[date], holidays: Mapping[date, str]) -> list[Caution]:
    """The dates of the rule on which nothing takes place."""
    return [
        Caution(WarningKind.HOLIDAY, on=day, name=holidays[day]) for day in dates if day in holidays
    ]


def neighbour_cautions(
    own: Sequence[Opening], others: Sequence[Opening], travel: TravelTimes
) -> list[Caution]:
    """Colleagues at the same place at the same hour, and roads that are too long; each once.

    `own` are the sessions being planned, `others` everybody's around them.
    """
    found: dict[tuple[object, ...], Caution] = {}
    for session in own:
        for other in others:
            caution = _caution(session, other, travel)
            if caution is not None:
                key = caution.kind, caution.counsellor_id, caution.place
                found.setdefault(key, caution)
    return list(found.values())


def also_that_day(added: Sequence[Opening], others: Iterable[Opening]) -> list[Caution]:
    """Where else the person of an added date is on that day, as it was before; each place once."""
    days = {(each.counsellor_id, each.on) for each in added}
    found = {
        each.place: Caution(
            WarningKind.ALSO_THAT_DAY,
            on=each.on,
            counsellor_id=each.counsellor_id,
            place=each.place,
        )
        for each in others
        if (each.counsellor_id, each.on) in days
    }
    return list(found.values())


def replacement_cautions(
    held: Sequence[Opening],
    lost: Sequence[LostOpening],
    known: Collection[LostOpening],
    substitute_id: int,
    travel: TravelTimes,
) -> list[Caution]:
    """What taking over costs a substitute: own hours that nobody holds, and roads too long.

    `held` and `lost` are everybody's with the replacement, `known` what was lost before it.
    """
    given_up = {
        (each.opening.on, each.opening.place): Caution(
            WarningKind.GIVES_WAY,
            on=each.opening.on,
            counsellor_id=substitute_id,
            place=each.opening.place,
        )
        for each in lost
        if each.cause is Cause.REPLACEMENT
        and each.opening.counsellor_id == substitute_id
        and each not in known
    }
    theirs = [each for each in held if each.counsellor_id == substitute_id]
    taken_over = [each for each in theirs if each.replaces_id is not None]
    own = [each for each in theirs if each.replaces_id is None]
    return [*given_up.values(), *neighbour_cautions(taken_over, own, travel)]


def _caution(session: Opening, other: Opening, travel: TravelTimes) -> Caution | None:
    if other.place is None or session.place is None or other.on != session.on:
        return None
    if other.counsellor_id != session.counsellor_id:
        if other.place != session.place or not overlaps(other, session):
            return None
        return Caution(
            WarningKind.COLLEAGUE_THERE,
            on=session.on,
            counsellor_id=other.counsellor_id,
            place=other.place,
        )
    return _road(session, other, session.place, other.place, travel)


def _road(
    session: Opening, other: Opening, here: Place, there: Place, travel: TravelTimes
) -> Caution | None:
    """The same person comes from another place too late, or leaves for it too late."""
    is_before = other.ends_at <= session.starts_at
    earlier, later = (other, session) if is_before else (session, other)
    road = travel.between(there, here) if is_before else travel.between(here, there)
    gap = int((later.starts_at - earlier.ends_at).total_seconds()) // 60
    if road <= gap:
        return None
    first_at = other.ends_at + timedelta(minutes=road) if is_before else None
    return Caution(WarningKind.ROAD, on=session.on, place=there, minutes=road, first_at=first_at)
