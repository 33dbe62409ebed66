"""Read when an agenda says that somebody is busy, from the bytes of a stranger.

Its title, its place and its people are never looked at. A rule that repeats for ever is worked out
in a process of its own, which has so many seconds and so much memory, and is then ended.
"""

import json
import re
import subprocess  # nosec B404 - our own interpreter, with words of ours
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from app.domain.busy_calendars import MOST_EVENTS, CalendarFailure
from app.domain.intervals import Interval

LONGEST_SECONDS = 10.0
ROOT = Path(__file__).parents[2]
PROCESS = "app.gateways.busy_calendars_process"
ALWAYS_REFUSED = {"SECONDLY", "MINUTELY"}
OUR_OWN = re.compile(r"(rdv|route)-[0-9a-f-]{36}@")
"""Our own feed comes back where somebody has put it into their agenda: it is no news."""

Span = tuple[datetime, datetime]


class CalendarUnreadable(Exception):
    """The agenda cannot be understood, or must not be; `failure` says why."""

    def __init__(self, failure: CalendarFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def read_busy_apart(
    body: bytes, window: Interval, zone: ZoneInfo, *, seconds: float = LONGEST_SECONDS
) -> list[Span]:
    """`read_busy` in a process of its own, ended after so many seconds.

    Raises CalendarUnreadable.
    """
    words = [window.starts_at.isoformat(), window.ends_at.isoformat(), str(zone)]
    command = [sys.executable, "-m", PROCESS, *words]
    try:
        told = subprocess.run(  # noqa: S603 # nosec B603 - no word of it is theirs
            command, input=body, capture_output=True, timeout=seconds, check=True, cwd=ROOT
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failure:
        raise CalendarUnreadable(CalendarFailure.TOO_LONG) from failure
    answer = json.loads(told.stdout)
    if "failure" in answer:
        raise CalendarUnreadable(CalendarFailure(answer["failure"]))
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in answer["spans"]
    ]


def read_busy(body: bytes, window: Interval, zone: ZoneInfo) -> list[Span]:
    """When the agenda is busy inside the window, in UTC, as it says it: unsorted, overlapping.

    A time without a zone is of `zone`. Free, cancelled and our own events do not count. Raises
    CalendarUnreadable.
    """
    if body.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise CalendarUnreadable(CalendarFailure.TOO_MANY_EVENTS)
    spans = [
        _span(event, zone)
        for calendar in _calendars(body)
        for event in _occurrences(calendar, window)
        if _is_busy(event)
    ]
    if len(spans) > MOST_EVENTS:
        raise CalendarUnreadable(CalendarFailure.TOO_MANY_EVENTS)
    return spans


def _calendars(body: bytes) -> list[Calendar]:
    try:
        found = Calendar.from_ical(body, multiple=True)
    except (ValueError, IndexError, KeyError) as failure:
        raise CalendarUnreadable(CalendarFailure.NOT_A_CALENDAR) from failure
    calendars = [each for each in found if each.name == "VCALENDAR"]
    if not calendars:
        raise CalendarUnreadable(CalendarFailure.NOT_A_CALENDAR)
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            _check_rules(event)
    return calendars


def _check_rules(event: Component) -> None:
    """Raises CalendarUnreadable for what comes back too often to be an appointment."""
    for name in ("RRULE", "EXRULE"):
        rules = event.get(name, [])
        for rule in rules if isinstance(rules, list) else [rules]:
            frequencies = {str(each).upper() for each in rule.get("FREQ", [])}
            is_endless = not (rule.get("COUNT") or rule.get("UNTIL"))
            if frequencies & ALWAYS_REFUSED or ("HOURLY" in frequencies and is_endless):
                raise CalendarUnreadable(CalendarFailure.TOO_FREQUENT)


def _occurrences(calendar: Component, window: Interval) -> list[Any]:
    try:
        found = recurring_ical_events.of(calendar, components=["VEVENT"])
        return list(found.between(window.starts_at, window.ends_at))
    except CalendarUnreadable:
        raise
    except Exception as failure:  # whatever the two libraries say of a broken event
        raise CalendarUnreadable(CalendarFailure.NOT_A_CALENDAR) from failure


def _is_busy(event: Component) -> bool:
    return not (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
        or OUR_OWN.match(str(event.get("UID", "")))
    )


def _span(event: Any, zone: ZoneInfo) -> Span:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start
    if not isinstance(start, datetime) and end <= start:
        end = start + timedelta(days=1)
    return _instant(start, zone), _instant(end, zone)


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day starts at midnight there."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)
