"""The process that reads a stranger's agenda: START END ZONE as words, the agenda on its input.

Answers {"spans": [[start, end], …]} or {"failure": code}. Run by `busy_calendars`, never imported.
"""

import json
import resource
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.intervals import Interval
from app.gateways.busy_calendars import CalendarUnreadable, read_busy

MOST_MEMORY = 1024**3


def main() -> None:
    """Read, and say it in one line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    start, end, zone = sys.argv[1:]
    window = Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))
    try:
        spans = read_busy(sys.stdin.buffer.read(), window, ZoneInfo(zone))
    except CalendarUnreadable as unreadable:
        answer: dict[str, object] = {"failure": unreadable.failure.value}
    else:
        answer = {"spans": [[each.isoformat() for each in span] for span in spans]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
