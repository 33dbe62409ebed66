"""One date of an availability, its end, undoing them, and what deserves a word before saving."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import planning_errors
from app.domain import staff_errors as errors
from app.domain.availability import AvailabilityKind
from app.domain.errors import DomainError
from app.domain.planning_rules import WarningKind
from app.domain.schedule import expand
from app.models.schedule import Availability
from app.services.impact import preview
from app.services.planning_rule_lists import find_rule
from app.services.planning_rules import RuleDate, RulePlan
from app.services.slots import read_timetable
from app.services.undo import undo
from tests.support.planned import (
    LATER,
    TUESDAY,
    changed,
    date_of,
    end_of,
    entry,
    refused,
    rule,
    save,
)
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage, choice, phone
from tests.support.stage_plan import TODAY, territory


def test_an_availability_ends_after_a_day(stage: Stage) -> None:
    known = entry(stage)
    save(stage, end_of(stage, TUESDAY))
    found = find_rule(stage.session, known.id, now=LATER)
    assert (found.valid_until, found.next_dates) == (TUESDAY, (TUESDAY,))
    again = end_of(stage, TUESDAY)
    assert type(refused(stage, again)) is planning_errors.DateUnfit
    past = end_of(stage, TODAY - timedelta(days=1))
    assert type(refused(stage, past)) is planning_errors.StartPast


def test_one_date_is_skipped_and_given_back(stage: Stage) -> None:
    token = stage.book()
    plan = date_of(stage, TUESDAY)
    assert [line.appointment_id for line in preview(stage.session, plan, now=LATER).lines] == [
        stage.appointment(token).id
    ]
    save(stage, plan)
    found = entry(stage)
    assert (found.skipped, found.next_dates[0]) == ((TUESDAY,), TUESDAY + timedelta(days=7))
    assert type(refused(stage, plan)) is errors.EditedMeanwhile
    assert type(refused(stage, date_of(stage, TUESDAY))) is planning_errors.DateUnfit
    save(stage, date_of(stage, TUESDAY, is_extra=True))
    assert (entry(stage).skipped, entry(stage).next_dates[0]) == ((), TUESDAY)


def test_one_date_is_added(stage: Stage) -> None:
    wednesday = TUESDAY + timedelta(days=1)
    save(stage, date_of(stage, wednesday, is_extra=True))
    assert entry(stage).extra == (wednesday,)
    assert entry(stage).next_dates[:2] == (TUESDAY, wednesday)
    save(stage, date_of(stage, wednesday))
    assert entry(stage).next_dates[:2] == (TUESDAY, TUESDAY + timedelta(days=7))


@pytest.mark.parametrize("is_skipped", [False, True])
def test_a_public_holiday_on_the_day_of_the_rule_is_opened_by_hand(
    stage: Stage, is_skipped: bool
) -> None:
    """Christmas is a Friday: the rule has the date, and nobody receives."""
    christmas = date(2026, 12, 25)

    def act(*, is_extra: bool) -> RuleDate:
        known = entry(stage, weekday=4)
        return RuleDate(known.first_id, known.counsellor_id, christmas, is_extra, known.state)

    if is_skipped:
        save(stage, act(is_extra=False))
    save(stage, act(is_extra=True))
    assert (entry(stage, weekday=4).extra, entry(stage, weekday=4).skipped) == ((christmas,), ())
    openings = expand(read_timetable(stage.catalogue, christmas), christmas, christmas)
    assert [each.counsellor_id for each in openings] == [stage.counsellor("jeanne")]
    assert type(refused(stage, act(is_extra=True))) is planning_errors.DateUnfit


@pytest.mark.parametrize(
    ("day", "is_extra", "refusal"),
    [
        (TODAY - timedelta(days=6), False, planning_errors.StartPast),
        (TUESDAY + timedelta(days=1), False, planning_errors.DateUnfit),
        (TUESDAY, True, planning_errors.DateUnfit),
    ],
)
def test_a_date_that_does_not_fit_is_refused(
    stage: Stage, day: date, is_extra: bool, refusal: type[DomainError]
) -> None:
    assert type(refused(stage, date_of(stage, day, is_extra=is_extra))) is refusal


def test_no_date_of_a_version_that_is_not_in_force(stage: Stage) -> None:
    save(stage, end_of(stage, TUESDAY))
    late = date_of(stage, TUESDAY + timedelta(days=7))
    assert type(refused(stage, late)) is planning_errors.DateUnfit


def test_each_of_these_changes_is_undone(stage: Stage) -> None:
    def picture() -> list[Any]:
        stage.session.rollback()
        rows = stage.session.scalars(select(Availability).order_by(Availability.id))
        return [
            (row.id, row.version, row.valid_until, row.skipped_dates, row.extra_dates)
            for row in rows
        ]

    by = coordinator(stage.session)
    for plan in (
        RulePlan(rule(stage)),
        changed(stage, to_time=time(11)),
        end_of(stage, TUESDAY),
        date_of(stage, TUESDAY),
        date_of(stage, TUESDAY + timedelta(days=1), is_extra=True),
    ):
        before = picture()
        change = save(stage, plan)
        assert picture() != before
        undo(stage.session, change, now=LATER, by=by)
        assert picture() == before


def test_an_end_that_was_there_comes_back(stage: Stage) -> None:
    known = entry(stage)
    save(stage, end_of(stage, TUESDAY + timedelta(days=14)))
    change = save(stage, end_of(stage, TUESDAY))
    undo(stage.session, change, now=LATER, by=coordinator(stage.session))
    stage.session.rollback()
    assert find_rule(stage.session, known.id, now=LATER).valid_until == TUESDAY + timedelta(days=14)


def test_an_availability_that_does_not_exist_is_unknown(stage: Stage) -> None:
    with pytest.raises(errors.SubjectUnknown):
        find_rule(stage.session, 999, now=LATER)


def kinds(stage: Stage, plan: Any) -> list[WarningKind]:
    return [each.kind for each in preview(stage.session, plan, now=LATER).cautions]


def test_a_town_hall_a_holiday_and_a_colleague_are_told_and_stop_nobody(stage: Stage) -> None:
    raw = territory()
    raw["venues"][0]["address"] = raw["communes"][0]["town_hall"]["address"] = "1 place du Port"
    raw["communes"][0]["town_hall"]["opening_hours"] = {"mardi": ["08:30-12:00"]}
    stage.change_territory(raw)
    friday = RulePlan(rule(stage, weekday=4, from_time=time(16, 15), to_time=time(18)))
    found = preview(stage.session, friday, now=LATER).cautions
    assert [each.kind for each in found] == [
        WarningKind.TOWN_HALL_CLOSED, *[WarningKind.HOLIDAY] * 2, WarningKind.ROAD,
    ]  # fmt: skip
    assert found[1].name == "Noël"
    road = found[-1]
    assert (road.minutes, road.on) == (30, date(2026, 11, 27))
    save(stage, friday)
    tuesday = rule(stage, weekday=1, from_time=time(9), to_time=time(12))
    known = entry(stage)
    other_place = replace(tuesday, venue_slug="mairie-amont", to_time=time(11))
    assert WarningKind.COLLEAGUE_THERE in kinds(
        stage, RulePlan(other_place, known.first_id, known.state)
    )
    assert WarningKind.TOWN_HALL_CLOSED not in kinds(
        stage, RulePlan(other_place, known.first_id, known.state)
    )


def test_other_venues_and_visits_have_no_town_hall(stage: Stage) -> None:
    visits = rule(
        stage, kind=AvailabilityKind.HOME_VISITS, venue_slug="", commune_slugs=("amont",),
        ends_on=TODAY,
    )  # fmt: skip
    raw = territory()
    raw["communes"][0]["town_hall"]["opening_hours"] = {"mardi": ["08:30-12:00"]}
    raw["venues"][1]["address"] = "2 rue des Livres"
    stage.change_territory(raw)
    assert kinds(stage, RulePlan(visits)) == []
    library = rule(stage, venue_slug="mediatheque-amont", ends_on=TODAY)
    assert kinds(stage, RulePlan(library)) == []


def test_a_date_less_or_an_end_needs_no_word(stage: Stage) -> None:
    assert kinds(stage, date_of(stage, TUESDAY)) == []
    assert kinds(stage, changed(stage)) == []


def test_a_date_added_is_looked_at_as_hours_that_come_back_are(stage: Stage) -> None:
    """Jeanne's hours of Amont, 9 to 12, on a Wednesday when she is at Aval, then at Butte."""
    raw = territory()
    raw["venues"][0]["address"] = raw["communes"][0]["town_hall"]["address"] = "1 place du Port"
    raw["communes"][0]["town_hall"]["opening_hours"] = {"mardi": ["08:30-12:00"]}
    stage.change_territory(raw)
    wednesday = TUESDAY + timedelta(days=1)
    found = preview(stage.session, date_of(stage, wednesday, is_extra=True), now=LATER).cautions
    venues = {each.id: each.slug for each in stage.catalogue.venues}
    told = [
        (each.kind, venues.get(each.place.venue_id or 0) if each.place else None) for each in found
    ]
    assert told == [
        (WarningKind.TOWN_HALL_CLOSED, None),
        (WarningKind.ALSO_THAT_DAY, "mairie-aval"),
        (WarningKind.ALSO_THAT_DAY, "mairie-butte"),
        (WarningKind.ALSO_THAT_DAY, None),
        (WarningKind.ROAD, "mairie-butte"),
    ]
    assert {each.on for each in found[1:]} == {wednesday}
    easter = date(2027, 3, 29)
    assert WarningKind.HOLIDAY in kinds(stage, date_of(stage, easter, is_extra=True))


def test_a_booking_in_new_hours_forbids_to_undo_them(stage: Stage) -> None:
    change = save(stage, RulePlan(rule(stage, weekday=5)))
    stage.book(choice("2026-11-28T09:00"), phone=phone(), now=LATER)
    with pytest.raises(planning_errors.UndoTaken):
        undo(stage.session, change, now=LATER, by=coordinator(stage.session))
