"""What pages and the booking transaction ask: find, judge, check, orphans; clock changes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice

import pytest

from app.domain.facts import OpeningIndex
from app.domain.schedule import Opening, Timetable, expand
from app.domain.settings import Settings
from app.domain.slots import (
    Facts,
    Refusal,
    RefusalCode,
    find_slots,
    iter_days,
    judge,
    orphans,
    slots_at,
)
from app.domain.travel import Place
from tests.domain.builders import (
    ALICE,
    BOB,
    HALL,
    HOME,
    LIBRARY,
    MONDAY,
    SECOND,
    TRAVEL,
    TUESDAY,
    WEDNESDAY,
    absence,
    at,
    booked,
    engaged,
    facts,
    openings_on,
    permanence,
    refusal_of,
    starts,
    visit_wish,
    visits,
    wall,
    weekly,
    wish,
)

NO_OPENING = Refusal(RefusalCode.NO_OPENING)


def test_a_wish_is_met_by_its_kind_and_in_its_commune_only() -> None:
    known = facts(permanence(), permanence(2, BOB, SECOND), visits(communes=[2], rule=weekly(1)))
    assert {each.place for each in find_slots(known, wish(1))} == {HALL}
    assert {each.place for each in find_slots(known, wish(2))} == {SECOND}
    assert {each.place for each in find_slots(known, visit_wish(2))} == {Place(2, None)}
    assert find_slots(known, visit_wish(1)) == []
    assert find_slots(known, wish(3)) == []


def test_a_wish_may_name_one_venue_of_the_commune() -> None:
    known = facts(permanence(), permanence(2, BOB, LIBRARY))
    assert {each.place for each in find_slots(known, wish())} == {HALL, LIBRARY}
    assert {each.place for each in find_slots(known, wish(venue_id=11))} == {LIBRARY}


def test_slots_come_by_start_then_counsellor() -> None:
    known = facts(
        permanence(1, BOB, LIBRARY, hours=("9:00", "9:45")),
        permanence(2, ALICE, HALL, hours=("9:00", "10:00")),
        permanence(3, BOB, HALL, hours=("10:00", "10:45")),
    )
    found = find_slots(known, wish(step_minutes=10))
    assert [(wall(each.starts_at), each.counsellor_id) for each in found] == [
        ("9:00", ALICE),
        ("9:00", BOB),
        ("9:10", ALICE),
        ("10:00", BOB),
    ]


def test_only_the_dates_asked_are_searched_and_never_past_dates() -> None:
    known = facts(*(permanence(n, rule=weekly(weekday=n)) for n in range(5)))
    days = {each.starts_at.date() for each in find_slots(known, wish(), first=TUESDAY)}
    assert min(days) == TUESDAY
    days = {each.starts_at.date() for each in find_slots(known, wish(), last=TUESDAY)}
    assert days == {MONDAY, TUESDAY}
    known = facts(
        *(permanence(n, rule=weekly(weekday=n)) for n in range(5)), now=at(TUESDAY, "8:00")
    )
    days = {each.starts_at.date() for each in find_slots(known, wish(), first=MONDAY)}
    assert min(days) == WEDNESDAY


def test_beyond_the_horizon_is_judged_but_never_found() -> None:
    known = facts(permanence(), settings=Settings(booking_window_days=2))
    assert find_slots(known, wish(), last=MONDAY) == []
    assert judge(known, wish()) == []
    codes = {each.refusal.code for each in judge(known, wish(), last=MONDAY) if each.refusal}
    assert codes == {RefusalCode.HORIZON}


class ReadIndex(OpeningIndex):
    """An index that remembers which dates were read."""

    def __init__(self, openings: Iterable[Opening]) -> None:
        super().__init__(openings)
        self.read: list[date] = []

    def on(self, day: date) -> tuple[Opening, ...]:
        self.read.append(day)
        return super().on(day)


def test_days_are_worked_out_one_at_a_time() -> None:
    rules = [permanence(n, rule=weekly(weekday=n)) for n in range(5)]
    index = ReadIndex(expand(Timetable(rules), MONDAY, MONDAY + timedelta(days=60)))
    asked_at = at(MONDAY - timedelta(days=4), "10:00")
    known = Facts(index, (), TRAVEL, Settings(), asked_at)
    days = list(islice(iter_days(known, wish()), 2))
    assert [day for day, _ in days] == [MONDAY, TUESDAY]
    assert index.read == [MONDAY, TUESDAY]
    assert list(chain.from_iterable(slots for _, slots in days)) == find_slots(
        known, wish(), last=TUESDAY
    )


def test_a_day_without_a_free_time_is_left_out() -> None:
    rules = [permanence(1), permanence(2, rule=weekly(1))]
    known = facts(*rules, engaged=[engaged(ALICE, MONDAY, "9:00", "12:00")])
    assert [day for day, _ in iter_days(known, wish())] == [TUESDAY]


# ---- the check at the moment of booking


def test_a_free_slot_is_bookable_and_a_taken_one_is_not() -> None:
    known = facts(permanence())
    slot = find_slots(known, wish())[0]
    assert refusal_of(known, wish(), slot) is None
    taken = facts(permanence(), engaged=[booked(slot)])
    assert refusal_of(taken, wish(), slot) == Refusal(RefusalCode.ENGAGED, other=HALL)


def test_a_slot_that_strands_a_remnant_is_bookable() -> None:
    known = facts(permanence())
    slot = next(each for each in find_slots(known, wish()) if each.strands)
    assert refusal_of(known, wish(), slot) is None


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"starts_at": at(MONDAY, "9:05"), "ends_at": at(MONDAY, "9:50")}, wish()),
        ({"starts_at": at(MONDAY, "12:00"), "ends_at": at(MONDAY, "12:45")}, wish()),
        ({"ends_at": at(MONDAY, "9:30")}, wish()),
        ({"counsellor_id": BOB}, wish()),
        ({"place": LIBRARY}, wish()),
        ({}, wish(minutes=60)),
        ({}, wish(2)),
        ({}, visit_wish()),
        ({"starts_at": at(WEDNESDAY, "9:00"), "ends_at": at(WEDNESDAY, "9:45")}, wish()),
    ],
)
def test_a_forged_slot_has_no_opening(changes: dict[str, object], asked: object) -> None:
    known = facts(permanence())
    slot = find_slots(known, wish())[0]
    forged = type(slot)(
        **{name: getattr(slot, name) for name in slot.__slots__} | changes  # type: ignore[arg-type]
    )
    assert refusal_of(known, asked, forged) == NO_OPENING  # type: ignore[arg-type]


def test_who_could_hold_a_given_time() -> None:
    known = facts(
        permanence(1), permanence(2, BOB), engaged=[engaged(ALICE, MONDAY, "9:00", "9:45")]
    )
    judged = slots_at(known, wish(), at(MONDAY, "9:00"))
    assert [(each.slot.counsellor_id, each.refusal is None) for each in judged] == [
        (ALICE, False),
        (BOB, True),
    ]
    assert slots_at(known, wish(), at(MONDAY, "9:05")) == []


def test_the_desk_sees_each_refused_time_with_its_reason() -> None:
    known = facts(
        permanence(desk_until_days=0), engaged=[engaged(ALICE, MONDAY, "8:00", "9:00", SECOND)]
    )
    said = {wall(each.slot.starts_at): each.refusal for each in judge(known, wish(), for_desk=True)}
    assert said["9:15"] == Refusal(RefusalCode.TRAVEL_BEFORE, 25, SECOND)
    assert said["9:30"] is None


# ---- engagements that a changed timetable left behind


def test_orphans_are_the_engagements_that_no_opening_holds() -> None:
    openings = openings_on(
        MONDAY,
        permanence(),
        visits(communes=[1]),
        absences=[absence(ALICE, MONDAY, "11:00", "11:30")],
    )
    kept = [
        engaged(ALICE, MONDAY, "9:00", "10:00"),
        engaged(ALICE, MONDAY, "14:00", "15:30", HOME),
    ]
    left = [
        engaged(ALICE, MONDAY, "10:30", "11:15"),
        engaged(ALICE, MONDAY, "9:00", "10:00", LIBRARY),
        engaged(ALICE, MONDAY, "9:00", "10:00", HOME),
        engaged(ALICE, MONDAY, "14:00", "15:30", Place(2, None)),
        engaged(ALICE, MONDAY, "14:00", "15:30", HALL),
        engaged(BOB, MONDAY, "9:00", "10:00"),
        engaged(ALICE, TUESDAY, "9:00", "10:00"),
    ]
    assert orphans(openings, [*left[:3], *kept, *left[3:]]) == left


def test_two_openings_that_touch_hold_an_engagement_together() -> None:
    openings = openings_on(
        MONDAY, permanence(1, hours=("9:00", "10:00")), permanence(2, hours=("10:00", "11:00"))
    )
    assert orphans(openings, [engaged(ALICE, MONDAY, "9:30", "10:30")]) == []


# ---- the last Sundays of March and October


@pytest.mark.parametrize(
    "change", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
)
def test_free_times_keep_their_wall_hours_around_a_clock_change(change: date) -> None:
    rules = [permanence(n, hours=("9:00", "10:00"), rule=weekly(weekday=n)) for n in range(7)]
    first, last = change - timedelta(days=1), change + timedelta(days=1)
    openings = expand(Timetable(rules), first, last)
    asked_at = at(change - timedelta(days=5), "10:00")
    known = Facts(openings, (), TRAVEL, Settings(), asked_at)
    by_day = dict(iter_days(known, wish()))
    assert list(by_day) == [first, change, last]
    assert all(starts(slots) == ["9:00", "9:15"] for slots in by_day.values())
    elapsed = by_day[last][0].starts_at - by_day[first][0].starts_at
    assert elapsed == timedelta(hours=47 if change.month == 3 else 49)


def test_an_appointment_keeps_its_instant_across_a_clock_change() -> None:
    autumn = date(2026, 10, 26)
    openings = expand(Timetable([permanence()]), autumn, autumn)
    nine = datetime(2026, 10, 26, 8, tzinfo=UTC)
    slot = find_slots(Facts(openings, (), TRAVEL, Settings(), nine - timedelta(days=10)), wish())[0]
    assert slot.starts_at == nine
    assert orphans(openings, [booked(slot)]) == []
