"""The process that reads a stranger's agenda: START END ZONE SECONDS as words, the agenda as input.

Answers {"spans": [[start, end], …]} or {"failure": code of CalendarFailure}. It stands alone: it
starts for each agenda, so it must start quickly, and it knows no secret of the site.
"""

import json
import re
import resource
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

MOST_EVENTS = 5_000
MOST_MEMORY = 1024**3
ALWAYS_REFUSED = {"SECONDLY", "MINUTELY"}
OUR_OWN = re.compile(r"(rdv|route|atelier)-[0-9a-f-]{36}@")
"""Our own feed comes back where somebody has put it into their agenda: it is no news.

The public programme names its workshops alike: whoever follows it is busy with nothing of ours.
"""

Span = tuple[datetime, datetime]


class Unreadable(Exception):
    """The agenda cannot be understood, or must not be; its word is a code of CalendarFailure."""


def read_busy(body: bytes, start: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    """When the agenda is busy from `start` to `end`, in UTC, as it says it: unsorted, overlapping.

    A time without a zone is of `zone`. Free, cancelled and our own events do not count. Raises
    Unreadable.
    """
    if body.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable("TOO_MANY_EVENTS")
    try:
        spans = [
            _span(event, zone)
            for calendar in _calendars(body)
            for event in _occurrences(calendar, start, end)
            if _is_busy(event)
        ]
    except Unreadable:
        raise
    except Exception as failure:  # whatever the two libraries say of a broken event
        raise Unreadable("NOT_A_CALENDAR") from failure
    if len(spans) > MOST_EVENTS:
        raise Unreadable("TOO_MANY_EVENTS")
    return spans


def _calendars(body: bytes) -> list[Calendar]:
    found = Calendar.from_ical(body, multiple=True)
    calendars = [each for each in found if each.name == "VCALENDAR"]
    if not calendars:
        raise Unreadable("NOT_A_CALENDAR")
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            _check_rules(event)
    return calendars


def _check_rules(event: Any) -> None:
    """Raises Unreadable for what comes back too often to be an appointment."""
    for name in ("RRULE", "EXRULE"):
        rules = event.get(name, [])
        for rule in rules if isinstance(rules, list) else [rules]:
            frequencies = {str(each).upper() for each in rule.get("FREQ", [])}
            is_endless = not (rule.get("COUNT") or rule.get("UNTIL"))
            if frequencies & ALWAYS_REFUSED or ("HOURLY" in frequencies and is_endless):
                raise Unreadable("TOO_FREQUENT")


def _occurrences(calendar: Calendar, start: datetime, end: datetime) -> list[Any]:
    found = recurring_ical_events.of(calendar, components=["VEVENT"])
    return list(found.between(start, end))


def _is_busy(event: Any) -> bool:
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


def main() -> None:
    """Read, and say it in one line of JSON; ended by the system beyond the seconds given."""
    start, end, zone, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    window = datetime.fromisoformat(start), datetime.fromisoformat(end)
    try:
        spans = read_busy(sys.stdin.buffer.read(), *window, ZoneInfo(zone))
    except Unreadable as unreadable:
        answer: dict[str, object] = {"failure": str(unreadable)}
    else:
        answer = {"spans": [[each.isoformat() for each in span] for span in spans]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
