"""Half-open intervals of time, and the one place where they are united and subtracted.

All instants are aware UTC datetimes. `[9 h, 10 h[` and `[10 h, 11 h[` touch without overlapping.
No function here changes what it is given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

_UTC_OFFSET = timedelta()


class HasInterval(Protocol):
    """Anything with two dates: an opening, an engagement, a database row."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `starts_at` included to `ends_at` excluded; never empty.

    Raises ValueError where an instant is not in UTC or the order is wrong.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        # Two local datetimes of one zone compare by wall time: wrong on the days of a clock change.
        if self.starts_at.utcoffset() != _UTC_OFFSET or self.ends_at.utcoffset() != _UTC_OFFSET:
            raise ValueError("an interval is made of two aware UTC instants")
        if self.starts_at >= self.ends_at:
            raise ValueError("an interval ends after it starts")


def minutes(interval: HasInterval) -> int:
    """The length in whole minutes."""
    return int((interval.ends_at - interval.starts_at).total_seconds() // 60)


def overlaps(one: HasInterval, other: HasInterval) -> bool:
    """Whether both hold at some instant."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def contains(outer: HasInterval, inner: HasInterval) -> bool:
    """Whether `inner` lies wholly inside `outer`."""
    return outer.starts_at <= inner.starts_at and inner.ends_at <= outer.ends_at


def merge(intervals: Iterable[HasInterval]) -> list[Interval]:
    """The union, as sorted disjoint intervals; those that touch become one."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda each: each.starts_at):
        start, end = interval.starts_at, interval.ends_at
        if merged and start <= merged[-1].ends_at:
            last = merged.pop()
            start, end = last.starts_at, max(last.ends_at, end)
        merged.append(Interval(start, end))
    return merged


def subtract(intervals: Iterable[HasInterval], holes: Iterable[HasInterval]) -> list[Interval]:
    """What is left of the union of `intervals` outside every hole; sorted and disjoint."""
    all_holes = merge(holes)
    return [piece for whole in merge(intervals) for piece in _without(whole, all_holes)]


def intersect(intervals: Iterable[HasInterval], others: Iterable[HasInterval]) -> list[Interval]:
    """What both unions share; sorted and disjoint."""
    all_others = merge(others)
    return [
        Interval(max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at))
        for one in merge(intervals)
        for other in all_others
        if overlaps(one, other)
    ]


def _without(whole: Interval, holes: list[Interval]) -> list[Interval]:
    """The pieces of one interval outside sorted disjoint holes."""
    pieces: list[Interval] = []
    start = whole.starts_at
    for hole in holes:
        until = min(hole.starts_at, whole.ends_at)
        if start < until:
            pieces.append(Interval(start, until))
        start = max(start, hole.ends_at)
    if start < whole.ends_at:
        pieces.append(Interval(start, whole.ends_at))
    return pieces
