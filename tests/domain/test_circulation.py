"""How far a number moves while the sums stay."""

import pytest

from app.domain.circulation import Arc, push

# Two rows that end in two columns whose sums are known, and one arc that is alone.
SQUARE = [
    Arc("r1", "c1", 3, 9),
    Arc("r1", "c2", 4, 9),
    Arc("r2", "c1", 2, 9),
    Arc("r2", "c2", 7, 9),
    Arc("r3", "c1", 5, 9),
]
ALL = range(5)


@pytest.mark.parametrize(
    ("number", "grows", "amount"),
    [(0, True, 2), (0, False, 3), (1, True, 3), (2, False, 2), (3, False, 3), (4, True, 0)],
)
def test_a_number_moves_as_far_as_the_others_let_it(number: int, grows: bool, amount: int) -> None:
    assert push(SQUARE, number, 5, ALL, ALL, grows=grows).amount == amount


def test_never_further_than_asked_nor_than_its_own_bounds() -> None:
    assert push(SQUARE, 0, 1, ALL, ALL, grows=True).amount == 1
    assert push(SQUARE, 0, 0, ALL, ALL, grows=True).moved == {}
    full = [Arc("a", "b", 9, 9), Arc("a", "b", 9, 99)]
    assert push(full, 0, 5, (0, 1), (0, 1), grows=True).amount == 0


def test_free_ways_first_then_small_numbers() -> None:
    ways = [Arc("a", "b", 5, 99), Arc("a", "b", 3, 99), Arc("a", "b", 8, 99), Arc("a", "b", 6, 99)]
    done = push(ways, 0, 8, range(4), (2,), grows=True)
    assert (done.amount, done.moved) == (8, {2: -8})
    done = push(ways, 0, 10, range(4), (2,), grows=True)
    assert (done.amount, done.moved) == (10, {2: -8, 1: -2})


def test_a_way_may_be_taken_back() -> None:
    """The first way uses the short cut x to y; the second one gives it back."""
    arcs = [
        Arc("t", "s", 0, 9),
        Arc("s", "x", 0, 1),
        Arc("s", "y", 0, 1),
        Arc("x", "y", 0, 1),
        Arc("x", "m", 0, 1),
        Arc("m", "t", 0, 1),
        Arc("y", "t", 0, 1),
    ]
    done = push(arcs, 0, 9, range(7), (1, 3, 6), grows=True)
    assert done.amount == 2
    assert done.moved[3] == 0
