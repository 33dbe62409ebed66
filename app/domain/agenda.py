"""A counsellor's day as it is lived: the road between two places, and who must be told of a delay.

Instants are aware UTC. What is on the agenda has a time, a place and somebody who holds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

from app.domain.intervals import overlaps
from app.domain.travel import Place, TravelTimes

MOST_LANES = 3
"""How many things at one hour are drawn beside each other."""
DELAYS = (15, 30, 45)
"""« J’ai du retard »: how many minutes one may say."""
AGAIN_AFTER = timedelta(minutes=10)
"""The same delay said twice within that time is one press too many, not news."""
MOST_ROUNDS = 3
"""Messages of a delay to one person in a day: who is to be told once more is called."""


class Held(Protocol):
    """An appointment or an opening, in the hands of somebody."""

    @property
    def counsellor_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place(self) -> Place | None: ...


@dataclass(frozen=True, slots=True)
class Journey:
    """« Route 15 min »: drawn so that it ends when the next thing begins."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    start: Place
    end: Place
    minutes: int


AnyHeld = TypeVar("AnyHeld", bound=Held)


def road_minutes(start: Place | None, end: Place | None, travel: TravelTimes) -> int:
    """How long the road takes; 0 within a venue, or where one of them is nowhere yet."""
    return travel.between(start, end) if start and end else 0


def journeys(held: Iterable[Held], travel: TravelTimes) -> list[Journey]:
    """The roads between consecutive places of each counsellor, by departure.

    Give it one day at a time: nobody drives from Monday's last place to Tuesday's first. What has
    no place (hours for visits without a visit) is nowhere to drive to.
    """
    by_counsellor: dict[int, list[Held]] = defaultdict(list)
    for each in held:
        by_counsellor[each.counsellor_id].append(each)
    found = [journey for own in by_counsellor.values() for journey in _of_one(own, travel)]
    return sorted(found, key=lambda each: (each.starts_at, each.counsellor_id))


def _of_one(held: list[Held], travel: TravelTimes) -> Iterable[Journey]:
    placed = [(each, each.place) for each in held if each.place]
    placed.sort(key=lambda pair: (pair[0].starts_at, pair[0].ends_at))
    for (_before, start), (after, end) in pairwise(placed):
        minutes = road_minutes(start, end, travel)
        if minutes:
            departure = after.starts_at - timedelta(minutes=minutes)
            yield Journey(after.counsellor_id, departure, after.starts_at, start, end, minutes)


def delayed(to_come: Sequence[AnyHeld], late_minutes: int, travel: TravelTimes) -> list[AnyHeld]:
    """Who is kept waiting when their counsellor is so late: the next one, then the one after…

    `to_come` is one counsellor's, by start. The first free time that is long enough swallows the
    delay: whoever comes after it is not disturbed.
    """
    waiting: list[AnyHeld] = []
    delay = timedelta(minutes=late_minutes)
    for each in to_come:
        if waiting:
            last = waiting[-1]
            road = timedelta(minutes=road_minutes(last.place, each.place, travel))
            if last.ends_at + delay + road <= each.starts_at:
                break
        waiting.append(each)
    return waiting


def lanes(held: Sequence[AnyHeld]) -> list[tuple[AnyHeld, int, int]]:
    """Each thing of a column with its lane (from 1) and how many lanes are drawn at its hours.

    Things that overlap in time stand beside each other; more than three share the last lane.
    """
    ordered = sorted(held, key=lambda each: (each.starts_at, each.ends_at))
    found: list[tuple[AnyHeld, int, int]] = []
    for crowd in _crowds(ordered):
        ends: list[datetime] = []
        placed: list[tuple[AnyHeld, int]] = []
        for each in crowd:
            lane = next((n for n, end in enumerate(ends) if end <= each.starts_at), len(ends))
            if lane >= MOST_LANES:
                lane = MOST_LANES - 1
            ends[lane : lane + 1] = [each.ends_at]
            placed.append((each, lane + 1))
        found += [(each, lane, len(ends)) for each, lane in placed]
    return found


def _crowds(ordered: list[AnyHeld]) -> Iterable[list[AnyHeld]]:
    """The things that hang together by overlapping."""
    crowd: list[AnyHeld] = []
    for each in ordered:
        if crowd and not any(overlaps(other, each) for other in crowd):
            yield crowd
            crowd = []
        crowd.append(each)
    if crowd:
        yield crowd
