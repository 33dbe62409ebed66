"""Which cells of a published table must be masked, so that no small number can be worked out.

Primary: rows of fewer than 11 people, and cells of 1 to 4. Secondary: as many more as it takes
for the interval that a reader can infer for each masked cell to be at least 5 wide, knowing every
published cell, the people of each row (volumes are never masked) and the territory's own counts.

A table is a circulation: people flow from a hub through the rows to the columns and, by the
counts of the territory, back to the hub. How far a masked cell can move is then exactly what can
be pushed around it through other masked cells: a flow in whole numbers, no estimate.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.circulation import Arc, push
from app.domain.cubes import TERRITORY


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a figure about people may be told (statistics §4.2, §4.4)."""

    people: int = 11
    """A row of fewer people tells its volume only."""
    cell: int = 5
    """A cell is 0, or at least this."""
    width: int = 5
    """How wide the interval stays that a reader can infer for a masked cell."""


class Cell(NamedTuple):
    """`row` is a commune, or TERRITORY for the territory's own count of a code."""

    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Table:
    """The counts of one family over a period, with the people of each row.

    `column_of` tells under which column of the communes each code of the territory is counted:
    itself, or an age band. Where `adds_up`, the cells of a row add up to its people (ages); else
    somebody may count several times and each at least once (themes).
    """

    people: Mapping[str, int]
    cells: Mapping[Cell, int]
    """Of each row and each column, zeros included."""
    territory: Mapping[str, int]
    column_of: Mapping[str, str]
    adds_up: bool = True


Published = dict[Cell, int | None]
"""Each cell, those of the territory included; None: masked."""


def publish(table: Table, thresholds: Thresholds) -> Published:
    """The table as people outside the team read it."""
    cells = [cell for cell, _count in _all(table)]
    arcs = _network(table)
    masked = _protected(arcs, map(cells.index, _primary(table, thresholds)), len(cells), thresholds)
    return {
        cell: None if number in masked else count
        for number, (cell, count) in enumerate(_all(table))
    }


def _all(table: Table) -> Iterator[tuple[Cell, int]]:
    yield from table.cells.items()
    yield from ((Cell(TERRITORY, code), count) for code, count in table.territory.items())


def _primary(table: Table, thresholds: Thresholds) -> list[Cell]:
    """What is masked for itself.

    Of a small row everything, its zeros too (else the last cell is its total), save where the
    territory already tells that nobody is counted.
    """
    people = {**table.people, TERRITORY: sum(table.people.values())}
    columns: dict[str, int] = {}
    for code, count in table.territory.items():
        column = table.column_of[code]
        columns[column] = columns.get(column, 0) + count
    return [
        cell
        for cell, count in _all(table)
        if 0 < count < thresholds.cell
        or (
            0 < people[cell.row] < thresholds.people
            and columns[table.column_of.get(cell.column, cell.column)]
        )
    ]


HUB = "hub"
"""Where people start and come back to."""


def _network(table: Table) -> list[Arc]:
    """One arc for each cell, in the order of `_all`; after them, the arcs that nobody publishes."""
    everybody = sum(table.people.values())
    arcs = [
        Arc(f"row {cell.row}", f"column {cell.column}", count, table.people[cell.row])
        for cell, count in table.cells.items()
    ]
    arcs += [
        Arc(f"column {table.column_of[code]}", HUB, count, everybody)
        for code, count in table.territory.items()
    ]
    if not table.adds_up:
        told = dict.fromkeys(table.people, 0)
        for cell, count in table.cells.items():
            told[cell.row] += count
        arcs += [  # how often people of the row count once more than once
            Arc(HUB, f"row {row}", told[row] - people, people * len(table.column_of))
            for row, people in table.people.items()
        ]
    return arcs


def _protected(
    arcs: list[Arc], primary: Iterable[int], cells: int, thresholds: Thresholds
) -> set[int]:
    """The numbers of the cells to mask. Masking more only widens, so each is looked at once."""
    free = {*primary, *range(cells, len(arcs))}
    waiting = deque(sorted(number for number in free if number < cells))
    while waiting:
        more = _wanted(arcs, waiting.popleft(), free, thresholds.width)
        free |= more
        waiting.extend(sorted(more))
    return free & set(range(cells))


def _wanted(arcs: list[Arc], number: int, free: set[int], width: int) -> set[int]:
    """Which published arcs must vary too, so that this one can move by `width` in all.

    Where even a table without any figure would leave less room (three people are 0 to 3), all
    that the volumes leave.
    """
    up = push(arcs, number, width, free, free, grows=True).amount
    down = push(arcs, number, width - up, free, free, grows=False).amount
    if up + down >= width:
        return set()
    every = set(range(len(arcs)))
    more = push(arcs, number, width - down, every, free, grows=True)
    less = push(arcs, number, width - more.amount, every, free, grows=False)
    return (more.moved.keys() | less.moved.keys()) - free
