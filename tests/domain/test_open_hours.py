"""The hours at which we may write first: law B30, on nights when the clock changes too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.open_hours import OpenHours

PARIS = ZoneInfo("Europe/Paris")
CHRISTMAS, SAINT_STEPHEN = date(2026, 12, 25), date(2026, 12, 26)
HOURS = OpenHours(8, 20, PARIS, frozenset({CHRISTMAS, SAINT_STEPHEN}))


def paris(text: str) -> datetime:
    """That wall time in Paris, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T19:59:59", True),
        ("2026-11-23T20:00", False),
        ("2026-11-22T12:00", False),
        ("2026-12-25T12:00", False),
        ("2026-12-28T12:00", True),
    ],
)
def test_hours_sundays_and_holidays(at: str, is_open: bool) -> None:
    assert HOURS.is_open(paris(at)) is is_open


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-11-23T12:34:56", "2026-11-23T12:34:56"),
        ("2026-11-23T06:00", "2026-11-23T08:00"),
        ("2026-11-23T20:00", "2026-11-24T08:00"),
        ("2026-11-21T20:00", "2026-11-23T08:00"),
        ("2026-11-22T03:00", "2026-11-23T08:00"),
        ("2026-12-24T20:00", "2026-12-28T08:00"),
        ("2027-03-27T23:00", "2027-03-29T08:00"),
        ("2026-10-24T23:00", "2026-10-26T08:00"),
    ],
)
def test_the_next_open_instant(at: str, then: str) -> None:
    assert HOURS.next_open(paris(at)) == paris(then)


@pytest.mark.parametrize(
    ("lost", "then"),
    [
        ("2026-11-23T20:30", "2026-11-23T20:00"),  # today
        ("2026-11-24T07:30", "2026-11-23T20:00"),  # before we open
        ("2026-11-24T08:00", "2026-11-23T20:00"),
        ("2026-11-24T08:01", "2026-11-24T08:00"),
        ("2026-11-23T19:59", "2026-11-24T08:00"),  # it has begun: nobody sets out
    ],
)
def test_what_is_off_is_told_before_anybody_sets_out(lost: str, then: str) -> None:
    later = paris("2026-12-01T10:00")
    assert HOURS.in_time(paris("2026-11-23T20:00"), [later, paris(lost)]) == paris(then)


@pytest.mark.parametrize(
    ("at", "since"),
    [
        ("2026-11-23T08:00", None),
        ("2026-11-23T20:00", "2026-11-23T20:00"),
        ("2026-11-24T07:59", "2026-11-23T20:00"),
        ("2026-11-22T21:00", "2026-11-21T20:00"),
        ("2026-11-23T06:00", "2026-11-21T20:00"),
        ("2026-12-28T06:00", "2026-12-24T20:00"),
    ],
)
def test_since_when_it_is_closed(at: str, since: str | None) -> None:
    assert HOURS.closed_since(paris(at)) == (since and paris(since))


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 11, 23), "2026-11-23T10:00"),
        (date(2026, 11, 22), "2026-11-21T10:00"),
        (date(2026, 12, 27), "2026-12-24T10:00"),
        (date(2027, 3, 28), "2027-03-27T10:00"),
    ],
)
def test_an_hour_of_a_closed_day_falls_on_the_last_open_one(day: date, then: str) -> None:
    assert HOURS.last_at(10, day) == paris(then)


@pytest.mark.parametrize(
    ("at", "hours", "then"),
    [
        ("2026-11-23T10:00", 4, "2026-11-23T14:00"),
        ("2026-11-23T18:00", 4, "2026-11-24T10:00"),
        ("2026-11-23T08:00", 12, "2026-11-23T20:00"),
        ("2026-11-23T22:00", 4, "2026-11-24T12:00"),
        ("2026-11-23T10:00", 24, "2026-11-25T10:00"),
        ("2026-11-21T19:00", 4, "2026-11-23T11:00"),
        ("2026-12-24T19:00", 2, "2026-12-28T09:00"),
    ],
)
def test_time_is_counted_within_the_hours_only(at: str, hours: int, then: str) -> None:
    assert HOURS.add(paris(at), timedelta(hours=hours)) == paris(then)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))


@given(instants)
def test_waiting_leads_to_an_open_instant_and_no_further(at: datetime) -> None:
    opened = HOURS.next_open(at)
    assert HOURS.is_open(opened)
    assert at <= opened <= at + timedelta(days=5)
    assert opened == at or not HOURS.is_open(opened - timedelta(microseconds=1))


@given(instants, st.integers(0, 11 * 60), st.integers(0, 11 * 60))
def test_counting_in_two_times_is_counting_once(at: datetime, first: int, then: int) -> None:
    one, other = timedelta(minutes=first), timedelta(minutes=then)
    assert HOURS.add(HOURS.add(at, one), other) == HOURS.add(at, one + other) or not then


@given(instants, st.integers(8, 19))
def test_an_hour_never_moves_to_a_later_day(at: datetime, hour: int) -> None:
    day = at.astimezone(PARIS).date()
    found = HOURS.last_at(hour, day).astimezone(PARIS)
    assert (found.hour, found.minute) == (hour, 0)
    assert found.date() <= day
    assert HOURS.is_open(found)
