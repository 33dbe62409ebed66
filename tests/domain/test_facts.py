"""The indexes behind the slot algorithm, and the days that may be booked."""

from dataclasses import replace
from datetime import date, timedelta

from app.domain.facts import Engaged, OpeningIndex, Timeline
from app.domain.schedule import AvailabilityKind
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    MONDAY,
    SECOND,
    TUESDAY,
    at,
    engaged,
    facts,
    openings_on,
    permanence,
    visits,
    weekly,
)

PERMANENCE, HOME_VISITS = AvailabilityKind.PERMANENCE, AvailabilityKind.HOME_VISITS


def seen(timeline: Timeline, from_time: str, to_time: str) -> list[str]:
    found = timeline.between(at(MONDAY, from_time), at(MONDAY, to_time))
    return [f"{each.starts_at:%H:%M}" for each in found]


def test_a_timeline_remembers_an_early_and_long_engagement() -> None:
    timeline = Timeline(
        [
            engaged(ALICE, MONDAY, "9:00", "9:30"),
            engaged(ALICE, MONDAY, "8:00", "15:00"),
            engaged(ALICE, MONDAY, "11:00", "12:00"),
            engaged(ALICE, MONDAY, "16:00", "17:00"),
        ]
    )
    assert seen(timeline, "14:00", "14:30") == ["06:00"]
    assert seen(timeline, "9:15", "11:30") == ["06:00", "07:00", "09:00"]
    assert seen(timeline, "15:00", "16:00") == []


def test_the_index_gives_openings_by_date_in_one_order() -> None:
    rules = (permanence(2, BOB, SECOND), permanence(1), visits(rule=weekly(1)))
    openings = [*openings_on(TUESDAY, *rules), *openings_on(MONDAY, *rules)[::-1]]
    index = OpeningIndex(openings)
    assert index.days(MONDAY, TUESDAY) == [MONDAY, TUESDAY]
    assert index.days(TUESDAY, TUESDAY) == [TUESDAY]
    assert [each.counsellor_id for each in index.on(MONDAY)] == [ALICE, BOB]
    assert index.on(MONDAY - timedelta(days=1)) == ()
    assert [each.on for each in index] == [MONDAY, MONDAY, TUESDAY]


def test_an_index_may_be_kept_between_two_requests() -> None:
    first = facts(permanence())
    kept = first.index
    assert replace(first, openings=kept).index is kept


def test_a_counsellor_is_bound_by_engagements_and_permanences_within_a_journey() -> None:
    known = facts(
        permanence(),
        permanence(2, place=SECOND, hours=("14:00", "17:00")),
        permanence(3, BOB),
        visits(hours=("12:00", "13:00")),
        engaged=[
            engaged(ALICE, MONDAY, "7:00", "8:21"),
            engaged(ALICE, MONDAY, "8:00", "8:22"),
            engaged(ALICE, MONDAY, "13:00", "13:40"),
            engaged(ALICE, MONDAY, "13:40", "14:00"),
            engaged(BOB, MONDAY, "9:00", "12:00"),
        ],
    )
    opening = openings_on(MONDAY, visits(hours=("9:01", "13:00")))[0]
    assert known.commitments_near(opening) == [
        Engaged(ALICE, at(MONDAY, "8:00"), at(MONDAY, "8:22"), HALL),
        Engaged(ALICE, at(MONDAY, "13:00"), at(MONDAY, "13:40"), HALL),
        *openings_on(MONDAY, permanence()),
    ]


def test_the_first_public_day_counts_working_days_and_visits_have_one_more() -> None:
    friday_night = at(date(2026, 12, 18), "23:30")
    known = facts(now=friday_night, holidays={date(2026, 12, 22)})
    assert known.today == date(2026, 12, 18)
    assert known.first_public_day(PERMANENCE) == date(2026, 12, 21)
    assert known.first_public_day(HOME_VISITS) == date(2026, 12, 23)


def test_the_horizon_is_counted_in_calendar_days() -> None:
    assert facts(now=at(MONDAY, "0:10")).last_day == MONDAY + timedelta(days=60)
