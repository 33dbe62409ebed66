"""When a stranger's agenda says busy: read exactly, or refused as a whole."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.busy_calendars import CalendarFailure
from app.domain.intervals import Interval
from app.gateways import busy_calendars, busy_calendars_process
from app.gateways.busy_calendars import CalendarUnreadable, read_busy
from app.gateways.busy_calendars_process import Unreadable
from app.gateways.ical_feed import render_feed
from tests.support.agenda_file import (
    EVERY_SECOND_OF_THE_DAY,
    HEAD,
    HOSTILE,
    TAIL,
    agenda,
    taken,
)
from tests.support.feed_sample import BUSY, ROAD
from tests.support.feed_sample import HEAD as FEED_HEAD

PARIS = ZoneInfo("Europe/Paris")
WINDOW = Interval(datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2027, 1, 23, 23, tzinfo=UTC))
NINE = "20261124T090000Z"


def read_here(body: bytes, window: Interval = WINDOW) -> list[busy_calendars.Span]:
    """In this process, where it can be looked at."""
    return busy_calendars_process.read_busy(body, window.starts_at, window.ends_at, PARIS)


def told(body: bytes) -> list[str]:
    """« 24T09:00-24T10:00 » in UTC, in order of time."""
    spans = sorted(read_here(body))
    return [f"{start:%m-%dT%H:%M}/{end:%m-%dT%H:%M}" for start, end in spans]


def failure(body: bytes) -> CalendarFailure:
    with pytest.raises(Unreadable) as unreadable:
        read_here(body)
    return CalendarFailure(str(unreadable.value))


@pytest.mark.parametrize(
    ("event", "spans"),
    [
        (taken(NINE, "20261124T100000Z"), ["11-24T09:00/11-24T10:00"]),
        (taken("20261124T090000", "20261124T100000"), ["11-24T08:00/11-24T09:00"]),
        (taken(NINE, None, "DURATION:PT90M"), ["11-24T09:00/11-24T10:30"]),
        (
            (
                "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART;VALUE=DATE:20261125\r\nDTEND;VALUE=DATE:20261127\r\nEND:VEVENT\r\n"
            ),
            ["11-24T23:00/11-26T23:00"],
        ),
        (
            (
                "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART;VALUE=DATE:20261125\r\nEND:VEVENT\r\n"
            ),
            ["11-24T23:00/11-25T23:00"],
        ),
        (
            (
                "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART;TZID=America/New_York:20261124T090000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
            ),
            ["11-24T14:00/11-24T15:00"],
        ),
        (taken("20261120T090000Z", "20261123T100000Z"), ["11-20T09:00/11-23T10:00"]),
        (taken("20261101T090000Z", "20261101T100000Z"), []),
        (taken("20300101T090000Z", "20300101T100000Z"), []),
    ],
    ids=["utc", "floating", "duration", "days", "a day", "zone", "before", "past", "far"],
)
def test_one_event_is_read_as_it_was_meant(event: str, spans: list[str]) -> None:
    assert told(agenda(event)) == spans


def test_what_comes_back_is_worked_out_with_its_exceptions() -> None:
    weekly = taken(
        "20200107T090000Z", "20200107T100000Z",
        "RRULE:FREQ=WEEKLY;BYDAY=TU", "EXDATE:20261201T090000Z",
    )  # fmt: skip
    moved = taken("20261208T140000Z", "20261208T150000Z", "RECURRENCE-ID:20261208T090000Z")
    found = told(agenda(weekly, moved))
    assert found[:3] == [
        "11-24T09:00/11-24T10:00", "12-08T14:00/12-08T15:00", "12-15T09:00/12-15T10:00",
    ]  # fmt: skip
    assert len(found) == 8


def test_wall_time_is_kept_when_the_clocks_change() -> None:
    window = Interval(datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
    daily = (
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nRRULE:FREQ=DAILY\r\n"
        "DTSTART;TZID=Europe/Paris:20260101T090000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    )
    spans = sorted(read_here(agenda(daily), window))
    assert [start.hour for start, _ in spans] == [7, 7, 8, 8]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)
def test_what_is_free_is_not_busy(line: str) -> None:
    assert told(agenda(taken(NINE, "20261124T100000Z", line))) == []


@pytest.mark.parametrize("line", ["TRANSP:OPAQUE", "STATUS:TENTATIVE"])
def test_what_may_be_busy_is(line: str) -> None:
    assert len(told(agenda(taken(NINE, "20261124T100000Z", line)))) == 1


def test_our_own_feed_comes_back_unheard() -> None:
    workshop = replace(BUSY, workshop="Découvrir la tablette")
    content = render_feed(FEED_HEAD, [BUSY, workshop], [ROAD])
    assert b"UID:atelier-" in content
    assert told(content) == []
    renamed = content.replace(b"UID:rdv-", b"UID:x-")
    assert len(told(renamed)) == 1


def test_several_calendars_in_one_file_are_all_read() -> None:
    first, second = agenda(taken(NINE, "20261124T100000Z")), agenda(taken("20261125T090000Z"))
    assert len(told(first + second)) == 2


def test_an_empty_agenda_is_free() -> None:
    assert told(agenda()) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_comes_back_too_often_is_refused(name: str) -> None:
    assert failure(HOSTILE[name]) is CalendarFailure.TOO_FREQUENT


def test_hourly_until_some_hour_is_an_agenda() -> None:
    body = agenda(taken(NINE, None, "DURATION:PT10M", "RRULE:FREQ=HOURLY;COUNT=3"))
    assert len(told(body)) == 3


def test_five_thousand_events_and_no_more() -> None:
    events = [taken("20200101T000000Z", uid=f"{number}@a") for number in range(5001)]
    assert failure(agenda(*events)) is CalendarFailure.TOO_MANY_EVENTS


def test_nor_five_thousand_times() -> None:
    every_quarter = "RRULE:FREQ=DAILY;BYHOUR={};BYMINUTE=0,15,30,45".format(
        ",".join(map(str, range(24)))
    )
    assert failure(agenda(taken("20261101T000000Z", None, every_quarter))) is (
        CalendarFailure.TOO_MANY_EVENTS
    )


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00\xff\xfe", b"<!doctype html><title>Se connecter</title>",
        HEAD.encode(), f"{HEAD}BEGIN:VEVENT\r\n{TAIL}".encode(), b"BEGIN:VTODO\r\nEND:VTODO\r\n",
        agenda(taken("hier")), agenda(taken(NINE, None, "RRULE:FREQ=SOMETIMES")),
        agenda(taken(NINE, None, "RRULE:FREQ=DAILY;UNTIL=jamais")),
        b"BEGIN:VCALENDAR\r\n" * 500,
    ],
)  # fmt: skip
def test_what_is_no_calendar_is_refused_as_a_whole(body: bytes) -> None:
    """VTODO is iCalendar's word for a task: alone, it is no agenda (RFC 5545 §3.6.2)."""
    assert failure(body) is CalendarFailure.NOT_A_CALENDAR


def test_its_own_process_says_the_same() -> None:
    body = agenda(taken("20200107T090000Z", "20200107T100000Z", "RRULE:FREQ=WEEKLY"))
    assert read_busy(body, WINDOW, PARIS) == read_here(body)


def unreadable(body: bytes, cpu_seconds: int = 10) -> CalendarFailure:
    with pytest.raises(CalendarUnreadable) as refused:
        read_busy(body, WINDOW, PARIS, cpu_seconds=cpu_seconds)
    return refused.value.failure


def test_its_own_process_fails_the_same() -> None:
    assert unreadable(HOSTILE["secondly"]) is CalendarFailure.TOO_FREQUENT


def test_a_work_without_end_is_ended() -> None:
    assert unreadable(EVERY_SECOND_OF_THE_DAY, cpu_seconds=2) is CalendarFailure.TOO_LONG


def test_waiting_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_calendars, "LONGEST_SECONDS", 0.01)
    assert unreadable(agenda()) is CalendarFailure.TOO_LONG


def test_the_process_inherits_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever a stranger's agenda makes the libraries do, no key of the site is there to read."""
    monkeypatch.setenv("SECRET_KEY", "never-to-be-seen")
    process = tmp_path / "process.py"
    process.write_text(
        "import json, os, pathlib\n"
        "pathlib.Path(__file__).with_suffix('.seen').write_text(' '.join(os.environ))\n"
        "print(json.dumps({'spans': []}))\n"
    )
    monkeypatch.setattr(busy_calendars, "PROCESS", process)
    assert read_busy(b"", WINDOW, PARIS) == []
    seen = set(process.with_suffix(".seen").read_text().split())
    assert {"PATH", "LANG"} <= seen <= {"PATH", "LANG", "LC_CTYPE"}
