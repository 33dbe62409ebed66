"""Busy times from a counsellor's own agenda: in pieces, on nobody's road, trusted for a time."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.busy_calendars import LONGEST_PIECE, busy_pieces, calendar_address, closes_at
from app.domain.errors import DomainError
from app.domain.intervals import Interval
from app.domain.settings import Settings
from app.domain.slots import Busy, RefusalCode
from app.domain.staff_errors import (
    CalendarAddressMissing,
    CalendarAddressTooLong,
    CalendarAddressWrong,
)
from tests.domain.builders import (
    ALICE,
    BOB,
    MONDAY,
    SECOND,
    at,
    facts,
    free_starts,
    permanence,
    refusals,
    visit_wish,
    visits,
    wish,
)

NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Interval(NINE, NINE + timedelta(days=10))


def span(start: float, end: float) -> tuple[datetime, datetime]:
    """Hours after nine."""
    return NINE + start * HOUR, NINE + end * HOUR


def test_what_overlaps_is_told_once_inside_the_window() -> None:
    pieces = busy_pieces([span(5, 6), span(1, 3), span(2, 4), span(-2, 0.5), span(-9, -8)], WINDOW)
    assert pieces == [Interval(*span(0, 0.5)), Interval(*span(1, 4)), Interval(*span(5, 6))]


def test_a_long_one_is_cut_into_days() -> None:
    pieces = busy_pieces([span(-24, 1000)], WINDOW)
    assert len(pieces) == 10
    assert {each.ends_at - each.starts_at for each in pieces} == {LONGEST_PIECE}
    assert [each.ends_at for each in pieces[:-1]] == [each.starts_at for each in pieces[1:]]


@pytest.mark.parametrize("empty", [span(1, 1), span(2, 1)])
def test_what_takes_no_time_is_left_out(empty: tuple[datetime, datetime]) -> None:
    assert busy_pieces([empty], WINDOW) == []


def test_the_times_close_after_the_hours_of_the_setting() -> None:
    assert closes_at(NINE, 24) == NINE + timedelta(days=1)
    assert Settings().busy_calendar_stale_hours == 24


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://agenda.example/a.ics?b=c ", "https://agenda.example/a.ics?b=c"),
        ("webcal://agenda.example/a", "https://agenda.example/a"),
        ("WEBCAL://agenda.example:8443/a", "https://agenda.example:8443/a"),
    ],
)
def test_an_address_is_taken_as_it_was_copied(typed: str, address: str) -> None:
    assert calendar_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", CalendarAddressMissing),
        ("  ", CalendarAddressMissing),
        ("https://a.example/" + "x" * 2000, CalendarAddressTooLong),
        ("http://a.example/", CalendarAddressWrong),
        ("ftp://a.example/", CalendarAddressWrong),
        ("file:///etc/passwd", CalendarAddressWrong),
        ("a.example", CalendarAddressWrong),
        ("https://", CalendarAddressWrong),
        ("https://user:secret@a.example/", CalendarAddressWrong),
        ("https://a.example:99999/", CalendarAddressWrong),
        ("https://a.example:0/", CalendarAddressWrong),
        ("https://[::1/", CalendarAddressWrong),
        ("https://a.example/\r\nHost: b", CalendarAddressWrong),
        ("https://a.example/a b", CalendarAddressWrong),
    ],
)
def test_another_address_is_refused(typed: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        calendar_address(typed)


def busy(who: int, start: str, end: str) -> tuple[Busy]:
    return (Busy(who, at(MONDAY, start), at(MONDAY, end)),)


def test_nothing_is_offered_over_a_busy_time_and_no_road_is_added() -> None:
    known = facts(permanence(hours=("9:00", "12:00")), busy=busy(ALICE, "10:00", "11:00"))
    assert free_starts(known, wish()) == ["9:00", "9:15", "11:00", "11:15"]
    refusal = refusals(known, wish())["10:15"]
    assert refusal is not None
    assert (refusal.code, refusal.other, refusal.minutes) == (RefusalCode.ENGAGED, None, None)


def test_the_buffer_holds_around_it() -> None:
    known = facts(
        permanence(hours=("9:00", "12:00")),
        busy=busy(ALICE, "10:00", "10:30"),
        settings=Settings(travel_buffer_minutes=15),
    )
    assert free_starts(known, wish(minutes=30)) == [
        "9:00",
        "9:15",
        "10:45",
        "11:00",
        "11:15",
        "11:30",
    ]
    assert refusals(known, wish(minutes=30))["9:30"].code is RefusalCode.BUFFER_AFTER  # type: ignore[union-attr]
    assert refusals(known, wish(minutes=30))["10:30"].code is RefusalCode.BUFFER_BEFORE  # type: ignore[union-attr]


def test_a_visit_is_not_offered_over_it_either() -> None:
    known = facts(visits(hours=("14:00", "17:00")), busy=busy(ALICE, "14:00", "15:00"))
    assert free_starts(known, visit_wish(2)) == ["15:00", "15:15", "15:30"]


def test_a_colleague_is_not_busy() -> None:
    held = permanence(1, ALICE), permanence(2, BOB, SECOND)
    known = facts(*held, busy=busy(BOB, "0:00", "23:59"))
    assert free_starts(known, wish(2)) == []
    assert free_starts(known, wish(1)) == free_starts(facts(*held), wish(1))
