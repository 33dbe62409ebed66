"""Who else can hold an appointment: free then, and there in time before and after."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.handover import (
    Obstacle,
    ObstacleKind,
    is_there,
    obstacle_for,
    works_that_day,
)
from app.domain.intervals import overlaps
from app.domain.schedule import Absence
from app.domain.settings import Settings
from app.domain.slots import Engaged, Facts
from tests.domain import oracle
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    HOME,
    LIBRARY,
    MONDAY,
    SECOND,
    TUESDAY,
    absence,
    at,
    engaged,
    facts,
    permanence,
    visits,
    weekly,
)
from tests.domain.strategies import HOMES, VENUES, facts_of_a_week, instants, people

HELD = engaged(BOB, MONDAY, "10:00", "11:00")
"""The appointment as Bob would hold it, at the town hall of commune 1."""


def obstacle(known: Facts, held: Engaged = HELD, *absences: Absence) -> Obstacle | None:
    return obstacle_for(known, absences, held)


def later(hour: str) -> Engaged:
    """The same hour of work, from that hour on."""
    return Engaged(BOB, at(MONDAY, hour), at(MONDAY, hour) + timedelta(hours=1), HALL)


def test_whoever_has_nothing_that_day_may_hold_it() -> None:
    assert obstacle(facts()) is None


def test_a_session_at_the_same_place_is_in_nobodys_way() -> None:
    assert obstacle(facts(permanence(who=BOB))) is None


@pytest.mark.parametrize(
    ("hours", "met"), [(("9:00", "10:00"), None), (("10:59", "12:00"), ObstacleKind.BUSY)]
)
def test_an_engagement_at_the_same_place_may_touch_it_and_no_more(
    hours: tuple[str, str], met: ObstacleKind | None
) -> None:
    found = obstacle(facts(engaged=[engaged(BOB, MONDAY, *hours)]))
    assert found == (Obstacle(met, HALL) if met else None)


def test_a_permanence_elsewhere_counts_even_while_it_is_empty() -> None:
    known = facts(permanence(who=BOB, place=SECOND, hours=("10:30", "12:00")))
    assert obstacle(known) == Obstacle(ObstacleKind.BUSY, SECOND)


def test_hours_for_visits_are_free_to_be_given() -> None:
    assert obstacle(facts(visits(who=BOB, hours=("9:00", "12:00")))) is None


def test_the_road_before_it_is_counted_and_the_first_hour_told() -> None:
    known = facts(engaged=[engaged(BOB, MONDAY, "8:00", "9:40", SECOND)])
    assert obstacle(known) == Obstacle(ObstacleKind.TOO_FAR, SECOND, 25, later("10:05"))
    on_time = facts(engaged=[engaged(BOB, MONDAY, "8:00", "9:35", SECOND)])
    assert obstacle(on_time) is None


def test_the_road_after_it_is_counted_and_the_first_hour_is_after_that() -> None:
    known = facts(engaged=[engaged(BOB, MONDAY, "11:20", "12:00", SECOND)])
    assert obstacle(known) == Obstacle(ObstacleKind.TOO_FAR, SECOND, 25, later("12:25"))


def test_the_buffer_counts_where_it_is_longer_than_the_road() -> None:
    settings = Settings(travel_buffer_minutes=15)
    known = facts(engaged=[engaged(BOB, MONDAY, "8:00", "9:50", HALL)], settings=settings)
    assert obstacle(known) == Obstacle(ObstacleKind.TOO_FAR, HALL, 15, later("10:05"))


def test_where_no_hour_of_a_day_would_do_the_colleague_is_busy() -> None:
    endless = Engaged(BOB, at(MONDAY, "11:10"), at(TUESDAY, "23:00"), SECOND)
    assert obstacle(facts(engaged=[endless])) == Obstacle(ObstacleKind.BUSY, SECOND)


def test_two_homes_of_one_commune_are_ten_minutes_apart() -> None:
    held = engaged(BOB, MONDAY, "10:00", "11:30", HOME)
    known = facts(engaged=[engaged(BOB, MONDAY, "8:30", "9:55", HOME)])
    found = obstacle(known, held)
    assert found is not None
    assert (found.kind, found.minutes) == (ObstacleKind.TOO_FAR, 10)


def test_who_is_away_is_away_whatever_else() -> None:
    known = facts(engaged=[engaged(BOB, MONDAY, "10:00", "10:30")])
    away = absence(BOB, MONDAY, "10:30", "11:30")
    assert obstacle(known, HELD, away) == Obstacle(ObstacleKind.AWAY)


def test_the_absence_of_another_or_at_another_hour_is_none() -> None:
    away = absence(ALICE, MONDAY), absence(BOB, MONDAY, "11:00", "12:00")
    assert obstacle(facts(), HELD, *away) is None


def test_what_is_booked_beyond_the_horizon_can_be_given_too() -> None:
    known = facts(settings=Settings(booking_window_days=1))
    assert obstacle(known) is None


def test_who_is_there_and_who_works_that_day() -> None:
    known = facts(
        permanence(1, who=BOB),
        visits(2, who=ALICE, hours=("9:00", "12:00")),
        permanence(3, who=3, place=LIBRARY),
        permanence(4, who=4, rule=weekly(1)),
    )
    seen = [Engaged(who, HELD.starts_at, HELD.ends_at, HALL) for who in (BOB, ALICE, 3, 4)]
    assert [is_there(known, each) for each in seen] == [True, False, False, False]
    assert [works_that_day(known, each) for each in seen] == [True, True, True, False]
    assert is_there(known, engaged(ALICE, MONDAY, "10:00", "11:00", HOME))
    assert not is_there(known, engaged(BOB, MONDAY, "11:30", "12:30"))


@st.composite
def handovers(draw: st.DrawFn) -> tuple[Facts, list[Absence], Engaged]:
    """A week, absences, and an appointment that somebody might hold."""
    known = draw(facts_of_a_week())
    absences = [Absence(draw(people), *draw(instants())) for _ in range(draw(st.integers(0, 2)))]
    held = Engaged(draw(people), *draw(instants()), draw(st.sampled_from(VENUES + HOMES)))
    return known, absences, held


@given(handovers())
def test_nobody_is_given_what_they_cannot_hold_nor_refused_what_they_can(
    situation: tuple[Facts, list[Absence], Engaged],
) -> None:
    known, absences, held = situation
    own = [each for each in absences if each.counsellor_id == held.counsellor_id]
    is_away = any(overlaps(each, held) for each in own)
    can = oracle.can_be_there(known, held.counsellor_id, held.place, held.starts_at, held.ends_at)
    is_to_come = held.starts_at >= known.now
    found = obstacle_for(known, absences, held)
    assert (found is None) == (can and not is_away and is_to_come)
    if found and found.first:
        first = found.first
        assert oracle.can_be_there(
            known, first.counsellor_id, first.place, first.starts_at, first.ends_at
        )
