"""One opening: its candidate times, and what refuses each. Called through `slots`.

1. Candidates start every step minutes from the start of the uncut block, as real minutes elapse
   (so a half-cut morning keeps the hours that people know, and every second reader finds the same).
2. A permanence occupies its topic's minutes; a visit, from the start of the window to the window's
   end + max(60, topic minutes). All of it lies inside the opening.
3. Against every engagement of the counsellor, and every permanence of theirs at another place even
   empty, max(buffer, travel) minutes are left before and after.
4. Not in the past; for residents, not before the notice nor while reserved to the desk.

Rules: slots-calendar-threats §1.4 and §1.5, product §5, §14 and §20. Instants are UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.domain.availability import AvailabilityKind, Opening
from app.domain.facts import Busy, Commitment, Facts
from app.domain.settings import Settings
from app.domain.travel import Place


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: how, in which commune, for how long (minutes of the topic)."""

    kind: AvailabilityKind
    commune_id: int
    """Of the permanence, or of the home to visit."""
    duration_minutes: int
    step_minutes: int = 15
    venue_id: int | None = None
    """One venue of the commune only."""
    resident_commune_id: int | None = None
    """Where the resident lives, if elsewhere: a commune may keep its places for its own."""

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether the resident lives in another commune than the one wished."""
        return self.resident_commune_id not in (None, self.commune_id)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time with a counsellor at a place; what it occupies goes from `starts_at` to `ends_at`."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place
    kind: AvailabilityKind
    window_ends_at: datetime | None = None
    """For a visit: it begins between `starts_at` and this."""
    availability_id: int | None = field(default=None, compare=False)
    strands: bool = field(default=False, compare=False)
    """Booking it would leave a remnant too short for any topic (`offer` decides what then)."""


class RefusalCode(StrEnum):
    """Why a time is not free; where several hold, the first of this list is told."""

    NO_OPENING = "NO_OPENING"
    """No opening holds it, or it starts off the grid or has another length than the topic's."""
    PAST = "PAST"
    NOTICE = "NOTICE"
    HORIZON = "HORIZON"
    DESK_ONLY = "DESK_ONLY"
    OWN_RESIDENTS = "OWN_RESIDENTS"
    """The commune keeps its places for its own residents until then."""
    ENGAGED = "ENGAGED"
    OPENING_ELSEWHERE = "OPENING_ELSEWHERE"
    """The counsellor holds a permanence at another place then."""
    TRAVEL_BEFORE = "TRAVEL_BEFORE"
    TRAVEL_AFTER = "TRAVEL_AFTER"
    BUFFER_BEFORE = "BUFFER_BEFORE"
    BUFFER_AFTER = "BUFFER_AFTER"
    STRANDS = "STRANDS"
    """Bookable, but not shown: it would leave a remnant too short for any topic."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`minutes` must be left between this place and the `other` one."""

    code: RefusalCode
    minutes: int | None = None
    other: Place | None = None


class Judged(NamedTuple):
    """A candidate, and what refuses it (None: free)."""

    slot: Slot
    refusal: Refusal | None


class _Hindrance(NamedTuple):
    """A commitment, the span around it that nothing at the wished place may touch, and why."""

    blocks_from: datetime
    starts_at: datetime
    ends_at: datetime
    blocks_until: datetime
    refuses_sooner: Refusal
    """A candidate that ends before it, but too near."""
    refuses_during: Refusal
    refuses_later: Refusal
    """A candidate that starts after it, but too soon."""

    def refuses(self, starts_at: datetime, ends_at: datetime) -> Refusal | None:
        """Why those hours clash with the commitment; None where they do not."""
        if ends_at <= self.blocks_from or self.blocks_until <= starts_at:
            return None
        if ends_at <= self.starts_at:
            return self.refuses_sooner
        return self.refuses_later if self.ends_at <= starts_at else self.refuses_during


def occupied_minutes(kind: AvailabilityKind, topic_minutes: int, settings: Settings) -> int:
    """How long a counsellor is taken by an appointment of that kind (product §5)."""
    if kind is AvailabilityKind.PERMANENCE:
        return topic_minutes
    return settings.visit_window_minutes + max(settings.visit_minimum_minutes, topic_minutes)


def judge_opening(
    facts: Facts,
    wish: Wish,
    opening: Opening,
    place: Place,
    for_desk: bool,
    *,
    at: datetime | None = None,
) -> Iterator[Judged]:
    """Every candidate of one opening that could meet the wish at that place, in order of time.

    With `at`, only the one that starts then.
    """
    minutes = occupied_minutes(wish.kind, wish.duration_minutes, facts.settings)
    occupied = timedelta(minutes=minutes)
    closed = _closed(facts, wish, opening, for_desk)
    hindrances = [] if closed else _hindrances(facts, opening, place)
    remnants = _Remnants(facts, wish, opening, place, hindrances)
    for starts_at in _grid(opening, timedelta(minutes=wish.step_minutes), occupied):
        if at not in (None, starts_at):
            continue
        ends_at = starts_at + occupied
        past = Refusal(RefusalCode.PAST) if starts_at < facts.now else None
        refusal = past or closed or _hindered(hindrances, starts_at, ends_at)
        slot = Slot(
            counsellor_id=opening.counsellor_id,
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            kind=wish.kind,
            window_ends_at=_window_end(wish, starts_at, facts.settings),
            availability_id=opening.availability_id,
            strands=refusal is None and remnants.are_left_by(starts_at, ends_at),
        )
        yield Judged(slot, refusal)


def _window_end(wish: Wish, starts_at: datetime, settings: Settings) -> datetime | None:
    if wish.kind is AvailabilityKind.PERMANENCE:
        return None
    return starts_at + timedelta(minutes=settings.visit_window_minutes)


def _grid(opening: Opening, step: timedelta, occupied: timedelta) -> Iterator[datetime]:
    starts_at = _on_grid(opening.starts_at, opening, step)
    while starts_at + occupied <= opening.ends_at:
        yield starts_at
        starts_at += step


def _on_grid(instant: datetime, opening: Opening, step: timedelta) -> datetime:
    """The first point of the grid at or after an instant."""
    origin = opening.block_starts_at or opening.starts_at
    return origin - (origin - instant) // step * step


def _closed(facts: Facts, wish: Wish, opening: Opening, for_desk: bool) -> Refusal | None:
    """What refuses a whole opening to this asker, whatever the hour."""
    code = None
    days_left = (opening.on - facts.today).days
    kept_days = facts.settings.neighbours_from_days
    if not for_desk and opening.on < facts.first_public_day(wish.kind):
        code = RefusalCode.NOTICE
    elif opening.on > facts.last_day:
        code = RefusalCode.HORIZON
    elif not for_desk and _is_beyond(days_left, opening.desk_until_days):
        code = RefusalCode.DESK_ONLY
    elif wish.is_from_elsewhere and _is_beyond(days_left, kept_days):
        code = RefusalCode.OWN_RESIDENTS
    return Refusal(code) if code else None


def _is_beyond(days_left: int, until_days: int | None) -> bool:
    """Whether « reserved until D-n » still holds: on D-n itself it no longer does."""
    return until_days is not None and days_left > until_days


def _hindrances(facts: Facts, opening: Opening, place: Place) -> list[_Hindrance]:
    """What may refuse a candidate of this opening at this place; by time, then place."""
    return [
        _hindrance(facts, commitment, place)
        for commitment in facts.commitments_near(opening)
        if not isinstance(commitment, Opening) or commitment.place not in (None, place)
    ]


def _hindrance(facts: Facts, commitment: Commitment, place: Place) -> _Hindrance:
    other = None if isinstance(commitment, Busy) else commitment.place
    before, after = _gap(facts, place, other), _gap(facts, other, place)
    is_opening = isinstance(commitment, Opening)
    during = RefusalCode.OPENING_ELSEWHERE if is_opening else RefusalCode.ENGAGED
    is_buffer = before > _road(facts, place, other)
    sooner = RefusalCode.BUFFER_AFTER if is_buffer else RefusalCode.TRAVEL_AFTER
    is_buffer = after > _road(facts, other, place)
    later = RefusalCode.BUFFER_BEFORE if is_buffer else RefusalCode.TRAVEL_BEFORE
    return _Hindrance(
        blocks_from=commitment.starts_at - timedelta(minutes=before),
        starts_at=commitment.starts_at,
        ends_at=commitment.ends_at,
        blocks_until=commitment.ends_at + timedelta(minutes=after),
        refuses_sooner=Refusal(sooner, before, other),
        refuses_during=Refusal(during, other=other),
        refuses_later=Refusal(later, after, other),
    )


def _gap(facts: Facts, start: Place | None, end: Place | None) -> int:
    """Minutes to leave between the end at one place and the start at the other."""
    return max(facts.settings.travel_buffer_minutes, _road(facts, start, end))


def _road(facts: Facts, start: Place | None, end: Place | None) -> int:
    return facts.travel.between(start, end) if start and end else 0


def _hindered(
    hindrances: list[_Hindrance], starts_at: datetime, ends_at: datetime
) -> Refusal | None:
    """The first reason, in the order of RefusalCode, why those hours clash with a commitment."""
    refusals = [
        refusal for each in hindrances if (refusal := each.refuses(starts_at, ends_at)) is not None
    ]
    return min(refusals, key=_by_strength) if len(refusals) > 1 else next(iter(refusals), None)


_STRENGTH = {code: rank for rank, code in enumerate(RefusalCode)}


def _by_strength(refusal: Refusal) -> tuple[int, int, str]:
    """The order of RefusalCode; then what needs most minutes; then any order that never varies."""
    return _STRENGTH[refusal.code], -(refusal.minutes or 0), str(refusal.other)


class _Remnants:
    """What a booking would leave of the free time around it, at the same place.

    A remnant is stranded when at least one step of the grid fits in it and yet no candidate of it
    could hold the shortest topic. Less than a step is what the grid loses anyway.
    """

    def __init__(
        self,
        facts: Facts,
        wish: Wish,
        opening: Opening,
        place: Place,
        hindrances: list[_Hindrance],
    ) -> None:
        shortest = occupied_minutes(wish.kind, facts.shortest_topic_minutes, facts.settings)
        self._shortest = timedelta(minutes=shortest)
        self._step = timedelta(minutes=wish.step_minutes)
        self._gap = timedelta(minutes=_gap(facts, place, place))
        self._opening = opening
        self._free_from = max(opening.starts_at, facts.now)
        self._hindrances = hindrances

    def are_left_by(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether booking those free hours would strand a remnant before or after them."""
        free_from, free_until = self._free_from, self._opening.ends_at
        for hindrance in self._hindrances:
            if hindrance.blocks_until <= starts_at:
                free_from = max(free_from, hindrance.blocks_until)
            else:
                free_until = min(free_until, hindrance.blocks_from)
        return self._is_stranded(free_from, starts_at - self._gap) or self._is_stranded(
            ends_at + self._gap, free_until
        )

    def _is_stranded(self, starts_at: datetime, ends_at: datetime) -> bool:
        first = _on_grid(starts_at, self._opening, self._step)
        return first + self._step <= ends_at and first + self._shortest > ends_at
