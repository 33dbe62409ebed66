"""The demo's timetable file, which is also the documented example."""

import tomllib
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.domain.availability import AvailabilityKind
from app.domain.territory import parse_territory
from app.domain.timetable import parse_timetable
from app.domain.timetable_entries import DeclaredAvailability, TimetableFile, TimetableRefs
from app.domain.timetable_overlaps import recurrence_of

TERRITORIES = Path(__file__).parents[2] / "territories"
MONDAY = date(2026, 11, 23)


def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((TERRITORIES / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo() -> TimetableFile:
    territory = parse_territory(read_toml("presquile-arvert"))
    refs = TimetableRefs(
        venues=[venue.slug for venue in territory.venues],
        communes=[commune.slug for commune in territory.communes],
        shortest_minutes={AvailabilityKind.PERMANENCE: 45, AvailabilityKind.HOME_VISITS: 90},
        effective_on=MONDAY,
    )
    return parse_timetable(read_toml("demo-timetable"), refs)


def held(demo: TimetableFile, counsellor: str, day: date) -> list[DeclaredAvailability]:
    rules = [rule for rule in demo.availabilities if rule.counsellor == counsellor]
    return sorted(
        (rule for rule in rules if recurrence_of(rule, MONDAY).dates(day, day)),
        key=lambda rule: rule.from_time,
    )


FOUR_WEEKS = [date.fromordinal(MONDAY.toordinal() + n) for n in range(28)]


def test_the_demo_gives_each_counsellor_a_believable_week(demo: TimetableFile) -> None:
    for counsellor in ("jeanne", "karim"):
        kinds = [rule.kind for day in FOUR_WEEKS for rule in held(demo, counsellor, day)]
        assert kinds.count(AvailabilityKind.PERMANENCE) == 24
        assert kinds.count(AvailabilityKind.HOME_VISITS) == 4


def test_the_demo_serves_every_commune_at_its_town_hall_within_four_weeks(
    demo: TimetableFile,
) -> None:
    territory = parse_territory(read_toml("presquile-arvert"))
    venues = [
        rule.venue
        for day in FOUR_WEEKS
        for code in ("jeanne", "karim")
        for rule in held(demo, code, day)
        if rule.venue
    ]
    assert {venue: venues.count(venue) for venue in set(venues)} == {
        f"mairie-{commune.slug}": venues.count(f"mairie-{commune.slug}")
        for commune in territory.communes
    }
    by_inhabitants = sorted(territory.communes, key=lambda c: c.population or 0)
    assert venues.count(f"mairie-{by_inhabitants[-1].slug}") == 8
    assert venues.count(f"mairie-{by_inhabitants[0].slug}") == 2


def test_the_demo_leaves_time_to_travel_at_noon(demo: TimetableFile) -> None:
    territory = parse_territory(read_toml("presquile-arvert"))
    longest = max(travel.minutes for travel in territory.travel)
    for counsellor in ("jeanne", "karim"):
        for day in FOUR_WEEKS:
            for morning, afternoon in pairwise(held(demo, counsellor, day)):
                end = datetime.combine(day, morning.to_time, UTC)
                start = datetime.combine(day, afternoon.from_time, UTC)
                assert (start - end).total_seconds() / 60 >= longest


def test_the_demo_uses_each_sort_of_rule(demo: TimetableFile) -> None:
    assert any(rule.every_weeks == 2 for rule in demo.availabilities)
    assert any(rule.nth for rule in demo.availabilities)
    assert [rule.desk_until_days for rule in demo.availabilities if rule.desk_until_days] == [2]
