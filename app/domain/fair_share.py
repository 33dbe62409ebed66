"""Did each commune get its share? Hours held beside the time key in force on each day.

Where a commune joins or leaves in the middle, each dated period weighs by the hours held in it:
what the convention divides is the hours that were held, so each hour is divided by the key of its
own day. (The cost runs every day, held or not: `sharing.amounts_due` weighs by days.)
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.allotment import allot
from app.domain.cubes import TERRITORY
from app.domain.hours import HeldTime
from app.domain.sharing import WHOLE, SharingKey, key_on


@dataclass(frozen=True, slots=True)
class Share:
    """One commune over a period, in minutes and in hundredths of a percent (or of a point)."""

    held: int
    due: int
    """What the key gives it of the minutes that were held in communes."""
    held_hundredths: int
    due_hundredths: int
    spread: int
    """Its part of the time that is no commune's (visits without anybody, travel to meetings),
    by the same key; told beside, in no gap."""

    @property
    def gap(self) -> int:
        """Minutes held above what was due; under 0: still owed."""
        return self.held - self.due

    @property
    def gap_hundredths(self) -> int:
        """The same in hundredths of a point."""
        return self.held_hundredths - self.due_hundredths

    def is_within(self, tolerance: int) -> bool:
        """Whether the gap is at most that many hundredths of a point, either way."""
        return abs(self.gap_hundredths) <= tolerance


def shares(
    times: Iterable[HeldTime], keys: Sequence[SharingKey], first: date, last: date
) -> dict[str, Share]:
    """The share of each commune from `first` to `last` included, by INSEE code.

    `keys` are time keys, none overlapping another. Minutes of a commune outside the key of its
    day (it left, or never joined) count as held, and nothing as due. Gaps add up to 0, parts to
    100 % where anything was held. Raises KeyNotInForce for a day with time and without a key.
    """
    by_key = _minutes_by_key(times, keys, first, last)
    held: Counter[str] = Counter()
    due: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for key, minutes in by_key:
        unplaced = minutes.pop(TERRITORY, 0)
        held.update(minutes)
        due.update(allot(sum(minutes.values()), key.hundredths))
        spread.update(allot(unplaced, key.hundredths))
    codes = sorted({*held, *due})
    parts_held, parts_due = _parts(held, codes), _parts(due, codes)
    return {
        code: Share(held[code], due[code], parts_held[code], parts_due[code], spread[code])
        for code in codes
    }


def since_january(
    times: Iterable[HeldTime], keys: Sequence[SharingKey], last: date
) -> dict[str, Share]:
    """The same, cumulated since the first of January of that year."""
    return shares(times, keys, last.replace(month=1, day=1), last)


def projected(
    held: Iterable[HeldTime],
    planned: Iterable[HeldTime],
    keys: Sequence[SharingKey],
    period: tuple[date, date],
    today: date,
) -> dict[str, Share]:
    """The share at the end of the period, if all that is planned from today on is held.

    `held` counts before today, `planned` (openings after known absences) from today on, so that
    the day itself is counted once. Visits ahead are no commune's yet: they are in `spread`.
    """
    past = [each for each in held if each.on < today]
    ahead = [each for each in planned if each.on >= today]
    return shares([*past, *ahead], keys, *period)


def _minutes_by_key(
    times: Iterable[HeldTime], keys: Sequence[SharingKey], first: date, last: date
) -> list[tuple[SharingKey, dict[str, int]]]:
    minutes: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    in_force: dict[date, SharingKey] = {}
    for time in times:
        if first <= time.on <= last:
            key = key_on(keys, time.on)
            in_force[key.valid_from] = key
            minutes[key.valid_from][time.commune] += time.minutes
    return [(in_force[started], minutes[started]) for started in sorted(in_force)]


def _parts(minutes: Counter[str], codes: Iterable[str]) -> dict[str, int]:
    """Hundredths of a percent of each; all 0 where there is nothing."""
    counts = {code: minutes[code] for code in codes}
    return allot(WHOLE if any(counts.values()) else 0, counts)
