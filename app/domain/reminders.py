"""Which reminder an appointment deserves, and when: one for each date it was given, never both.

Who booked early is reminded two days before (settings) at a decent hour. Who booked or moved after
that hour is reminded the evening before; who did it later still remembers without us. What would
fall on a Sunday or a holiday goes to an earlier day, never to a later one (product §20, law B30).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.messages import MessageKind
from app.domain.open_hours import OpenHours
from app.domain.settings import Settings

LAST_AT_HOUR = 18
"""« La veille »: people are at home, and can still tell us."""
USEFUL = timedelta(hours=2)
"""Nobody changes anything in less time before they leave home."""
ONE_DAY = timedelta(days=1)
MOST_SHIFT = timedelta(days=7)
"""No row of Sundays and holidays is as long: how much earlier a reminder may fall, hours apart."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said, from when on, and until when it is still of use; instants are UTC."""

    kind: MessageKind
    due_at: datetime
    expires_at: datetime

    def leaves_at(self, now: datetime, hours: OpenHours) -> datetime | None:
        """When it can leave, seen from now: its hour, or the next open one if that was missed.

        None: it would come too late to be of use.
        """
        at = self.due_at if now < self.due_at else hours.next_open(now)
        return at if at < self.expires_at else None


def reminder_for(
    starts_at: datetime, settled_at: datetime, settings: Settings, hours: OpenHours
) -> Reminder | None:
    """The one reminder of an appointment that starts then; None: no use any more.

    `settled_at` is when it was booked at that date, or moved to it (UTC).
    """
    expires_at = starts_at - USEFUL
    first_at = _first_at(starts_at, settings, hours)
    if settled_at < first_at:
        return Reminder(MessageKind.REMINDER, first_at, expires_at)
    last_at = hours.last_at(_within(LAST_AT_HOUR, hours), _local_day(starts_at, hours) - ONE_DAY)
    if settled_at < last_at < expires_at:
        return Reminder(MessageKind.LAST_REMINDER, last_at, expires_at)
    return None


def _first_at(starts_at: datetime, settings: Settings, hours: OpenHours) -> datetime:
    """That hour of the day that is so many hours before, or of the last open day before it."""
    hour = _within(settings.reminder_at_hour, hours)
    day = _local_day(starts_at - timedelta(hours=settings.reminder_hours_before), hours)
    first_at = hours.last_at(hour, day)
    while first_at >= starts_at - USEFUL:
        day -= ONE_DAY
        first_at = hours.last_at(hour, day)
    return first_at


def _local_day(at: datetime, hours: OpenHours) -> date:
    return at.astimezone(hours.timezone).date()


def _within(hour: int, hours: OpenHours) -> int:
    """The hour, or the nearest one at which we may write."""
    return min(max(hour, hours.from_hour), hours.until_hour - 1)
