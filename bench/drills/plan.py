"""The openings of the stage, worked out a second time: from its rules, without the site's code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tests.support.stage_plan import MINUTES, PARIS, RULES, SAME_COMMUNE_MINUTES, TODAY, VENUES
from tests.support.stage_plan import WINDOW_DAYS as DAYS

STEP = timedelta(minutes=15)
VISIT_MINUTES = 30 + 60
"""The window, and an hour even for a shorter topic."""
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

Where = tuple[str, str | None]
"""Commune and venue; no venue at somebody's home."""


@dataclass(frozen=True, slots=True)
class PlannedOpening:
    """Hours of one person on one day, at a venue or for visits in some communes."""

    counsellor: str
    starts_at: datetime
    ends_at: datetime
    venue: str | None
    communes: tuple[str, ...]

    @property
    def where(self) -> Where | None:
        return (VENUES[self.venue], self.venue) if self.venue else None


def planned_openings() -> Iterator[PlannedOpening]:
    """Every opening of the days that can be booked."""
    for day in (TODAY + timedelta(days=number) for number in range(DAYS + 1)):
        for rule in RULES:
            if rule["weekday"] == WEEKDAYS[day.weekday()]:
                yield PlannedOpening(
                    counsellor=rule["counsellor"],
                    starts_at=_instant(day, rule["from"]),
                    ends_at=_instant(day, rule["to"]),
                    venue=rule.get("venue"),
                    communes=tuple(rule.get("communes", ())),
                )


def journey(start: Where, end: Where) -> timedelta:
    """How long it takes from one place to another."""
    if start[1] and start[1] == end[1]:
        return timedelta()
    if start[0] == end[0]:
        return timedelta(minutes=SAME_COMMUNE_MINUTES)
    return timedelta(minutes=MINUTES[start[0], end[0]])


def _instant(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), PARIS).astimezone(UTC)
