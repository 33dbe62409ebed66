"""`python -m bench.drills.herd`: the processes of a storm, which start together.

A process of its own, so that nothing of the tests is copied into them: it reads the orders, forks
once everything is imported, and each child opens its own connection. They meet before each wave.
"""

import sys
import time
from collections.abc import Callable
from itertools import count
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from bench.drills.orders import Orders
from bench.drills.racer import Racer
from bench.drills.verdict import find_faults_now

LONGEST_WAIT_S = 120
FIRST_WRITES = ("INSERT INTO resident", "UPDATE engagement")
HESITATION_S = 0.04
"""Long enough for every other process to write what makes untrue what this one has read."""
SLOW_ONE_IN = 4
"""Not all at once: they hesitate inside their locks, one after the other."""


class SlowLine:
    """Keeps the first write after a meeting waiting: between reading and writing races are lost."""

    def __init__(self, engine: Engine) -> None:
        self.is_slow = False
        event.listen(engine, "before_cursor_execute", self._before_statement)

    def _before_statement(self, _line: object, _cursor: object, statement: str, *_: object) -> None:
        if self.is_slow and statement.startswith(FIRST_WRITES):
            self.is_slow = False
            time.sleep(HESITATION_S)


def race(orders: Orders, rank: int, meeting: Barrier, answers: "SimpleQueue[str]") -> None:
    """One child. The first of them judges what all have done, while the others wait."""
    engine = create_engine(orders.url)
    line = SlowLine(engine)

    turns = count()

    def meet() -> list[str]:
        meeting.wait(LONGEST_WAIT_S)
        faults = find_faults_now(session) if rank == 0 else []
        meeting.wait(LONGEST_WAIT_S)
        line.is_slow = (next(turns) + rank) % SLOW_ONE_IN == 0
        return faults

    with Session(engine) as session:
        racer = Racer(session, orders, rank, meet)
        racer.run()
    engine.dispose()
    answers.put(racer.ledger.as_json())


def start_together(race: Callable[[Orders, int, Barrier, "SimpleQueue[str]"], None]) -> None:
    """Print how long it took (seconds), then the ledger of each process, one a line."""
    orders = Orders.from_json(sys.stdin.readline())
    fork = get_context("fork")
    meeting, answers = fork.Barrier(orders.size.processes), fork.SimpleQueue()
    racers = [
        fork.Process(target=race, args=(orders, rank, meeting, answers))
        for rank in range(orders.size.processes)
    ]
    started_at = time.perf_counter()
    for racer in racers:
        racer.start()
    ledgers = [answers.get() for _ in racers]
    print(time.perf_counter() - started_at, *ledgers, sep="\n", flush=True)
    for racer in racers:
        racer.join()


if __name__ == "__main__":
    start_together(race)
