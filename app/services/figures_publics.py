"""The tables about people of a board: as they are for the team, as published for everybody else."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.domain.cubes import BY_COMMUNE, TERRITORY
from app.domain.half_year import HalfYear
from app.domain.masking import Published, Thresholds
from app.domain.national_labels import NATIONAL
from app.domain.nomenclature import Family
from app.domain.publication import (
    CATALOGUE,
    SEVERAL_EACH,
    people_by_place,
    publish_half,
    publish_year,
)
from app.services.figures_cubes import Cubes
from app.services.figures_scope import Scope


@dataclass(frozen=True, slots=True)
class Publics:
    """One table about people; None: masked."""

    family: Family
    counts: Mapping[str, int | None]
    base: int
    """What each count is a part of: « accompagnements »; for a family of the territory that counts
    something else (activities, workshops), all that it counts, masked or not. Masking supposes
    that sum known (`publication`): parts of it tell nothing more.
    """


def read_publics(
    scope: Scope, cubes: Cubes, closed: Collection[HalfYear], thresholds: Thresholds
) -> Iterator[Publics]:
    """The tables about people: as published, or for the team as they are.

    Outside the team only closed half-years: of an open one, whoever looks on two days reads by
    subtraction who came between them, however well each table is masked (statistics §4.4).
    """
    if scope.is_masked and not set(scope.halves) <= set(closed):
        return
    row = scope.commune or TERRITORY
    families = [each for each in CATALOGUE if row == TERRITORY or each in BY_COMMUNE]
    published = _published(scope, cubes, thresholds) if scope.is_masked else None
    for family in families:
        if published is not None:
            found: Mapping[str, int | None] = {
                cell.column: count for cell, count in published[family].items() if cell.row == row
            }
        else:
            found = _counted(cubes, row, family)
        yield Publics(family, _in_order(family, found), _base(scope, cubes, family))


def _in_order(family: Family, counts: Mapping[str, int | None]) -> dict[str, int | None]:
    """As the national form asks them: the young first, short before long; unknown codes last."""

    def place(code: str) -> tuple[float, str]:
        known = NATIONAL.latest(family, code)
        if known is None and family is Family.AGE:
            known = NATIONAL.latest(Family.AGE_BAND, code)
        return known.order if known else math.inf, code

    return {code: counts[code] for code in sorted(counts, key=place)}


def _published(scope: Scope, cubes: Cubes, thresholds: Thresholds) -> Mapping[Family, Published]:
    halves = [
        publish_half(cubes.publics, cubes.volumes, half, NATIONAL, thresholds)
        for half in scope.halves
    ]
    return halves[0] if len(halves) == 1 else publish_year(halves[0], halves[1])


def _counted(cubes: Cubes, row: str, family: Family) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, count in cubes.publics.items():
        if key.commune == row and key.family is family:
            counts[key.code] = counts.get(key.code, 0) + count
    return counts


def _base(scope: Scope, cubes: Cubes, family: Family) -> int:
    if family in BY_COMMUNE or family in SEVERAL_EACH:
        return _people(scope, cubes)
    return sum(_counted(cubes, TERRITORY, family).values())


def _people(scope: Scope, cubes: Cubes) -> int:
    by_place = [people_by_place(cubes.volumes, half) for half in scope.halves]
    if scope.commune is not None:
        return sum(each.get(scope.commune, 0) for each in by_place)
    return sum(sum(each.values()) for each in by_place)
