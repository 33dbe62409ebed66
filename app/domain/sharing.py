"""Sharing keys: who pays which part of the cost, and which part of the time each commune is due.

Parts are integer hundredths of a percent; a commune is named by its INSEE code, a payer that is
no commune by its own. Keys are dated. Shares of time: `fair_share`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.domain.allotment import allot
from app.domain.calendar import ONE_DAY
from app.domain.sharing_errors import (
    KeyEmpty,
    KeyEndsBeforeStart,
    KeyNotInForce,
    KeyPartWrong,
    KeysOverlap,
    KeySumWrong,
    PayerTwice,
    PopulationMissing,
    TimeWithoutAccess,
)

WHOLE = 10_000
"""One hundred percent, in hundredths of a percent."""


class KeyKind(StrEnum):
    COST = "COST"
    TIME = "TIME"


@dataclass(frozen=True, slots=True)
class Part:
    """What one payer bears, or what one commune is due."""

    code: str
    hundredths: int
    is_commune: bool = True
    has_access: bool = True
    """Whether its people may come: a commune may pay without it, a body has no people."""

    @property
    def gets_time(self) -> bool:
        return self.is_commune and self.has_access


@dataclass(frozen=True, slots=True)
class SharingKey:
    """The parts of a period, both days included; without a last day: still in force."""

    kind: KeyKind
    valid_from: date
    parts: tuple[Part, ...]
    valid_until: date | None = None
    population_vintage: int | None = None
    """The year of the census that it follows; None: percentages of the convention."""

    @property
    def hundredths(self) -> dict[str, int]:
        """The part of each code."""
        return {part.code: part.hundredths for part in self.parts}

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def within(self, first: date, last: date) -> "SharingKey | None":
        """The part of it in force between these days, both included; None where it is not."""
        begins, ends = max(self.valid_from, first), min(self.valid_until or last, last)
        return replace(self, valid_from=begins, valid_until=ends) if begins <= ends else None

    def check(self) -> None:
        """Raises KeyEmpty, PayerTwice, KeyPartWrong, TimeWithoutAccess, KeySumWrong or
        KeyEndsBeforeStart.
        """
        if not self.parts:
            raise KeyEmpty
        _check_parts(self.parts, self.kind)
        if (told := sum(self.hundredths.values())) != WHOLE:
            raise KeySumWrong(hundredths=told)
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise KeyEndsBeforeStart(valid_from=self.valid_from)


def _check_parts(parts: Iterable[Part], kind: KeyKind) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.code in seen:
            raise PayerTwice(code=part.code)
        if not 0 <= part.hundredths <= WHOLE:
            raise KeyPartWrong(code=part.code)
        if kind is KeyKind.TIME and part.hundredths and not part.gets_time:
            raise TimeWithoutAccess(code=part.code)
        seen.add(part.code)


def check_keys(keys: Iterable[SharingKey]) -> None:
    """Check each key, and that two of one kind are never told for one day.

    One without a last day of its own ends before the next (`in_turn`). Raises what
    `SharingKey.check` raises, or KeysOverlap.
    """
    by_kind: dict[KeyKind, SharingKey] = {}
    for key in sorted(keys, key=lambda each: each.valid_from):
        key.check()
        before = by_kind.get(key.kind)
        if before is not None and (
            before.valid_from == key.valid_from
            or (before.valid_until is not None and before.is_valid(key.valid_from))
        ):
            raise KeysOverlap(kind=key.kind, first=key.valid_from)
        by_kind[key.kind] = key


def by_population(
    populations: Mapping[str, int],
    valid_from: date,
    vintage: int,
    valid_until: date | None = None,
    without_access: Iterable[str] = (),
) -> SharingKey:
    """The cost key pro rata of inhabitants, to the hundredth of a percent (ties by INSEE code).

    `without_access` names communes that pay and whose people may not come.
    Raises KeyEmpty or PopulationMissing.
    """
    if not populations:
        raise KeyEmpty
    for code, people in populations.items():
        if people <= 0:
            raise PopulationMissing(code=code)
    outside = frozenset(without_access)
    parts = tuple(
        Part(code, hundredths, has_access=code not in outside)
        for code, hundredths in allot(WHOLE, populations).items()
    )
    return SharingKey(KeyKind.COST, valid_from, parts, valid_until, vintage)


def time_key(cost: SharingKey) -> SharingKey:
    """The default time key: the cost key of the communes that have access, made 100 % again.

    A commune that pays without access gets 0; a payer that is no commune is not in it. Raises
    KeyEmpty where no commune with access pays anything.
    """
    due = {part.code: part.hundredths for part in cost.parts if part.gets_time}
    if not any(due.values()):
        raise KeyEmpty
    shares = allot(WHOLE, due)
    parts = tuple(
        Part(part.code, shares.get(part.code, 0), has_access=part.has_access)
        for part in cost.parts
        if part.is_commune
    )
    return SharingKey(
        KeyKind.TIME, cost.valid_from, parts, cost.valid_until, cost.population_vintage
    )


def time_keys(keys: Sequence[SharingKey]) -> list[SharingKey]:
    """How time is divided: the agreed time keys; outside them, what the cost keys imply.

    A cost that no commune with access bears implies no key of time.

    Sorted by date; never two on one day where the keys passed `check_keys`.
    """
    agreed = [key for key in keys if key.kind is KeyKind.TIME]
    implied = [
        piece
        for cost in keys
        if cost.kind is KeyKind.COST and any(p.gets_time and p.hundredths for p in cost.parts)
        for piece in outside(time_key(cost), agreed)
    ]
    return sorted([*agreed, *implied], key=lambda each: each.valid_from)


def outside(key: SharingKey, others: Sequence[SharingKey]) -> Iterator[SharingKey]:
    """The parts of the key in which none of the others is in force, in order."""
    for first, last in _periods_outside(key, others):
        yield replace(key, valid_from=first, valid_until=last)


def check_fits(key: SharingKey, others: Iterable[SharingKey]) -> None:
    """A new key among those of its kind, as they were agreed: `in_turn` says until when each holds.

    Raises KeysOverlap where another begins on the same day, or before the last day that it has.
    """
    last = key.valid_until or key.valid_from
    for other in others:
        if key.valid_from <= other.valid_from <= last:
            raise KeysOverlap(kind=key.kind, first=other.valid_from)


def in_turn(keys: Iterable[SharingKey]) -> list[SharingKey]:
    """Keys of one kind as they are in force: each until its own last day, or the next one begins.

    So one typed far ahead blocks none before it, and one that is withdrawn leaves no trace. After
    the last day that a key has of its own, what the payers imply is in force again.
    """
    ordered = sorted(keys, key=lambda each: each.valid_from)
    return [
        replace(each, valid_until=min(each.valid_until or date.max, following.valid_from - ONE_DAY))
        for each, following in pairwise(ordered)
    ] + ordered[-1:]


def _periods_outside(
    key: SharingKey, others: Sequence[SharingKey]
) -> Iterator[tuple[date, date | None]]:
    first, last = key.valid_from, key.valid_until or date.max
    for other in sorted(others, key=lambda each: each.valid_from):
        until = other.valid_until or date.max
        if until < first or other.valid_from > last:
            continue
        if first < other.valid_from:
            yield first, other.valid_from - ONE_DAY
        if until >= last:
            return
        first = until + ONE_DAY
    yield first, key.valid_until


def key_on(keys: Iterable[SharingKey], day: date) -> SharingKey:
    """The key in force that day, among keys of one kind. Raises KeyNotInForce."""
    for key in keys:
        if key.is_valid(day):
            return key
    raise KeyNotInForce(day=day)


def half_days_due(half_days: int, key: SharingKey) -> dict[str, int]:
    """A fair allotment of whole half-days to the communes of a time key (ties by INSEE code)."""
    return allot(half_days, key.hundredths)


def amounts_due(cents: int, keys: Sequence[SharingKey], first: date, last: date) -> dict[str, int]:
    """The cost of a period by payer, to the cent; `keys` are cost keys.

    Where the key changes in between, the cost is first split by days, since it runs every day;
    then each part by its key. Ties go to the smallest INSEE code. Raises KeyNotInForce for a day
    without a key.
    """
    periods: dict[str, SharingKey] = {}
    days: Counter[str] = Counter()
    for number in range((last - first).days + 1):
        key = key_on(keys, first + number * ONE_DAY)
        periods[key.valid_from.isoformat()] = key
        days[key.valid_from.isoformat()] += 1
    due: Counter[str] = Counter()
    for started, part in allot(cents, days).items():
        due.update(allot(part, periods[started].hundredths))
    return dict(due)
