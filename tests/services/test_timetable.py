"""Loading a timetable file: versions of rules, and what the past keeps."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.checks import InvalidFile
from app.domain.recurrence import LAST, Frequency
from app.domain.territory import parse_territory
from app.models.accounts import Counsellor
from app.models.places import Territory, Venue
from app.models.schedule import Availability
from app.services.catalogue import NoTerritory
from app.services.changes import Change, ChangeKind
from app.services.territory import load_territory
from app.services.timetable import timetable_refs
from tests.support.territory_sample import spoiled
from tests.support.timetable_sample import (
    JEANNE,
    KARIM,
    MONDAY_MORNING,
    TUESDAY_VISITS,
    load_sample,
    timetable,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DECEMBER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _territory(session: Session) -> None:
    load_territory(session, parse_territory(spoiled()), overwrite=False, now=NOW)


def load(session: Session, raw: dict[str, Any], on: date = TODAY) -> list[Change]:
    return load_sample(session, raw, now=NOW, on=on)


def versions(session: Session, code: str = "lundi") -> list[tuple[int, date, date | None]]:
    session.expire_all()
    rows = session.scalars(
        select(Availability).where(Availability.code == code).order_by(Availability.version)
    )
    return [(row.version, row.valid_from, row.valid_until) for row in rows]


def latest(session: Session, code: str = "lundi") -> Availability:
    return session.scalars(
        select(Availability)
        .where(Availability.code == code)
        .order_by(Availability.version.desc())
        .limit(1)
    ).one()


def told(changes: list[Change]) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.key) for change in changes]


def revision(session: Session) -> int:
    session.expire_all()
    return session.scalars(select(Territory.revision)).one()


def test_a_first_load_writes_people_and_rules(session: Session) -> None:
    assert told(load(session, timetable())) == [
        (ChangeKind.ADDED, "counsellors[jeanne]"),
        (ChangeKind.ADDED, "counsellors[karim]"),
        (ChangeKind.ADDED, "availabilities[lundi]"),
        (ChangeKind.ADDED, "availabilities[mardi]"),
    ]
    rule = latest(session)
    venue_id = session.scalars(select(Venue.id)).one()
    assert (rule.kind, rule.venue_id, rule.commune_slugs) == (
        AvailabilityKind.PERMANENCE,
        venue_id,
        [],
    )
    assert (rule.frequency, rule.weekday, rule.every_weeks, rule.nth) == (
        Frequency.WEEKLY,
        0,
        1,
        None,
    )
    assert (rule.from_time, rule.to_time) == (time(9), time(12))
    assert (rule.first_on, rule.valid_from, rule.valid_until) == (TODAY, TODAY, None)
    visits = latest(session, "mardi")
    assert (visits.kind, visits.venue_id, visits.commune_slugs) == (
        AvailabilityKind.HOME_VISITS,
        None,
        ["amont"],
    )
    assert revision(session) == 2


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    load(session, timetable())
    assert load(session, timetable()) == []
    assert load(session, timetable(), on=DECEMBER) == []
    assert versions(session) == [(1, TODAY, None)]
    assert revision(session) == 2


def test_a_rule_may_be_told_from_the_past_by_the_first_load(session: Session) -> None:
    start = date(2026, 10, 26)
    load(session, timetable(), on=start)
    assert versions(session) == [(1, start, None)]


def test_the_past_is_not_changed_by_a_later_load(session: Session) -> None:
    load(session, timetable())
    with pytest.raises(InvalidFile, match=r"--from : 2026-11-22 est passé"):
        load(session, timetable({**MONDAY_MORNING, "to": "13:00"}), on=TODAY - timedelta(days=1))
    assert versions(session) == [(1, TODAY, None)]


def test_a_changed_rule_is_closed_and_continued_by_a_new_version(session: Session) -> None:
    load(session, timetable())
    longer = timetable({**MONDAY_MORNING, "to": "12:30"}, TUESDAY_VISITS)
    changes = load(session, longer, DECEMBER)
    assert changes == [
        Change(ChangeKind.CHANGED, "availabilities[lundi].to_time", time(12), time(12, 30))
    ]
    assert versions(session) == [(1, TODAY, date(2026, 11, 30)), (2, DECEMBER, None)]
    assert latest(session).to_time == time(12, 30)
    assert latest(session).first_on == TODAY
    assert revision(session) == 3
    sooner = date(2026, 11, 25)
    assert load(session, longer, sooner) == [
        Change(ChangeKind.CHANGED, "availabilities[lundi].valid_from", DECEMBER, sooner)
    ]
    assert (latest(session).valid_from, latest(session).to_time) == (sooner, time(12, 30))


def test_a_version_replaced_before_it_began_never_comes_into_force(session: Session) -> None:
    load(session, timetable())
    load(session, timetable({**MONDAY_MORNING, "to": "12:30"}), DECEMBER)
    load(session, timetable({**MONDAY_MORNING, "to": "13:00"}), date(2026, 11, 25))
    assert versions(session) == [
        (1, TODAY, date(2026, 11, 24)),
        (2, DECEMBER, date(2026, 11, 24)),
        (3, date(2026, 11, 25), None),
    ]


def test_a_rule_that_the_file_no_longer_has_is_closed_and_may_come_back(
    session: Session,
) -> None:
    load(session, timetable())
    changes = load(session, timetable(MONDAY_MORNING), DECEMBER)
    assert told(changes) == [(ChangeKind.ENDED, "availabilities[mardi]")]
    assert versions(session, "mardi") == [(1, TODAY, date(2026, 11, 30))]
    assert load(session, timetable(MONDAY_MORNING), DECEMBER) == []
    load(session, timetable(), date(2027, 1, 4))
    assert versions(session, "mardi") == [
        (1, TODAY, date(2026, 11, 30)),
        (2, date(2027, 1, 4), None),
    ]


def test_the_anchor_of_the_weeks_is_kept_from_version_to_version(session: Session) -> None:
    every_two = {**MONDAY_MORNING, "every_weeks": 2, "first_on": date(2024, 1, 1)}
    load(session, timetable(every_two))
    load(session, timetable({**every_two, "to": "12:30"}), DECEMBER)
    assert latest(session).first_on == date(2024, 1, 1)
    load(session, timetable({**every_two, "first_on": date(2024, 1, 8)}), DECEMBER)
    assert latest(session).first_on == date(2024, 1, 8)


@pytest.mark.parametrize(("nth", "stored"), [(2, 2), ("dernier", LAST)])
def test_an_nth_weekday_is_stored_as_a_monthly_rule(
    session: Session, nth: object, stored: int
) -> None:
    load(session, timetable({**MONDAY_MORNING, "nth": nth}))
    assert (latest(session).frequency, latest(session).nth) == (Frequency.MONTHLY_NTH, stored)


def test_dates_by_hand_are_part_of_the_rule(session: Session) -> None:
    load(session, timetable())
    rule = {
        **MONDAY_MORNING,
        "skipped_dates": [date(2026, 12, 28)],
        "extra_dates": [date(2026, 12, 8)],
        "desk_until_days": 2,
    }
    load(session, timetable(rule))
    stored = latest(session)
    assert (stored.skipped_dates, stored.extra_dates) == (["2026-12-28"], ["2026-12-08"])
    assert stored.desk_until_days == 2
    assert load(session, timetable(rule)) == []


# -- where a rule starts -----------------------------------------------------------------------


def from_day(day: date) -> dict[str, Any]:
    return timetable({**MONDAY_MORNING, "valid_from": day})


def test_a_rule_may_start_later_than_the_file(session: Session) -> None:
    load(session, from_day(DECEMBER))
    assert versions(session) == [(1, DECEMBER, None)]
    assert load(session, from_day(DECEMBER)) == []


def test_a_start_that_has_passed_says_nothing_new(session: Session) -> None:
    load(session, from_day(date(2026, 1, 5)))
    assert versions(session) == [(1, date(2026, 1, 5), None)]
    assert load(session, from_day(date(2026, 2, 2))) == []
    load(session, timetable({**MONDAY_MORNING, "valid_from": date(2026, 1, 5), "to": "13:00"}))
    assert versions(session) == [(1, date(2026, 1, 5), date(2026, 11, 22)), (2, TODAY, None)]
    assert load(session, timetable({**MONDAY_MORNING, "to": "13:00"})) == []


def test_a_rule_that_has_not_begun_may_be_brought_forward(session: Session) -> None:
    load(session, from_day(DECEMBER))
    changes = load(session, from_day(date(2026, 11, 30)))
    assert told(changes) == [(ChangeKind.CHANGED, "availabilities[lundi].valid_from")]
    assert versions(session) == [
        (1, DECEMBER, date(2026, 11, 22)),
        (2, date(2026, 11, 30), None),
    ]
    assert latest(session).first_on == date(2026, 11, 30)


def test_a_rule_in_force_may_be_suspended_until_a_later_start(session: Session) -> None:
    load(session, timetable(MONDAY_MORNING))
    load(session, from_day(date(2027, 1, 4)))
    assert versions(session) == [(1, TODAY, date(2026, 11, 22)), (2, date(2027, 1, 4), None)]


# -- people ------------------------------------------------------------------------------------


def test_a_counsellor_may_be_renamed_or_leave_but_stays_in_the_figures(session: Session) -> None:
    load(session, timetable())
    raw = timetable()
    raw["counsellors"] = [{**JEANNE, "first_name": "Jeannette"}]
    assert told(load(session, raw)) == [
        (ChangeKind.CHANGED, "counsellors[jeanne].first_name"),
        (ChangeKind.ENDED, "counsellors[karim]"),
    ]
    assert load(session, raw) == []
    rows = session.execute(
        select(Counsellor.code, Counsellor.first_name, Counsellor.active).order_by(Counsellor.code)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("jeanne", "Jeannette", True),
        ("karim", "Karim", False),
    ]


def test_a_rule_may_change_hands(session: Session) -> None:
    load(session, timetable())
    load(session, timetable({**MONDAY_MORNING, "counsellor": KARIM["code"]}), DECEMBER)
    assert len(versions(session)) == 2


# -- what a timetable may refer to -------------------------------------------------------------


def test_a_timetable_refers_to_open_venues_and_served_communes(session: Session) -> None:
    refs = timetable_refs(session, TODAY)
    assert (refs.venues, refs.communes) == (["mairie-amont"], ["amont"])
    assert refs.shortest_minutes == {
        AvailabilityKind.PERMANENCE: 45,
        AvailabilityKind.HOME_VISITS: 90,
    }


def test_a_commune_that_has_left_receives_no_more_visits(session: Session) -> None:
    file = parse_territory(spoiled(communes__0__active_until=date(2026, 11, 30)))
    load_territory(session, file, overwrite=True, now=NOW)
    assert timetable_refs(session, date(2026, 11, 30)).communes == ["amont"]
    assert timetable_refs(session, DECEMBER).communes == []
    with pytest.raises(InvalidFile, match="« amont » n'est pas une commune servie"):
        load(session, timetable(TUESDAY_VISITS), DECEMBER)


def test_a_timetable_needs_a_territory(engine: Any) -> None:
    with Session(engine) as session:
        session.execute(Territory.__table__.delete())
        with pytest.raises(NoTerritory):
            timetable_refs(session, TODAY)
