"""The rule that says on which dates a block of reception hours comes back."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LAST = -1
ONE_WEEK = timedelta(weeks=1)


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY_NTH = "MONTHLY_NTH"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every n weeks on a weekday, or the nth such weekday of each month; skipped and extra dates.

    `first_on` anchors « every n weeks » (weeks start on Monday) and no date of the rule comes
    before it; a new version of an availability moves `valid_from` and keeps the anchor, so that
    even and odd weeks do not swap. Skipped and extra dates count inside the validity only: two
    versions that carry the same extra date do not both hold it.
    Raises ValueError for a weekday, a number of weeks or an `nth` that means nothing.
    """

    frequency: Frequency
    weekday: int
    """0 is Monday."""
    first_on: date
    valid_from: date
    valid_until: date | None = None
    """Last day in force; before `valid_from` where the version never came into force."""
    every_weeks: int = 1
    nth: int | None = None
    """1 to 5, or -1 for the last; months without a fifth one have none."""
    skipped_dates: frozenset[date] = frozenset()
    extra_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError("weekday goes from 0 (Monday) to 6")
        if self.every_weeks < 1:
            raise ValueError("every_weeks is at least 1")
        if self.frequency is Frequency.MONTHLY_NTH and self.nth not in (1, 2, 3, 4, 5, LAST):
            raise ValueError("nth goes from 1 to 5, or is -1 for the last")

    def dates(self, first: date, last: date) -> list[date]:
        """The dates on which the block is held, from `first` to `last` included, in order."""
        return [day for day in self.planned_dates(first, last) if day not in self.skipped_dates]

    def planned_dates(self, first: date, last: date) -> list[date]:
        """The dates of the rule and the extra ones, skipped ones included, in order."""
        first = max(first, self.valid_from)
        last = min(last, self.valid_until or date.max)
        by_rule = (day for day in self._weekdays(max(first, self.first_on), last) if self._has(day))
        extra = (day for day in self.extra_dates if first <= day <= last)
        return sorted({*by_rule, *extra})

    def is_extra(self, day: date) -> bool:
        """Whether the date was added by hand: it holds even on a public holiday."""
        return day in self.extra_dates

    def is_skipped(self, day: date) -> bool:
        """Whether the date was cancelled by hand."""
        return day in self.skipped_dates

    def _weekdays(self, first: date, last: date) -> list[date]:
        if first > last:
            return []
        to_weekday = timedelta(days=(self.weekday - first.weekday()) % 7)
        weeks = range(((last - first - to_weekday) // ONE_WEEK) + 1)
        return [first + to_weekday + ONE_WEEK * week for week in weeks]

    def _has(self, day: date) -> bool:
        """Whether the rule keeps that date, which falls on the right weekday."""
        if self.frequency is Frequency.WEEKLY:
            return _weeks_between(self.first_on, day) % self.every_weeks == 0
        if self.nth == LAST:
            return (day + ONE_WEEK).month != day.month
        return (day.day - 1) // 7 + 1 == self.nth


def same_weeks(first_on: date, every_weeks: int, starts_on: date) -> date:
    """The anchor of the same weeks for a rule that holds from `starts_on` on: where that is before
    `first_on`, it goes back by whole rounds, so that even and odd weeks do not swap.
    """
    one_round = ONE_WEEK * every_weeks
    early = max(first_on - starts_on, timedelta())
    return first_on - one_round * -(-early // one_round)


def _weeks_between(one: date, other: date) -> int:
    """Calendar weeks, Monday to Sunday, from one date to another."""
    return (
        (other - timedelta(days=other.weekday())) - (one - timedelta(days=one.weekday()))
    ).days // 7
