"""What is in the way of a date of a workshop: what refuses it, and what asks for a word.

Nobody is in two places and doors that are shut stay shut: these refuse. The rest is for whoever
plans to know (an own empty permanence, a holiday, a colleague at the same place).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.availability import AvailabilityKind, Opening, Timetable
from app.domain.calendar import local_day
from app.domain.facts import Busy, Commitment, Engaged, Facts
from app.domain.intervals import overlaps
from app.domain.travel import Place


class ConflictKind(StrEnum):
    GONE = "GONE"
    """They are no longer at work."""
    AWAY = "AWAY"
    ENGAGED = "ENGAGED"
    """An appointment, another workshop, or a time held for who waits."""
    ROAD = "ROAD"
    VENUE_CLOSED = "VENUE_CLOSED"
    NOT_SERVED = "NOT_SERVED"
    """The convention of the commune does not cover that day."""
    PAST = "PAST"
    HOLIDAY = "HOLIDAY"
    PERMANENCE = "PERMANENCE"
    """Their own session of that hour: its free times are offered no more."""
    PERMANENCE_ROAD = "PERMANENCE_ROAD"
    """Their own session before or after, too far away to be there all the time."""
    OWN_AGENDA = "OWN_AGENDA"
    """Their own calendar says that they are taken (perhaps by this very workshop)."""
    COLLEAGUE_THERE = "COLLEAGUE_THERE"
    TOWN_HALL_CLOSED = "TOWN_HALL_CLOSED"
    """The town hall where it takes place is closed then, as far as its hours are known."""


HARD = frozenset(
    {
        ConflictKind.GONE,
        ConflictKind.AWAY,
        ConflictKind.ENGAGED,
        ConflictKind.ROAD,
        ConflictKind.VENUE_CLOSED,
        ConflictKind.NOT_SERVED,
        ConflictKind.PAST,
    }
)
"""No tick helps: the date is refused."""
TO_KNOW = frozenset({ConflictKind.TOWN_HALL_CLOSED})
"""Worth a word, but nobody is asked twice: the hours of a town hall never cut anything."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing in the way of one date; only the facts of its kind are given."""

    kind: ConflictKind
    counsellor_id: int | None = None
    place: Place | None = None
    minutes: int | None = None
    """The road, or the pause that everybody has between two things."""
    first_at: datetime | None = None
    """The first public hour that would do, coming from there (UTC)."""
    name: str | None = None
    """Of the holiday."""
    weekday: int | None = None
    """0 is Monday: when the town hall is closed."""
    is_whole_day: bool = False

    @property
    def is_hard(self) -> bool:
        return self.kind in HARD


@dataclass(frozen=True, slots=True)
class DateCheck:
    """One date of a plan, and all that is to be known of it."""

    on: date
    starts_at: datetime
    ends_at: datetime
    """The public hours, UTC."""
    conflicts: tuple[Conflict, ...]
    is_extra: bool = False
    """Written by hand: it holds on a public holiday."""

    @property
    def is_refused(self) -> bool:
        return any(each.is_hard for each in self.conflicts)

    @property
    def is_proposed(self) -> bool:
        """Whether it is taken unless somebody says no: nothing asks, or the holiday was meant."""
        kinds = {each.kind for each in self.conflicts} - TO_KNOW
        return not kinds or (self.is_extra and kinds == {ConflictKind.HOLIDAY})

    @property
    def key(self) -> str:
        """What a tick of this date sends back: the day, and what was known of it then."""
        known = repr(sorted(map(repr, self.conflicts)))
        return f"{self.on.isoformat()}.{hashlib.sha256(known.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Board:
    """Where everybody is, with what the plan has taken so far."""

    facts: Facts
    timetable: Timetable
    holidays: Mapping[date, str]

    def without(self, held: Iterable[Engaged]) -> "Board":
        """The same without those, which are being moved."""
        gone = list(held)
        engaged = tuple(each for each in self.facts.engaged if each not in gone)
        return replace(self, facts=replace(self.facts, engaged=engaged))

    def taking(self, held: Iterable[Engaged]) -> "Board":
        """The same with those."""
        return replace(self, facts=replace(self.facts, engaged=(*self.facts.engaged, *held)))


def find_conflicts(board: Board, held: Iterable[Engaged], setup: timedelta) -> list[Conflict]:
    """All that is in the way of one date held by these counsellors, hardest first.

    `held` are their spans, set-up and tidying included. Raises LookupError where a road is unknown.
    """
    spans = list(held)
    found = [*_of_the_day(board, spans[0], setup)]
    for each in spans:
        found += _of_person(board, each, setup)
    found += _colleagues(board, spans)
    order = list(ConflictKind)
    return sorted(dict.fromkeys(found), key=lambda each: order.index(each.kind))


def _of_the_day(board: Board, held: Engaged, setup: timedelta) -> Iterable[Conflict]:
    if held.starts_at + setup < board.facts.now:  # the public hour: they may be setting up already
        yield Conflict(ConflictKind.PAST)
    day = local_day(held.starts_at, board.facts.timezone)
    if day in board.holidays:
        yield Conflict(ConflictKind.HOLIDAY, name=board.holidays[day])
    closures = (each for each in board.timetable.closures if each.venue_id == held.place.venue_id)
    if any(overlaps(each, held) for each in closures):
        yield Conflict(ConflictKind.VENUE_CLOSED, place=held.place)


def _of_person(board: Board, held: Engaged, setup: timedelta) -> Iterable[Conflict]:
    own = (each for each in board.timetable.absences if each.counsellor_id == held.counsellor_id)
    if any(overlaps(each, held) for each in own):
        yield Conflict(ConflictKind.AWAY, held.counsellor_id)
    as_opening = _as_opening(board.facts, held)
    for session in board.facts.index.on(as_opening.on):
        is_own_round = session.counsellor_id == held.counsellor_id and session.place is None
        if is_own_round and overlaps(session, held):
            yield Conflict(ConflictKind.PERMANENCE, held.counsellor_id)
    for other in board.facts.commitments_near(as_opening):
        yield from _between(board.facts, held, other, setup)


def _between(
    facts: Facts, held: Engaged, other: Commitment, setup: timedelta
) -> Iterable[Conflict]:
    who = held.counsellor_id
    if isinstance(other, Busy):
        if overlaps(other, held):
            yield Conflict(ConflictKind.OWN_AGENDA, who)
        return
    is_opening = isinstance(other, Opening)
    if overlaps(other, held):
        kind = ConflictKind.PERMANENCE if is_opening else ConflictKind.ENGAGED
        yield Conflict(kind, who, other.place)
        return
    is_before = other.ends_at <= held.starts_at
    earlier, later = (other, held) if is_before else (held, other)
    needed = _gap(facts, earlier.place, later.place, is_opening=is_opening)
    if later.starts_at - earlier.ends_at < timedelta(minutes=needed):
        kind = ConflictKind.PERMANENCE_ROAD if is_opening else ConflictKind.ROAD
        first_at = other.ends_at + timedelta(minutes=needed) + setup if is_before else None
        yield Conflict(kind, who, other.place, needed, first_at)


def _gap(facts: Facts, start: Place | None, end: Place | None, *, is_opening: bool) -> int:
    """Minutes to leave between the two; an own empty session asks for no pause, only the road."""
    road = facts.travel.between(start, end) if start and end else 0
    return road if is_opening else max(facts.settings.travel_buffer_minutes, road)


def _colleagues(board: Board, spans: list[Engaged]) -> Iterable[Conflict]:
    """Others at the same venue at the same hour: is there room for both?"""
    held = spans[0]
    if held.place.venue_id is None:
        return
    holders = {each.counsellor_id for each in spans}
    day = local_day(held.starts_at, board.facts.timezone)
    others: list[Engaged | Opening] = [*board.facts.engaged, *board.facts.index.on(day)]
    for other in others:
        is_there = other.place == held.place and other.counsellor_id not in holders
        if is_there and overlaps(other, held):
            yield Conflict(ConflictKind.COLLEAGUE_THERE, other.counsellor_id, held.place)


def _as_opening(facts: Facts, held: Engaged) -> Opening:
    """The span in the terms that commitments are asked for."""
    return Opening(
        availability_id=0,
        counsellor_id=held.counsellor_id,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        kind=AvailabilityKind.PERMANENCE,
        place=held.place,
        commune_ids=frozenset(),
        on=local_day(held.starts_at, facts.timezone),
    )
