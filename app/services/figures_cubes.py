"""The cubes of half-years: as they were written at the closing, else made of the lines of now.

Closed figures are read from their tables only, whatever lines are still kept; so they never change.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.attendance import AttendanceRecord
from app.domain.cubes import (
    Entry,
    PublicKey,
    Residence,
    ResidenceKey,
    Volume,
    VolumeKey,
    publics,
    residences,
    volumes,
)
from app.domain.half_year import HalfYear
from app.models.attendance import AttendanceRow, PublicCube, ResidenceCube, VolumeCube

SETS = frozenset({"themes", "procedures", "devices"})
_COLUMNS = [AttendanceRow.__table__.c[each.name] for each in fields(AttendanceRecord)]


@dataclass(frozen=True, slots=True)
class Cubes:
    """The three cubes of statistics §4.4; (c) before masking."""

    volumes: dict[VolumeKey, Volume] = field(default_factory=dict)
    residences: dict[ResidenceKey, Residence] = field(default_factory=dict)
    publics: dict[PublicKey, int] = field(default_factory=dict)


def cubes_of(entries: Iterable[Entry]) -> Cubes:
    """What the lines add up to."""
    told = list(entries)
    return Cubes(volumes(told), residences(told), publics(told))


def read_cubes(
    session: Session, halves: Collection[HalfYear], closed: Collection[HalfYear]
) -> Cubes:
    """The cubes of those half-years. As many queries whatever they hold."""
    cubes = cubes_of(
        entry for half in halves if half not in closed for entry in read_entries(session, half)
    )
    written = [half for half in halves if half in closed]
    if written:
        _add_written(session, written, cubes)
    return cubes


def read_entries(session: Session, half: HalfYear, counsellor: str | None = None) -> list[Entry]:
    """The lines that count in that half-year, in no order that would tell anything."""
    query = (
        select(AttendanceRow.counted_on, *_COLUMNS)
        .where(AttendanceRow.counted_on.between(half.first, half.last))
        .order_by(AttendanceRow.id)
    )
    if counsellor is not None:
        query = query.where(AttendanceRow.counsellor == counsellor)
    return [_entry(dict(row)) for row in session.execute(query).mappings()]


def _entry(columns: dict[str, Any]) -> Entry:
    counted_on = columns.pop("counted_on")
    values: dict[str, Any] = {
        name: frozenset(each) if name in SETS else each for name, each in columns.items()
    }
    return Entry(AttendanceRecord(**values), counted_on)


def _add_written(session: Session, halves: Collection[HalfYear], cubes: Cubes) -> None:
    months = [month for half in halves for month in half.months]
    for row in session.scalars(select(VolumeCube).where(VolumeCube.month.in_(months))):
        cubes.volumes[VolumeKey(row.month, row.commune, row.type, row.place_kind)] = Volume(
            **{each.name: getattr(row, each.name) for each in fields(Volume)}
        )
    for lived in session.scalars(select(ResidenceCube).where(ResidenceCube.month.in_(months))):
        key = ResidenceKey(lived.month, lived.commune)
        cubes.residences[key] = Residence(lived.participants, lived.minutes)
    codes = [half.code for half in halves]
    for cell in session.scalars(select(PublicCube).where(PublicCube.half_year.in_(codes))):
        half = HalfYear.parse(cell.half_year)
        cubes.publics[PublicKey(half, cell.commune, cell.family, cell.code)] = cell.count


def write_cubes(session: Session, cubes: Cubes, half: HalfYear) -> None:
    """Keep the cubes of a half-year for ever; to be committed with its closing."""
    session.add_all(
        VolumeCube(
            **key._asdict(), **{each.name: getattr(volume, each.name) for each in fields(Volume)}
        )
        for key, volume in cubes.volumes.items()
    )
    session.add_all(
        ResidenceCube(**key._asdict(), participants=lived.participants, minutes=lived.minutes)
        for key, lived in cubes.residences.items()
    )
    session.add_all(
        PublicCube(
            half_year=half.code,
            commune=key.commune,
            family=key.family,
            code=key.code,
            count=count,
        )
        for key, count in cubes.publics.items()
    )
