"""Planned, lost, held and used, drawn from the timetable itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.availability import Absence, Cause, Timetable
from app.domain.calendar import at_wall_time
from app.domain.cubes import TERRITORY
from app.domain.hours import (
    HeldTime,
    Hours,
    LostCause,
    Meeting,
    Period,
    Travelled,
    WorkshopTime,
    held_times,
    hours,
    planned_times,
    shown_cause,
    unused,
)
from app.domain.schedule import expand, explain
from tests.domain.builders import (
    ALICE,
    BOB,
    MONDAY,
    SECOND,
    TUESDAY,
    absence,
    at,
    closure,
    permanence,
    replacement,
    visits,
    weekly,
)
from tests.domain.strategies import timetables

INSEE = {1: "17021", 2: "17064", 3: "17461"}
SUNDAY = MONDAY + timedelta(days=6)


def week(timetable: Timetable, **told: Any) -> Period:
    return Period(
        expand(timetable, MONDAY, SUNDAY), explain(timetable, MONDAY, SUNDAY), INSEE, **told
    )


def met(who: int, day: date, start: str, minutes: int, commune: int, *, at_home: bool) -> Meeting:
    return Meeting(who, at(day, start), minutes, commune, at_home)


def given_to(who: int, start: str, end: str, *, is_held: bool = True) -> WorkshopTime:
    return WorkshopTime(who, at(MONDAY, start), at(MONDAY, end), MONDAY, 2, is_held)


def test_a_permanence_is_planned_held_and_used_in_its_commune() -> None:
    told = week(
        Timetable([permanence()]),
        meetings=[met(ALICE, MONDAY, "9:00", 45, 1, at_home=False)],
        travelled={"17021": Travelled(20, 10)},
    )
    line = hours(told)["17021"]
    assert line == Hours(180, 180, 45, {}, Travelled(20, 10))
    assert (line.lost, line.unused) == (0, 135)
    assert (line.given(), line.given(with_travel=True), line.given(with_preparation=True)) == (
        180,
        200,
        190,
    )


def test_meetings_longer_than_the_opening_leave_nothing_unused() -> None:
    long = [met(ALICE, MONDAY, "9:00", 200, 1, at_home=False)]
    assert hours(week(Timetable([permanence()]), meetings=long))["17021"].unused == 0


def test_no_long_meeting_fills_the_empty_hours_of_another_commune() -> None:
    lines = [Hours(180, 180, 200), Hours(180, 180, 60)]
    assert unused(lines) == 120
    assert sum(lines, Hours()).unused == 100, "which is why the sum of the lines is another figure"


def test_what_is_not_held_is_lost_by_its_first_cause() -> None:
    blocks = [permanence(), permanence(2, BOB, SECOND, rule=weekly(1))]
    timetable = Timetable(
        blocks,
        absences=[absence(ALICE, MONDAY)],
        closures=[closure(10, MONDAY, "9:00", "10:00")],
        holidays={TUESDAY: "Fête"},
    )
    assert hours(week(timetable)) == {
        "17021": Hours(180, 0, 0, {LostCause.PLACE_CLOSED: 60, LostCause.COUNSELLOR_AWAY: 120}),
        "17064": Hours(180, 0, 0, {LostCause.PUBLIC_HOLIDAY: 180}),
    }


def test_a_substitute_holds_the_hours_of_the_commune() -> None:
    timetable = Timetable(
        [permanence(), permanence(2, BOB, SECOND)],
        absences=[absence(ALICE, MONDAY)],
        replacements=[replacement(MONDAY)],
    )
    assert hours(week(timetable)) == {
        "17021": Hours(180, 180, 0),
        "17064": Hours(180, 0, 0, {LostCause.OTHER: 180}),
    }


@pytest.mark.parametrize("cause", Cause)
def test_four_causes_are_shown_outside_the_team(cause: Cause) -> None:
    own = {
        Cause.ABSENCE: LostCause.COUNSELLOR_AWAY,
        Cause.CLOSURE: LostCause.PLACE_CLOSED,
        Cause.PUBLIC_HOLIDAY: LostCause.PUBLIC_HOLIDAY,
    }
    assert shown_cause(cause) is own.get(cause, LostCause.OTHER)


def test_visits_are_planned_for_all_and_held_where_they_were() -> None:
    visited = [
        met(ALICE, MONDAY, "14:00", 60, 1, at_home=True),
        met(ALICE, MONDAY, "15:30", 60, 2, at_home=True),
        met(ALICE, MONDAY, "16:30", 30, 2, at_home=True),
        met(BOB, MONDAY, "14:00", 60, 3, at_home=True),
        met(ALICE, MONDAY, "14:30", 15, 3, at_home=False),
        met(ALICE, TUESDAY, "14:00", 60, 3, at_home=True),
    ]
    assert hours(week(Timetable([visits()]), meetings=visited)) == {
        TERRITORY: Hours(180, 0, 0),
        "17021": Hours(0, 72, 60),
        "17064": Hours(0, 108, 90),
        "17461": Hours(0, 0, 135),
    }


def test_a_half_day_of_visits_cut_in_two_is_one() -> None:
    timetable = Timetable([visits()], absences=[absence(ALICE, MONDAY, "15:00", "16:00")])
    visited = [met(ALICE, MONDAY, "16:00", 60, 2, at_home=True)]
    assert held_times(week(timetable, meetings=visited)) == [HeldTime(MONDAY, "17064", 120)]
    assert hours(week(timetable))[TERRITORY] == Hours(180, 120, 0, {LostCause.COUNSELLOR_AWAY: 60})


def test_a_workshop_outside_the_openings_adds_its_own_time() -> None:
    told = week(
        Timetable([permanence(place=SECOND)]),
        workshops=[given_to(ALICE, "11:00", "13:00"), given_to(BOB, "11:00", "13:00")],
    )
    assert hours(told) == {"17064": Hours(360, 360, 240)}
    assert planned_times(told) == held_times(told) == [HeldTime(MONDAY, "17064", 360)]


def test_a_workshop_where_nobody_came_is_held_and_unused() -> None:
    deserted = replace(given_to(ALICE, "11:00", "13:00"), is_deserted=True)
    alone = hours(week(Timetable([]), workshops=[deserted]))["17064"]
    assert alone == Hours(planned=120, held=120, used=0)
    assert (alone.unused, alone.lost) == (120, 0)


def test_a_workshop_that_did_not_take_place_is_lost() -> None:
    called_off = [given_to(BOB, "11:00", "13:00", is_held=False)]
    assert hours(week(Timetable([]), workshops=called_off)) == {
        "17064": Hours(120, 0, 0, {LostCause.OTHER: 120})
    }
    inside = [given_to(ALICE, "10:00", "11:00", is_held=False)]
    told = week(Timetable([permanence(place=SECOND)]), workshops=inside)
    assert hours(told) == {"17064": Hours(180, 180, 0)}


def planned_minutes(timetable: Timetable) -> int:
    """Counted from the rules alone, without any exception."""
    return sum(
        int((ends_at - starts_at).total_seconds()) // 60
        for each in timetable.availabilities
        for day in each.recurrence.planned_dates(MONDAY, SUNDAY)
        for starts_at in [at_wall_time(day, each.from_time, timetable.timezone)]
        for ends_at in [at_wall_time(day, each.to_time, timetable.timezone)]
    )


@settings(max_examples=30)
@given(timetables(), st.data())
def test_planned_is_lost_and_held(timetable: Timetable, data: st.DataObject) -> None:
    openings = expand(timetable, MONDAY, SUNDAY)
    visited = [
        Meeting(each.counsellor_id, each.starts_at, data.draw(st.integers(5, 90)), 2, True)
        for each in openings
        if data.draw(st.booleans())
    ]
    told = week(timetable, meetings=visited)
    lines = hours(told).values()
    planned = sum(line.planned for line in lines)
    assert planned == planned_minutes(timetable)
    assert planned == sum(line.lost + line.held for line in lines)
    assert sum(line.held for line in lines) == sum(each.minutes for each in held_times(told))
    assert sum(line.used for line in lines) == sum(visit.minutes for visit in visited)


@settings(max_examples=30)
@given(timetables(), st.integers(1, 3))
def test_an_absence_changes_nothing_of_the_plan(timetable: Timetable, who: int) -> None:
    away = Absence(who, at(MONDAY, "0:00"), at(TUESDAY, "12:00"))
    changed = Timetable(
        timetable.availabilities,
        [*timetable.absences, away],
        timetable.replacements,
        timetable.closures,
        timetable.holidays,
    )
    assert planned_times(week(changed)) == planned_times(week(timetable))
