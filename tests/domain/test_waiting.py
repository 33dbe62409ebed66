"""The waiting list: the order, what fits, and until when a place is somebody's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.availability import AvailabilityKind
from app.domain.calendar import PARIS
from app.domain.candidates import Slot
from app.domain.open_hours import OpenHours
from app.domain.settings import Settings
from app.domain.travel import Place, TravelTimes
from app.domain.waiting import (
    ANSWER_BEFORE,
    HalfDay,
    OfferFacts,
    Refused,
    Wanted,
    answer_by,
    call_by,
    communes_in_reach,
    in_order,
)

SETTINGS = Settings()
HOLIDAYS = {date(2026, 11, 11), date(2026, 12, 25)}
HOURS = OpenHours(8, 20, PARIS, HOLIDAYS)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""10 h in Paris."""
HOME, AWAY = Place(1, 11), Place(2, 22)
instants = st.datetimes(
    datetime(2026, 10, 1), datetime(2027, 4, 30), timezones=st.just(UTC)
)  # both clock changes lie within
ahead = st.timedeltas(timedelta(hours=1), timedelta(days=60))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def slot(start: str, place: Place = HOME, kind: Any = AvailabilityKind.PERMANENCE) -> Slot:
    starts_at = paris(start)
    return Slot(1, starts_at, starts_at + timedelta(minutes=45), place, kind)


def wanted(**changes: Any) -> Wanted:
    return replace(Wanted(1, AvailabilityKind.PERMANENCE, HalfDay.ANY, (1,), MONDAY), **changes)


def test_those_who_have_nothing_come_first_then_whoever_waited_longest() -> None:
    later, early = (
        wanted(entry_id=1, joined_at=MONDAY),
        wanted(entry_id=2, joined_at=MONDAY - timedelta(days=1)),
    )
    has_one = wanted(entry_id=3, joined_at=MONDAY - timedelta(days=9), before=MONDAY)
    same = wanted(entry_id=4, joined_at=MONDAY)
    assert [each.entry_id for each in in_order([has_one, same, later, early])] == [2, 1, 4, 3]


@pytest.mark.parametrize(
    ("changes", "start", "fits"),
    [
        ({}, "2026-12-01T09:00", True),
        ({"kind": AvailabilityKind.HOME_VISITS}, "2026-12-01T09:00", False),
        ({"commune_ids": (2,)}, "2026-12-01T09:00", False),
        ({"half_day": HalfDay.MORNING}, "2026-12-01T11:45", True),
        ({"half_day": HalfDay.MORNING}, "2026-12-01T12:00", False),
        ({"half_day": HalfDay.AFTERNOON}, "2026-12-01T12:00", True),
        ({"half_day": HalfDay.AFTERNOON}, "2026-12-01T11:45", False),
        ({"before": paris("2026-12-01T09:15")}, "2026-12-01T09:00", True),
        ({"before": paris("2026-12-01T09:00")}, "2026-12-01T09:00", False),
        ({"before": paris("2026-11-30T09:00")}, "2026-12-01T09:00", False),
    ],
)
def test_what_fits(changes: dict[str, Any], start: str, fits: bool) -> None:
    assert wanted(**changes).fits(slot(start), (), PARIS) is fits


@pytest.mark.parametrize(
    ("refused", "fits"),
    [
        (Refused(HOME, paris("2026-12-01T09:00")), False),
        (Refused(HOME, paris("2026-12-01T11:45")), False),
        (Refused(HOME, paris("2026-12-01T12:00")), True),
        (Refused(HOME, paris("2026-12-02T09:00")), True),
        (Refused(AWAY, paris("2026-12-01T09:00")), True),
    ],
)
def test_a_refused_half_day_at_a_place_is_not_offered_again(refused: Refused, fits: bool) -> None:
    assert wanted().fits(slot("2026-12-01T10:00"), [refused], PARIS) is fits


def test_the_communes_in_reach() -> None:
    travel = TravelTimes({(1, 2): 25, (1, 3): 15, (1, 4): 15, (1, 5): 40}, {})
    assert communes_in_reach(1, 0, [1, 2, 3, 4, 5], travel) == (1,)
    assert communes_in_reach(1, 15, [1, 2, 3, 4, 5], travel) == (1, 3, 4)
    assert communes_in_reach(1, 30, [5, 4, 3, 2, 1], travel) == (1, 3, 4, 2)


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        # far: 24 open hours are two days
        ("2026-11-23T10:00", "2026-12-08T10:00", "2026-11-25T10:00"),
        # the evening, Saturday, and so over the Sunday
        ("2026-11-27T21:00", "2026-12-08T10:00", "2026-11-30T20:00"),
        # within 48 hours: 4 open hours
        ("2026-11-23T10:00", "2026-11-25T10:00", "2026-11-23T14:00"),
        ("2026-11-23T18:00", "2026-11-25T10:00", "2026-11-24T10:00"),
        # further than 48 hours, but 24 open ones would end too late: 4
        ("2026-11-23T10:00", "2026-11-25T10:30", "2026-11-23T14:00"),
        # 4 open hours and 4 before the start, to the minute
        ("2026-11-23T09:00", "2026-11-23T17:00", "2026-11-23T13:00"),
        ("2026-11-23T09:01", "2026-11-23T17:00", None),
        # a holiday does not count
        ("2026-12-24T18:00", "2026-12-26T16:00", "2026-12-26T10:00"),
        ("2026-12-24T18:00", "2026-12-26T13:59", None),
    ],
)
def test_until_when_a_place_is_theirs(now: str, start: str, until: str | None) -> None:
    expected = paris(until) if until else None
    assert answer_by(paris(now), paris(start), SETTINGS, HOURS) == expected


@given(instants, ahead)
def test_an_answer_is_asked_within_the_hours_and_well_before(
    now: datetime, length: timedelta
) -> None:
    end = answer_by(now, now + length, SETTINGS, HOURS)
    if end is None:
        assert HOURS.add(now, timedelta(hours=4)) > now + length - ANSWER_BEFORE
        return
    assert end <= now + length - ANSWER_BEFORE
    assert end >= now + timedelta(hours=4)
    assert HOURS.is_open(end - timedelta(seconds=1))


@given(instants, ahead, ahead)
def test_a_later_start_never_leaves_less_time(
    now: datetime, one: timedelta, other: timedelta
) -> None:
    sooner, later = sorted((now + one, now + other))
    first = answer_by(now, sooner, SETTINGS, HOURS)
    second = answer_by(now, later, SETTINGS, HOURS)
    assert first is None or (second is not None and first <= second)


SPANS = [
    {"weekday": 0, "from": "08:30", "to": "12:00"},
    {"weekday": 0, "from": "13:30", "to": "17:30"},
    {"weekday": 2, "from": "09:00", "to": "12:30"},
]


@pytest.mark.parametrize(
    ("now", "spans", "until"),
    [
        ("2026-11-23T08:00", SPANS, "2026-11-23T12:00"),
        ("2026-11-23T08:31", SPANS, "2026-11-23T17:30"),
        ("2026-11-23T14:00", SPANS, "2026-11-25T12:30"),
        ("2026-11-27T14:00", SPANS, "2026-11-30T12:00"),
        ("2026-11-23T10:00", [], "2026-11-23T17:00"),
        ("2026-11-27T15:00", [], "2026-11-30T12:00"),
        ("2026-12-24T18:00", [], "2026-12-28T12:00"),
    ],
)
def test_the_desk_has_its_next_half_day_to_call(now: str, spans: Any, until: str) -> None:
    assert call_by(paris(now), paris("2027-01-08T10:00"), spans, HOURS) == paris(until)


def test_too_late_to_call_is_too_late_to_offer() -> None:
    starts_at = paris("2026-11-23T15:59")
    assert call_by(paris("2026-11-23T08:00"), starts_at, SPANS, HOURS) is None
    assert call_by(paris("2026-11-23T08:00"), paris("2026-11-23T16:00"), SPANS, HOURS)


def test_a_town_hall_that_never_opens_calls_nobody() -> None:
    never = [{"weekday": 6, "from": "09:00", "to": "12:00"}]
    assert call_by(MONDAY, MONDAY + timedelta(days=50), never, HOURS) is None


@given(instants, ahead)
def test_a_call_ends_well_before_the_place(now: datetime, length: timedelta) -> None:
    end = call_by(now, now + length, [], HOURS)
    assume(end is not None)
    assert end is not None
    assert now < end <= now + length - ANSWER_BEFORE


def test_a_visit_arrives_within_its_window() -> None:
    facts = OfferFacts(
        id=1,
        token="x",
        starts_at=MONDAY,
        window_minutes=30,
        is_visit=True,
        place_name="Arvert",
        place_address="17530 Arvert",
        sms_name="",
        answer_by=MONDAY,
        is_open=True,
        wants_earlier=False,
        language="fr",
    )
    assert facts.window_ends_at == MONDAY + timedelta(minutes=30)
