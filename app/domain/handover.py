"""Could a colleague hold that appointment, at its own hour and place? And if not, why not?

The same rules as for any free time (`candidates`), asked of hours that need no opening: the team
may hand an appointment to somebody who holds no session there. Instants are UTC.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from app.domain.availability import Absence, AvailabilityKind, Opening, Timetable
from app.domain.calendar import local_day
from app.domain.candidates import Judged, RefusalCode, Wish, judge_opening
from app.domain.facts import Engaged, Facts
from app.domain.intervals import minutes, overlaps
from app.domain.slots import orphans
from app.domain.travel import Place

LOOKED_AHEAD = timedelta(days=1)
"""How far « premier horaire possible » is looked for."""
STEP_MINUTES = 5
"""Travel minutes are told in fives."""

_ROAD = {
    RefusalCode.TRAVEL_BEFORE,
    RefusalCode.TRAVEL_AFTER,
    RefusalCode.BUFFER_BEFORE,
    RefusalCode.BUFFER_AFTER,
}


class ObstacleKind(StrEnum):
    AWAY = "AWAY"
    BUSY = "BUSY"
    """An engagement, or a permanence elsewhere even while it is empty."""
    TOO_FAR = "TOO_FAR"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a colleague cannot hold it."""

    kind: ObstacleKind
    other: Place | None = None
    """Where they are, or where they come from or must go to."""
    minutes: int | None = None
    """The road from there, for TOO_FAR."""
    first: Engaged | None = None
    """For TOO_FAR, the same appointment at the first hour that would do."""


def obstacle_for(facts: Facts, absences: Iterable[Absence], held: Engaged) -> Obstacle | None:
    """What keeps `held.counsellor_id` from holding those hours at that place; None: nothing.

    `facts.engaged` must not count the appointment itself. Nobody's openings are asked for: whoever
    is free and can be there in time, before and after, may hold it.
    """
    own = (each for each in absences if each.counsellor_id == held.counsellor_id)
    if any(overlaps(absence, held) for absence in own):
        return Obstacle(ObstacleKind.AWAY)
    judged = _from_then_on(_without_horizon(facts, held), held)
    refusal = next(judged).refusal
    if refusal is None:
        return None
    if refusal.code in _ROAD and refusal.other is not None:
        return _on_the_road(facts, held, refusal.other, judged)
    return Obstacle(ObstacleKind.BUSY, refusal.other)


def _on_the_road(facts: Facts, held: Engaged, other: Place, judged: Iterator[Judged]) -> Obstacle:
    """Too far from another place; busy where no hour of the next day would do."""
    first = next((each.slot for each in judged if each.refusal is None), None)
    if first is None:
        return Obstacle(ObstacleKind.BUSY, other)
    road = max(facts.settings.travel_buffer_minutes, facts.travel.between(other, held.place))
    later = replace(held, starts_at=first.starts_at, ends_at=first.ends_at)
    return Obstacle(ObstacleKind.TOO_FAR, other, road, later)


def _without_horizon(facts: Facts, held: Engaged) -> Facts:
    """What is booked already is no further away than what may be booked."""
    days = max((local_day(held.starts_at, facts.timezone) - facts.today).days, 0)
    window = max(facts.settings.booking_window_days, days)
    return replace(facts, settings=replace(facts.settings, booking_window_days=window))


def _from_then_on(facts: Facts, held: Engaged) -> Iterator[Judged]:
    """The hours of the appointment, then the same length every five minutes for a day."""
    hours = Opening(
        availability_id=0,
        counsellor_id=held.counsellor_id,
        starts_at=held.starts_at,
        ends_at=held.ends_at + LOOKED_AHEAD,
        kind=AvailabilityKind.PERMANENCE,
        place=held.place,
        commune_ids=frozenset(),
        on=local_day(held.starts_at, facts.timezone),
    )
    wish = Wish(hours.kind, held.place.commune_id, minutes(held), STEP_MINUTES)
    return judge_opening(facts, wish, hours, held.place, for_desk=True)


def is_there(facts: Facts, held: Engaged) -> bool:
    """Whether an opening of `held.counsellor_id` at that place holds those hours."""
    return not orphans(_sessions(facts, held), [held])


def works_that_day(facts: Facts, held: Engaged) -> bool:
    """Whether `held.counsellor_id` has any session on that local day."""
    return any(True for _ in _sessions(facts, held))


def is_prevented(timetable: Timetable, held: Engaged) -> bool:
    """Whether an absence or a closure of the venue keeps that from taking place.

    This is all that what was handed over by hand still depends on: it needs no opening.
    """
    absences = (each for each in timetable.absences if each.counsellor_id == held.counsellor_id)
    closures = (each for each in timetable.closures if each.venue_id == held.place.venue_id)
    is_away = any(overlaps(each, held) for each in absences)
    return is_away or any(overlaps(each, held) for each in closures)


def _sessions(facts: Facts, held: Engaged) -> Iterator[Opening]:
    day = local_day(held.starts_at, facts.timezone)
    own = held.counsellor_id
    return (each for each in facts.index.on(day) if each.counsellor_id == own)
