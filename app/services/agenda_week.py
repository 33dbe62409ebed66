"""Some days of the agendas: sessions, what took them away, absences, appointments and roads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.agenda import Journey, journeys
from app.domain.availability import Absence, Cause, LostOpening, Opening
from app.domain.calendar import ONE_DAY, days_from, local_day, start_of_day
from app.domain.intervals import Interval, intersect
from app.domain.schedule import expand, explain
from app.services.agenda import Entry, Period, find_entries, is_of_period, places_of_period
from app.services.agenda_workshops import HeldWorkshop, find_workshops
from app.services.catalogue import Catalogue
from app.services.held_places import HeldPlace, find_held
from app.services.slots import read_timetable

TOLD = frozenset({Cause.CLOSURE, Cause.SKIPPED_DATE, Cause.PUBLIC_HOLIDAY})
"""What took a session away, and is nobody's absence nor another session that is drawn anyway."""


@dataclass(frozen=True, slots=True)
class Week:
    """All that is drawn of a period; every list by start."""

    days: tuple[date, ...]
    counsellors: Mapping[int, tuple[str, str]]
    """Code and first name of whoever has a column, by id."""
    openings: tuple[Opening, ...]
    lost: tuple[LostOpening, ...]
    absences: tuple[Absence, ...]
    """Cut to the days: each part lies within one of them."""
    entries: tuple[Entry, ...]
    held: tuple[HeldPlace, ...]
    """Places that wait for somebody's answer."""
    workshops: tuple[HeldWorkshop, ...]
    roads: tuple[Journey, ...]
    holidays: Mapping[date, str]


def read_week(
    session: Session,
    catalogue: Catalogue,
    period: Period,
    everybody: Mapping[int, tuple[str, str]],
    now: datetime,
) -> Week:
    """The period as it is drawn; `everybody` at work has a column, by id (code, first name).

    Four queries beside the timetable's, whatever there is in it.
    """
    entries = find_entries(session, catalogue, period)
    workshops = find_workshops(session, catalogue, period)
    timetable = read_timetable(catalogue, period.last)
    openings = expand(timetable, period.first, period.last)
    lost = explain(timetable, period.first, period.last)
    days = tuple(days_from(period.first, period.last))
    return Week(
        days=days,
        counsellors=_columns(everybody, [*entries, *workshops], period),
        openings=tuple(each for each in openings if is_of_period(each, period)),
        lost=tuple(
            each for each in lost if each.cause in TOLD and is_of_period(each.opening, period)
        ),
        absences=tuple(
            part
            for each in timetable.absences
            if period.counsellor_id in (None, each.counsellor_id)
            for part in _by_day(each, days, catalogue)
        ),
        entries=tuple(entries),
        held=tuple(find_held(session, places_of_period(period, catalogue), now)),
        workshops=tuple(workshops),
        roads=tuple(_roads(catalogue, [*openings, *entries, *workshops], period)),
        holidays={day: timetable.holidays[day] for day in days if day in timetable.holidays},
    )


def _columns(
    everybody: Mapping[int, tuple[str, str]],
    entries: Sequence[Entry | HeldWorkshop],
    period: Period,
) -> dict[int, tuple[str, str]]:
    """Who is at work, and whoever has left since but holds something of those days."""
    left = {each.counsellor_id: ("", each.counsellor) for each in entries}
    shown = {**left, **everybody}
    wanted = period.counsellor_id
    return {each: shown[each] for each in sorted(shown) if wanted in (None, each)}


def _by_day(absence: Absence, days: tuple[date, ...], catalogue: Catalogue) -> list[Absence]:
    parts = []
    for day in days:
        midnight, next_one = (
            start_of_day(each, catalogue.timezone) for each in (day, day + ONE_DAY)
        )
        parts += [
            Absence(absence.counsellor_id, part.starts_at, part.ends_at)
            for part in intersect([absence], [Interval(midnight, next_one)])
        ]
    return parts


def _roads(
    catalogue: Catalogue, held: list[Opening | Entry | HeldWorkshop], period: Period
) -> list[Journey]:
    """Day by day, of everything that binds a counsellor, also outside a commune that is shown."""
    by_day: dict[date, list[Opening | Entry | HeldWorkshop]] = defaultdict(list)
    for each in held:
        if period.counsellor_id in (None, each.counsellor_id):
            by_day[local_day(each.starts_at, catalogue.timezone)].append(each)
    found = [road for of_day in by_day.values() for road in journeys(of_day, catalogue.travel)]
    wanted = period.commune_ids
    shown = [each for each in found if not wanted or each.end.commune_id in wanted]
    return sorted(shown, key=_departure)


def _departure(road: Journey) -> tuple[datetime, int]:
    return road.starts_at, road.counsellor_id
