"""Rates, percentages and comparisons."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointment import CancelledBy
from app.domain.cubes import Entry, volumes
from app.domain.statistics import (
    Change,
    Figures,
    Outcomes,
    Seat,
    compare,
    mean_delay_days,
    percentages,
    portion,
    presence_rate,
    within,
)
from app.domain.workshops import ParticipationState
from tests.domain.records import A_DAY, ARVERT, BREUILLET, one, workshop

TOLD = [one(), one(BREUILLET, is_already_helped=True), workshop(attended=10)]


def test_an_activity_is_one_whoever_came() -> None:
    cube = volumes([Entry(record, A_DAY) for record in TOLD])
    assert within(cube) == Figures(3, 12, 1, 10, 1, 210)
    in_arvert = within(cube, lambda key: key.commune == ARVERT)
    assert in_arvert == Figures(2, 11, 1, 10, 0, 165)
    assert in_arvert.mean_minutes == Fraction(165, 2)
    nothing = within(cube, lambda key: key.month == date(2026, 1, 1))
    assert nothing.mean_minutes is None


def test_a_cancelled_appointment_is_no_absence() -> None:
    outcomes = Outcomes(7, 1, 5, 2, 60) + Outcomes(2, 0, 1, 0, 6)
    assert outcomes == Outcomes(9, 1, 6, 2, 66)
    assert presence_rate(outcomes) == Fraction(9, 10)
    assert mean_delay_days(outcomes) == Fraction(66, 10)
    assert presence_rate(Outcomes(cancelled_by_person=3)) is None
    assert mean_delay_days(Outcomes(cancelled_by_service=3)) is None


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 10**6), max_size=8))
def test_percentages_add_up_to_one_hundred(counts: dict[str, int]) -> None:
    for whole in (100, 1000):
        told = percentages(counts, whole)
        assert (told is None) == (not any(counts.values()))
        assert told is None or sum(told.values()) == whole


def test_a_rate_among_nobody_is_unknown() -> None:
    assert portion(1, 3) == Fraction(1, 3)
    assert portion(0, 0) is None


@pytest.mark.parametrize(
    ("now", "before", "difference", "percent"),
    [
        (12, 10, 2, 20),
        (10, 12, -2, -17),
        (201, 200, 1, 1),
        (199, 200, -1, -1),
        (1001, 1000, 1, 0),
        (5, 0, 5, None),
        (5, None, None, None),
    ],
)
def test_a_figure_stands_beside_last_year(
    now: int, before: int | None, difference: int | None, percent: int | None
) -> None:
    change = Change(now, before)
    assert (change.difference, change.percent) == (difference, percent)


def test_each_line_is_compared() -> None:
    assert compare({"a": 1, "b": 2}, {"b": 1, "c": 4}) == {
        "a": Change(1, 0),
        "b": Change(2, 1),
        "c": Change(0, 4),
    }
    assert compare({"a": 1}, None) == {"a": Change(1, None)}


EXCUSED, ATTENDED, ABSENT = ParticipationState
PERSON, SERVICE = CancelledBy


@pytest.mark.parametrize(
    ("seat", "told"),
    [
        (Seat(2, None, ATTENDED, 1, False, True, 9), Outcomes(1, 1, 0, 0, 18)),
        (Seat(1, None, ABSENT, 0, False, True, 4), Outcomes(0, 1, 0, 0, 4)),
        (Seat(2, None, EXCUSED, 0, False, True, 9), Outcomes(0, 0, 2, 0, 0)),
        (Seat(1, PERSON, None, 0, False, True, 9), Outcomes(0, 0, 1, 0, 0)),
        (Seat(1, SERVICE, None, 0, False, False, 9), Outcomes(0, 0, 0, 1, 0)),
        (Seat(1, None, None, 0, True, False, 9), Outcomes(0, 0, 0, 1, 0)),
        # Erased in the middle of a cycle: the first date is as its sheet said.
        (Seat(1, PERSON, ATTENDED, 1, False, True, 3), Outcomes(1, 0, 0, 0, 3)),
        # Nobody has said anything for good.
        (Seat(1, None, ATTENDED, 1, False, False, 3), Outcomes()),
        (Seat(1, None, EXCUSED, 0, False, False, 3), Outcomes()),
        (Seat(1, None, None, 0, False, True, 3), Outcomes()),
    ],
)
def test_what_became_of_the_places_of_a_registration(seat: Seat, told: Outcomes) -> None:
    assert seat.outcomes == told
