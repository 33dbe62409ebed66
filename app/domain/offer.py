"""What is shown of the free times: remnants, ranking, a few a day (slots-calendar-threats §1.6).

Nothing here is random: support and tests must find the same times again. Dates are local.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from app.domain.calendar import ONE_DAY, PARIS, local_day
from app.domain.intervals import overlaps
from app.domain.slots import Judged, Refusal, RefusalCode, Slot

NOON = 12


class PartOfDay(StrEnum):
    """Morning: what starts before noon on the wall clock."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and the times shown on it, in order."""

    on: date
    slots: tuple[Slot, ...]


def without_stranding(slots: Iterable[Slot], timezone: ZoneInfo = PARIS) -> list[Slot]:
    """The slots that strand no remnant; where a dated opening has no other, all of its slots.

    The scope is one dated opening: one counsellor, one availability, one local date, even where an
    absence or a closure cut it in two.
    """
    slots = list(slots)
    spared = {_dated_opening(slot, timezone) for slot in slots if not slot.strands}
    return [
        slot for slot in slots if not slot.strands or _dated_opening(slot, timezone) not in spared
    ]


def mark_stranding(judged: Sequence[Judged], timezone: ZoneInfo = PARIS) -> list[Judged]:
    """The same candidates, those that `without_stranding` hides refused with STRANDS."""
    shown = set(without_stranding((each.slot for each in judged if not each.refusal), timezone))
    hidden = Refusal(RefusalCode.STRANDS)
    return [
        each if each.refusal or each.slot in shown else each._replace(refusal=hidden)
        for each in judged
    ]


def rank(slots: Iterable[Slot], own_commune_id: int | None = None) -> list[Slot]:
    """Soonest first; at the same time the resident's own commune, then the lowest ids."""

    def order(slot: Slot) -> tuple[datetime, bool, int, int, int]:
        commune_id = slot.place.commune_id
        is_elsewhere = commune_id != own_commune_id
        venue_id = slot.place.venue_id or 0
        return slot.starts_at, is_elsewhere, commune_id, venue_id, slot.counsellor_id

    return sorted(slots, key=order)


def one_per_time(ranked: Iterable[Slot]) -> list[Slot]:
    """A time at a place once, with the first who could hold it, however many could."""
    first_of: dict[tuple[datetime, object], Slot] = {}
    for slot in ranked:
        first_of.setdefault((slot.starts_at, slot.place), slot)
    return list(first_of.values())


def choose_times(
    slots: Iterable[Slot],
    per_day: int = 3,
    days: int = 2,
    part_of_day: PartOfDay | None = None,
    from_day: date | None = None,
    *,
    own_commune_id: int | None = None,
    timezone: ZoneInfo = PARIS,
) -> list[Day]:
    """The first `days` local dates that have a free time, at most `per_day` times on each.

    `slots` is sorted by start, as `find_slots` gives it, or a lazy chain of `iter_days`: reading
    stops with the last day shown. Which times of a day: see `spread`.
    """
    every_day = _offered_days(slots, part_of_day, from_day, own_commune_id, timezone)
    return [
        Day(on, tuple(spread(times, per_day, timezone))) for on, times in islice(every_day, days)
    ]


def next_page_day(
    slots: Iterable[Slot],
    shown: Sequence[Day],
    part_of_day: PartOfDay | None = None,
    *,
    timezone: ZoneInfo = PARIS,
) -> date | None:
    """The date that « Voir les dates suivantes » starts from; None where nothing is left."""
    if not shown:
        return None
    after = shown[-1].on + ONE_DAY
    days = _offered_days(slots, part_of_day, after, None, timezone)
    return next((on for on, _ in days), None)


def nearest(
    slots: Iterable[Slot],
    instant: datetime,
    n: int = 3,
    *,
    own_commune_id: int | None = None,
    timezone: ZoneInfo = PARIS,
) -> list[Slot]:
    """The n free times nearest to an instant (UTC), shown in order of time.

    For who has just lost that one; of two as near, the earlier is taken.
    """
    offered = one_per_time(rank(without_stranding(slots, timezone), own_commune_id))
    by_distance = sorted(offered, key=lambda slot: abs(slot.starts_at - instant))
    return rank(by_distance[:n], own_commune_id)


def spread(times: Sequence[Slot], per_day: int, timezone: ZoneInfo = PARIS) -> list[Slot]:
    """At most `per_day` times of one day that differ enough to be a choice, in the order given.

    Taken until there are enough: first the soonest of each half-day; then the soonest that overlaps
    none already taken; then the soonest. `times` is ranked.
    """

    def opens_half_day(slot: Slot, taken: list[Slot]) -> bool:
        return all(half_of(slot, timezone) != half_of(each, timezone) for each in taken)

    def stands_clear(slot: Slot, taken: list[Slot]) -> bool:
        return not any(overlaps(slot, each) for each in taken)

    taken: list[Slot] = []
    for is_wanted in (opens_half_day, stands_clear, lambda _slot, _taken: True):
        for slot in times:
            if len(taken) < per_day and slot not in taken and is_wanted(slot, taken):
                taken.append(slot)
    return [slot for slot in times if slot in taken]


def half_of(slot: Slot, timezone: ZoneInfo = PARIS) -> PartOfDay:
    """The half-day in which it starts, on the wall clock."""
    return half_at(slot.starts_at, timezone)


def half_at(instant: datetime, timezone: ZoneInfo = PARIS) -> PartOfDay:
    """The half-day of an instant, on the wall clock."""
    hour = instant.astimezone(timezone).hour
    return PartOfDay.MORNING if hour < NOON else PartOfDay.AFTERNOON


def _offered_days(
    slots: Iterable[Slot],
    part: PartOfDay | None,
    from_day: date | None,
    own_commune_id: int | None,
    timezone: ZoneInfo,
) -> Iterator[tuple[date, list[Slot]]]:
    """Every date with a time to show, and those times ranked, as far as the caller reads.

    Remnants are looked at before the half-day, so that a filter never brings a hidden time back.
    """
    for on, of_day in groupby(slots, key=lambda slot: local_day(slot.starts_at, timezone)):
        if from_day and on < from_day:
            continue
        ranked = one_per_time(rank(without_stranding(of_day, timezone), own_commune_id))
        times = [slot for slot in ranked if part in (None, half_of(slot, timezone))]
        if times:
            yield on, times


def _dated_opening(slot: Slot, timezone: ZoneInfo) -> tuple[int, int | None, date]:
    return slot.counsellor_id, slot.availability_id, local_day(slot.starts_at, timezone)
