"""The table of figures, each with its target, and the machine it was taken on."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from bench.servers import WORKERS

PACKAGES = ("flask", "jinja2", "sqlalchemy", "psycopg", "gunicorn")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure beside its targets; without a floor, the goal is all there is."""

    what: str
    value: float
    goal: float
    floor: float | None = None
    is_most: bool = False
    unit: str = ""

    @property
    def verdict(self) -> str:
        def reaches(target: float) -> bool:
            return self.value <= target if self.is_most else self.value >= target

        if reaches(self.goal):
            return "goal"
        if self.floor is None or not reaches(self.floor):
            return "MISSED"
        return "floor"

    @property
    def row(self) -> tuple[str, str, str, str]:
        sign = "≤" if self.is_most else "≥"
        targets = [each for each in (self.floor, self.goal) if each is not None]
        wanted = " then ".join(f"{sign} {self._written(each)}" for each in targets)
        return self.what, self._written(self.value), wanted, self.verdict

    def _written(self, value: float) -> str:
        return f"{value:,.0f}{self.unit}" if self.unit else f"{value:.2f}"


def lines(figures: dict[str, Any]) -> list[Line]:
    """The targets of the issue, in its order, for the parts that were measured."""
    targets = {"sqlite": (0.20, 0.35), "postgresql": (0.12, 0.25)}
    found = []
    if pages := figures.get("throughput"):
        found += [
            Line(f"(a) free times / bare page, {kind}", pages[kind]["ratio"], goal, floor)
            for kind, (floor, goal) in targets.items()
        ]
    for kind, growth in figures.get("growth", {}).items():
        found.append(
            Line(f"(b) {_most(growth)} past / 0, {kind}", growth["ratio"], 1.2, None, True)
        )
    for kind, each in figures.get("bookings", {}).items():
        found.append(Line(f"(c) bookings / bare inserts, {kind}", each["ratio"], 0.20, 0.10))
    return [
        *found,
        *_weights(figures.get("bytes")),
        *_staff(figures),
        *_worker(figures.get("worker", {})),
        *_feed(figures.get("feed")),
        *_programme(figures.get("programme", {})),
        *_boards(figures.get("boards", {})),
        *_purge(figures.get("purge", {})),
    ]


def _weights(weight: dict[str, Any] | None) -> list[Line]:
    if weight is None:
        return []
    bytes_of = {
        "(d) home: HTML + CSS, gzip": (weight["html_and_css"], 14_000),
        "(d) home: fonts and JS too": (weight["first_visit"], 50_000),
        "(d) heaviest further page": (weight["heaviest_page"], 5_000),
    }
    return [
        Line(what, value, most, is_most=True, unit=" B") for what, (value, most) in bytes_of.items()
    ]


def _staff(figures: dict[str, Any]) -> list[Line]:
    names = {"desk": "(e) desk search", "week": "(f) week page"}
    return [
        Line(f"{what}, {_most(each)} past / 1,000, {kind}", each["ratio"], 1.2, is_most=True)
        for name, what in names.items()
        for kind, each in figures.get(name, {}).items()
    ]


def _worker(worker: dict[str, Any]) -> list[Line]:
    found = []
    for kind, each in worker.items():
        growth = each["growth"]
        found += [
            Line(f"(g) worker / bare smtplib, {kind}", each["throughput"]["ratio"], 0.5),
            Line(f"(g) {_most(growth)} sent / 0, {kind}", growth["ratio"], 1.2, is_most=True),
        ]
    return found


def _feed(feed: dict[str, Any] | None) -> list[Line]:
    if feed is None:
        return []
    return [
        Line(f"(h) feed fetched again / first, {level}", each["ratio"], 20)
        for level, each in feed.items()
        if isinstance(each, dict)
    ]


def _programme(growth: dict[str, Any]) -> list[Line]:
    return [
        Line(f"(i) programme, {_most(each)} past / 10, {kind}", each["ratio"], 1.2, is_most=True)
        for kind, each in growth.items()
    ]


def _boards(found: dict[str, Any]) -> list[Line]:
    return [
        Line(
            f"(j) boards, {_most(each)} years of cubes / none, {kind}",
            each["ratio"],
            1.2,
            is_most=True,
        )
        for kind, each in found.items()
    ]


def _purge(purge: dict[str, Any]) -> list[Line]:
    return [
        Line(
            f"(k) p95 of a booking beside the purge of {each['appointments']:,} / usual, {kind}",
            each["ratio"],
            2,
            is_most=True,
        )
        for kind, each in purge.items()
    ]


def _most(growth: dict[str, Any]) -> str:
    return f"{max(map(int, growth['by_past'])):,}"


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "workers": WORKERS,
        **{package: version(package) for package in PACKAGES},
    }


def table(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    """Markdown, aligned so that a terminal shows it as well."""
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]

    def line(cells: tuple[str, ...]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join([line(head), rule, *map(line, rows)])


def details(figures: dict[str, Any]) -> str:
    """The figures that the ratios are made of."""
    pages, bookings = figures.get("throughput", {}), figures.get("bookings", {})
    kinds = [kind for kind in ("sqlite", "postgresql") if kind in pages]
    rows = [(f"(a) {name}", _rate(pages[name])) for name in ("bare", *kinds) if pages]
    for kind, growth in figures.get("growth", {}).items():
        rows += [
            (f"(b) {int(past):,} past, {kind}", _rate(each))
            for past, each in growth["by_past"].items()
        ]
    rows += _grown(figures)
    for kind, each in figures.get("worker", {}).items():
        rows += [
            (f"(g) worker, {kind}", _rate(each["throughput"]["ours"])),
            (f"(g) bare smtplib, {kind}", _rate(each["throughput"]["bare"])),
            (f"(g) ready bytes, {kind}", _rate(each["throughput"]["ready"])),
            *(
                (f"(g) worker, {int(past):,} sent, {kind}", _rate(rates))
                for past, rates in each["growth"]["by_past"].items()
            ),
        ]
    for kind, each in bookings.items():
        rows += [
            (f"(c) bookings, {kind}", _rate(each["ours"])),
            (f"(c) bare inserts, {kind}", _rate(each["bare"])),
        ]
    rows += [
        (f"(a) by processor time, {kind}", _by_processor(pages["bare"], pages[kind]))
        for kind in kinds
    ]
    rows += [
        (f"(c) by processor time, {kind}", _by_processor(each["bare"], each["ours"]))
        for kind, each in bookings.items()
    ]
    return table([*rows, *_purged(figures)], ("measure", "figure"))


def _purged(figures: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for kind, each in figures.get("purge", {}).items():
        rows += [
            (f"(k) usual, {kind}", _waited(each["usual"])),
            (f"(k) beside the purge ({each['seconds']:.0f} s), {kind}", _waited(each["beside"])),
        ]
    return rows


def _grown(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """The pages that were measured among years of what was."""
    names = {
        "desk": "(e) desk search",
        "week": "(f) week page",
        "programme": "(i) programme",
    }
    return [
        (f"{what}, {int(past):,} past, {kind}", _rate(each))
        for name, what in names.items()
        for kind, growth in figures.get(name, {}).items()
        for past, each in growth["by_past"].items()
    ]


def _waited(each: dict[str, float]) -> str:
    return f"p95 {each['p95_ms']:.1f} ms, median {each['median_ms']:.1f} ms"


def _by_processor(bare: dict[str, float], ours: dict[str, float]) -> str:
    """The same ratio from the processor time of the workers: a busy machine disturbs it less."""
    if "cpu_ms" not in bare or not ours.get("cpu_ms"):
        return "not known"
    return f"{bare['cpu_ms'] / ours['cpu_ms']:.2f}"


def _rate(rates: dict[str, float]) -> str:
    spent = f", {rates['cpu_ms']:.2f} ms of processor" if "cpu_ms" in rates else ""
    return f"{rates['per_second']:,.0f} a second, median {rates['median_ms']:.2f} ms{spent}"
