"""Has a commune had its half-days? What the desk is told beside the times; it refuses nobody.

Shared are the half-days of permanence of the half-year: those held before now and those planned
after it, known absences taken out. The time key in force today says how many are each commune's.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.half_year import HalfYear
from app.domain.intervals import minutes
from app.domain.schedule import expand
from app.domain.sharing import half_days_due, key_on, time_keys
from app.domain.sharing_errors import KeyNotInForce
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.figures_time import read_insee
from app.services.sharing_keys import read_keys
from app.services.slots import covered, read_timetable

_permanences: dict[str, tuple[tuple[object, ...], "Permanences"]] = {}
"""The last half-year counted of each database; its key says of which picture and which day."""


@dataclass(frozen=True, slots=True)
class Permanences:
    """Minutes of permanence of a half-year, by id of commune: before today, and in all."""

    held: Mapping[int, int]
    everything: Mapping[int, int]


def half_days_spent(
    session: Session, catalogue: Catalogue, commune: CommuneEntry, *, now: datetime
) -> int | None:
    """How many half-days a commune had in this half-year, where it has had them all.

    None while some are left, for a commune that is due none, and where no key is in force. Today
    counts as still to come. A constant number of queries, none of them about people.
    """
    today = catalogue.today(now)
    found, length = _counted(catalogue, today), catalogue.settings.half_day_minutes
    try:
        key = key_on(time_keys(read_keys(session).everything), today)
    except KeyNotInForce:
        return None
    shared = sum(found.everything.values()) // length
    due = half_days_due(shared, key).get(read_insee(session)[commune.id], 0)
    return due if due and found.held.get(commune.id, 0) >= due * length else None


def _counted(catalogue: Catalogue, today: date) -> Permanences:
    """Computed once a day and a revision: a page of the desk asks at each change of commune."""
    database, key = str(catalogue.key[0]), (*catalogue.key, today)
    known = _permanences.get(database)
    if known is None or known[0] != key:
        known = _permanences[database] = (key, _count(catalogue, today))
    return known[1]


def _count(catalogue: Catalogue, today: date) -> Permanences:
    half = HalfYear.of(today)
    timetable = read_timetable(catalogue, half.last)
    held: Counter[int] = Counter()
    everything: Counter[int] = Counter()
    for opening in covered(catalogue, expand(timetable, half.first, half.last)):
        if opening.kind is AvailabilityKind.PERMANENCE and opening.place is not None:
            everything[opening.place.commune_id] += minutes(opening)
            if opening.on < today:
                held[opening.place.commune_id] += minutes(opening)
    return Permanences(held, everything)
