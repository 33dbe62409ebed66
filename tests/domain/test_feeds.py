"""What a feed shows: how far, under which name, and the roads between two places."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.feeds import Stay, feed_days, journeys, program_name, short_name, week_of
from app.domain.travel import Place, TravelTimes

AMONT, AVAL = Place(1, 10), Place(2, 20)
TRAVEL = TravelTimes({(1, 2): 25, (2, 1): 30}, {})
NINE = datetime(2026, 12, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "first", "until"),
    [
        ("2026-11-23", "2026-11-16", "2027-05-24"),
        ("2026-08-31", "2026-08-24", "2027-03-01"),
        ("2026-12-31", "2026-12-24", "2027-07-01"),
        ("2027-08-31", "2027-08-24", "2028-03-01"),
        ("2026-01-01", "2025-12-25", "2026-07-02"),
    ],
)
def test_from_a_week_ago_to_six_months_ahead(today: str, first: str, until: str) -> None:
    wanted = date.fromisoformat(first), date.fromisoformat(until)
    assert feed_days(date.fromisoformat(today)) == wanted


@pytest.mark.parametrize(
    ("first_name", "last_name", "told"),
    [("Rose", "serin", "Rose S."), (" Élise ", "Éa", "Élise É."), ("Rose", " ", "Rose")],
)
def test_a_first_name_and_an_initial(first_name: str, last_name: str, told: str) -> None:
    assert short_name(first_name, last_name) == told


def stay(number: int, place: Place, hours: float, counsellor_id: int = 1) -> Stay:
    starts_at = NINE + timedelta(hours=hours)
    changed_at = NINE - timedelta(days=number)
    ends_at = starts_at + timedelta(minutes=45)
    return Stay(UUID(int=number), counsellor_id, starts_at, ends_at, place, number, changed_at)


def test_the_road_ends_when_the_next_one_starts() -> None:
    (road,) = journeys([stay(1, AMONT, 0), stay(2, AVAL, 2)], TRAVEL)
    assert (road.minutes, road.uid, road.sequence) == (25, UUID(int=2), 2)
    assert road.ends_at == NINE + timedelta(hours=2)
    assert road.starts_at == road.ends_at - timedelta(minutes=25)
    assert road.updated_at == NINE - timedelta(days=1)


@pytest.mark.parametrize(
    "second",
    [stay(2, AMONT, 1), stay(2, AVAL, 24), stay(2, AVAL, 2, counsellor_id=2)],
    ids=["same place", "next day", "colleague"],
)
def test_no_road_without_a_journey(second: Stay) -> None:
    assert journeys([stay(1, AMONT, 0), second], TRAVEL) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Agenda"),
        ("Microsoft.Exchange/15.20", "Outlook"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.0", "Thunderbird"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "Calendrier (iPhone, iPad)"),
        ("macOS/15.1 (24B83) CalendarAgent/1300", "Calendrier (Mac)"),
        ("Mozilla/5.0 Firefox/132.0", "browser"),
        ("curl/8.5.0", "curl"),
        ("", "unknown"),
        ("\x00\x1b/1", "unknown"),
        ("x" * 500, "x" * 60),
    ],
)
def test_programs_have_the_names_that_people_know(agent: str, name: str) -> None:
    assert program_name(agent) == name


def test_a_week_starts_on_monday() -> None:
    monday = date(2026, 11, 23)
    for days in range(7):
        assert week_of(monday + timedelta(days=days)) == (monday, date(2026, 11, 30))
