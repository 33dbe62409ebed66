"""One opening: its candidate times and what refuses each."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.domain.schedule import AvailabilityKind, Timetable, expand
from app.domain.settings import Settings
from app.domain.slots import Facts, Refusal, RefusalCode, Slot, find_slots, judge, occupied_minutes
from app.domain.travel import Place
from tests.domain.builders import (
    ALICE,
    LIBRARY,
    MONDAY,
    THURSDAY,
    TRAVEL,
    TUESDAY,
    WEDNESDAY,
    absence,
    at,
    engaged,
    facts,
    free_starts,
    permanence,
    refusals,
    starts,
    visit_wish,
    visits,
    weekly,
    wish,
)

# ---- the grid and the length


def test_candidates_start_every_quarter_of_an_hour_and_end_inside() -> None:
    found = free_starts(facts(permanence(hours=("9:00", "10:30"))), wish(minutes=60))
    assert found == ["9:00", "9:15", "9:30"]


def test_a_topic_may_have_its_own_step() -> None:
    found = free_starts(facts(permanence(hours=("9:10", "11:00"))), wish(step_minutes=30))
    assert found == ["9:10", "9:40", "10:10"]


def test_the_grid_of_a_cut_block_stays_that_of_the_whole_block() -> None:
    cut = Timetable([permanence()], absences=[absence(ALICE, MONDAY, "9:50", "10:20")])
    known = facts(permanence())
    found = find_slots(
        Facts(expand(cut, MONDAY, MONDAY), (), TRAVEL, Settings(), known.now), wish()
    )
    assert starts(found) == ["9:00", "10:30", "10:45", "11:00", "11:15"]


def test_an_opening_without_a_block_counts_from_its_own_start() -> None:
    opening = expand(Timetable([permanence(hours=("9:10", "10:00"))]), MONDAY, MONDAY)[0]
    bare = type(opening)(*(getattr(opening, name) for name in opening.__slots__[:9]))
    known = Facts([bare], (), TRAVEL, Settings(), at(MONDAY - timedelta(days=3), "10:00"))
    assert starts(find_slots(known, wish(minutes=30))) == ["9:10", "9:25"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 3, 28), ["1:00", "1:30", "3:00", "3:30"]),
        (date(2026, 10, 25), ["1:00", "1:30", "2:00", "2:30", "2:00", "2:30", "3:00", "3:30"]),
        (date(2026, 11, 1), ["1:00", "1:30", "2:00", "2:30", "3:00", "3:30"]),
    ],
)
def test_the_grid_counts_real_minutes_across_a_clock_change(day: date, expected: list[str]) -> None:
    night = permanence(hours=("1:00", "4:00"), rule=weekly(weekday=6))
    openings = expand(Timetable([night]), day, day)
    known = Facts(openings, (), TRAVEL, Settings(), at(day - timedelta(days=3), "10:00"))
    slots = find_slots(known, wish(minutes=30, step_minutes=30))
    assert starts(slots) == expected
    assert {each.ends_at - each.starts_at for each in slots} == {timedelta(minutes=30)}


@pytest.mark.parametrize(("topic_minutes", "expected"), [(45, 90), (60, 90), (90, 120)])
def test_a_visit_occupies_its_window_and_an_hour_or_the_topic(
    topic_minutes: int, expected: int
) -> None:
    assert occupied_minutes(AvailabilityKind.HOME_VISITS, topic_minutes, Settings()) == expected
    assert occupied_minutes(AvailabilityKind.PERMANENCE, topic_minutes, Settings()) == topic_minutes


def test_a_visit_is_at_a_home_and_reads_as_a_window() -> None:
    slot = find_slots(facts(visits()), visit_wish(2), last=MONDAY)[0]
    assert slot == Slot(
        ALICE,
        at(MONDAY, "14:00"),
        at(MONDAY, "15:30"),
        Place(2, None),
        AvailabilityKind.HOME_VISITS,
        at(MONDAY, "14:30"),
    )


def test_a_visit_ends_inside_the_half_day() -> None:
    assert free_starts(facts(visits()), visit_wish())[-1] == "15:30"


# ---- who may book, and when

NOTICE = Refusal(RefusalCode.NOTICE)


def judged_on(day: date, asked_at: datetime, for_desk: bool, **changes: Any) -> Refusal | None:
    rule = weekly(weekday=day.weekday())
    settings = changes.pop("settings", Settings())
    opening = permanence(hours=("9:00", "9:45"), rule=rule, **changes)
    known = Facts(expand(Timetable([opening]), day, day), (), TRAVEL, settings, asked_at)
    (only,) = judge(known, wish(), first=day, last=day, for_desk=for_desk)
    return only.refusal


@pytest.mark.parametrize(
    ("day", "to_residents", "to_desk"),
    [
        (MONDAY - timedelta(days=7), RefusalCode.PAST, RefusalCode.PAST),
        (MONDAY, RefusalCode.NOTICE, None),
        (TUESDAY, None, None),
        (MONDAY + timedelta(days=60), None, None),
        (MONDAY + timedelta(days=61), RefusalCode.HORIZON, RefusalCode.HORIZON),
    ],
)
def test_residents_book_from_the_next_working_day_and_the_desk_from_now(
    day: date, to_residents: RefusalCode | None, to_desk: RefusalCode | None
) -> None:
    asked_at = at(MONDAY, "8:30")
    for for_desk, code in ((False, to_residents), (True, to_desk)):
        refusal = judged_on(day, asked_at, for_desk)
        assert (refusal.code if refusal else None) == code


def test_the_desk_books_what_starts_now_but_not_a_minute_ago() -> None:
    assert judged_on(MONDAY, at(MONDAY, "9:00"), True) is None
    assert judged_on(MONDAY, at(MONDAY, "9:01"), True) == Refusal(RefusalCode.PAST)


def test_a_visit_has_two_working_days_of_notice() -> None:
    rules = [visits(n, rule=weekly(weekday=n)) for n in range(5)]
    known = facts(*rules, now=at(MONDAY, "8:00"))
    days = {each.starts_at.date() for each in find_slots(known, visit_wish())}
    assert days == {WEDNESDAY, THURSDAY, THURSDAY + timedelta(days=1)}


@pytest.mark.parametrize(("days_left", "is_open"), [(1, True), (2, True), (3, False), (30, False)])
def test_reserved_to_the_desk_until_two_days_before(days_left: int, is_open: bool) -> None:
    asked_at = at(TUESDAY, "8:00")
    day = TUESDAY + timedelta(days=days_left)
    expected = None if is_open else Refusal(RefusalCode.DESK_ONLY)
    assert judged_on(day, asked_at, False, desk_until_days=2) == expected
    assert judged_on(day, asked_at, True, desk_until_days=2) is None


@pytest.mark.parametrize("for_desk", [True, False])
@pytest.mark.parametrize(
    ("lives_in", "kept_days", "is_open"),
    [(2, None, True), (2, 3, False), (2, 4, True), (1, 3, True), (None, 3, True)],
)
def test_a_commune_may_keep_its_places_for_its_own_residents(
    lives_in: int | None, kept_days: int | None, is_open: bool, for_desk: bool
) -> None:
    settings = Settings(neighbours_from_days=kept_days)
    known = facts(permanence(), settings=settings)
    asked = wish(resident_commune_id=lives_in)
    expected = None if is_open else Refusal(RefusalCode.OWN_RESIDENTS)
    assert refusals(known, asked, for_desk=for_desk)["9:00"] == expected


# ---- remnants


def strandings(known: Facts, asked: Any, **changes: Any) -> list[str]:
    slots = find_slots(known, asked, last=MONDAY, **changes)
    return starts(each for each in slots if each.strands)


def test_a_start_that_leaves_less_than_the_shortest_topic_strands_it() -> None:
    known = facts(permanence())
    assert strandings(known, wish()) == ["9:15", "9:30", "10:45", "11:00"]
    assert strandings(known, wish(minutes=60)) == ["9:15", "9:30", "10:30", "10:45"]


def test_remnants_are_measured_from_what_is_already_taken() -> None:
    known = facts(permanence(), engaged=[engaged(ALICE, MONDAY, "9:45", "10:30")])
    assert strandings(known, wish()) == ["10:45", "11:00"]


def test_what_the_grid_loses_anyway_is_no_remnant() -> None:
    """Ten minutes of travel after 11:50: no start could use the last five minutes."""
    next_door = permanence(2, place=LIBRARY, hours=("12:00", "15:00"))
    known = facts(permanence(), next_door)
    found = find_slots(known, wish(venue_id=10), last=MONDAY)
    assert starts(found)[-1] == "11:00"
    assert not found[-1].strands


def test_the_past_is_no_remnant() -> None:
    known = facts(permanence(), now=at(MONDAY, "9:20"))
    assert strandings(known, wish(), for_desk=True) == ["9:45", "10:00", "10:45", "11:00"]


def test_the_buffer_after_a_booking_is_not_free_time() -> None:
    known = facts(permanence(), settings=Settings(travel_buffer_minutes=15))
    assert strandings(known, wish()) == ["9:30", "9:45", "10:30", "10:45"]
