"""What deserves a word before an availability is saved; nothing here stops anybody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.planning_rules import (
    Caution,
    Rule,
    holiday_cautions,
    neighbour_cautions,
    town_hall_caution,
)
from app.domain.schedule import expand
from app.gateways.holidays import public_holidays
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, read_catalogue
from app.services.hours import town_hall_hours
from app.services.planning import Plan, Steps
from app.services.planning_rules import RulePlan
from app.services.slots import fresh_timetable
from app.services.stored_timetable import stored_recurrence

WEEKS_COMPARED = timedelta(weeks=10)
"""How far colleagues and roads are looked at from the first day on."""
A_YEAR = timedelta(days=365)
HOLIDAYS_SHOWN = 4


def cautions_of(session: Session, plan: Plan, steps: Steps) -> list[Caution]:
    """The cautions of a plan that has just been written, inside its transaction."""
    if not isinstance(plan, RulePlan) or not steps["availability"]:
        return []
    catalogue, rule = read_catalogue(session), plan.rule
    row = session.get_one(Availability, steps["availability"][-1])
    return [
        *_town_hall(catalogue, rule),
        *_holidays(row, rule),
        *_neighbours(session, catalogue, row, rule),
    ]


def _town_hall(catalogue: Catalogue, rule: Rule) -> list[Caution]:
    if rule.kind is AvailabilityKind.HOME_VISITS:
        return []
    hall = town_hall_hours(catalogue.venue(rule.venue_slug))
    found = town_hall_caution(hall, rule.weekday, (rule.from_time, rule.to_time))
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
