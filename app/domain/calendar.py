"""Local days and working days: what a date means to the people of the territory.

Instants are aware UTC datetimes everywhere; a day, « le matin » or « demain » is local.
"""

from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)
SATURDAY = 5


def local_day(instant: datetime, timezone: ZoneInfo = PARIS) -> date:
    """The local date of an aware instant."""
    return instant.astimezone(timezone).date()


def at_wall_time(day: date, wall_time: time, timezone: ZoneInfo = PARIS) -> datetime:
    """The UTC instant at which the clock on the wall shows that time on that day.

    A time that a clock change repeats is its first occurrence; one that it skips is read with the
    offset before the change (02:30 becomes 03:30): both are what `zoneinfo` does with fold=0.
    """
    return datetime.combine(day, wall_time, timezone).astimezone(UTC)


def start_of_day(day: date, timezone: ZoneInfo = PARIS) -> datetime:
    """The UTC instant of local midnight; the next one is 23, 24 or 25 hours later."""
    return at_wall_time(day, time.min, timezone)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def is_working_day(day: date, holidays: Container[date]) -> bool:
    """Whether it is a Monday to Friday that is no public holiday (product §20)."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(today: date, n: int, holidays: Container[date]) -> date:
    """The n-th working day after today, whatever the hour; today itself for 0 (product §20)."""
    day = today
    for _ in range(n):
        day += ONE_DAY
        while not is_working_day(day, holidays):
            day += ONE_DAY
    return day
