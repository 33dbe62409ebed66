"""(a) throughput of the page of free times, (b) its growth with the past, (d) bytes of a visit."""

import gzip
import re
import statistics
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from bench.databases import communes_and_topics
from bench.load import Call, Round, ask, for_seconds, get
from bench.servers import BARE, OURS, Server, serving

COMMUNE, TOPIC = "breuillet", "email"
TIMES = f"/rendez-vous/heure?commune={COMMUNE}&besoin={TOPIC}"
LINKED = re.compile(r'<(?:link[^>]+rel="(?:stylesheet|preload|icon)"[^>]*|img[^>]*|script[^>]*)>')
ADDRESS = re.compile(r'(?:href|src)="([^"]+)"')
IN_CSS = re.compile(r"url\(([^)]+)\)")


def measure_throughput(
    databases: dict[str, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Pages a second of every commune and topic in turn, against the bare page, by database."""
    with ExitStack() as running:
        servers = {
            kind: running.enter_context(serving(OURS, url, folder))
            for kind, url in databases.items()
        }
        calls = times_of_everybody(next(iter(databases.values())))
        sizes = [len(body(ask(ours, call))) for ours in servers.values() for call in calls]
        size = round(statistics.mean(sizes))
        bare = serving(BARE, f"sqlite:///{folder}/none.sqlite", folder, BARE_BYTES=str(size))
        plans = {kind: (ours, calls) for kind, ours in servers.items()}
        plans["bare"] = (running.enter_context(bare), [get("/")])
        measured = interleaved(plans, rounds, seconds)
    found = {name: rates(each) for name, each in measured.items()}
    for kind in databases:
        found[kind]["ratio"] = paired(measured[kind], measured["bare"], "per_second")
    return {"page_bytes": size, "different_pages": len(calls), **found}


def times_of_everybody(url: str) -> list[Call]:
    """The page of free times of each commune for each topic."""
    communes, topics = communes_and_topics(url)
    return [
        get(f"/rendez-vous/heure?commune={commune}&besoin={topic}")
        for commune, topic in product(communes, topics)
    ]


def measure_growth(
    databases: dict[int, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Median time of one page, one client at a time, by number of past appointments."""
    with ExitStack() as running:
        plans = {
            str(past): (
                running.enter_context(serving(OURS, url, folder)),
                times_of_everybody(url),
            )
            for past, url in databases.items()
        }
        measured = interleaved(plans, rounds, seconds, clients=1)
    first, last = measured[str(min(databases))], measured[str(max(databases))]
    return {
        "by_past": {name: rates(each) for name, each in measured.items()},
        "ratio": paired(last, first, "median_ms"),
    }


def interleaved(
    plans: dict[str, tuple[Server, Sequence[Call]]],
    rounds: int,
    seconds: float,
    clients: int | None = None,
) -> dict[str, list[Round]]:
    """Each server in turn, round after round, so that a slow minute slows them all."""
    some = {"clients": clients} if clients else {}
    for server, calls in plans.values():
        for_seconds(server, calls, seconds)  # both workers have seen every page
    measured: dict[str, list[Round]] = {name: [] for name in plans}
    for number in range(rounds):
        order = deque(plans.items())
        order.rotate(number)  # nobody is always the first, nor always after the same
        for name, (server, calls) in order:
            measured[name].append(for_seconds(server, calls, seconds, **some))
    return measured


def paired(ours: Sequence[Round], others: Sequence[Round], what: str) -> float:
    """The median of the ratios of each round: both sides of a ratio had the same minute."""
    pairs = zip(ours, others, strict=True)
    return statistics.median(getattr(one, what) / getattr(other, what) for one, other in pairs)


def rates(rounds: Sequence[Round]) -> dict[str, float]:
    """Medians over the rounds."""
    found = {
        "per_second": statistics.median(each.per_second for each in rounds),
        "median_ms": statistics.median(each.median_ms for each in rounds),
    }
    spent = [each.cpu_ms for each in rounds if each.cpu_ms is not None]
    return found | ({"cpu_ms": statistics.median(spent)} if spent else {})


def measure_bytes(url: str, folder: Path) -> dict[str, Any]:
    """Compressed bytes of the first page and all it loads, then of each further page."""
    with serving(OURS, url, folder) as server:
        home = _fetch(server, "/")
        sheets, others = _resources(server, home["text"])
        pages = (
            "/rendez-vous",
            f"/rendez-vous/besoin?commune={COMMUNE}",
            TIMES,
            f"{TIMES}&voisines=oui",
            f"/communes/{COMMUNE}",
            "/aide",
            "/accessibilite",
            "/vos-donnees",
        )
        each = {page: _fetch(server, page)["bytes"] for page in pages}
    html_css = home["bytes"] + sum(sheets.values())
    return {
        "encoding": home["encoding"],
        "html": home["bytes"],
        "css": sheets,
        "others": others,
        "html_and_css": html_css,
        "first_visit": html_css + sum(others.values()),
        "pages": each,
        "heaviest_page": max(each.values()),
    }


def _resources(server: Server, html: str) -> tuple[dict[str, int], dict[str, int]]:
    """What the page loads: style sheets, then fonts, scripts and pictures, those of the CSS too."""
    linked = {ADDRESS.search(tag)[1]: tag for tag in LINKED.findall(html) if ADDRESS.search(tag)}
    sheets: dict[str, int] = {}
    others: dict[str, int] = {}
    for address, tag in linked.items():
        got = _fetch(server, address)
        if "stylesheet" not in tag:
            others[address] = got["bytes"]
            continue
        sheets[address] = got["bytes"]
        for inside in IN_CSS.findall(got["text"]):
            path = urlsplit(urljoin(address, inside.strip("\"'"))).path
            if not inside.startswith("data:") and path not in others:
                others[path] = _fetch(server, path)["bytes"]
    return sheets, others


def _fetch(server: Server, path: str) -> dict[str, Any]:
    """The body as a client receives it that knows gzip and nothing else."""
    answer = ask(server, get(path, Accept_Encoding="gzip"))
    head, _, content = answer.partition(b"\r\n\r\n")
    encoding = re.search(rb"\r\ncontent-encoding: (\w+)", head.lower())
    packed = encoding is not None and encoding[1] == b"gzip"
    text = (gzip.decompress(content) if packed else content).decode("utf-8", "replace")
    found = encoding[1].decode() if encoding else "identity"
    return {"bytes": len(content), "encoding": found, "text": text}


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
