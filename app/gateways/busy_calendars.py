"""Read when an agenda says that somebody is busy, from the bytes of a stranger.

Its title, its place and its people are never looked at. A rule that repeats for ever is worked out
in a process of its own, which has so many seconds and so much memory, and is then ended.
"""

import json
import os
import subprocess  # nosec B404 - our own interpreter, with words of ours
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.busy_calendars import CalendarFailure
from app.domain.intervals import Interval

PROCESS = Path(__file__).with_name("busy_calendars_process.py")
CPU_SECONDS = 10
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}
"""All that the process inherits: the secrets of the site stay with the site."""
LONGEST_SECONDS = 60.0
"""By the clock on the wall: a busy machine gives few of its seconds."""

Span = tuple[datetime, datetime]


class CalendarUnreadable(Exception):
    """The agenda cannot be understood, or must not be; `failure` says why."""

    def __init__(self, failure: CalendarFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def read_busy(
    body: bytes, window: Interval, zone: ZoneInfo, *, cpu_seconds: int = CPU_SECONDS
) -> list[Span]:
    """When the agenda is busy inside the window, in UTC, unsorted and overlapping.

    Raises CalendarUnreadable, within so many seconds of the processor.
    """
    words = [window.starts_at.isoformat(), window.ends_at.isoformat(), str(zone), str(cpu_seconds)]
    try:
        told = subprocess.run(  # noqa: S603 # nosec B603 - no word of it is theirs
            [sys.executable, "-I", PROCESS, *words],
            input=body,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
            env=ENVIRONMENT,
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
