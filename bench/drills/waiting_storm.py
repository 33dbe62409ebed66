"""`python -m bench.drills.waiting_storm` is one herd: its processes start together and meet.

`raise_waiting_storm` sets the stage, lets the herd loose on it, and judges.
"""

import subprocess
import sys
from collections import Counter
from datetime import datetime
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.services.catalogue import read_catalogue
from app.services.waiting_tidy import tidy_waiting
from bench.drills.herd import LONGEST_WAIT_S, start_together
from bench.drills.ledger import Ledger
from bench.drills.orders import Orders, Size
from bench.drills.storm import Report
from bench.drills.waiting_racer import WaitingRacer
from bench.drills.waiting_verdict import find_offered_in_vain, find_waiting_faults
from tests.support.stage import set_stage

TIDIED_AT_ONCE = 1000
ROOT = Path(__file__).parents[2]


def raise_waiting_storm(url: str, size: Size, seed: int) -> Report:
    """In an empty, migrated database; every fault found at the meetings and at the end."""
    engine = create_engine(url)
    with Session(engine) as session:
        set_stage(session)
    seconds, ledgers = _let_loose(Orders(url, size, seed, ()))
    outcomes: Counter[str] = Counter()
    for ledger in ledgers:
        outcomes.update(ledger.outcomes)
    faults = [complaint for ledger in ledgers for complaint in ledger.complaints]
    engine.dispose()
    ordered = dict(sorted(outcomes.items()))
    return Report(engine.dialect.name, outcomes.total(), round(seconds, 1), ordered, faults)


def _let_loose(orders: Orders) -> tuple[float, list[Ledger]]:
    herd = subprocess.run(
        [sys.executable, "-m", "bench.drills.waiting_storm"],
        cwd=ROOT, input=f"{orders.as_json()}\n", stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    seconds, *ledgers = herd.stdout.splitlines()
    return float(seconds), [Ledger.from_json(ledger) for ledger in ledgers]


def race(orders: Orders, rank: int, meeting: Barrier, answers: "SimpleQueue[str]") -> None:
    """One child. The first of them judges what all have done, while the others wait."""
    engine = create_engine(orders.url)

    def meet(now: datetime) -> list[str]:
        meeting.wait(LONGEST_WAIT_S)
        faults = _judge(session, now) if rank == 0 else []
        meeting.wait(LONGEST_WAIT_S)
        return faults

    with Session(engine) as session:
        racer = WaitingRacer(session, orders, rank, meet)
        racer.run()
    engine.dispose()
    answers.put(racer.ledger.as_json())


def _judge(session: Session, now: datetime) -> list[str]:
    faults = find_waiting_faults(session, now)
    tidy_waiting(session, read_catalogue(session), now, TIDIED_AT_ONCE)
    return faults + find_offered_in_vain(session)


if __name__ == "__main__":
    start_together(race)
