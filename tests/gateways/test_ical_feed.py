"""A calendar feed: golden bytes, read back by two parsers, and fed with nasty words."""

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.domain.feeds import FeedEntry, Journey
from app.gateways.ical_feed import FeedHead, render_feed
from tests.support.feed_sample import (
    BUSY,
    BUSY_VISIT,
    CANCELLED,
    DETAIL,
    DETAIL_VISIT,
    HEAD,
    ROAD,
    SHARED,
)
from tests.support.golden import assert_golden
from tests.support.sources import ROOT

READER = ROOT / "tests/gateways/read_calendar.mjs"
FEEDS: dict[str, tuple[list[FeedEntry], list[Journey]]] = {
    "feed-busy": ([BUSY, BUSY_VISIT], []),
    "feed-detail": ([DETAIL, DETAIL_VISIT], [ROAD]),
    "feed-shared": ([SHARED], []),
    "feed-cancelled": ([CANCELLED, replace(DETAIL, sequence=3, is_cancelled=True)], []),
    "feed-empty": ([], []),
}


def rendered(name: str) -> bytes:
    return render_feed(HEAD, *FEEDS[name])


def read_by_thunderbird(content: bytes) -> Any:
    told = subprocess.run(
        ["node", READER], input=content, capture_output=True, check=True, cwd=ROOT, timeout=60
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("name", FEEDS)
def test_golden(name: str) -> None:
    assert_golden(f"ics/{name}.ics", rendered(name))


@pytest.mark.parametrize("name", FEEDS)
def test_the_same_facts_give_the_same_bytes(name: str) -> None:
    assert rendered(name) == rendered(name)


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    content = rendered("feed-detail")
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert not content.startswith(b"\xef\xbb\xbf")
    for line in (
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
        b"DTSTART:20261208T090000Z",
        b"DTSTAMP:20261122T101530Z",
        b"LAST-MODIFIED:20261122T101530Z",
    ):
        assert line in lines


def test_python_reads_back_what_was_meant() -> None:
    calendar = Calendar.from_ical(rendered("feed-detail"))
    at_venue, visit, road = calendar.walk("VEVENT")
    assert "METHOD" not in calendar
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Coclic’O – Jeanne"
    assert at_venue["UID"] == f"rdv-{BUSY.uid}@rendez-vous.example.fr"
    assert (at_venue["SUMMARY"], at_venue["STATUS"], at_venue["TRANSP"]) == (
        "Rose S.", "CONFIRMED", "OPAQUE",
    )  # fmt: skip
    assert at_venue["URL"] == DETAIL.record_url
    assert at_venue["SEQUENCE"] == 2
    assert at_venue.start == BUSY.starts_at
    assert visit["LOCATION"] == DETAIL_VISIT.place
    assert "entre 14" in visit["DESCRIPTION"]
    assert (road["SUMMARY"], road.start) == ("Route 15 min", ROAD.starts_at)
    assert all(event.DTSTAMP == event.LAST_MODIFIED for event in calendar.walk("VEVENT"))
    assert not calendar.walk("VALARM")


def test_the_busy_level_says_hours_and_places_only() -> None:
    for event in Calendar.from_ical(rendered("feed-busy")).walk("VEVENT"):
        assert event["SUMMARY"] == "Occupé"
        assert not {"DESCRIPTION", "URL", "ATTENDEE", "ORGANIZER", "CONTACT"} & set(event)


def test_a_cancelled_one_says_so_and_frees_the_time() -> None:
    busy, detail = Calendar.from_ical(rendered("feed-cancelled")).walk("VEVENT")
    assert busy["SUMMARY"] == "ANNULÉ – Occupé"
    assert detail["SUMMARY"] == "ANNULÉ – Rose S."
    for event in (busy, detail):
        assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert event["SEQUENCE"] == 3


@pytest.mark.parametrize("name", FEEDS)
def test_thunderbird_reads_the_same(name: str) -> None:
    content = rendered(name)
    seen, events = read_by_thunderbird(content), Calendar.from_ical(content).walk("VEVENT")
    assert seen["name"] == "Coclic’O – Jeanne"
    assert seen["refresh"] == "PT1H"
    assert seen["components"] == ["vevent"] * len(events)
    for told, event in zip(seen["events"], events, strict=True):
        assert told["uid"] == event["UID"]
        assert told["summary"] == event["SUMMARY"]
        assert told["location"] == event.get("LOCATION")
        assert told["description"] == event.get("DESCRIPTION")
        assert datetime.fromisoformat(told["start"]) == event.start
        assert datetime.fromisoformat(told["end"]) == event.end


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        render_feed(HEAD, [replace(BUSY, starts_at=datetime(2026, 12, 8, 9))])


def test_clock_changes_keep_the_instant() -> None:
    for day in (24, 25, 26):
        starts_at = datetime(2026, 10, day, 8, tzinfo=UTC)
        entry = replace(BUSY, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        (event,) = Calendar.from_ical(render_feed(HEAD, [entry])).walk("VEVENT")
        assert event.start == starts_at


NASTY = st.text(
    st.sampled_from("\r\n\x00\x0b\x1b\x85\u2028\u2029\t;,\\\":'é😀{}=BEGINEND:V") | st.characters(
        exclude_categories=["Cs"]
    ),
    max_size=60,
).map(lambda text: f"{text}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nX-EVIL:1")  # fmt: skip


def nasty_feed(name: str, person: str, place: str, bring: str, counsellor: str) -> bytes:
    head = FeedHead("feed-3", name, HEAD.host, HEAD.timezone)
    told = {"place": place, "person": person, "bring": bring, "counsellor": counsellor}
    return render_feed(head, [replace(DETAIL_VISIT, **told), BUSY], [ROAD])


@settings(deadline=None)
@given(NASTY, NASTY, NASTY, NASTY, NASTY)
def test_no_word_can_add_a_component_or_a_property(
    name: str, person: str, place: str, bring: str, counsellor: str
) -> None:
    content = nasty_feed(name, person, place, bring, counsellor)
    calendar = Calendar.from_ical(content)
    plain = Calendar.from_ical(render_feed(HEAD, [DETAIL_VISIT, BUSY], [ROAD]))
    assert [part.name for part in calendar.walk()] == [part.name for part in plain.walk()]
    assert [set(part) for part in calendar.walk()] == [set(part) for part in plain.walk()]
    assert len(content.decode().splitlines()) == content.count(b"\r\n")


WORST = [f"a{end}END:VEVENT{end}BEGIN:VEVENT{end}X-EVIL:1" for end in ("\r", "\n", "\r\n")]
WORST += ["\x00\x0b\x85\u2028\u2029", ';,\\":', '"\\', "😀" * 40, "é" * 80, ""]


def test_nor_for_thunderbird() -> None:
    head = replace(HEAD, name="".join(WORST))
    told = [{"place": text, "person": text, "bring": text, "counsellor": text} for text in WORST]
    feed = [replace(DETAIL_VISIT, **each) for each in told]
    seen = read_by_thunderbird(render_feed(head, feed, [ROAD]))
    assert seen["components"] == ["vevent"] * (len(WORST) + 1)
    (plain, *_) = read_by_thunderbird(render_feed(HEAD, [DETAIL_VISIT]))["events"]
    *events, _road = seen["events"]
    assert [each["properties"] for each in events[:-1]] == [plain["properties"]] * len(events[:-1])
