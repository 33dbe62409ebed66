"""Minutes between places: the table of the territory, else the formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.travel import Place, TravelTimes, estimated_minutes, great_circle_km

ARVERT, SAINT_TROJAN, VAUX = (45.74159, -1.12744), (45.842, -1.20793), (45.6462, -1.0617)
HALL, LIBRARY, ELSEWHERE = Place(1, 10), Place(1, 11), Place(2, 20)
HOME, OTHER_HOME = Place(1, None), Place(2, None)
TABLE = TravelTimes({(1, 2): 25, (2, 1): 30, (3, 1): 40}, {1: ARVERT, 4: SAINT_TROJAN})

points = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (HALL, HALL, 0),
        (HALL, Place(9, 10), 0),
        (HALL, LIBRARY, 10),
        (HALL, HOME, 10),
        (HOME, HOME, 10),
        (HALL, ELSEWHERE, 25),
        (ELSEWHERE, HALL, 30),
        (HOME, OTHER_HOME, 25),
        (Place(3, 30), HALL, 40),
        (HALL, Place(3, 30), 40),
        (HALL, Place(4, 40), 25),
    ],
)
def test_minutes_between_two_places(start: Place, end: Place, expected: int) -> None:
    assert TABLE.between(start, end) == expected
    assert TABLE.between(start, end) == expected, "what was remembered is what was worked out"


def test_minutes_inside_a_commune_are_a_setting() -> None:
    assert TravelTimes({}, {}, same_commune_minutes=5).between(HALL, LIBRARY) == 5


@pytest.mark.parametrize("unknown", [Place(5, 50), Place(4, 40)])
def test_an_unknown_journey_names_both_communes(unknown: Place) -> None:
    with pytest.raises(LookupError, match=rf"\(2, {unknown.commune_id}\)"):
        TABLE.between(ELSEWHERE, unknown)


def test_a_negative_journey_is_refused() -> None:
    with pytest.raises(ValueError, match="-5 minutes"):
        TravelTimes({(1, 2): -5}, {})


def test_the_formula_gives_the_minutes_of_the_territories() -> None:
    assert estimated_minutes(ARVERT, VAUX) == 25
    assert estimated_minutes(ARVERT, ARVERT) == 10
    assert great_circle_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)


@given(points, points)
def test_the_formula_rounds_up_to_five_from_ten_and_goes_both_ways(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    minutes = estimated_minutes(one, other)
    assert minutes >= 10
    assert minutes % 5 == 0
    assert minutes >= great_circle_km(one, other) * 1.3 / 45 * 60 - 1e-6
    assert abs(minutes - estimated_minutes(other, one)) in (0, 5), "floats may fall on either side"


def test_the_longest_journey_bounds_every_other() -> None:
    assert TABLE.longest_minutes == 40
    assert TravelTimes({(1, 4): 5}, {1: ARVERT, 4: SAINT_TROJAN}).longest_minutes == 10
    assert TravelTimes({}, {1: ARVERT, 4: SAINT_TROJAN}).longest_minutes == 25
    assert TravelTimes({}, {}, same_commune_minutes=15).longest_minutes == 15
