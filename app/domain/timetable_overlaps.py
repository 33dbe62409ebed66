"""Do two rules of a timetable file ever put one counsellor at two places at once?"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from app.domain.recurrence import Frequency, Recurrence
from app.domain.timetable_entries import DeclaredAvailability

YEARS_COMPARED = 12
"""Long enough for « every 12 weeks » to meet « the fifth Monday » if it ever does in practice."""


def recurrence_of(rule: DeclaredAvailability, effective_on: date) -> Recurrence:
    """The rule's dates; `effective_on` stands for a missing `valid_from`."""
    valid_from = rule.valid_from or effective_on
    return Recurrence(
        frequency=Frequency.WEEKLY if rule.nth is None else Frequency.MONTHLY_NTH,
        weekday=rule.weekday,
        first_on=rule.first_on or valid_from,
        valid_from=valid_from,
        valid_until=rule.valid_until,
        every_weeks=rule.every_weeks,
        nth=rule.nth,
        skipped_dates=frozenset(rule.skipped_dates),
        extra_dates=frozenset(rule.extra_dates),
    )


def overlapping(
    rules: Sequence[DeclaredAvailability], effective_on: date
) -> Iterator[tuple[DeclaredAvailability, DeclaredAvailability, date]]:
    """Each pair of rules of one counsellor whose hours overlap on a common date, with the first.

    A pair that an extra date brings together is left out: the extra date then wins, which is how
    somebody moves a session to another place for one day.
    """
    for earlier, later in combinations(rules, 2):
        if earlier.counsellor == later.counsellor and _same_hours(earlier, later):
            common = _dates(earlier, effective_on) & _dates(later, effective_on)
            if common:
                yield earlier, later, min(common)


def _same_hours(one: DeclaredAvailability, other: DeclaredAvailability) -> bool:
    return one.from_time < other.to_time and other.from_time < one.to_time


def _dates(rule: DeclaredAvailability, effective_on: date) -> set[date]:
    """The rule's own dates, extra ones aside, over the years that follow `effective_on`."""
    first = min(effective_on, rule.valid_from or effective_on)
    last = effective_on + timedelta(days=365 * YEARS_COMPARED)
    return set(recurrence_of(rule, effective_on).dates(first, last)) - set(rule.extra_dates)
