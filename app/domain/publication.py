"""The fixed catalogue of tables about people: what may be told of a half-year, and of a year.

Four families by commune of the place, the others of the territory alone; no free crossing, no
month. Ages of a commune are told in three bands, those of the territory in the eight of the form.
A year is the sum of its halves as they were published, so that it adds nothing to learn.
"""

from collections.abc import Mapping, Sequence

from app.domain.allotment import allot
from app.domain.cubes import BY_COMMUNE, TERRITORY, PublicKey, Volume, VolumeKey
from app.domain.half_year import HalfYear
from app.domain.masking import Cell, Published, Table, Thresholds, publish
from app.domain.national_labels import AGE_BAND_OF
from app.domain.nomenclature import Family, Nomenclature
from app.domain.statistics import HUNDRED

CATALOGUE = (
    Family.AGE,
    Family.GENDER,
    Family.STATUS,
    Family.THEME,
    Family.PROCEDURE,
    Family.DEVICE,
    Family.RESULT,
    Family.AUTONOMY,
    Family.REDIRECTION,
    Family.ORIGIN,
    Family.DURATION_BAND,
    Family.LEVEL,
)
SEVERAL_EACH = frozenset({Family.THEME, Family.PROCEDURE, Family.DEVICE})
"""Families in which one person may count several times: they never add up to 100 %."""

_EVERYBODY = "all"


def publish_half(
    cube: Mapping[PublicKey, int],
    volumes: Mapping[VolumeKey, Volume],
    half: HalfYear,
    nomenclature: Nomenclature,
    thresholds: Thresholds,
) -> dict[Family, Published]:
    """Every table of the catalogue, masked; `cube` and `volumes` are cubes (c) and (a)."""
    people = people_by_place(volumes, half)
    tables: dict[Family, Published] = {}
    for family in CATALOGUE:
        counts = {
            (key.commune, key.code): count
            for key, count in cube.items()
            if key.family is family and key.half_year == half
        }
        in_force = [label.code for label in nomenclature.labels_at(family, half.last)]
        codes = list(dict.fromkeys([*in_force, *sorted(code for _place, code in counts)]))
        table = _table(counts, family, codes, people)
        tables[family] = _told(publish(table, thresholds), family)
    return tables


def people_by_place(volumes: Mapping[VolumeKey, Volume], half: HalfYear) -> dict[str, int]:
    """« Accompagnements » of the half-year by commune of the place (REMOTE: at a distance)."""
    people: dict[str, int] = {}
    for key, volume in sorted(volumes.items()):
        if HalfYear.of(key.month) == half:
            people[key.commune] = people.get(key.commune, 0) + volume.participants
    return people


def publish_year(
    first: Mapping[Family, Published], second: Mapping[Family, Published]
) -> dict[Family, Published]:
    """The sum of two published halves; a cell that one of them masks is masked.

    A row or a code that one half does not have was 0 there.
    """
    return {family: _sum(first.get(family, {}), second.get(family, {})) for family in CATALOGUE}


def row_percentages(
    published: Published, family: Family, row: str, people: int, whole: int = HUNDRED
) -> dict[str, int | None]:
    """The row in percents of its people; None where masked, or where nobody came.

    They add up to 100 where nothing is masked and everybody counts once (largest remainder). Else
    each is rounded by itself, since a common rounding would tell something of the masked cells.
    """
    cells = {cell.column: count for cell, count in published.items() if cell.row == row}
    told: dict[str, int] = {code: count for code, count in cells.items() if count is not None}
    if family not in SEVERAL_EACH and len(told) == len(cells) and any(told.values()):
        return dict(allot(whole, told))
    return {
        code: None if count is None or not people else _rounded(count * whole, people)
        for code, count in cells.items()
    }


def _rounded(count: int, among: int) -> int:
    """The nearest whole number, halves up."""
    return (2 * count + among) // (2 * among)


def _sum(first: Published, second: Published) -> Published:
    def add(cell: Cell) -> int | None:
        one, other = first.get(cell, 0), second.get(cell, 0)
        return None if one is None or other is None else one + other

    return {cell: add(cell) for cell in dict.fromkeys([*first, *second])}


def _table(
    counts: Mapping[tuple[str, str], int],
    family: Family,
    codes: Sequence[str],
    people: Mapping[str, int],
) -> Table:
    territory = {code: counts.get((TERRITORY, code), 0) for code in codes}
    if family not in BY_COMMUNE:
        return _alone(territory)
    bands = AGE_BAND_OF if family is Family.AGE else {}
    column_of = {code: bands.get(code, code) for code in codes}
    columns = dict.fromkeys(column_of.values())
    cells = {Cell(row, column): 0 for row in people for column in columns}
    for row in people:
        for code in codes:
            cells[Cell(row, column_of[code])] += counts.get((row, code), 0)
    return Table(people, cells, territory, column_of, adds_up=family not in SEVERAL_EACH)


def _alone(territory: Mapping[str, int]) -> Table:
    """A table of the territory only, as a reader sees it who knows how many counts there are."""
    return Table(
        people={_EVERYBODY: sum(territory.values())},
        cells={Cell(_EVERYBODY, code): count for code, count in territory.items()},
        territory=territory,
        column_of={code: code for code in territory},
    )


def _told(published: Published, family: Family) -> Published:
    """Without the row that only serves to mask."""
    if family in BY_COMMUNE:
        return published
    return {cell: count for cell, count in published.items() if cell.row == TERRITORY}
