"""The storm: several processes book, move and cancel on a few days, all at once.

Each is a real process with its own connection. They start together and hand back a ledger of what
they were told; `verdict` then looks for what the site did wrong.
"""

import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.drills.ledger import Ledger
from bench.drills.orders import Orders, Size
from bench.drills.verdict import find_faults
from tests.support.stage import Stage, choice, phone, set_stage

ROOT = Path(__file__).parents[2]
SHARED = [
    f"{day}T{clock}"
    for day in ("2026-11-24", "2026-11-27")
    for clock in ("09:00", "09:45", "10:30", "11:15")
]
"""When the appointments are that every process moves and cancels."""
MESSAGES_TO_ANY_NUMBER = 100_000
"""A few telephones change all day: how many messages each may have is no matter of a storm."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the storm did, and every fault that was found afterwards."""

    database: str
    attempts: int
    seconds: float
    outcomes: dict[str, int]
    """How often each act ended in each way: « book: booked », « move: slot_taken »…"""
    faults: list[str]

    def as_figures(self) -> dict[str, Any]:
        return asdict(self) | {"attempts_per_second": round(self.attempts / self.seconds, 1)}


def raise_storm(url: str, size: Size, seed: int) -> Report:
    """Set the stage in an empty, migrated database, let the processes loose, and judge."""
    engine = create_engine(url)
    with Session(engine) as session:
        set_stage(session, sms_per_number_per_day=MESSAGES_TO_ANY_NUMBER)
        shared = tuple(Stage(session).book(choice(hour), phone=phone()) for hour in SHARED)
    seconds, ledgers = _let_loose(Orders(url, size, seed, shared))
    with Session(engine) as session:
        faults = find_faults(session, ledgers)
    engine.dispose()
    outcomes: Counter[str] = Counter()
    for ledger in ledgers:
        outcomes.update(ledger.outcomes)
    ordered = dict(sorted(outcomes.items()))
    return Report(engine.dialect.name, outcomes.total(), round(seconds, 1), ordered, faults)


def _let_loose(orders: Orders) -> tuple[float, list[Ledger]]:
    """How long they took, and what each was told. Raises CalledProcessError if one died."""
    herd = subprocess.run(
        [sys.executable, "-m", "bench.drills.herd"],
        cwd=ROOT, input=f"{orders.as_json()}\n", stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    seconds, *ledgers = herd.stdout.splitlines()
    return float(seconds), [Ledger.from_json(ledger) for ledger in ledgers]
