"""The hours at which the service may write to somebody first (law B30), in local time.

An answer to what a person has just done leaves at any hour; what we start waits for these.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From an hour to an hour of each day, except Sundays and public holidays."""

    from_hour: int
    until_hour: int
    timezone: ZoneInfo
    holidays: Container[date]

    def is_open(self, at: datetime) -> bool:
        """Whether that instant is within the hours; the last one is already outside."""
        local = at.astimezone(self.timezone)
        return self.is_open_day(local.date()) and self.from_hour <= local.hour < self.until_hour

    def is_open_day(self, day: date) -> bool:
        """Neither a Sunday nor a public holiday."""
        return day.weekday() != SUNDAY and day not in self.holidays

    def closed_since(self, at: datetime) -> datetime | None:
        """When the hours before that instant ended (UTC); None within the hours."""
        if self.is_open(at):
            return None
        day = at.astimezone(self.timezone).date()
        return self.last_at(self.until_hour, day if at >= self.closing(at) else day - ONE_DAY)

    def next_open(self, at: datetime) -> datetime:
        """That instant, or the first one after it that is within the hours (UTC)."""
        if self.is_open(at):
            return at.astimezone(UTC)
        day = at.astimezone(self.timezone).date()
        if at >= self._instant(day, self.from_hour):
            day += ONE_DAY
        while not self.is_open_day(day):
            day += ONE_DAY
        return self._instant(day, self.from_hour)

    def in_time(self, at: datetime, lost: Iterable[datetime]) -> datetime:
        """When to tell that these times (UTC) are off, so that nobody sets out for nothing.

        At once where one of them is still to come today or begins before the next open hour;
        otherwise within the hours (UTC).
        """
        opens, today = self.next_open(at), at.astimezone(self.timezone).date()
        to_come = [each for each in lost if each > at]
        is_urgent = any(
            each <= opens or each.astimezone(self.timezone).date() == today for each in to_come
        )
        return at.astimezone(UTC) if is_urgent else opens

    def last_at(self, hour: int, day: date) -> datetime:
        """That hour of that day, or of the last day before it that is open (UTC)."""
        while not self.is_open_day(day):
            day -= ONE_DAY
        return self._instant(day, hour)

    def next_at(self, hour: int, day: date) -> datetime:
        """That hour of that day, or of the first day after it that is open (UTC)."""
        while not self.is_open_day(day):
            day += ONE_DAY
        return self._instant(day, hour)

    def closing(self, at: datetime) -> datetime:
        """When the hours of that local day end (UTC)."""
        return self._instant(at.astimezone(self.timezone).date(), self.until_hour)

    def midnight(self, day: date) -> datetime:
        """When that local day begins (UTC)."""
        return self._instant(day, 0)

    def add(self, at: datetime, length: timedelta) -> datetime:
        """The instant when so much time has passed, counted within the hours only (UTC)."""
        at = self.next_open(at)
        while at + length > self.closing(at):
            length -= self.closing(at) - at
            at = self.next_open(self.closing(at))
        return at + length

    def _instant(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.timezone).astimezone(UTC)
