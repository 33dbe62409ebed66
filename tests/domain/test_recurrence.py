"""The recurrence rule, against dateutil's reading of RFC 5545."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from app.domain.recurrence import Frequency, Recurrence, same_weeks

MONDAY = date(2026, 9, 7)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(Frequency))
    return Recurrence(
        frequency,
        weekday=draw(st.integers(0, 6)),
        every_weeks=draw(st.integers(1, 6)),
        first_on=draw(days),
        nth=draw(st.sampled_from([1, 2, 3, 4, 5, -1])),
        valid_from=draw(days),
        valid_until=draw(st.none() | days),
        skipped_dates=draw(st.frozensets(days, max_size=4)),
        extra_dates=draw(st.frozensets(days, max_size=4)),
    )


def by_rrule(rule: Recurrence, first: date, last: date) -> list[date]:
    """The same dates, as dateutil and plain sets find them."""
    anchor = datetime.combine(rule.first_on, datetime.min.time())
    end = datetime.combine(last, datetime.min.time())
    if rule.frequency is Frequency.WEEKLY:
        found = rrule(
            WEEKLY, interval=rule.every_weeks, dtstart=anchor, until=end, byweekday=rule.weekday
        )
    else:
        found = rrule(MONTHLY, dtstart=anchor, until=end, byweekday=weekday(rule.weekday, rule.nth))
    on_rule = {each.date() for each in found}
    last_valid = rule.valid_until or date.max
    return sorted(
        day
        for day in (on_rule | rule.extra_dates) - rule.skipped_dates
        if first <= day <= last and rule.valid_from <= day <= last_valid
    )


@given(recurrences(), days, st.integers(0, 400))
def test_the_dates_are_those_of_the_oracle(rule: Recurrence, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assert rule.dates(first, last) == by_rrule(rule, first, last)


@given(recurrences(), days, st.integers(0, 60), st.integers(1, 60))
def test_a_period_is_the_sum_of_its_parts(
    rule: Recurrence, first: date, one: int, other: int
) -> None:
    middle, last = first + timedelta(days=one), first + timedelta(days=one + other)
    parts = rule.dates(first, middle) + rule.dates(middle + timedelta(days=1), last)
    assert rule.dates(first, last) == parts


def fortnightly(**changes: Any) -> Recurrence:
    values: dict[str, Any] = {"first_on": MONDAY, "valid_from": MONDAY, "every_weeks": 2} | changes
    return Recurrence(Frequency.WEEKLY, 0, **values)


def test_a_new_version_keeps_the_anchor_and_so_its_weeks() -> None:
    old = fortnightly(valid_until=date(2026, 9, 30))
    new = fortnightly(valid_from=date(2026, 10, 1))
    autumn = (MONDAY, date(2026, 11, 1))
    assert old.dates(*autumn) + new.dates(*autumn) == fortnightly().dates(*autumn)
    assert new.dates(*autumn) == [date(2026, 10, 5), date(2026, 10, 19)]


def test_weeks_count_from_monday_whatever_the_day_of_the_anchor() -> None:
    sunday_anchor = fortnightly(first_on=date(2026, 9, 13))
    assert sunday_anchor.dates(MONDAY, date(2026, 10, 1)) == [date(2026, 9, 21)]


def test_an_earlier_start_keeps_the_weeks() -> None:
    """Saturday 5 December, every three weeks: from a later day on, the same anchor."""
    first = date(2026, 12, 5)
    for earlier, rounds in ((-9, 0), (0, 0), (1, 1), (21, 1), (22, 2)):
        start = first - timedelta(days=earlier)
        anchor = same_weeks(first, 3, start)
        assert anchor == first - timedelta(weeks=3) * rounds
        assert anchor <= max(first, start)


def test_an_extra_date_counts_inside_the_validity_only() -> None:
    outside, inside = date(2026, 9, 1), date(2026, 9, 9)
    rule = fortnightly(extra_dates=frozenset({outside, inside}))
    assert rule.dates(date(2026, 8, 1), date(2026, 9, 10)) == [MONDAY, inside]
    assert rule.is_extra(inside)
    assert not rule.is_extra(MONDAY)


def test_a_skipped_date_stays_planned() -> None:
    rule = fortnightly(skipped_dates=frozenset({MONDAY}))
    assert rule.dates(MONDAY, MONDAY) == []
    assert rule.planned_dates(MONDAY, MONDAY) == [MONDAY]
    assert rule.is_skipped(MONDAY)
    assert not rule.is_skipped(date(2026, 9, 21))


def test_a_version_replaced_before_it_began_has_no_date() -> None:
    rule = fortnightly(valid_until=MONDAY - timedelta(days=1), extra_dates=frozenset({MONDAY}))
    assert rule.dates(date(2026, 1, 1), date(2027, 1, 1)) == []


def test_a_month_without_a_fifth_monday_has_none() -> None:
    rule = Recurrence(Frequency.MONTHLY_NTH, 0, first_on=MONDAY, valid_from=MONDAY, nth=5)
    assert rule.dates(MONDAY, date(2026, 12, 31)) == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weekday": 7}, "weekday"),
        ({"weekday": -1}, "weekday"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"frequency": Frequency.MONTHLY_NTH}, "nth"),
        ({"frequency": Frequency.MONTHLY_NTH, "nth": 6}, "nth"),
        ({"frequency": Frequency.MONTHLY_NTH, "nth": 0}, "nth"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(changes: dict[str, Any], message: str) -> None:
    values: dict[str, Any] = {
        "frequency": Frequency.WEEKLY, "weekday": 0, "first_on": MONDAY, "valid_from": MONDAY
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        Recurrence(**(values | changes))
