"""Two rules that would put one counsellor at two places at once."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from app.domain.availability import AvailabilityKind
from app.domain.recurrence import LAST, Frequency
from app.domain.timetable_entries import DeclaredAvailability
from app.domain.timetable_overlaps import overlapping, recurrence_of

MONDAY = date(2026, 11, 23)
NEXT_MONDAY = date(2026, 11, 30)
RULE = DeclaredAvailability(
    code="un",
    counsellor="jeanne",
    kind=AvailabilityKind.PERMANENCE,
    venue="mairie-amont",
    communes=(),
    weekday=0,
    every_weeks=1,
    nth=None,
    first_on=None,
    from_time=time(9),
    to_time=time(12),
    valid_from=None,
    valid_until=None,
    skipped_dates=(),
    extra_dates=(),
    desk_until_days=None,
)


def first_clash(one: dict[str, Any], other: dict[str, Any]) -> date | None:
    rules = replace(RULE, **one), replace(RULE, **{"code": "deux", **other})
    return next((day for _, _, day in overlapping(rules, MONDAY)), None)


EVERY_TWO = {"every_weeks": 2, "first_on": MONDAY}

CLASHES: list[tuple[dict[str, Any], dict[str, Any], date]] = [
    ({}, {}, MONDAY),
    ({}, {"from_time": time(11, 45), "to_time": time(13)}, MONDAY),
    ({}, {"valid_from": date(2027, 1, 1)}, date(2027, 1, 4)),
    ({"valid_from": date(2026, 11, 1)}, {"valid_from": date(2026, 11, 1)}, date(2026, 11, 2)),
    ({"skipped_dates": (MONDAY,)}, {}, NEXT_MONDAY),
    (EVERY_TWO, EVERY_TWO, MONDAY),
    ({}, {"nth": 1}, date(2026, 12, 7)),
    (EVERY_TWO, {"nth": 5}, date(2027, 3, 29)),
    ({"nth": 5}, {"nth": LAST}, NEXT_MONDAY),
    # They meet for the first time years later.
    ({"every_weeks": 12, "first_on": MONDAY}, {"nth": 5}, date(2030, 7, 29)),
]


@pytest.mark.parametrize(("one", "other", "day"), CLASHES)
def test_a_common_date_and_hour_is_found(
    one: dict[str, Any], other: dict[str, Any], day: date
) -> None:
    assert first_clash(one, other) == day
    assert first_clash(other, one) == day


APART: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"counsellor": "karim"}),
    ({}, {"weekday": 1}),
    ({}, {"from_time": time(12), "to_time": time(15)}),
    ({"valid_until": date(2026, 12, 31)}, {"valid_from": date(2027, 1, 1)}),
    (EVERY_TWO, {"every_weeks": 2, "first_on": NEXT_MONDAY}),
    ({"nth": 1}, {"nth": 2}),
    # An extra date moves a session for one day: it wins, and that is what it is for.
    ({}, {"weekday": 1, "extra_dates": (MONDAY,)}),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_rules_that_never_meet_are_left_alone(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert first_clash(one, other) is None


def test_a_rule_without_a_start_holds_from_the_day_the_file_takes_effect() -> None:
    recurrence = recurrence_of(RULE, MONDAY)
    assert (recurrence.first_on, recurrence.valid_from) == (MONDAY, MONDAY)
    assert recurrence.frequency is Frequency.WEEKLY


def test_the_anchor_of_the_weeks_may_be_older_than_the_rule() -> None:
    rule = replace(RULE, first_on=date(2024, 1, 1), valid_from=NEXT_MONDAY, every_weeks=2)
    recurrence = recurrence_of(rule, MONDAY)
    assert (recurrence.first_on, recurrence.valid_from) == (date(2024, 1, 1), NEXT_MONDAY)


def test_an_nth_weekday_is_a_monthly_rule() -> None:
    recurrence = recurrence_of(replace(RULE, nth=LAST, skipped_dates=(MONDAY,)), MONDAY)
    assert (recurrence.frequency, recurrence.nth) == (Frequency.MONTHLY_NTH, LAST)
    assert recurrence.skipped_dates == {MONDAY}
