"""How far one number of a balanced table can move while every sum stays what it is.

A table with its sums is a network whose arcs carry the numbers: what enters a node leaves it.
Moving one number means pushing as much around, from its end back to its start, through numbers
that may move as well. Whole numbers, exact (successive cheapest ways).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

Edge = tuple[int, int, str]
"""Number of the arc, +1 along it or -1 against it, and the node where that leads."""
Way = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Arc:
    """A number that may vary between 0 and `upper`, from one node to another."""

    tail: str
    head: str
    value: int
    upper: int


@dataclass(slots=True)
class Push:
    """By how much the number moved, and the other arcs that moved with it."""

    amount: int = 0
    moved: dict[int, int] = field(default_factory=dict)


def push(
    arcs: list[Arc],
    number: int,
    most: int,
    usable: Collection[int],
    free: Collection[int],
    *,
    grows: bool,
) -> Push:
    """Move one number up or down by `most` at the most, as far as the usable arcs allow.

    Ways through `free` arcs cost nothing and are taken first; another arc costs its value and one
    more, once, so that few and small numbers are touched.
    """
    arc = arcs[number]
    start, goal = (arc.head, arc.tail) if grows else (arc.tail, arc.head)
    room = min(most, arc.upper - arc.value if grows else arc.value)
    edges = _edges(arcs, [other for other in usable if other != number])
    done = Push()
    while done.amount < room:
        costs = {
            other: 0 if other in free or other in done.moved else 1 + arcs[other].value
            for other in usable
        }
        way = _cheapest(arcs, edges, costs, done.moved, (start, goal))
        if way is None:
            break
        step = min(room - done.amount, *(_room(arcs, done.moved, *each) for each in way))
        for other, sign in way:
            done.moved[other] = done.moved.get(other, 0) + sign * step
        done.amount += step
    return done


def _edges(arcs: list[Arc], usable: Collection[int]) -> Mapping[str, list[Edge]]:
    edges: dict[str, list[Edge]] = defaultdict(list)
    for number in sorted(usable):
        edges[arcs[number].tail].append((number, 1, arcs[number].head))
        edges[arcs[number].head].append((number, -1, arcs[number].tail))
    return edges


def _room(arcs: list[Arc], moved: Mapping[int, int], number: int, sign: int) -> int:
    now = arcs[number].value + moved.get(number, 0)
    return arcs[number].upper - now if sign > 0 else now


def _cheapest(
    arcs: list[Arc],
    edges: Mapping[str, list[Edge]],
    costs: Mapping[int, int],
    moved: Mapping[int, int],
    ends: tuple[str, str],
) -> Way | None:
    """The cheapest way from the first end to the last that still has room; None: none."""
    start, goal = ends
    reached: dict[str, Way] = {}
    waiting: list[tuple[int, int, str, Way]] = [(0, 0, start, [])]
    while waiting:
        cost, length, node, way = heappop(waiting)
        if node in reached:
            continue
        reached[node] = way
        if node == goal:
            return way
        for number, sign, following in edges.get(node, ()):
            if following not in reached and _room(arcs, moved, number, sign) > 0:
                step = (number, sign)
                heappush(waiting, (cost + costs[number], length + 1, following, [*way, step]))
    return None
