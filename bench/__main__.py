"""python -m bench [--json FILE] [--quick] [--only PARTS]: `./run bench`, as ratios of one run."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import (
    agenda,
    boards,
    bookings,
    desk,
    feed,
    messages,
    outbox,
    pages,
    programme,
    purge,
    report,
)
from bench.databases import fill_with_demo, fill_with_openings
from bench.past import add_past
from bench.postgresql import Cluster, running


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how much."""

    rounds: int
    seconds: float
    pasts: tuple[int, ...]
    people: tuple[tuple[int, int], ...]
    """Of the desk's search: people, and their past appointments."""
    growth_seconds: float
    bookings: int
    sent: tuple[int, ...]
    """Of the worker: messages that left before."""
    messages: int
    """In each of its rounds."""
    workshops: tuple[tuple[int, int], ...]
    """Of the programme: past workshops, and their registrations."""
    purged: int
    """Appointments of more than a year ago."""


WHOLE = Plan(
    rounds=7,
    seconds=2.0,
    pasts=(0, 10_000, 100_000, 1_000_000),
    people=((1_000, 1_000), (100_000, 1_000_000)),
    growth_seconds=0.5,
    bookings=150,
    sent=(0, 1_000_000),
    messages=200,
    workshops=((10, 100), (10_000, 100_000)),
    purged=100_000,
)
QUICK = Plan(
    rounds=3,
    seconds=1.0,
    pasts=(0, 10_000),
    people=((1_000, 1_000), (10_000, 100_000)),
    growth_seconds=0.3,
    bookings=40,
    sent=(0, 100_000),
    messages=60,
    workshops=((10, 100), (10_000, 100_000)),
    purged=5_000,
)
PARTS = "abcdefghijk"
CUBED_YEARS = (0, 9)
"""Of the boards: years of closed half-years behind twelve months of lines."""
GROWTH_ROUNDS = 3
"""More and shorter ones: a ratio near 1 is the easiest to blur."""


class Stock:
    """Databases of both kinds, made of copies of two: the demo, and many free hours."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self._folder = folder
        self._cluster = cluster
        self._demo = {kind: self._new(kind, "demo") for kind in ("sqlite", "postgresql")}
        for url in self._demo.values():
            fill_with_demo(url)

    @property
    def demo(self) -> dict[str, str]:
        return dict(self._demo)

    def open_hours(self, name: str = "hours") -> dict[str, str]:
        """Databases with thousands of free hours."""
        made = {kind: self._new(kind, name) for kind in self._demo}
        for url in made.values():
            fill_with_openings(url)
        return made

    def with_past(self, kind: str, how_many: int) -> str:
        """The demo after years of use."""
        if how_many == 0:
            return self._demo[kind]
        url = self._new(kind, f"past-{how_many}", self._demo[kind])
        add_past(url, how_many)
        return url

    def with_people(self, kind: str, people: int, past: int) -> str:
        """The demo, with people of long ago."""
        url = self._new(kind, f"people-{people}", self._demo[kind])
        desk.add_people(url, people, past)
        return url

    def with_sent(self, kind: str, how_many: int) -> str:
        """The demo, after so many messages that left."""
        url = self._new(kind, f"sent-{how_many}", self._demo[kind])
        if how_many:
            outbox.add_sent(url, how_many)
        return url

    def with_workshops(self, kind: str, past: int, registrations: int) -> str:
        """The demo, after so many workshops."""
        url = self._new(kind, f"workshops-{past}", self._demo[kind])
        programme.add_programme(url, past, registrations)
        return url

    def with_figures(self, kind: str, years: int) -> str:
        """The demo, with twelve months of records and the cubes of so many years."""
        url = self._new(kind, f"figures-{years}", self._demo[kind])
        boards.add_figures(url, years)
        return url

    def _new(self, kind: str, name: str, template: str | None = None) -> str:
        if kind == "postgresql":
            return self._cluster.create(name, template)
        path = self._folder / f"{name}.sqlite"
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"


def main() -> None:
    arguments = _arguments()
    plan = QUICK if arguments.quick else WHOLE
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped
    folder = Path(tempfile.mkdtemp(prefix="coclico-bench-"))
    try:
        with running(folder / "postgresql") as cluster:
            figures = measure(plan, folder, cluster, arguments.only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = [line.row for line in report.lines(figures)]
    print(report.table(rows, ("figure", "measured", "target", "reached")))
    print(f"\n{report.details(figures)}\n")
    print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def measure(plan: Plan, folder: Path, cluster: Cluster, only: str = PARTS) -> dict[str, Any]:
    """All figures, or those of some parts, in the order of the issue."""
    figures: dict[str, Any] = {"machine": report.machine() | cluster.facts()}
    with _told("making the databases"):
        stock = Stock(folder, cluster)
    if "a" in only:
        with _told("(a) pages of free times"):
            figures["throughput"] = pages.measure_throughput(
                stock.demo, folder, plan.rounds, plan.seconds
            )
    if "b" in only:
        figures["growth"] = {kind: _growth(plan, folder, stock, kind) for kind in stock.demo}
    if "c" in only:
        with _told("(c) bookings"):
            figures["bookings"] = bookings.measure_bookings(
                stock.open_hours(), folder, plan.rounds, plan.bookings
            )
    if "d" in only:
        with _told("(d) bytes"):
            figures["bytes"] = pages.measure_bytes(stock.demo["sqlite"], folder)
    if set("ef") & set(only):
        figures |= _staff_growth(plan, folder, stock, only)
    return figures | _later(plan, folder, stock, only)


def _later(plan: Plan, folder: Path, stock: Stock, only: str) -> dict[str, Any]:
    """What came with the messages, the calendars and the workshops."""
    figures: dict[str, Any] = {}
    if "g" in only:
        figures["worker"] = {kind: _worker(plan, folder, stock, kind) for kind in stock.demo}
    return figures | _apart(plan, folder, stock, only)


def _apart(plan: Plan, folder: Path, stock: Stock, only: str) -> dict[str, Any]:
    """The parts that need no server before they begin."""
    figures: dict[str, Any] = {}
    if "h" in only:
        with _told("(h) a feed of 1,000 events"):
            figures["feed"] = feed.measure_feed()
    if "i" in only:
        figures["programme"] = {kind: _programme(plan, folder, stock, kind) for kind in stock.demo}
    if "j" in only:
        figures["boards"] = {kind: _boards(plan, folder, stock, kind) for kind in stock.demo}
    if "k" in only:
        with _told("(k) the purge beside bookings"):
            figures["purge"] = purge.measure_purge(
                stock.open_hours("purge"), folder, plan.purged, plan.bookings
            )
    return figures


def _programme(plan: Plan, folder: Path, stock: Stock, kind: str) -> dict[str, Any]:
    with _told(f"(i) the programme of workshops, {kind}"):
        grown = {past: stock.with_workshops(kind, past, each) for past, each in plan.workshops}
        how_long = GROWTH_ROUNDS * plan.rounds, plan.growth_seconds
        return programme.measure_programme(grown, folder, *how_long)


def _worker(plan: Plan, folder: Path, stock: Stock, kind: str) -> dict[str, Any]:
    with _told(f"(g) the worker, {kind}"):
        databases = {sent: stock.with_sent(kind, sent) for sent in plan.sent}
        young = databases[min(databases)]
        return {
            "throughput": messages.measure_throughput(young, folder, plan.rounds, plan.messages),
            "growth": messages.measure_growth(databases, folder, plan.rounds, plan.messages),
        }


def _growth(plan: Plan, folder: Path, stock: Stock, kind: str) -> dict[str, Any]:
    with _told(f"(b) years of past appointments, {kind}"):
        grown = {past: stock.with_past(kind, past) for past in plan.pasts}
        return pages.measure_growth(grown, folder, GROWTH_ROUNDS * plan.rounds, plan.growth_seconds)


def _staff_growth(plan: Plan, folder: Path, stock: Stock, only: str) -> dict[str, Any]:
    """The desk's search and the week, among many people of long ago."""
    figures: dict[str, Any] = {"desk": {}, "week": {}}
    how_long = GROWTH_ROUNDS * plan.rounds, plan.growth_seconds
    for kind in stock.demo:
        grown = {past: stock.with_people(kind, many, past) for many, past in plan.people}
        if "e" in only:
            with _told(f"(e) search of the phone desk, {kind}"):
                figures["desk"][kind] = desk.measure_search(grown, folder, *how_long)
        if "f" in only:
            with _told(f"(f) week page of the agenda, {kind}"):
                figures["week"][kind] = agenda.measure_week(grown, folder, *how_long)
    return figures


def _boards(plan: Plan, folder: Path, stock: Stock, kind: str) -> dict[str, Any]:
    with _told(f"(j) boards of figures, {kind}"):
        grown = {years: stock.with_figures(kind, years) for years in CUBED_YEARS}
        rounds = GROWTH_ROUNDS * plan.rounds
        return boards.measure_boards(grown, folder, rounds, plan.growth_seconds)


class _told:  # noqa: N801 - read as a word
    """Say on the error stream what is being done, and how long it took."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._started
        print(f"{self._what}: {took:.0f} s", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    parser.add_argument("--quick", action="store_true", help="a rough idea in 90 seconds")
    parser.add_argument(
        "--only", default=PARTS, metavar="PARTS", help=f"some of {PARTS}, as in « ac »"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
