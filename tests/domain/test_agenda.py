"""Roads between places, who is kept waiting, and what stands beside what."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.agenda import delayed, journeys, lanes
from app.domain.travel import Place, TravelTimes

TRAVEL = TravelTimes({(1, 2): 25, (2, 1): 30}, {}, same_commune_minutes=10)
HALL, LIBRARY, FAR = Place(1, 11), Place(1, 12), Place(2, 21)
HOME = Place(1, None)
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Thing:
    starts_at: datetime
    ends_at: datetime
    place: Place | None = HALL
    counsellor_id: int = 1


def thing(from_minutes: int, to_minutes: int, place: Place | None = HALL, who: int = 1) -> Thing:
    """Minutes after nine."""
    minutes = timedelta(minutes=1)
    return Thing(NINE + from_minutes * minutes, NINE + to_minutes * minutes, place, who)


def test_a_road_ends_when_the_next_thing_begins() -> None:
    (road,) = journeys([thing(120, 180, FAR), thing(0, 60)], TRAVEL)
    assert (road.minutes, road.start, road.end) == (25, HALL, FAR)
    assert (road.starts_at, road.ends_at) == (
        NINE + timedelta(minutes=95),
        thing(120, 180).starts_at,
    )


def test_each_way_has_its_own_minutes_and_each_counsellor_their_own_road() -> None:
    held = [thing(0, 60), thing(120, 180, FAR), thing(240, 300), thing(0, 60, FAR, who=2)]
    assert [road.minutes for road in journeys(held, TRAVEL)] == [25, 30]


def test_there_is_no_road_within_a_venue_nor_to_nowhere() -> None:
    assert journeys([thing(0, 60), thing(60, 120), thing(120, 180, None)], TRAVEL) == []


def test_two_homes_or_two_places_of_a_commune_are_ten_minutes_apart() -> None:
    held = [thing(0, 60, HOME), thing(90, 120, HOME), thing(150, 180, LIBRARY)]
    assert [road.minutes for road in journeys(held, TRAVEL)] == [10, 10]


def test_a_delay_reaches_whoever_follows_without_a_pause() -> None:
    first, second, third = thing(0, 45), thing(45, 90), thing(105, 150)
    assert delayed([first, second, third], 15, TRAVEL) == [first, second]
    assert delayed([first, second, third], 30, TRAVEL) == [first, second, third]


def test_the_road_eats_the_pause() -> None:
    first, far = thing(0, 45), thing(80, 120, FAR)
    assert delayed([first, far], 15, TRAVEL) == [first, far]
    assert delayed([first, thing(85, 120, FAR)], 15, TRAVEL) == [first]


def test_nobody_to_come_nobody_waits() -> None:
    assert delayed([], 45, TRAVEL) == []


def test_a_visit_without_a_place_costs_no_road() -> None:
    assert delayed([thing(0, 45, None), thing(60, 90)], 15, TRAVEL) == [thing(0, 45, None)]


def test_things_at_one_hour_stand_beside_each_other() -> None:
    long, short, later = thing(0, 60), thing(15, 30), thing(60, 90)
    assert lanes([later, short, long]) == [(long, 1, 2), (short, 2, 2), (later, 1, 1)]


def test_a_lane_that_is_free_again_is_used_again() -> None:
    long, one, two = thing(0, 90), thing(0, 30), thing(30, 60)
    assert lanes([long, one, two]) == [(one, 1, 2), (long, 2, 2), (two, 1, 2)]


def test_more_than_three_at_once_share_the_last_lane() -> None:
    crowd = [thing(0, 60 + each) for each in range(4)]
    assert [(lane, of) for _, lane, of in lanes(crowd)] == [(1, 3), (2, 3), (3, 3), (3, 3)]


def test_an_empty_column_has_no_lane() -> None:
    assert lanes([]) == []
