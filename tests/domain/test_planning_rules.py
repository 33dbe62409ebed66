"""Availabilities as somebody plans them: what is refused, and what only deserves a word."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from app.domain.availability import AvailabilityKind
from app.domain.errors import DomainError
from app.domain.planning_errors import (
    EndBeforeStart,
    HoursInOrder,
    HoursTooShort,
    StartPast,
)
from app.domain.planning_rules import (
    Caution,
    Rule,
    WarningKind,
    holiday_cautions,
    neighbour_cautions,
    town_hall_caution,
)
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    LIBRARY,
    MONDAY,
    SECOND,
    TRAVEL,
    TUESDAY,
    at,
    openings_on,
    permanence,
    visits,
)

TODAY = date(2026, 9, 1)
RULE = Rule(
    ALICE, AvailabilityKind.PERMANENCE, "hall", (), 0, 1, None, time(9), time(12),
    MONDAY, None, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"starts_on": date(2026, 8, 31)}, StartPast),
        ({"ends_on": date(2026, 9, 6)}, EndBeforeStart),
        ({"to_time": time(9)}, HoursInOrder),
        ({"to_time": time(8)}, HoursInOrder),
        ({"to_time": time(9, 44)}, HoursTooShort),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        replace(RULE, **changes).check(TODAY, 45)


def test_today_one_day_and_the_shortest_appointment_are_fine() -> None:
    replace(RULE, starts_on=TODAY, ends_on=TODAY, to_time=time(9, 45)).check(TODAY, 45)


HOURS = [
    {"weekday": 0, "from": "08:30", "to": "12:00"},
    {"weekday": 0, "from": "13:30", "to": "17:00"},
]


@pytest.mark.parametrize(
    ("weekday", "hours", "is_whole_day"),
    [
        (0, (time(9), time(12)), None),
        (0, (time(14), time(17)), None),
        (0, (time(11), time(14)), False),
        (0, (time(8), time(10)), False),
        (2, (time(9), time(12)), True),
    ],
)
def test_a_town_hall_that_is_closed_is_told(
    weekday: int, hours: tuple[time, time], is_whole_day: bool | None
) -> None:
    found = town_hall_caution(HOURS, weekday, hours)
    assert (found and found.is_whole_day) == is_whole_day


def test_a_town_hall_whose_hours_nobody_knows_is_not() -> None:
    assert town_hall_caution([], 0, (time(9), time(12))) is None


def test_holidays_are_told_by_name() -> None:
    named = {TUESDAY: "Fête"}
    assert holiday_cautions([MONDAY, TUESDAY], named) == [
        Caution(WarningKind.HOLIDAY, on=TUESDAY, name="Fête")
    ]


def cautions(*others: Any, own: Any = None) -> list[Caution]:
    mine = openings_on(MONDAY, own or permanence(1))
    rest = [each for other in others for each in openings_on(MONDAY, other)]
    return neighbour_cautions(mine, rest, TRAVEL)


def test_a_colleague_at_the_same_place_and_hour_is_told_once() -> None:
    there = permanence(2, who=BOB, hours=("11:00", "13:00"))
    expected = Caution(WarningKind.COLLEAGUE_THERE, on=MONDAY, counsellor_id=BOB, place=HALL)
    assert cautions(there, replace(there, id=3)) == [expected]


def test_a_colleague_elsewhere_or_later_is_not() -> None:
    assert cautions(
        permanence(2, who=BOB, place=LIBRARY),
        permanence(3, who=BOB, hours=("12:00", "13:00")),
        visits(4, who=BOB, hours=("9:00", "12:00")),
    ) == []  # fmt: skip


def test_a_road_too_long_before_it_is_told_with_the_first_hour() -> None:
    before = permanence(2, place=SECOND, hours=("7:00", "8:40"))
    assert cautions(before) == [
        Caution(WarningKind.ROAD, on=MONDAY, place=SECOND, minutes=25, first_at=at(MONDAY, "9:05"))
    ]
    assert cautions(permanence(2, place=SECOND, hours=("7:00", "8:35"))) == []


def test_a_road_too_long_after_it_is_told() -> None:
    after = permanence(2, place=SECOND, hours=("12:20", "14:00"))
    assert cautions(after) == [Caution(WarningKind.ROAD, on=MONDAY, place=SECOND, minutes=25)]
    assert cautions(permanence(2, place=SECOND, hours=("12:25", "14:00"))) == []


def test_visits_and_other_days_are_left_out() -> None:
    elsewhere = openings_on(TUESDAY, permanence(2, place=SECOND))
    mine = openings_on(MONDAY, permanence(1))
    assert neighbour_cautions(mine, elsewhere, TRAVEL) == []
    assert cautions(permanence(2, place=SECOND, hours=("12:01", "14:00")), own=visits(1)) == []
