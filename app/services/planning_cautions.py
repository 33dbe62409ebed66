"""What deserves a word before a change of the timetable is saved; nothing here stops anybody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.planning import Days
from app.domain.planning_rules import (
    Caution,
    Rule,
    also_that_day,
    holiday_cautions,
    neighbour_cautions,
    replacement_cautions,
    town_hall_caution,
)
from app.domain.schedule import expand, explain
from app.gateways.holidays import public_holidays
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, read_catalogue
from app.services.hours import town_hall_hours
from app.services.planning import AbsencePlan, Plan, Steps
from app.services.planning_rules import RuleDate, RulePlan
from app.services.slots import fresh_timetable, read_timetable
from app.services.stored_timetable import stored_recurrence

WEEKS_COMPARED = timedelta(weeks=10)
"""How far colleagues and roads are looked at from the first day on."""
A_YEAR = timedelta(days=365)
HOLIDAYS_SHOWN = 4


def cautions_of(session: Session, plan: Plan, steps: Steps) -> list[Caution]:
    """The cautions of a plan that has just been written, inside its transaction."""
    if isinstance(plan, RulePlan):
        return _of_rule(session, plan.rule, steps) if steps["availability"] else []
    if isinstance(plan, RuleDate):
        return _of_added_date(session, plan, steps) if plan.is_extra else []
    if isinstance(plan, AbsencePlan) and plan.substitute_id is not None:
        return _of_replacement(session, plan.substitute_id, plan.days)
    return []


def _of_rule(session: Session, rule: Rule, steps: Steps) -> list[Caution]:
    catalogue = read_catalogue(session)
    row = session.get_one(Availability, steps["availability"][-1])
    return [
        *_town_hall(catalogue, row, rule.weekday),
        *_holidays(row, rule),
        *_neighbours(session, catalogue, row, rule),
    ]


def _of_added_date(session: Session, plan: RuleDate, steps: Steps) -> list[Caution]:
    """Of that day alone; where the person was to be is told as it was before."""
    catalogue, on = read_catalogue(session), plan.on
    [[row_id, *_]] = steps["dates"]
    row = session.get_one(Availability, row_id)
    openings = expand(fresh_timetable(session, catalogue, on), on, on)
    own = [each for each in openings if each.availability_id == row.id]
    others = [each for each in openings if each.availability_id != row.id]
    before = expand(read_timetable(catalogue, on), on, on)
    return [
        *_town_hall(catalogue, row, on.weekday()),
        *holiday_cautions([on], public_holidays(on.year, on.year)),
        *also_that_day(own, before),
        *neighbour_cautions(own, others, catalogue.travel),
    ]


def _of_replacement(session: Session, substitute_id: int, days: Days) -> list[Caution]:
    """What the substitute's own hours become, and the roads between them and the others."""
    catalogue = read_catalogue(session)
    first, last = days.first, days.until
    timetable = fresh_timetable(session, catalogue, last)
    known = explain(read_timetable(catalogue, last), first, last)
    return replacement_cautions(
        expand(timetable, first, last),
        explain(timetable, first, last),
        known,
        substitute_id,
        catalogue.travel,
    )


def _town_hall(catalogue: Catalogue, row: Availability, weekday: int) -> list[Caution]:
    """Only of the venue that is the town hall: the one at its address."""
    if row.venue_id is None:
        return []
    hall = town_hall_hours(catalogue.venue_by_id(row.venue_id))
    hours = row.from_time, row.to_time
    found = town_hall_caution(hall, weekday, hours)
    return [found] if found else []


def _holidays(row: Availability, rule: Rule) -> list[Caution]:
    last = min(rule.starts_on + A_YEAR, rule.ends_on or rule.starts_on + A_YEAR)
    dates = stored_recurrence(row).dates(rule.starts_on, last)
    holidays = public_holidays(rule.starts_on.year, last.year)
    return holiday_cautions(dates, holidays)[:HOLIDAYS_SHOWN]


def _neighbours(
    session: Session, catalogue: Catalogue, row: Availability, rule: Rule
) -> list[Caution]:
    last = rule.starts_on + WEEKS_COMPARED
    openings = expand(fresh_timetable(session, catalogue, last), rule.starts_on, last)
    own = [each for each in openings if each.availability_id == row.id]
    others = [each for each in openings if each.availability_id != row.id]
    return neighbour_cautions(own, others, catalogue.travel)
