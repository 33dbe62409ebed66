"""What we write once it is over: « we missed you », and the three questions; when, if at all."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.half_year import HalfYear
from app.domain.messages import MessageKind
from app.domain.open_hours import OpenHours

MISSED_AFTER = timedelta(hours=2)
"""After the tick « absent »: time to correct it, and for the person to call by themselves."""
ASK_AT_HOUR = 10
ASK_WITHIN = timedelta(days=3)
"""Later than that, nobody remembers which help is meant."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Afterword:
    """A message for after the appointment; instants are UTC."""

    kind: MessageKind
    due_at: datetime
    expires_at: datetime


def missed(starts_at: datetime, ticked_at: datetime, hours: OpenHours) -> Afterword | None:
    """« Nous ne nous sommes pas vus aujourd’hui »: that very day, in open hours, or never."""
    due_at = ticked_at + MISSED_AFTER
    if not hours.is_open(due_at) or _day(due_at, hours) != _day(starts_at, hours):
        return None
    return Afterword(MessageKind.MISSED, due_at, hours.closing(due_at))


def questions(starts_at: datetime, ticked_at: datetime, hours: OpenHours) -> Afterword | None:
    """The three questions: the next day, or the first open one after it, from ten o'clock.

    Ticked later than that, they leave at the next open hour; after three days they no longer do.
    """
    hour = min(max(ASK_AT_HOUR, hours.from_hour), hours.until_hour - 1)
    planned_at = hours.next_at(hour, _day(starts_at, hours) + ONE_DAY)
    due_at = max(planned_at, hours.next_open(ticked_at))
    expires_at = planned_at + ASK_WITHIN
    return Afterword(MessageKind.SATISFACTION, due_at, expires_at) if due_at < expires_at else None


def half_year_start(at: datetime, hours: OpenHours) -> datetime:
    """When the half-year of that instant began: nobody is asked twice within one."""
    return hours.midnight(HalfYear.of(_day(at, hours)).first)


def _day(at: datetime, hours: OpenHours) -> date:
    return at.astimezone(hours.timezone).date()
