"""Availabilities from a page: versions « à partir du … », and what is refused."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import planning_errors as refusals
from app.domain import staff_errors as errors
from app.domain.availability import AvailabilityKind
from app.domain.errors import DomainError
from app.domain.impact import Way
from app.domain.journal import JournalAction
from app.domain.recurrence import LAST
from app.models.accounts import Counsellor
from app.models.journal import TimetableChange
from app.models.schedule import Availability
from app.services.impact import preview
from app.services.planning_rule_lists import RuleEntry, find_rule, list_rules
from app.services.planning_rules import RulePlan, first_date
from app.services.undo import undo
from tests.support.agenda_day import colleague
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
from tests.support.stage import Stage, choice
from tests.support.stage_plan import RULES, TODAY, territory


def test_new_hours_are_bookable_from_their_first_day_on(stage: Stage) -> None:
    change = save(stage, RulePlan(rule(stage)))
    found = entry(stage, weekday=0)
    assert (found.version, found.valid_from, found.valid_until) == (1, TODAY, None)
    assert found.next_dates[:2] == (TODAY, TODAY + timedelta(days=7))
    assert found.place == "mairie-amont"
    kept = stage.session.get_one(TimetableChange, change)
    assert kept.kind is JournalAction.AVAILABILITY_CREATED
    save(stage, RulePlan(rule(stage, from_time=time(14), to_time=time(17))))
    again = rule(stage, ends_on=TODAY, from_time=time(12, 15), to_time=time(13, 15))
    save(stage, RulePlan(again))
    codes = list(stage.session.scalars(select(Availability.code)))
    assert len(codes) == len(set(codes))


def test_a_code_that_is_taken_gets_a_number(stage: Stage) -> None:
    save(stage, RulePlan(rule(stage, ends_on=TODAY)))
    later = rule(stage, starts_on=TODAY + timedelta(days=1))
    save(stage, RulePlan(later))
    codes = stage.session.scalars(select(Availability.code).where(Availability.weekday == 0))
    assert sorted(codes) == ["jeanne-lundi-0900", "jeanne-lundi-0900-2"]


def test_a_change_is_a_new_version_and_the_past_stays(stage: Stage) -> None:
    save(stage, changed(stage, to_time=time(11)))
    versions = stage.session.scalars(
        select(Availability).where(Availability.code == entry(stage).code)
    ).all()
    assert [(row.version, row.to_time, row.valid_until) for row in versions] == [
        (1, time(12), TUESDAY + timedelta(days=6)), (2, time(11), None),
    ]  # fmt: skip
    listed = of_that_code(stage)
    assert [(each.version, each.is_latest) for each in listed] == [(1, False), (2, True)]


def test_what_the_new_hours_no_longer_hold_is_touched(stage: Stage) -> None:
    token = stage.book(choice("2026-11-24T11:15"))
    plan = changed(stage, starts_on=TUESDAY, to_time=time(11))
    (line,) = preview(stage.session, plan, now=LATER).lines
    assert line.appointment_id == stage.appointment(token).id
    assert line.choices[0].way is Way.COLLEAGUE
    save(stage, plan)
    assert stage.where(token)[0] == "karim"


def test_hours_planned_for_later_are_brought_forward_with_the_dates_of_the_ones_before(
    stage: Stage,
) -> None:
    """Nobody comes on the 8th, and everybody on the 9th: written while the first hours held."""
    january, first = date(2027, 1, 4), date(2026, 12, 1)
    eighth, ninth, after = date(2026, 12, 8), date(2026, 12, 9), date(2027, 1, 12)
    save(stage, date_of(stage, after))
    save(stage, changed(stage, starts_on=january, to_time=time(11)))
    save(stage, date_of(stage, after, is_extra=True))
    save(stage, date_of(stage, eighth))
    save(stage, date_of(stage, ninth, is_extra=True))
    save(stage, changed(stage, starts_on=first, to_time=time(11)))
    found = entry(stage)
    assert (found.version, found.valid_from, found.to_time) == (3, first, time(11))
    assert (found.skipped, found.extra) == ((eighth,), (ninth,))
    assert found.next_dates[:3] == (first, ninth, date(2026, 12, 15))
    assert [each.valid_from for each in of_that_code(stage)] == [TODAY, first]


def of_that_code(stage: Stage) -> list[RuleEntry]:
    """The versions of Jeanne's Tuesday that are in force or will be."""
    code = entry(stage).code
    return [each for each in list_rules(stage.session, now=LATER) if each.code == code]


def test_the_second_of_two_editors_is_told_who_changed_what(stage: Stage) -> None:
    first, second = changed(stage, to_time=time(11)), changed(stage, to_time=time(10, 30))
    save(stage, first)
    refusal = refused(stage, second)
    assert type(refusal) is errors.EditedMeanwhile
    assert refusal.facts == {"by": "Camille", "at": LATER}


def test_an_availability_that_a_colleague_ended_is_not_silently_brought_back(stage: Stage) -> None:
    older_page = changed(stage, to_time=time(11))
    friday, week = entry(stage, weekday=4), timedelta(days=7)
    save(stage, end_of(stage, TUESDAY), colleague(stage, "Claude"))
    shorter = rule(stage, weekday=4, to_time=time(11), starts_on=TODAY + week)
    save(stage, RulePlan(shorter, friday.first_id, friday.state))
    refusal = refused(stage, older_page)
    assert type(refusal) is errors.EditedMeanwhile
    assert refusal.facts == {"by": "Claude", "at": LATER}
    save(stage, changed(stage, to_time=time(11)))


def test_an_end_that_was_taken_back_is_an_edit_too(stage: Stage) -> None:
    change = save(stage, end_of(stage, TUESDAY))
    page_of_the_end = changed(stage, to_time=time(11))
    undo(stage.session, change, now=LATER, by=colleague(stage, "Claude"))
    assert refused(stage, page_of_the_end).facts == {"by": "Claude", "at": LATER}


def test_who_loaded_a_file_meanwhile_is_unknown(stage: Stage) -> None:
    plan = changed(stage)
    stale = replace(plan, state="7.")
    assert refused(stage, stale).facts == {"by": None, "at": None}


def test_nothing_changed_is_nothing_written(stage: Stage) -> None:
    before = stage.count(Availability)
    change = save(stage, changed(stage))
    assert stage.count(Availability) == before
    assert stage.session.get_one(TimetableChange, change).steps["rows"] == {
        "availability": [], "ended": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, refusals.StartPast),
        ({"venue_slug": "nulle-part"}, refusals.VenueMissing),
        ({"venue_slug": ""}, refusals.VenueMissing),
        (
            {"kind": AvailabilityKind.HOME_VISITS, "commune_slugs": ()},
            refusals.PlacesMissing,
        ),
        (
            {"kind": AvailabilityKind.HOME_VISITS, "commune_slugs": ("payeuse",)},
            refusals.PlacesMissing,
        ),
        (
            {"kind": AvailabilityKind.HOME_VISITS, "commune_slugs": ("amont", "nulle-part")},
            refusals.PlacesMissing,
        ),
        (
            {
                "kind": AvailabilityKind.HOME_VISITS,
                "commune_slugs": ("amont",),
                "to_time": time(10, 29),
            },
            refusals.HoursTooShort,
        ),
    ],
)
def test_what_cannot_be_planned_is_refused(
    stage: Stage, changes: dict[str, Any], refusal: type[DomainError]
) -> None:
    assert type(refused(stage, RulePlan(rule(stage, **changes)))) is refusal


def test_visits_go_to_the_communes_chosen(stage: Stage) -> None:
    visits = rule(
        stage, kind=AvailabilityKind.HOME_VISITS, venue_slug="", commune_slugs=("amont", "butte")
    )
    save(stage, RulePlan(visits))
    found = entry(stage, weekday=0)
    assert (found.communes, found.place) == (("Amont", "Butte"), "visites à domicile")


def test_who_has_left_gets_no_hours(stage: Stage) -> None:
    plan = RulePlan(rule(stage))
    stage.session.execute(update(Counsellor).values(active=False))
    stage.session.commit()
    assert type(refused(stage, plan)) is refusals.AgendaClosed


def test_the_same_person_is_nowhere_twice(stage: Stage) -> None:
    refusal = refused(stage, RulePlan(rule(stage, weekday=1, from_time=time(11))))
    assert type(refusal) is refusals.RuleOverlaps
    assert refusal.facts["place"] == "mairie-amont"
    assert refusal.facts["day"] == "mardi 24 novembre"
    visits = RulePlan(rule(stage, weekday=1, from_time=time(14, 30), to_time=time(17)))
    assert refused(stage, visits).facts["place"] == "visites à domicile"


def test_where_the_other_hours_end_the_new_ones_may_begin(stage: Stage) -> None:
    save(stage, end_of(stage, TUESDAY))
    save(stage, RulePlan(rule(stage, weekday=1, starts_on=TUESDAY + timedelta(days=1))))


@pytest.mark.parametrize(
    ("agreement", "ends_on", "told"),
    [
        ({"active_until": date(2026, 12, 31)}, None, "jusqu’au jeudi 31 décembre 2026"),
        ({"active_until": date(2026, 12, 31)}, date(2027, 1, 1), "jusqu’au"),
        ({"active_from": date(2026, 12, 1)}, None, "du mardi 1er décembre 2026"),
    ],
)
def test_no_hours_outside_the_convention(
    stage: Stage, agreement: dict[str, date], ends_on: date | None, told: str
) -> None:
    stage.change_timetable(rules=[{**each, "valid_until": date(2026, 12, 31)} for each in RULES])
    raw = territory()
    raw["communes"][0].update(agreement)
    stage.change_territory(raw)
    refusal = refused(stage, RulePlan(rule(stage, ends_on=ends_on)))
    assert type(refusal) is refusals.OutsideAgreement
    assert told in refusal.facts["dates"]
    assert refusal.facts["town"].startswith(("de ", "d’", "du ", "des "))


def test_hours_inside_the_convention_are_fine(stage: Stage) -> None:
    stage.change_timetable(rules=[{**each, "valid_until": date(2026, 12, 31)} for each in RULES])
    raw = territory()
    raw["communes"][0]["active_until"] = date(2026, 12, 31)
    stage.change_territory(raw)
    save(stage, RulePlan(rule(stage, ends_on=date(2026, 12, 31))))


def test_every_two_weeks_counts_from_the_first_day_and_keeps_its_weeks(stage: Stage) -> None:
    plan = RulePlan(rule(stage, weekday=5, every_weeks=2))
    assert first_date(plan.rule) == date(2026, 11, 28)
    save(stage, plan)
    found = entry(stage, weekday=5)
    assert found.next_dates[:2] == (date(2026, 11, 28), date(2026, 12, 12))
    shorter = rule(stage, weekday=5, every_weeks=2, to_time=time(11), starts_on=date(2026, 12, 1))
    save(stage, RulePlan(shorter, found.first_id, found.state))
    latest = find_rule(stage.session, found.id, now=LATER)
    assert (latest.version, latest.next_dates[0]) == (2, date(2026, 12, 12))


def test_an_edit_before_the_first_date_keeps_the_weeks_and_sees_who_is_there(stage: Stage) -> None:
    """From a week before on, twice: 5 December stays, 28 November (hours of others) is not ours."""
    first, one_week = date(2026, 12, 5), timedelta(weeks=1)
    save(stage, RulePlan(rule(stage, weekday=5, every_weeks=2, starts_on=first)))
    afternoon = {"from_time": time(13), "to_time": time(16)}
    between = rule(stage, weekday=5, every_weeks=2, starts_on=first - one_week, **afternoon)
    save(stage, RulePlan(between))
    for from_time in (time(9), time(8)):
        known = entry(stage, weekday=5)
        longer = replace(between, from_time=from_time, to_time=time(14))
        save(stage, RulePlan(longer, known.first_id, known.state))
        latest = find_rule(stage.session, known.id, now=LATER)
        assert latest.next_dates[:2] == (first, first + 2 * one_week)
    same_weeks = replace(between, starts_on=first, from_time=time(13, 30))
    assert type(refused(stage, RulePlan(same_weeks))) is refusals.RuleOverlaps


def test_the_last_of_the_month(stage: Stage) -> None:
    save(stage, RulePlan(rule(stage, weekday=5, nth=LAST)))
    assert entry(stage, weekday=5).next_dates[:2] == (date(2026, 11, 28), date(2026, 12, 26))
