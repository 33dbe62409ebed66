"""What a board is asked: which half-years, of whom, for which readers, and until when."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.calendar import ONE_DAY
from app.domain.half_year import HalfYear


@dataclass(frozen=True, slots=True)
class Scope:
    """What a board is about: half-years, and a commune (INSEE code), or a counsellor, or all."""

    halves: tuple[HalfYear, ...]
    commune: str | None = None
    counsellor: tuple[int, str] | None = None
    """Id and code."""
    is_masked: bool = True
    """For readers outside the team."""
    with_shares: bool = False

    @property
    def year_before(self) -> tuple[HalfYear, ...]:
        return tuple(half.year_before for half in self.halves)

    @property
    def first(self) -> date:
        return self.halves[0].first

    @property
    def last(self) -> date:
        return self.halves[-1].last

    def share_half(self, today: date) -> HalfYear:
        """The half-year whose shares are told: of a year, the last one that has begun."""
        return max((half for half in self.halves if half.first <= today), default=self.halves[0])


class Until(NamedTuple):
    """The last days that are counted: hours are those held, so never those of today."""

    figures: date
    hours: date

    @property
    def year_before(self) -> "Until":
        """The last days of the same months a year before: cubes know months, not days."""
        return Until(*map(_end_of_month_before, self))


def _end_of_month_before(day: date) -> date:
    month = day.replace(year=day.year - 1, day=1)
    return (month + 31 * ONE_DAY).replace(day=1) - ONE_DAY
