"""The timetable as its tables have it, in the terms of the domain: a part of the snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.recurrence import Recurrence
from app.domain.schedule import Absence as AbsenceFact
from app.domain.schedule import Availability as AvailabilityRule
from app.domain.schedule import Closure as ClosureFact
from app.domain.schedule import Replacement as ReplacementFact
from app.domain.travel import Place
from app.models.schedule import Absence, Availability, Closure, Replacement

AS_IT_IS: Any = {"execution_options": {"populate_existing": True}}
"""Rows say what the database says now, even those that this session has met before."""


@dataclass(frozen=True, slots=True)
class StoredTimetable:
    """Every rule, and every dated fact that was not withdrawn."""

    availabilities: tuple[AvailabilityRule, ...]
    absences: tuple[AbsenceFact, ...]
    replacements: tuple[ReplacementFact, ...]
    closures: tuple[ClosureFact, ...]


def read_rules(session: Session) -> list[Availability]:
    """The rows of the rules, to be read before the places that they name."""
    return list(session.scalars(select(Availability), **AS_IT_IS))


def read_stored_timetable(
    session: Session,
    rules: Iterable[Availability],
    places: Mapping[int, Place],
    commune_ids: Mapping[str, int],
) -> StoredTimetable:
    """The rules at the places of their venues (by id), for the communes of their slugs."""
    return StoredTimetable(
        availabilities=tuple(_rule(row, places, commune_ids) for row in rules),
        absences=tuple(
            AbsenceFact(row.counsellor_id, row.starts_at, row.ends_at)
            for row in session.execute(_standing(Absence))
        ),
        replacements=tuple(
            ReplacementFact(row.absent_id, row.substitute_id, row.starts_at, row.ends_at)
            for row in session.execute(_standing(Replacement))
        ),
        closures=tuple(
            ClosureFact(row.venue_id, row.starts_at, row.ends_at)
            for row in session.execute(_standing(Closure))
        ),
    )


def _standing(model: type[Absence | Replacement | Closure]) -> Select[Any]:
    table = model.__table__
    return select(table).where(table.c.withdrawn_at.is_(None)).order_by(table.c.id)


def _rule(
    row: Availability, places: Mapping[int, Place], commune_ids: Mapping[str, int]
) -> AvailabilityRule:
    """The stored rule in the terms of the domain."""
    return AvailabilityRule(
        id=row.id,
        counsellor_id=row.counsellor_id,
        kind=row.kind,
        place=places[row.venue_id] if row.venue_id is not None else None,
        commune_ids=frozenset(commune_ids[slug] for slug in row.commune_slugs),
        recurrence=stored_recurrence(row),
        from_time=row.from_time,
        to_time=row.to_time,
        desk_until_days=row.desk_until_days,
    )


def stored_recurrence(row: Availability) -> Recurrence:
    """When the sessions of that version are, apart from what takes them away."""
    return Recurrence(
        frequency=row.frequency,
        weekday=row.weekday,
        every_weeks=row.every_weeks,
        first_on=row.first_on,
        nth=row.nth,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        skipped_dates=_dates(row.skipped_dates),
        extra_dates=_dates(row.extra_dates),
    )


def _dates(stored: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, stored))
