"""From availabilities to dated openings: the precedence table row by row, the clock changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.schedule import (
    PRECEDENCE,
    Availability,
    Cause,
    Timetable,
    expand,
    explain,
)
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    MONDAY,
    SECOND,
    TUESDAY,
    absence,
    closure,
    held,
    openings_on,
    permanence,
    replacement,
    visits,
    wall,
    weekly,
)

ON_MONDAY = frozenset({MONDAY})
MONDAY_IS_HOLIDAY = {MONDAY: "Fête"}
WHOLE = ("9:00", "12:00")
WEEK = (MONDAY, MONDAY + timedelta(days=6))

SKIPPED = weekly(skipped_dates=ON_MONDAY)
EXTRA = weekly(extra_dates=ON_MONDAY)
ONLY_EXTRA = weekly(weekday=4, extra_dates=ON_MONDAY)
SKIPPED_EXTRA = weekly(skipped_dates=ON_MONDAY, extra_dates=ON_MONDAY)

ALICE_AT_HALL = permanence(1, ALICE, HALL)
BOB_AT_SECOND = permanence(2, BOB, SECOND)
BOB_EXTRA_AT_SECOND = permanence(2, BOB, SECOND, rule=ONLY_EXTRA)

Row = tuple[Cause, list[Availability], dict[str, Any], list[tuple[int, int, str, str]]]


def by_alice(rule: Any) -> list[Availability]:
    return [permanence(1, ALICE, HALL, rule=rule)]


PRECEDENCE_ROWS: list[Row] = [
    # closure of the venue, above all the others
    (Cause.CLOSURE, [ALICE_AT_HALL], {"absences": [absence(ALICE, MONDAY)]}, []),
    (Cause.CLOSURE, by_alice(weekly()), {"holidays": MONDAY_IS_HOLIDAY}, []),
    (Cause.CLOSURE, by_alice(SKIPPED), {}, []),
    (Cause.CLOSURE, by_alice(EXTRA), {}, []),
    (Cause.CLOSURE, [ALICE_AT_HALL], {"replacements": [replacement(MONDAY)]}, []),
    # absence
    (Cause.ABSENCE, by_alice(weekly()), {"holidays": MONDAY_IS_HOLIDAY}, []),
    (Cause.ABSENCE, by_alice(SKIPPED), {}, []),
    (Cause.ABSENCE, by_alice(EXTRA), {}, []),
    (Cause.ABSENCE, [ALICE_AT_HALL], {}, []),
    # public holiday, unless an extra date says so
    (Cause.PUBLIC_HOLIDAY, by_alice(SKIPPED), {}, []),
    (Cause.PUBLIC_HOLIDAY, by_alice(weekly()), {"replacements": [replacement(MONDAY)]}, []),
    (Cause.PUBLIC_HOLIDAY, by_alice(weekly()), {}, []),
    # skipped date
    (Cause.SKIPPED_DATE, by_alice(SKIPPED_EXTRA), {}, []),
    (Cause.SKIPPED_DATE, by_alice(SKIPPED_EXTRA), {"holidays": MONDAY_IS_HOLIDAY}, []),
    (Cause.SKIPPED_DATE, by_alice(SKIPPED), {"replacements": [replacement(MONDAY)]}, []),
    (Cause.SKIPPED_DATE, by_alice(SKIPPED), {}, []),
    # extra date
    (
        Cause.EXTRA_DATE,
        [ALICE_AT_HALL, BOB_EXTRA_AT_SECOND],
        {"replacements": [replacement(MONDAY)]},
        [(2, BOB, *WHOLE)],
    ),
    (
        Cause.EXTRA_DATE,
        [BOB_EXTRA_AT_SECOND, permanence(1, BOB, HALL)],
        {},
        [(2, BOB, *WHOLE)],
    ),
    # replacement
    (
        Cause.REPLACEMENT,
        [ALICE_AT_HALL, permanence(0, BOB, SECOND)],
        {"replacements": [replacement(MONDAY)]},
        [(1, BOB, *WHOLE)],
    ),
    # two recurring blocks of one person (a loader refuses them): the lower id
    (Cause.EARLIER_BLOCK, [permanence(2, ALICE, SECOND), ALICE_AT_HALL], {}, [(1, ALICE, *WHOLE)]),
]


@pytest.mark.parametrize(("cause", "availabilities", "others", "expected"), PRECEDENCE_ROWS)
def test_each_row_of_the_precedence_table_beats_the_rows_below(
    cause: Cause,
    availabilities: list[Availability],
    others: dict[str, Any],
    expected: list[tuple[int, int, str, str]],
) -> None:
    facts = dict(others)
    if cause is Cause.CLOSURE:
        facts["closures"] = [closure(10, MONDAY)]
    if cause is Cause.ABSENCE:
        facts["absences"] = [absence(ALICE, MONDAY)]
    if cause is Cause.PUBLIC_HOLIDAY:
        facts["holidays"] = MONDAY_IS_HOLIDAY
    timetable = Timetable(availabilities, **facts)
    assert held(expand(timetable, MONDAY, MONDAY)) == expected
    assert [each.cause for each in explain(timetable, MONDAY, MONDAY)] == [cause]


def test_the_table_of_the_code_is_in_the_order_of_the_rule() -> None:
    assert [cause for cause, _ in PRECEDENCE] == list(Cause)


def test_every_row_has_its_test() -> None:
    assert {row[0] for row in PRECEDENCE_ROWS} == {cause for cause, _ in PRECEDENCE}


def test_an_extra_date_holds_on_a_public_holiday() -> None:
    openings = openings_on(MONDAY, *by_alice(EXTRA), holidays=MONDAY_IS_HOLIDAY)
    assert held(openings) == [(1, ALICE, *WHOLE)]


def test_an_extra_date_handed_to_a_substitute_holds_on_a_public_holiday_too() -> None:
    openings = openings_on(
        MONDAY, *by_alice(EXTRA), holidays=MONDAY_IS_HOLIDAY, replacements=[replacement(MONDAY)]
    )
    assert held(openings) == [(1, BOB, *WHOLE)]


def test_home_visits_go_on_while_a_venue_is_closed() -> None:
    openings = openings_on(MONDAY, visits(), closures=[closure(10, MONDAY)])
    assert held(openings) == [(9, ALICE, "14:00", "17:00")]


def test_the_closure_of_another_venue_changes_nothing() -> None:
    openings = openings_on(MONDAY, ALICE_AT_HALL, closures=[closure(11, MONDAY)])
    assert held(openings) == [(1, ALICE, *WHOLE)]


def test_the_absence_of_the_absent_does_not_touch_what_the_substitute_holds() -> None:
    facts = {"absences": [absence(ALICE, MONDAY)], "replacements": [replacement(MONDAY)]}
    openings = openings_on(MONDAY, ALICE_AT_HALL, **facts)
    assert held(openings) == [(1, BOB, *WHOLE)]
    assert openings[0].replaces_id == ALICE
    assert explain(Timetable([ALICE_AT_HALL], **facts), MONDAY, MONDAY) == []


def test_the_absence_of_the_substitute_ends_the_session_and_gives_it_back_to_nobody() -> None:
    timetable = Timetable(
        [ALICE_AT_HALL, BOB_AT_SECOND],
        absences=[absence(BOB, MONDAY)],
        replacements=[replacement(MONDAY)],
    )
    assert expand(timetable, MONDAY, MONDAY) == []
    lost = [
        (each.opening.availability_id, each.cause) for each in explain(timetable, MONDAY, MONDAY)
    ]
    assert lost == [(1, Cause.ABSENCE), (2, Cause.ABSENCE)]


def test_a_closed_session_still_takes_its_persons_time() -> None:
    """Shutting the venue of a replacement does not open the substitute's own block elsewhere."""
    timetable = Timetable(
        [ALICE_AT_HALL, BOB_AT_SECOND],
        replacements=[replacement(MONDAY)],
        closures=[closure(10, MONDAY)],
    )
    assert expand(timetable, MONDAY, MONDAY) == []


def test_a_skipped_session_takes_nobodys_time() -> None:
    openings = openings_on(
        MONDAY,
        permanence(1, ALICE, HALL, rule=SKIPPED),
        BOB_AT_SECOND,
        replacements=[replacement(MONDAY)],
    )
    assert held(openings) == [(2, BOB, *WHOLE)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"absences": [absence(ALICE, MONDAY, "10:10", "10:40")]},
            [(1, ALICE, "9:00", "10:10"), (1, ALICE, "10:40", "12:00")],
        ),
        ({"closures": [closure(10, MONDAY, "8:00", "9:30")]}, [(1, ALICE, "9:30", "12:00")]),
        (
            {"replacements": [replacement(MONDAY, "10:00", "11:00")]},
            [(1, ALICE, "9:00", "10:00"), (1, BOB, "10:00", "11:00"), (1, ALICE, "11:00", "12:00")],
        ),
        (
            {
                "replacements": [replacement(MONDAY, "9:00", "11:00")],
                "absences": [absence(ALICE, MONDAY), absence(BOB, MONDAY, "10:30", "14:00")],
            },
            [(1, BOB, "9:00", "10:30")],
        ),
    ],
)
def test_what_overlaps_in_part_cuts_in_part(
    facts: dict[str, Any], expected: list[tuple[int, int, str, str]]
) -> None:
    openings = openings_on(MONDAY, ALICE_AT_HALL, **facts)
    assert held(openings) == expected
    assert {wall(each.block_starts_at or each.starts_at) for each in openings} == {"9:00"}


def test_the_strongest_cause_of_each_part_is_told() -> None:
    timetable = Timetable(
        [ALICE_AT_HALL],
        absences=[absence(ALICE, MONDAY, "9:00", "11:00")],
        closures=[closure(10, MONDAY, "10:00", "12:00")],
    )
    lost = explain(timetable, MONDAY, MONDAY)
    parts = [(wall(lot.opening.starts_at), wall(lot.opening.ends_at), lot.cause) for lot in lost]
    assert parts == [("9:00", "10:00", Cause.ABSENCE), ("10:00", "12:00", Cause.CLOSURE)]


def test_of_two_substitutes_the_one_named_from_sooner_holds_the_session() -> None:
    carol = 3
    pair = [
        replacement(MONDAY, "8:30", who=(ALICE, carol)),
        replacement(MONDAY, "8:00", "10:00"),
    ]
    for replacements in (pair, pair[::-1]):
        openings = openings_on(MONDAY, ALICE_AT_HALL, replacements=replacements)
        assert held(openings) == [(1, BOB, "9:00", "10:00"), (1, carol, "10:00", "12:00")]


def test_a_substitute_of_the_substitute_inherits_nothing() -> None:
    carol = 3
    openings = openings_on(
        MONDAY,
        ALICE_AT_HALL,
        BOB_AT_SECOND,
        replacements=[replacement(MONDAY), replacement(MONDAY, who=(BOB, carol))],
    )
    assert held(openings) == [(1, BOB, *WHOLE), (2, carol, *WHOLE)]


def test_openings_carry_what_later_steps_need() -> None:
    opening, visit = openings_on(MONDAY, permanence(desk_until_days=2), visits())
    assert (opening.place, opening.commune_ids, opening.on) == (HALL, frozenset(), MONDAY)
    assert opening.desk_until_days == 2
    assert (visit.place, visit.commune_ids) == (None, frozenset({1, 2}))


def test_only_the_dates_asked_are_expanded() -> None:
    timetable = Timetable([ALICE_AT_HALL])
    assert expand(timetable, TUESDAY, TUESDAY + timedelta(days=5)) == []
    assert len(expand(timetable, MONDAY, MONDAY + timedelta(days=14))) == 3


@pytest.mark.parametrize(
    ("day", "night_hours", "offset_hours"),
    [
        (date(2026, 3, 29), 3, 2),
        (date(2026, 10, 25), 5, 1),
        (date(2027, 3, 28), 3, 2),
        (date(2027, 10, 31), 5, 1),
        (date(2026, 11, 1), 4, 1),
    ],
)
def test_wall_hours_hold_on_days_of_23_and_25_hours(
    day: date, night_hours: int, offset_hours: int
) -> None:
    sundays = weekly(weekday=6)
    night, morning = openings_on(
        day,
        permanence(1, hours=("1:00", "5:00"), rule=sundays),
        permanence(2, hours=("9:00", "12:00"), rule=sundays),
    )
    assert night.ends_at - night.starts_at == timedelta(hours=night_hours)
    assert (wall(night.starts_at), wall(night.ends_at)) == ("1:00", "5:00")
    nine = datetime(day.year, day.month, day.day, 9 - offset_hours, tzinfo=UTC)
    assert (morning.starts_at, morning.ends_at) == (nine, nine + timedelta(hours=3))


def test_a_block_that_the_clock_change_swallows_is_no_opening() -> None:
    spring = date(2027, 3, 28)
    block = permanence(1, hours=("2:15", "3:05"), rule=weekly(weekday=6))
    assert openings_on(spring, block) == []


def test_the_absence_of_somebody_else_changes_nothing() -> None:
    openings = openings_on(MONDAY, ALICE_AT_HALL, absences=[absence(BOB, MONDAY)])
    assert held(openings) == [(1, ALICE, *WHOLE)]
