"""What a reader can work out of a published table, found by trying every table it may be."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cubes import TERRITORY
from app.domain.masking import Cell, Published, Table, Thresholds, publish

SMALL = Thresholds(people=4, cell=2, width=2)
"""The same rules on smaller numbers: every table can then be tried, themes included."""
BANDED = {"a": "a", "b1": "b", "b2": "b", "c": "c"}
PLAIN = {"a": "a", "b": "b", "c": "c"}
Sums = tuple[int, ...]


def table(
    rows: Mapping[str, list[int]],
    territory: Mapping[str, int],
    column_of: Mapping[str, str],
    people: Mapping[str, int] | None = None,
) -> Table:
    columns = list(dict.fromkeys(column_of.values()))
    cells = {
        Cell(row, column): count
        for row, counts in rows.items()
        for column, count in zip(columns, counts, strict=True)
    }
    whole = people or {row: sum(counts) for row, counts in rows.items()}
    return Table(whole, cells, territory, column_of, adds_up=people is None)


@st.composite
def tables(draw: st.DrawFn, adds_up: bool, most: int) -> Table:
    counts = st.lists(st.integers(0, most), min_size=3, max_size=3)
    rows = {f"r{n}": draw(counts) for n in range(draw(st.integers(1, 3 if adds_up else 2)))}
    column_of = draw(st.sampled_from([PLAIN, BANDED]))
    sums = dict(zip("abc", map(sum, zip(*rows.values(), strict=True)), strict=True))
    territory = {code: sums[column_of[code]] for code in column_of}
    if column_of is BANDED:
        territory["b1"] = draw(st.integers(0, sums["b"]))
        territory["b2"] = sums["b"] - territory["b1"]
    people = {row: draw(st.integers(max(told), sum(told))) for row, told in rows.items()}
    return table(rows, territory, column_of, None if adds_up else people)


def possible_rows(told: Table, published: Published, row: str) -> list[Sums]:
    """Every row that the reader cannot rule out by its own cells and people."""
    people = told.people[row]
    cells = [published[cell] for cell in told.cells if cell.row == row]
    ranges = [range(people + 1) if count is None else (count,) for count in cells]
    if told.adds_up:
        return [counts for counts in product(*ranges) if sum(counts) == people]
    return [counts for counts in product(*ranges) if sum(counts) >= people]


def added(one: Sums, other: Sums) -> Sums:
    return tuple(map(sum, zip(one, other, strict=True)))


def territories(told: Table, published: Published, sums: Sums) -> Iterator[dict[Cell, set[int]]]:
    """The territory's counts that go with these sums of columns; none where they contradict."""
    possible: dict[Cell, set[int]] = {}
    for column, whole in zip(dict.fromkeys(told.column_of.values()), sums, strict=True):
        cells = [Cell(TERRITORY, each) for each, under in told.column_of.items() if under == column]
        masked = [cell for cell in cells if published[cell] is None]
        left = whole - sum(published[cell] or 0 for cell in cells)
        if left < 0 or (left > 0 and not masked):
            return
        for cell in masked:
            possible[cell] = {left} if len(masked) == 1 else set(range(left + 1))
    yield possible


def possible_values(told: Table, published: Published) -> dict[Cell, set[int]]:
    """Every value that each masked cell may have for the reader."""
    values: dict[Cell, set[int]] = {cell: set() for cell in published if published[cell] is None}
    rows = {row: possible_rows(told, published, row) for row in told.people}
    columns = list(dict.fromkeys(told.column_of.values()))
    for row, mine in rows.items():
        sums: set[Sums] = {(0,) * len(columns)}
        for other, theirs in rows.items():
            if other != row:
                sums = {added(one, two) for one in sums for two in set(theirs)}
        for counts, rest in product(mine, sums):
            for possible in territories(told, published, added(counts, rest)):
                for column, count in zip(columns, counts, strict=True):
                    values.get(Cell(row, column), set()).add(count)
                for cell, range_ in possible.items():
                    values[cell] |= range_
    return values


def check_published(told: Table, thresholds: Thresholds) -> None:
    published = publish(told, thresholds)
    truth = {**told.cells, **{Cell(TERRITORY, code): n for code, n in told.territory.items()}}
    people = {**told.people, TERRITORY: sum(told.people.values())}
    assert published.keys() == truth.keys()
    for cell, count in published.items():
        assert count in (None, truth[cell])
        assert not count or count >= thresholds.cell
        assert not count or people[cell.row] >= thresholds.people
    for cell, values in possible_values(told, published).items():
        assert truth[cell] in values
        assert max(values) - min(values) >= min(thresholds.width, people[cell.row]), cell


@settings(max_examples=30)
@given(tables(adds_up=True, most=6))
def test_no_masked_number_can_be_worked_out(told: Table) -> None:
    check_published(told, Thresholds())


@settings(max_examples=60)
@given(tables(adds_up=True, most=3))
def test_nor_with_other_thresholds(told: Table) -> None:
    check_published(told, SMALL)


@settings(max_examples=60)
@given(tables(adds_up=False, most=3))
def test_nor_where_people_count_in_several_columns(told: Table) -> None:
    check_published(told, SMALL)


def test_primary_masking_alone_tells_everything() -> None:
    """Two masked cells, each alone in its row: the row's people give them away."""
    told = table({"x": [20, 3, 15], "y": [30, 12, 2]}, {"a": 50, "b": 15, "c": 17}, PLAIN)
    alone = {cell: count if count >= 5 else None for cell, count in told.cells.items()}
    alone |= {Cell(TERRITORY, code): count for code, count in told.territory.items()}
    assert possible_values(told, alone) == {Cell("x", "b"): {3}, Cell("y", "c"): {2}}
    published = publish(told, Thresholds())
    assert [cell for cell, count in published.items() if count is None] == [
        Cell("x", "b"),
        Cell("x", "c"),
        Cell("y", "b"),
        Cell("y", "c"),
    ]


def test_large_numbers_are_all_told() -> None:
    told = table({"x": [20, 0, 15], "y": [30, 12, 5]}, {"a": 50, "b": 12, "c": 20}, PLAIN)
    assert None not in publish(told, Thresholds()).values()
    nobody = table({"x": [0, 0, 0]}, {"a": 0, "b": 0, "c": 0}, PLAIN)
    assert set(publish(nobody, Thresholds()).values()) == {0}


@pytest.mark.parametrize("adds_up", [True, False])
def test_a_real_size_is_masked_and_tells_the_large_numbers(adds_up: bool) -> None:
    """Nine communes and what is done at a distance, nineteen themes: as large as it gets."""
    columns = {f"t{n:02}": f"t{n:02}" for n in range(19)}
    rows = {
        f"r{row}": [
            (row * 7 + column * column * 5) % 23 // (1 + column % 4) for column in range(19)
        ]
        for row in range(10)
    }
    territory = {code: sum(counts[n] for counts in rows.values()) for n, code in enumerate(columns)}
    people = None if adds_up else {row: max(counts) + 20 for row, counts in rows.items()}
    published = publish(table(rows, territory, columns, people), Thresholds())
    told = [count for count in published.values() if count]
    assert min(told) >= 5
    assert len(told) > 60
