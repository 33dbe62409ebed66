"""Union, subtraction and intersection, against sets of minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intervals import (
    Interval,
    contains,
    intersect,
    merge,
    minutes,
    overlaps,
    subtract,
)

MIDNIGHT = datetime(2026, 9, 7, tzinfo=UTC)


def span(start: int, end: int) -> Interval:
    return Interval(MIDNIGHT + timedelta(minutes=start), MIDNIGHT + timedelta(minutes=end))


spans = st.lists(
    st.builds(
        lambda start, length: span(start, start + length), st.integers(0, 60), st.integers(1, 30)
    ),
    max_size=8,
)


def minute_set(intervals: list[Interval]) -> set[int]:
    return {
        minute
        for each in intervals
        for minute in range(
            (each.starts_at - MIDNIGHT) // timedelta(minutes=1),
            (each.ends_at - MIDNIGHT) // timedelta(minutes=1),
        )
    }


def is_normal(intervals: list[Interval]) -> bool:
    """Sorted, disjoint, and never touching."""
    return all(one.ends_at < other.starts_at for one, other in pairwise(intervals))


@given(spans, spans)
def test_the_three_operations_are_those_of_sets_of_minutes(
    some: list[Interval], others: list[Interval]
) -> None:
    before = list(some), list(others)
    assert minute_set(merge(some)) == minute_set(some)
    assert minute_set(subtract(some, others)) == minute_set(some) - minute_set(others)
    assert minute_set(intersect(some, others)) == minute_set(some) & minute_set(others)
    assert all(map(is_normal, (merge(some), subtract(some, others), intersect(some, others))))
    assert (some, others) == before


@given(spans)
def test_the_order_given_changes_nothing(some: list[Interval]) -> None:
    assert merge(some) == merge(reversed(some))


def test_intervals_that_touch_do_not_overlap_but_merge() -> None:
    assert not overlaps(span(0, 30), span(30, 60))
    assert overlaps(span(0, 31), span(30, 60))
    assert merge([span(30, 60), span(0, 30)]) == [span(0, 60)]


def test_a_hole_in_the_middle_leaves_two_pieces() -> None:
    assert subtract([span(0, 60)], [span(20, 30)]) == [span(0, 20), span(30, 60)]


def test_an_interval_contains_itself_but_nothing_that_sticks_out() -> None:
    assert contains(span(0, 60), span(0, 60))
    assert not contains(span(0, 60), span(1, 61))
    assert not contains(span(1, 60), span(0, 30))


def test_length_is_in_minutes() -> None:
    assert minutes(span(10, 55)) == 45


def test_intervals_sort_by_start_then_end() -> None:
    assert sorted([span(5, 9), span(0, 9), span(0, 5)]) == [span(0, 5), span(0, 9), span(5, 9)]


@pytest.mark.parametrize("end", [0, -1])
def test_an_interval_is_never_empty(end: int) -> None:
    with pytest.raises(ValueError, match="ends after"):
        span(0, end)


@pytest.mark.parametrize("zone", [None, ZoneInfo("Europe/Paris")])
def test_an_interval_is_in_utc(zone: ZoneInfo | None) -> None:
    local = datetime(2026, 9, 7, 9, tzinfo=zone)
    with pytest.raises(ValueError, match="UTC"):
        Interval(local, MIDNIGHT + timedelta(days=1))
    with pytest.raises(ValueError, match="UTC"):
        Interval(MIDNIGHT, local)
