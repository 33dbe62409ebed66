"""What is shown of the free times: remnants, ranking, a few a day, the nearest."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import local_day
from app.domain.offer import (
    Day,
    PartOfDay,
    choose_times,
    half_of,
    mark_stranding,
    nearest,
    next_page_day,
    one_per_time,
    rank,
    spread,
    without_stranding,
)
from app.domain.schedule import AvailabilityKind
from app.domain.slots import Refusal, RefusalCode, Slot, find_slots, iter_days, judge
from app.domain.travel import Place
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    LIBRARY,
    MONDAY,
    SECOND,
    THIRD,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    at,
    engaged,
    facts,
    permanence,
    starts,
    weekly,
    wish,
)
from tests.domain.strategies import situations


def slot(
    start: str,
    day: date = MONDAY,
    *,
    who: int = ALICE,
    place: Place = HALL,
    strands: bool = False,
    availability_id: int = 1,
) -> Slot:
    """Forty-five minutes at the hall."""
    begins = at(day, start)
    return Slot(
        who,
        begins,
        begins + timedelta(minutes=45),
        place,
        AvailabilityKind.PERMANENCE,
        availability_id=availability_id,
        strands=strands,
    )


def shown(days: list[Day]) -> dict[date, list[str]]:
    return {day.on: starts(day.slots) for day in days}


# ---- remnants


def test_stranding_times_are_hidden_while_the_opening_has_others() -> None:
    slots = [slot("9:00"), slot("9:15", strands=True), slot("9:45")]
    assert without_stranding(slots) == [slots[0], slots[2]]


def test_stranding_times_are_shown_where_the_opening_has_no_other() -> None:
    slots = [slot("9:15", strands=True), slot("9:30", strands=True)]
    assert without_stranding(slots) == slots


def test_each_dated_opening_decides_for_itself() -> None:
    other_day = slot("9:15", TUESDAY, strands=True)
    other_block = slot("14:15", strands=True, availability_id=2)
    other_person = slot("9:15", who=BOB, strands=True)
    slots = [slot("9:00"), other_day, other_block, other_person]
    assert without_stranding(slots) == slots
    assert without_stranding([*slots, slot("9:30", strands=True)]) == slots


def test_hidden_times_are_told_as_such() -> None:
    known = facts(
        permanence(hours=("9:00", "11:00")), engaged=[engaged(ALICE, MONDAY, "9:00", "9:30")]
    )
    marked = mark_stranding(judge(known, wish()))
    assert {code.refusal for code in marked if code.refusal} == {
        Refusal(RefusalCode.ENGAGED, other=HALL),
        Refusal(RefusalCode.STRANDS),
    }
    assert starts(each.slot for each in marked if not each.refusal) == ["9:30", "10:15"]


# ---- ranking


def test_sooner_comes_first_then_the_own_commune() -> None:
    own, other, third = (
        slot("10:00", place=place, who=who) for place, who in ((SECOND, 1), (HALL, 2), (THIRD, 3))
    )
    sooner = slot("9:45", place=HALL)
    ranked = rank([third, other, own, sooner], own_commune_id=SECOND.commune_id)
    assert ranked == [sooner, own, other, third]


def test_the_lowest_ids_settle_the_rest() -> None:
    bob, alice, library = slot("9:00", who=BOB), slot("9:00"), slot("9:00", place=LIBRARY)
    assert rank([library, bob, alice]) == [alice, bob, library]


def test_a_time_at_a_place_is_shown_once() -> None:
    bob, alice, library = slot("9:00", who=BOB), slot("9:00"), slot("9:00", place=LIBRARY)
    assert one_per_time(rank([bob, library, alice])) == [alice, library]


# ---- a few a day


def test_the_soonest_of_each_half_day_then_what_does_not_overlap() -> None:
    day = [slot(start) for start in ("9:00", "9:15", "9:45", "10:30", "14:00", "14:45")]
    assert starts(spread(day, 3)) == ["9:00", "9:45", "14:00"]
    assert starts(spread(day, 2)) == ["9:00", "14:00"]
    assert starts(spread(day, 1)) == ["9:00"]
    assert starts(spread(day, 4)) == ["9:00", "9:45", "10:30", "14:00"]


def test_where_all_overlap_the_soonest_are_shown() -> None:
    day = [slot(start) for start in ("9:00", "9:15", "9:30", "9:40")]
    assert starts(spread(day, 3)) == ["9:00", "9:15", "9:30"]


def test_fewer_are_all_shown() -> None:
    day = [slot("9:00"), slot("9:15")]
    assert spread(day, 3) == day
    assert spread([], 3) == []


def four_days() -> list[Slot]:
    rules = [permanence(n, rule=weekly(weekday=n)) for n in range(4)]
    afternoon = permanence(8, hours=("14:00", "17:00"), rule=weekly(weekday=2))
    return find_slots(facts(*rules, afternoon), wish())


def test_a_page_shows_three_times_on_each_of_two_days() -> None:
    assert shown(choose_times(four_days())) == {
        MONDAY: ["9:00", "9:45", "10:30"],
        TUESDAY: ["9:00", "9:45", "10:30"],
    }


def test_a_page_hides_what_strands_a_remnant_whichever_half_day_is_preferred() -> None:
    slots = [slot("9:00"), slot("11:30", strands=True), slot("12:15", strands=True)]
    assert shown(choose_times(slots)) == {MONDAY: ["9:00"]}
    assert choose_times(slots, part_of_day=PartOfDay.AFTERNOON) == []


def test_a_page_may_start_later_and_show_more() -> None:
    chosen = choose_times(four_days(), per_day=2, days=3, from_day=WEDNESDAY)
    assert shown(chosen) == {WEDNESDAY: ["9:00", "14:00"], THURSDAY: ["9:00", "9:45"]}


def test_a_half_day_may_be_preferred() -> None:
    chosen = choose_times(four_days(), part_of_day=PartOfDay.AFTERNOON)
    assert shown(chosen) == {WEDNESDAY: ["14:00", "14:45", "15:30"]}
    morning = choose_times(four_days(), part_of_day=PartOfDay.MORNING, from_day=WEDNESDAY)
    assert shown(morning)[WEDNESDAY] == ["9:00", "9:45", "10:30"]


def test_noon_is_in_the_afternoon() -> None:
    assert half_of(slot("11:59")) is PartOfDay.MORNING
    assert half_of(slot("12:00")) is PartOfDay.AFTERNOON


def test_nothing_free_shows_no_day() -> None:
    assert choose_times([]) == []
    assert next_page_day([], []) is None


def test_the_next_page_starts_on_the_next_day_with_a_time() -> None:
    slots = four_days()
    page = choose_times(slots)
    assert next_page_day(slots, page) == WEDNESDAY
    assert next_page_day(slots, choose_times(slots, from_day=WEDNESDAY)) is None
    assert next_page_day(slots, page, PartOfDay.AFTERNOON) == WEDNESDAY
    assert next_page_day(slots, choose_times(slots, days=3), PartOfDay.AFTERNOON) is None


def test_a_page_reads_no_further_than_it_shows() -> None:
    rules = [permanence(n, rule=weekly(weekday=n)) for n in range(5)]
    read: list[date] = []

    def days() -> Iterator[list[Slot]]:
        for day, slots in iter_days(facts(*rules), wish()):
            read.append(day)
            yield slots

    page = choose_times(chain.from_iterable(days()))
    assert [day.on for day in page] == [MONDAY, TUESDAY]
    assert read == [MONDAY, TUESDAY, WEDNESDAY], "one more, to know that Tuesday is over"


# ---- the place was just taken


def test_the_three_nearest_times_are_offered_in_order_of_time() -> None:
    slots = [slot(start) for start in ("9:00", "9:45", "10:30", "11:15")]
    assert starts(nearest(slots, at(MONDAY, "10:30"))) == ["9:45", "10:30", "11:15"]
    assert starts(nearest(slots, at(MONDAY, "9:40"), n=2)) == ["9:00", "9:45"]
    assert nearest([], at(MONDAY, "9:40")) == []


def test_of_two_times_as_near_the_earlier_is_offered() -> None:
    slots = [slot("9:00"), slot("11:00")]
    assert starts(nearest(slots, at(MONDAY, "10:00"), n=1)) == ["9:00"]


def test_the_nearest_times_are_shown_once_and_strand_nothing() -> None:
    slots = [slot("9:00"), slot("9:00", who=BOB), slot("9:15", strands=True)]
    assert nearest(slots, at(MONDAY, "9:15")) == [slots[0]]


# ---- whatever the timetable


@given(situations(), st.integers(1, 4), st.integers(1, 3), st.sampled_from([None, *PartOfDay]))
def test_whatever_is_shown_is_free_and_within_the_limits(
    situation: Any, per_day: int, days: int, part: PartOfDay | None
) -> None:
    free = find_slots(*situation)
    page = choose_times(free, per_day, days, part)
    assert len(page) <= days
    assert [day.on for day in page] == sorted({day.on for day in page})
    for day in page:
        assert 1 <= len(day.slots) <= per_day
        assert set(day.slots) <= set(free)
        assert all(local_day(each.starts_at) == day.on for each in day.slots)
        assert all(part in (None, half_of(each)) for each in day.slots)
        assert len({(each.starts_at, each.place) for each in day.slots}) == len(day.slots)
    if part is None:
        assert bool(page) == bool(free)


@given(situations(), st.randoms())
def test_the_order_of_the_slots_of_a_day_changes_no_page(situation: Any, random: Any) -> None:
    free = find_slots(*situation)
    shuffled = sorted(random.sample(free, len(free)), key=lambda each: local_day(each.starts_at))
    assert choose_times(shuffled) == choose_times(free)
