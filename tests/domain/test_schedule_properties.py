"""What must hold of openings whatever the timetable (slots-calendar-threats §1.1 and §1.2)."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import PARIS
from app.domain.recurrence import Frequency, Recurrence
from app.domain.schedule import Availability, AvailabilityKind, Timetable, expand, explain
from tests.domain.builders import HALL, MONDAY
from tests.domain.strategies import exceptions, hours, timetables

WEEK = (MONDAY, MONDAY + timedelta(days=6))
A_WEEK, AN_HOUR = timedelta(days=7), timedelta(hours=1)
CLOCKS_CHANGE = {date(2026, 3, 29): -AN_HOUR, date(2026, 10, 25): AN_HOUR}
"""The Sundays of 23 and of 25 hours, and what they do to the length of a week."""


@given(timetables())
def test_openings_of_one_person_never_overlap(timetable: Timetable) -> None:
    openings = expand(timetable, *WEEK)
    for person in {each.counsellor_id for each in openings}:
        own = [each for each in openings if each.counsellor_id == person]
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(own))


@given(timetables(), st.randoms())
def test_the_order_of_the_rows_changes_no_opening(timetable: Timetable, random: Any) -> None:
    def shuffled(rows: Any) -> list[Any]:
        return random.sample(list(rows), len(list(rows)))

    other = Timetable(
        shuffled(timetable.availabilities),
        shuffled(timetable.absences),
        shuffled(timetable.replacements),
        shuffled(timetable.closures),
        timetable.holidays,
    )
    assert expand(timetable, *WEEK) == expand(other, *WEEK)
    assert explain(timetable, *WEEK) == explain(other, *WEEK)


def covered_minutes(openings: Any) -> set[tuple[int, int, datetime]]:
    step = timedelta(minutes=5)
    return {
        (each.counsellor_id, each.availability_id, each.starts_at + step * n)
        for each in openings
        for n in range((each.ends_at - each.starts_at) // step)
    }


@given(timetables(), exceptions())
def test_an_absence_or_a_closure_never_opens_anything(timetable: Timetable, more: Any) -> None:
    absences, _, closures = more
    cut = Timetable(
        timetable.availabilities,
        [*timetable.absences, *absences],
        timetable.replacements,
        [*timetable.closures, *closures],
        timetable.holidays,
    )
    assert covered_minutes(expand(cut, *WEEK)) <= covered_minutes(expand(timetable, *WEEK))


@given(timetables())
def test_what_is_held_and_what_is_lost_make_the_whole_plan(timetable: Timetable) -> None:
    held_minutes = covered_minutes(expand(timetable, *WEEK))
    lost_minutes = covered_minutes(each.opening for each in explain(timetable, *WEEK))
    unchanged = Timetable(timetable.availabilities)
    planned = covered_minutes(expand(unchanged, *WEEK))
    planned |= covered_minutes(each.opening for each in explain(unchanged, *WEEK))

    def whoever(minutes: set[tuple[int, int, datetime]]) -> set[tuple[int, datetime]]:
        return {(block, instant) for _, block, instant in minutes}

    assert whoever(held_minutes) | whoever(lost_minutes) == whoever(planned)
    assert len(held_minutes) + len(lost_minutes) == len(planned)


@given(st.sampled_from(sorted(CLOCKS_CHANGE)), st.integers(-6, 6), hours())
def test_around_a_change_of_clocks_the_hours_on_the_wall_stay(
    change: date, shift: int, span: tuple[time, time]
) -> None:
    first = change + timedelta(days=shift)
    rule = Recurrence(Frequency.WEEKLY, weekday=first.weekday(), first_on=first, valid_from=first)
    weekly = Availability(1, 1, AvailabilityKind.PERMANENCE, HALL, frozenset(), rule, *span)
    one, other = expand(Timetable([weekly]), first, first + A_WEEK)
    for opening, on in ((one, first), (other, first + A_WEEK)):
        walls = [each.astimezone(PARIS) for each in (opening.starts_at, opening.ends_at)]
        assert [each.replace(tzinfo=None) for each in walls] == [
            datetime.combine(on, wall) for wall in span
        ]
    is_between = first < change
    assert other.starts_at - one.starts_at == A_WEEK + CLOCKS_CHANGE[change] * is_between
