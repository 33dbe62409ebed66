"""Hours of half-years: as written at their closing, else from the timetable as it is known now."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY
from app.domain.cubes import Entry
from app.domain.half_year import HalfYear
from app.domain.hours import (
    HeldTime,
    Hours,
    LostCause,
    Period,
    Travelled,
    held_times,
    hours,
)
from app.domain.sharing import SharingKey
from app.models.attendance import HoursCube
from app.services.catalogue import Catalogue
from app.services.figures_time import part_of, read_period


@dataclass(slots=True)
class Worked:
    """The hours of each line, and the minutes held by day (of closed half-years by period)."""

    lines: dict[str, Hours] = field(default_factory=dict)
    times: list[HeldTime] = field(default_factory=list)

    def add(self, line: str, more: Hours) -> None:
        self.lines[line] = self.lines.get(line, Hours()) + more


def read_worked(
    session: Session,
    catalogue: Catalogue,
    halves: Collection[HalfYear],
    closed: Collection[HalfYear],
    *,
    until: date,
    counsellor_id: int | None = None,
) -> Worked:
    """The hours of those half-years up to the local day `until`: nothing to come is in them.

    Of a closed half-year, whole months up to that of `until`.

    Of one counsellor: always from the timetable, whose versions are never deleted.
    """
    worked = Worked()
    written = [half for half in halves if half in closed and counsellor_id is None]
    for half in halves:
        if half not in written and half.first <= until:
            last = min(half.last, until)
            period = read_period(session, catalogue, half.first, last, counsellor_id=counsellor_id)
            worked.times += held_times(period)
            for line, found in hours(period).items():
                worked.add(line, found)
    if written:
        _add_written(session, written, worked, until)
    return worked


def _add_written(session: Session, halves: Sequence[HalfYear], worked: Worked, until: date) -> None:
    """Months that began by `until`, each whole: the rows know no days."""
    lasts = [
        HoursCube.month.between(half.first, min(half.last, until))
        for half in halves
        if half.first <= until
    ]
    first = select(HoursCube).order_by(HoursCube.month, HoursCube.commune)
    for each in lasts:
        for row in session.scalars(first.where(each)):
            found = Hours(
                row.planned,
                row.held,
                row.used,
                {LostCause(cause): count for cause, count in row.lost.items()},
                Travelled(row.travel_minutes, row.preparation_minutes),
            )
            worked.add(row.commune, found)
            if row.held:
                worked.times.append(HeldTime(row.month, row.commune, row.held))


def write_hours(
    session: Session,
    catalogue: Catalogue,
    half: HalfYear,
    entries: Sequence[Entry],
    keys: Sequence[SharingKey],
) -> None:
    """Keep the hours of a half-year for ever; to be committed with its closing.

    By month, and where a time key begins or ends within a month, by each part of it: what was held
    is for ever divided by the key of its own day.
    """
    period = read_period(session, catalogue, half.first, half.last)
    for first, last in _pieces(half, keys):
        piece = part_of(period, catalogue, first, last)
        told = [each for each in entries if first <= each.counted_on <= last]
        for line, found in hours(_with_travel(piece, told)).items():
            session.add(
                HoursCube(
                    month=first,
                    commune=line,
                    planned=found.planned,
                    held=found.held,
                    used=found.used,
                    lost={cause.value: count for cause, count in found.lost_by_cause.items()},
                    travel_minutes=found.travelled.travel_minutes,
                    preparation_minutes=found.travelled.preparation_minutes,
                )
            )


def _pieces(half: HalfYear, keys: Sequence[SharingKey]) -> Iterator[tuple[date, date]]:
    turns = {key.valid_from for key in keys}
    turns |= {key.valid_until + ONE_DAY for key in keys if key.valid_until is not None}
    starts = sorted({*half.months, *(day for day in turns if half.first <= day <= half.last)})
    ends = [start - ONE_DAY for start in starts[1:]]
    return zip(starts, [*ends, half.last], strict=True)


def _with_travel(piece: Period, told: Iterable[Entry]) -> Period:
    travelled: dict[str, Travelled] = {}
    for entry in told:
        record = entry.record
        road = Travelled(record.travel_minutes, record.preparation_minutes)
        if record.place_commune is not None and road != Travelled():
            place = record.place_commune
            travelled[place] = travelled.get(place, Travelled()) + road
    return Period(piece.held, piece.lost, piece.insee, piece.meetings, piece.workshops, travelled)
