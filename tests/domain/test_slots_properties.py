"""What must hold of free times whatever the timetable (slots-calendar-threats §1)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import local_day, start_of_day
from app.domain.schedule import Absence, Timetable, expand
from app.domain.settings import Settings
from app.domain.slots import (
    Facts,
    RefusalCode,
    Slot,
    Wish,
    find_slots,
    iter_days,
    judge,
)
from tests.domain import oracle
from tests.domain.builders import HALL, TRAVEL, booked, refusal_of
from tests.domain.strategies import (
    WEEK,
    instants,
    people,
    situations,
    timetables,
    wishes,
)

Situation = tuple[Facts, Wish]


def times(slots: Iterable[Slot]) -> oracle.Times:
    return {(each.counsellor_id, each.starts_at, each.ends_at, each.place) for each in slots}


def with_booked(facts: Facts, *slots: Slot) -> Facts:
    return replace(facts, engaged=(*facts.engaged, *map(booked, slots)))


@given(situations(), st.booleans())
def test_the_free_times_are_those_of_the_oracle(situation: Situation, desk: bool) -> None:
    facts, wish = situation
    assert times(find_slots(facts, wish, for_desk=desk)) == oracle.free_times(facts, wish, desk)


@given(situations(), st.booleans())
def test_judging_finding_and_checking_agree(situation: Situation, desk: bool) -> None:
    facts, wish = situation
    found = find_slots(facts, wish, for_desk=desk)
    judged = judge(facts, wish, for_desk=desk)
    assert [each.slot for each in judged if each.refusal is None] == found
    assert [slot for _, slots in iter_days(facts, wish, for_desk=desk) for slot in slots] == found
    for each in judged:
        assert refusal_of(facts, wish, each.slot, for_desk=desk) == each.refusal


@given(situations())
def test_no_offered_slot_is_refused_when_booked_alone(situation: Situation) -> None:
    facts, wish = situation
    for slot in find_slots(facts, wish):
        assert refusal_of(facts, wish, slot) is None


@given(situations(), st.data())
def test_after_any_booking_what_remains_can_still_be_held(
    situation: Situation, data: st.DataObject
) -> None:
    facts, wish = situation
    next_wish = data.draw(wishes(list(facts.openings)))
    before = find_slots(facts, next_wish)
    offered = find_slots(facts, wish)
    if offered:
        after = with_booked(facts, data.draw(st.sampled_from(offered)))
        remaining = find_slots(after, next_wish)
        assert times(remaining) == oracle.free_times(after, next_wish)
        assert times(remaining) <= times(before)


@given(situations(), st.data(), st.randoms())
def test_a_week_booked_to_the_full_keeps_every_journey(
    situation: Situation, data: st.DataObject, random: Random
) -> None:
    facts, wish = situation
    facts = replace(facts, engaged=())
    asked = [wish, data.draw(wishes(list(facts.openings)))]
    taken: list[Slot] = []
    while free := [slot for each in asked for slot in find_slots(with_booked(facts, *taken), each)]:
        taken.append(random.choice(free))
    for one in taken:
        for other in taken:
            if one.counsellor_id == other.counsellor_id and one.starts_at < other.starts_at:
                gap = oracle.gap(facts, one.place, other.place)
                assert other.starts_at - one.ends_at >= gap
    assert len({(each.counsellor_id, each.starts_at) for each in taken}) == len(taken)


@given(situations(), st.data())
def test_cancelling_gives_back_exactly_what_was_free(
    situation: Situation, data: st.DataObject
) -> None:
    facts, wish = situation
    before = find_slots(facts, wish)
    if before:
        cancelled = booked(data.draw(st.sampled_from(before)))
        engaged = [*facts.engaged, cancelled]
        assert times(find_slots(replace(facts, engaged=engaged), wish)) < times(before)
        engaged.remove(cancelled)
        assert find_slots(replace(facts, engaged=engaged), wish) == before


@given(timetables(), people, st.sampled_from(WEEK[:2]), st.data())
def test_a_day_of_absence_takes_that_person_that_day_and_changes_nothing_else(
    timetable: Timetable, person: int, day: date, data: st.DataObject
) -> None:
    facts = facts_of(timetable)
    wish = data.draw(wishes(list(facts.openings)))
    midnights = (start_of_day(day), start_of_day(day + timedelta(days=1)))
    after = find_slots(facts_of(with_absence(timetable, Absence(person, *midnights))), wish)
    assert after == [
        slot
        for slot in find_slots(facts, wish)
        if (slot.counsellor_id, local_day(slot.starts_at)) != (person, day)
    ]


@given(timetables(), people, instants(), st.data())
def test_an_absence_frees_only_what_its_persons_own_empty_permanence_forbade(
    timetable: Timetable, person: int, span: tuple[datetime, datetime], data: st.DataObject
) -> None:
    """« Adding an absence never adds a slot », said exactly.

    An empty permanence forbids hours elsewhere that are too near for the journey; when an absence
    takes it away, those hours of the same person come free, and nothing else ever does.
    """
    facts = facts_of(timetable)
    wish = data.draw(wishes(list(facts.openings)))
    after = find_slots(facts_of(with_absence(timetable, Absence(person, *span))), wish)
    for slot in after:
        refusal = refusal_of(facts, wish, slot)
        if refusal is not None:
            assert slot.counsellor_id == person
            assert refusal.code in {RefusalCode.TRAVEL_BEFORE, RefusalCode.TRAVEL_AFTER}
            assert refusal.other is not None
            assert refusal.other.venue_id is not None


@given(timetables(), people, instants(), st.data())
def test_an_absence_adds_nothing_where_its_person_works_at_one_place(
    timetable: Timetable, person: int, span: tuple[datetime, datetime], data: st.DataObject
) -> None:
    one_place = [
        replace(each, place=HALL if each.place else None) for each in timetable.availabilities
    ]
    timetable = replace(timetable, availabilities=one_place)
    facts = facts_of(timetable)
    wish = data.draw(wishes([each for each in facts.index if each.place]))
    after = find_slots(facts_of(with_absence(timetable, Absence(person, *span))), wish)
    assert times(after) <= times(find_slots(facts, wish))


@given(situations(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(situation: Situation, random: Random) -> None:
    facts, wish = situation
    openings = list(facts.index)
    shuffled = replace(
        facts,
        openings=random.sample(openings, len(openings)),
        engaged=random.sample(facts.engaged, len(facts.engaged)),
    )
    assert judge(shuffled, wish) == judge(facts, wish)


def facts_of(timetable: Timetable) -> Facts:
    """That week, seen on the Thursday before, nothing booked."""
    now = start_of_day(WEEK[0] - timedelta(days=4))
    openings = expand(timetable, WEEK[0], WEEK[-1])
    return Facts(openings, (), TRAVEL, Settings(), now)


def with_absence(timetable: Timetable, absence: Absence) -> Timetable:
    return replace(timetable, absences=[*timetable.absences, absence])
