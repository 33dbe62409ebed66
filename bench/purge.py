"""(k) the purge of years of appointments, beside people who book: how long they wait.

The purge is the command of the product, in a process of its own. Before it and after it, the same
bookings are made without it: what they take then is « usual ».
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.bookings import ready_bookings
from bench.load import Call, ask
from bench.past import OFFSET, add_past
from bench.postgresql import connect
from bench.servers import LINK_KEY, OURS, ROOT, Server, serving

FIRST_DAY = 400
"""All of them are older than the twelve months that a card is kept."""
BREATH_S = 0.1
"""Between two bookings: many more than ever came, and enough free hours for as long as it lasts."""
WARM_UP = 20
PEOPLE = f"""UPDATE appointment SET note = 'Sonner deux fois', helper_name = 'Marc Serin',
    address_line1 = '12 rue du Moulin' WHERE id >= {OFFSET}"""
HISTORY = f"""INSERT INTO appointment_event (appointment_id, at, kind, actor, channel)
    SELECT id, booked_at, 'BOOKED', 'RESIDENT', 'WEB' FROM appointment WHERE id >= {OFFSET}"""
THEIRS = f"BETWEEN {OFFSET} AND {OFFSET - 1} + "
"""Not those who booked meanwhile, whose numbers follow on SQLite."""
CARDS_LEFT = f"SELECT count(*) FROM resident WHERE last_name <> '' AND id {THEIRS}"
APPOINTMENTS_LEFT = f"""SELECT count(*) FROM appointment
    WHERE (note IS NOT NULL OR address_line1 IS NOT NULL OR helper_name IS NOT NULL)
    AND id {THEIRS}"""
HISTORY_LEFT = f"SELECT count(*) FROM appointment_event WHERE appointment_id {THEIRS}"


def measure_purge(
    databases: dict[str, str], folder: Path, how_many: int, usual: int
) -> dict[str, Any]:
    """By database: p95 of a booking beside the purge of so many appointments, against usual.

    `usual` bookings are made before, and as many after. Raises RuntimeError where the purge fails
    or leaves anything.
    """
    return {
        kind: _measure(url, folder / f"erasures-{kind}.txt", folder, how_many, usual)
        for kind, url in databases.items()
    }


def _measure(url: str, register: Path, folder: Path, how_many: int, usual: int) -> dict[str, Any]:
    add_past(url, how_many, first_day=FIRST_DAY)
    _run(url, PEOPLE, HISTORY)
    with serving(OURS, url, folder) as server:
        bookings = ready_bookings(url, server)
        _book(server, bookings, range(WARM_UP))
        before = _book(server, bookings, range(usual))
        started = time.perf_counter()
        beside = _book(server, bookings, _purging(url, register))
        seconds = time.perf_counter() - started
        after = _book(server, bookings, range(usual))
    asked = (CARDS_LEFT, APPOINTMENTS_LEFT, HISTORY_LEFT)
    left = _run(url, *(f"{each}{how_many}" for each in asked))
    if any(left):
        raise RuntimeError(f"the purge left {left}")
    ordinary, purging = _p95(before + after), _p95(beside)
    return {
        "ratio": purging / ordinary,
        "usual": {"p95_ms": ordinary, "median_ms": _median(before + after)},
        "beside": {"p95_ms": purging, "median_ms": _median(beside), "bookings": len(beside)},
        "appointments": how_many,
        "seconds": seconds,
    }


def _book(server: Server, bookings: Iterator[Call], until: Any) -> list[float]:
    """One booking after the other, as long as `until` goes on; milliseconds of each."""
    took = []
    for _turn in until:
        call = next(bookings)
        started = time.perf_counter()
        ask(server, call)
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(BREATH_S)
    return took


def _purging(url: str, register: Path) -> Iterator[None]:
    """Goes on as long as the purge runs."""
    environ = {
        "SECRET_KEY": LINK_KEY,
        "LINK_KEY": LINK_KEY,
        "DATABASE_URL": url,
        "ERASURE_REGISTER": str(register),
        "FLASK_APP": "wsgi",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "flask", "purge"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environ, stdout=subprocess.DEVNULL
    )
    try:
        while process.poll() is None:
            yield
    finally:
        process.terminate()
        process.wait()
    if process.returncode:
        raise RuntimeError(f"the purge failed: {process.returncode}")


def _run(url: str, *statements: str) -> list[int]:
    """The statements, each in its own transaction; the first number that each answers."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        try:
            return [_number(connection.execute(each).fetchone) for each in statements]
        finally:
            connection.close()
    with connect(url) as line:
        found = []
        for each in statements:
            cursor = line.execute(each)
            found.append(_number(cursor.fetchone) if cursor.description else 0)
        return found


def _number(fetch: Callable[[], Any]) -> int:
    row = fetch()
    return int(row[0]) if row else 0


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def _median(took: list[float]) -> float:
    return statistics.median(took)
