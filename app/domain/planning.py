"""What somebody plans: an absence, a closure. From days and parts of days to exact periods.

Days are local dates of the territory, the periods that come out of them UTC instants.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.calendar import ONE_DAY, at_wall_time, days_from, start_of_day
from app.domain.intervals import Interval
from app.domain.planning_errors import (
    EndBeforeStart,
    EndMissing,
    PeriodTooLong,
    StartPast,
)

MIDDAY = time(13)
"""Between the reception hours of the morning and those of the afternoon."""
LONGEST_DAYS = 366
ONE_WEEK = timedelta(weeks=1)


class PartOfDay(StrEnum):
    WHOLE = "journee"
    MORNING = "matin"
    AFTERNOON = "apres-midi"


@dataclass(frozen=True, slots=True)
class Days:
    """From one local date to another (None: the same), whole or by half, or once a week."""

    first: date
    last: date | None = None
    part: PartOfDay = PartOfDay.WHOLE
    is_weekly: bool = False
    """On the weekday of the first date, until the last one."""

    def check(self, today: date) -> None:
        """Raises StartPast, EndMissing (« chaque semaine » has an end), EndBeforeStart or
        PeriodTooLong.
        """
        if self.first < today:
            raise StartPast
        if self.is_weekly and self.last is None:
            raise EndMissing
        if self.until < self.first:
            raise EndBeforeStart
        if (self.until - self.first).days > LONGEST_DAYS:
            raise PeriodTooLong

    @property
    def until(self) -> date:
        """The last date, included."""
        return self.last or self.first

    def periods(self, timezone: ZoneInfo) -> list[Interval]:
        """The UTC instants, in order; days that follow each other are one period where whole."""
        if self.part is PartOfDay.WHOLE and not self.is_weekly:
            return [
                Interval(
                    start_of_day(self.first, timezone), start_of_day(self.until + ONE_DAY, timezone)
                )
            ]
        return [Interval(*self._hours(day, timezone)) for day in self._dates()]

    def _dates(self) -> Iterator[date]:
        step = ONE_WEEK if self.is_weekly else ONE_DAY
        return (day for day in days_from(self.first, self.until) if not (day - self.first) % step)

    def _hours(self, day: date, timezone: ZoneInfo) -> tuple[datetime, datetime]:
        starts_at, ends_at = start_of_day(day, timezone), start_of_day(day + ONE_DAY, timezone)
        midday = at_wall_time(day, MIDDAY, timezone)
        if self.part is PartOfDay.MORNING:
            return starts_at, midday
        return (midday, ends_at) if self.part is PartOfDay.AFTERNOON else (starts_at, ends_at)
