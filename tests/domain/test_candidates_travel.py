"""What a counsellor is bound by: engagements, other permanences, journeys and buffers."""

from datetime import timedelta

import pytest

from app.domain.schedule import Timetable, expand
from app.domain.settings import Settings
from app.domain.slots import Facts, Refusal, RefusalCode, find_slots
from app.domain.travel import Place
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    HOME,
    LIBRARY,
    MONDAY,
    SECOND,
    THIRD,
    TRAVEL,
    at,
    engaged,
    facts,
    free_starts,
    permanence,
    refusals,
    starts,
    visit_wish,
    visits,
    wish,
)

LATER_AT_SECOND = permanence(2, place=SECOND, hours=("12:00", "15:00"))


def test_an_engagement_refuses_what_overlaps_it_and_nothing_else_at_the_same_venue() -> None:
    known = facts(permanence(), engaged=[engaged(ALICE, MONDAY, "10:00", "10:45")])
    assert free_starts(known, wish()) == ["9:00", "9:15", "10:45", "11:00", "11:15"]
    assert refusals(known, wish())["9:30"] == Refusal(RefusalCode.ENGAGED, other=HALL)


def test_somebody_elses_engagement_refuses_nothing() -> None:
    known = facts(permanence(), engaged=[engaged(BOB, MONDAY, "9:00", "12:00")])
    assert len(free_starts(known, wish())) == 10


def test_the_journey_from_the_engagement_before_is_left_free() -> None:
    known = facts(permanence(), engaged=[engaged(ALICE, MONDAY, "8:00", "9:00", SECOND)])
    assert free_starts(known, wish())[0] == "9:30"
    assert refusals(known, wish())["9:15"] == Refusal(RefusalCode.TRAVEL_BEFORE, 25, SECOND)


def test_the_journey_to_the_engagement_after_is_left_free() -> None:
    known = facts(permanence(), engaged=[engaged(ALICE, MONDAY, "12:00", "13:00", THIRD)])
    assert free_starts(known, wish())[-1] == "10:30"
    assert refusals(known, wish())["10:45"] == Refusal(RefusalCode.TRAVEL_AFTER, 40, THIRD)


def test_an_early_and_long_engagement_is_not_hidden_by_a_later_short_one() -> None:
    away = [
        engaged(ALICE, MONDAY, "6:00", "9:20", SECOND),
        engaged(ALICE, MONDAY, "8:00", "8:15", HALL),
    ]
    assert free_starts(facts(permanence(), engaged=away), wish())[0] == "9:45"


def test_every_engagement_in_reach_counts_not_only_the_next() -> None:
    away = [
        engaged(ALICE, MONDAY, "12:00", "13:00", HALL),
        engaged(ALICE, MONDAY, "12:05", "13:00", THIRD),
    ]
    assert free_starts(facts(permanence(), engaged=away), wish())[-1] == "10:30"


def test_an_empty_permanence_elsewhere_is_a_neighbour() -> None:
    known = facts(permanence(), LATER_AT_SECOND)
    assert free_starts(known, wish())[-1] == "10:45"
    assert refusals(known, wish())["11:00"] == Refusal(RefusalCode.TRAVEL_AFTER, 25, SECOND)


def test_a_second_venue_of_the_commune_is_ten_minutes_away() -> None:
    known = facts(permanence(), permanence(2, place=LIBRARY, hours=("12:00", "15:00")))
    at_hall = [each for each in find_slots(known, wish(), last=MONDAY) if each.place == HALL]
    assert starts(at_hall)[-1] == "11:00"


def test_an_empty_permanence_at_the_same_venue_is_no_neighbour() -> None:
    known = facts(permanence(), permanence(2, hours=("12:00", "15:00")))
    assert "11:15" in free_starts(known, wish())


def test_a_permanence_elsewhere_at_the_very_hour_is_told_as_such() -> None:
    openings = [
        opening
        for rule in (permanence(), permanence(2, place=SECOND))
        for opening in expand(Timetable([rule]), MONDAY, MONDAY)
    ]
    known = Facts(openings, (), TRAVEL, Settings(), at(MONDAY - timedelta(days=3), "10:00"))
    elsewhere = Refusal(RefusalCode.OPENING_ELSEWHERE, other=SECOND)
    assert refusals(known, wish())["9:00"] == elsewhere


def test_a_visit_leaves_time_to_reach_the_permanence_that_follows() -> None:
    known = facts(visits(hours=("9:00", "12:00")), LATER_AT_SECOND)
    assert free_starts(known, visit_wish(1)) == ["9:00", "9:15", "9:30", "9:45", "10:00"]
    assert free_starts(known, visit_wish(2))[-1] == "10:15"


def test_two_visits_of_one_commune_are_ten_minutes_apart() -> None:
    known = facts(visits(), engaged=[engaged(ALICE, MONDAY, "14:00", "15:00", HOME)])
    assert free_starts(known, visit_wish()) == ["15:15", "15:30"]


def test_the_buffer_applies_where_it_is_longer_than_the_journey() -> None:
    settings = Settings(travel_buffer_minutes=15)
    away = [
        engaged(ALICE, MONDAY, "10:00", "10:45"),
        engaged(ALICE, MONDAY, "12:15", "13:00", SECOND),
    ]
    known = facts(permanence(), engaged=away, settings=settings)
    said = refusals(known, wish())
    assert said["9:15"] == Refusal(RefusalCode.BUFFER_AFTER, 15, HALL)
    assert said["10:45"] == Refusal(RefusalCode.BUFFER_BEFORE, 15, HALL)
    assert said["11:15"] == Refusal(RefusalCode.TRAVEL_AFTER, 25, SECOND)
    assert [start for start, refusal in said.items() if refusal is None] == ["9:00", "11:00"]


def test_a_buffer_longer_than_any_journey_reaches_as_far() -> None:
    settings = Settings(travel_buffer_minutes=60)
    away = [engaged(ALICE, MONDAY, "7:00", "8:15"), engaged(ALICE, MONDAY, "12:45", "13:00")]
    known = facts(permanence(), engaged=away, settings=settings)
    found = free_starts(known, wish())
    assert (found[0], found[-1]) == ("9:15", "11:00")


def test_of_several_reasons_the_first_of_the_list_is_told() -> None:
    away = [
        engaged(ALICE, MONDAY, "8:30", "9:00", SECOND),
        engaged(ALICE, MONDAY, "8:30", "9:00", THIRD),
        engaged(ALICE, MONDAY, "9:45", "10:00", HALL),
    ]
    said = refusals(facts(permanence(), engaged=away), wish())
    assert said["9:00"] == Refusal(RefusalCode.TRAVEL_BEFORE, 40, THIRD)
    assert said["9:15"] == Refusal(RefusalCode.ENGAGED, other=HALL)


def test_an_unknown_journey_is_an_error_that_names_both_communes() -> None:
    known = facts(permanence(), engaged=[engaged(ALICE, MONDAY, "8:00", "9:00", Place(7, 70))])
    with pytest.raises(LookupError, match=r"\(1, 7\)"):
        find_slots(known, wish())
