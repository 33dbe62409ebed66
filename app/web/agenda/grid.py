"""The columns of the agenda: each thing with its words, its quarter-hour rows and its lane."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.domain.agenda import Held, lanes
from app.domain.availability import Cause, Opening
from app.domain.calendar import local_day
from app.domain.travel import Place
from app.gateways import dates
from app.services.agenda import Entry
from app.services.agenda_week import Week
from app.services.agenda_workshops import HeldWorkshop
from app.web import filters
from app.web.agenda.people import place_words, see
from app.web.agenda.workshops import inscribed, sheet_href
from app.web.site import current_catalogue

FIRST_HOUR, LAST_HOUR = 7, 20
QUARTER = 15
ROWS = (LAST_HOUR - FIRST_HOUR) * 60 // QUARTER


@dataclass(frozen=True, slots=True)
class Block:
    """One thing of a column. `row` counts quarter-hours from 1, `span` how many."""

    kind: str
    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    text: str
    row: int
    span: int
    detail: str = ""
    href: str | None = None
    lane: int = 1
    lanes: int = 1
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A counsellor's day."""

    counsellor: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DayColumns:
    """A day, with one column for each counsellor shown."""

    on: date
    holiday: str | None
    columns: tuple[Column, ...]


def hours() -> list[tuple[int, str]]:
    """The rows that begin an hour, with its words."""
    rows = range(FIRST_HOUR, LAST_HOUR)
    return [((hour - FIRST_HOUR) * 4 + 1, f"{hour} h") for hour in rows]


def columns_of(week: Week, now: datetime) -> list[DayColumns]:
    """The days of the week; Saturday and Sunday only where something happens on them."""
    by_column: dict[tuple[date, int], list[Block]] = defaultdict(list)
    zone = current_catalogue().timezone
    for block in _blocks(week, now):
        by_column[local_day(block.starts_at, zone), block.counsellor_id].append(block)
    busy_days = {day for day, _ in by_column}
    return [
        DayColumns(
            on=day,
            holiday=week.holidays.get(day),
            columns=tuple(
                Column(name, tuple(_side_by_side(by_column[day, counsellor_id])))
                for counsellor_id, (_code, name) in week.counsellors.items()
            ),
        )
        for day in week.days
        if day.weekday() < 5 or day in busy_days or len(week.days) == 1
    ]


def _side_by_side(blocks: list[Block]) -> Iterable[Block]:
    """Sessions and absences lie behind; what is done in them stands beside each other."""
    behind = [each for each in blocks if each.kind in {"opening", "absence", "lost"}]
    before = [each for each in blocks if each.kind in {"entry", "held", "road"}]
    placed = [replace(each, lane=lane, lanes=of) for each, lane, of in lanes(before)]
    return sorted([*behind, *placed], key=lambda each: (each.starts_at, each.kind == "entry"))


def _blocks(week: Week, now: datetime) -> Iterable[Block]:
    for opening in week.openings:
        yield _block("opening", opening, _session_words(opening), _hours(opening))
    for lost in week.lost:
        yield _block("lost", lost.opening, _lost_words(lost.cause, lost.opening))
    for absence in week.absences:
        yield _block("absence", _Placed(absence), "Absent")
    for road in week.roads:
        where = place_words(current_catalogue(), road.end.commune_id, road.end.venue_id)
        yield _block("road", _Placed(road), f"Route {road.minutes} min", f"vers {where}")
    for held in week.held:
        where = place_words(current_catalogue(), held.place.commune_id, held.place.venue_id)
        yield _block("held", held, f"{_clock(held.starts_at)} Place proposée", where)
    for entry in week.entries:
        yield _entry_block(entry, now)
    for workshop in week.workshops:
        yield _workshop_block(workshop)


class _Placed:
    """An absence or a road, which is at no place, in the terms of the grid."""

    place: Place | None = None

    def __init__(self, held: Any) -> None:
        self.counsellor_id: int = held.counsellor_id
        self.starts_at: datetime = held.starts_at
        self.ends_at: datetime = held.ends_at


def _entry_block(entry: Entry, now: datetime) -> Block:
    seen = see(entry, now)
    state = "" if seen.state == "Confirmé" else f", {seen.state.lower()}"
    where = f"{seen.where}{state}"
    block = _block("entry", entry, f"{_clock(entry.starts_at)} {seen.name}", where)
    return replace(block, href=seen.href)


def _workshop_block(held: HeldWorkshop) -> Block:
    """Drawn with its set-up and tidying; the hour told is the one when people come."""
    text = f"{_clock(held.begins_at)} Atelier : {held.title['fr']}"
    detail = f"{held.place_name}, {inscribed(held)}"
    return replace(_block("entry", held, text, detail), href=sheet_href(held))


def _block(kind: str, held: Held, text: str, detail: str = "") -> Block:
    first, last = _row(held.starts_at), _row_after(held.ends_at)
    row = min(max(first, 1), ROWS)
    span = max(min(last, ROWS + 1) - row, 1)
    return Block(kind, held.counsellor_id, held.starts_at, held.ends_at, text, row, span, detail)


def _row(instant: datetime) -> int:
    """The quarter-hour that holds it; before the first hour 0 or less."""
    wall = instant.astimezone(filters.zone())
    return ((wall.hour - FIRST_HOUR) * 60 + wall.minute) // QUARTER + 1


def _row_after(instant: datetime) -> int:
    """The first quarter-hour that is free again; midnight ends the day before."""
    wall = instant.astimezone(filters.zone())
    if (wall.hour, wall.minute) == (0, 0):
        return ROWS + 1
    return -(-((wall.hour - FIRST_HOUR) * 60 + wall.minute) // QUARTER) + 1


def _clock(instant: datetime) -> str:
    return dates.clock(instant, "fr", filters.zone())


def _hours(opening: Opening) -> str:
    return dates.time_range(opening.starts_at, opening.ends_at, "fr", filters.zone())


def _session_words(opening: Opening) -> str:
    if opening.place is None:
        return "Visites à domicile"
    return place_words(current_catalogue(), opening.place.commune_id, opening.place.venue_id)


def _lost_words(cause: Cause, opening: Opening) -> str:
    where = _session_words(opening)
    if cause is Cause.CLOSURE:
        return f"Fermé : {where}"
    return f"Férié : {where}" if cause is Cause.PUBLIC_HOLIDAY else f"Séance annulée : {where}"
