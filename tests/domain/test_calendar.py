"""Local days, working days and the days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.domain.calendar import (
    add_working_days,
    at_wall_time,
    days_from,
    is_working_day,
    local_day,
    start_of_day,
)

FRIDAY = date(2026, 12, 18)
HOLIDAYS = {date(2026, 12, 25): "Noël"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),
        (date(2026, 12, 27), False),
        (date(2026, 12, 28), True),
    ],
)
def test_a_working_day_is_monday_to_friday_and_no_holiday(day: date, expected: bool) -> None:
    assert is_working_day(day, HOLIDAYS) is expected


@pytest.mark.parametrize(
    ("today", "n", "expected"),
    [
        (date(2026, 12, 16), 0, date(2026, 12, 16)),
        (date(2026, 12, 16), 1, date(2026, 12, 17)),
        (FRIDAY, 1, date(2026, 12, 21)),
        (FRIDAY, 2, date(2026, 12, 22)),
        (date(2026, 12, 19), 1, date(2026, 12, 21)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 24), 2, date(2026, 12, 29)),
    ],
)
def test_working_days_jump_week_ends_and_holidays(today: date, n: int, expected: date) -> None:
    assert add_working_days(today, n, HOLIDAYS) == expected


def test_a_local_day_begins_before_the_utc_one() -> None:
    assert local_day(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert local_day(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert local_day(datetime(2026, 12, 1, 22, 59, tzinfo=UTC)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2027, 3, 28), 23),
        (date(2027, 10, 31), 25),
        (date(2027, 4, 1), 24),
    ],
)
def test_the_days_of_a_clock_change_last_23_and_25_hours(day: date, hours: int) -> None:
    length = start_of_day(day + timedelta(days=1)) - start_of_day(day)
    assert length == timedelta(hours=hours)


def test_a_repeated_wall_time_is_its_first_and_a_skipped_one_moves_forward() -> None:
    repeated = at_wall_time(date(2026, 10, 25), time(2, 30))
    skipped = at_wall_time(date(2026, 3, 29), time(2, 30))
    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_days_from_includes_both_ends() -> None:
    assert list(days_from(FRIDAY, FRIDAY)) == [FRIDAY]
    assert list(days_from(FRIDAY, FRIDAY - timedelta(days=1))) == []
    assert len(list(days_from(FRIDAY, FRIDAY + timedelta(days=6)))) == 7
