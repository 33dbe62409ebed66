"""From days and halves of days to exact periods."""

from datetime import UTC, date, datetime

import pytest

from app.domain.calendar import PARIS
from app.domain.errors import DomainError
from app.domain.intervals import Interval
from app.domain.planning import Days, PartOfDay
from app.domain.planning_errors import (
    EndBeforeStart,
    EndMissing,
    PeriodTooLong,
    StartPast,
)

MONDAY = date(2026, 11, 23)


def utc(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "periods"),
    [
        (Days(MONDAY), [(utc(22, 23), utc(23, 23))]),
        (Days(MONDAY, date(2026, 11, 25)), [(utc(22, 23), utc(25, 23))]),
        (Days(MONDAY, part=PartOfDay.MORNING), [(utc(22, 23), utc(23, 12))]),
        (
            Days(MONDAY, date(2026, 11, 24), PartOfDay.AFTERNOON),
            [(utc(23, 12), utc(23, 23)), (utc(24, 12), utc(24, 23))],
        ),
        (
            Days(MONDAY, date(2026, 12, 6), is_weekly=True),
            [(utc(22, 23), utc(23, 23)), (utc(29, 23), utc(30, 23))],
        ),
    ],
)
def test_periods_are_local_days_and_halves(
    days: Days, periods: list[tuple[datetime, datetime]]
) -> None:
    assert days.periods(PARIS) == [Interval(*each) for each in periods]


def test_a_day_of_25_hours_is_whole() -> None:
    (period,) = Days(date(2026, 10, 25)).periods(PARIS)
    assert period == Interval(utc(24, 22, 10), utc(25, 23, 10))


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        (Days(date(2026, 11, 22)), StartPast),
        (Days(MONDAY, is_weekly=True), EndMissing),
        (Days(MONDAY, date(2026, 11, 22)), StartPast),
        (Days(date(2026, 11, 25), date(2026, 11, 24)), EndBeforeStart),
        (Days(MONDAY, date(2027, 11, 25)), PeriodTooLong),
    ],
)
def test_what_makes_no_sense_is_refused(days: Days, refusal: type[DomainError]) -> None:
    today = MONDAY if days.last != date(2026, 11, 22) else date(2026, 11, 24)
    with pytest.raises(refusal):
        days.check(today)


def test_today_and_a_whole_year_are_fine() -> None:
    Days(MONDAY, date(2027, 11, 24)).check(MONDAY)
