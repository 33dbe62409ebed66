"""Jeanne's hours on the stage, as a page plans them."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from app.domain.availability import AvailabilityKind
from app.domain.errors import DomainError
from app.domain.planning_rules import Rule
from app.models.schedule import Availability
from app.services.impact import apply, preview
from app.services.planning_rule_lists import RuleEntry, list_rules
from app.services.planning_rules import RuleDate, RuleEnd, RulePlan
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, TODAY

LATER = NOW + timedelta(hours=1)
TUESDAY = TODAY + timedelta(days=1)


def rule(stage: Stage, **changes: Any) -> Rule:
    """Jeanne on Mondays at Amont, from today on."""
    found = Rule(
        counsellor_id=stage.counsellor("jeanne"),
        kind=AvailabilityKind.PERMANENCE,
        venue_slug="mairie-amont",
        commune_slugs=(),
        weekday=0,
        every_weeks=1,
        nth=None,
        from_time=time(9),
        to_time=time(12),
        starts_on=TODAY,
        ends_on=None,
        desk_until_days=None,
    )
    return replace(found, **changes)


def save(stage: Stage, plan: Any, by: int | None = None) -> int:
    lines = preview(stage.session, plan, now=LATER).lines
    keys = {line.appointment_id: line.chosen for line in lines}
    found = apply(stage.session, plan, keys, now=LATER, by=by or coordinator(stage.session))
    stage.session.rollback()
    return found


def refused(stage: Stage, plan: Any) -> DomainError:
    before = stage.count(Availability)
    with pytest.raises(DomainError) as refusal:
        save(stage, plan)
    assert stage.count(Availability) == before
    return refusal.value


def entry(stage: Stage, weekday: int = 1, hour: int = 9) -> RuleEntry:
    """Jeanne's hours of that day, as they are now."""
    stage.session.rollback()
    found = [
        each
        for each in list_rules(stage.session, now=LATER)
        if (each.counsellor, each.weekday, each.from_time.hour) == ("Jeanne", weekday, hour)
    ]
    return found[-1]


def changed(stage: Stage, **changes: Any) -> RulePlan:
    """The Tuesday of Jeanne, otherwise from a week later on."""
    known = entry(stage)
    start = changes.pop("starts_on", TUESDAY + timedelta(days=7))
    new = rule(stage, weekday=1, starts_on=start, **changes)
    return RulePlan(new, known.first_id, known.state)


def date_of(stage: Stage, day: date, *, is_extra: bool = False) -> RuleDate:
    known = entry(stage)
    return RuleDate(known.first_id, known.counsellor_id, day, is_extra, known.state)


def end_of(stage: Stage, last_on: date) -> RuleEnd:
    known = entry(stage)
    return RuleEnd(known.first_id, known.counsellor_id, last_on, known.state)
