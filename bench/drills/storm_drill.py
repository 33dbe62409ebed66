"""`./run drill storm [--short]`: the storm on SQLite, then on PostgreSQL, figures in JSON."""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.drills.orders import Size
from bench.drills.storm import Report, raise_storm
from tests.support.databases import migrate
from tests.support.postgresql import create_database, server_url, stop_server

LONG = Size(attempts=2500)
SHORT = Size(attempts=125)


@contextmanager
def two_databases() -> Iterator[list[str]]:
    """An empty SQLite file and an empty PostgreSQL database, migrated; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="coclico-drill-") as name:
        folder = Path(name)
        server = create_database(folder, server_url(folder), "storm")
        urls = [f"sqlite:///{folder}/storm.sqlite", server.render_as_string(hide_password=False)]
        try:
            for url in urls:
                migrate(url)
            yield urls
        finally:
            stop_server(folder)


def main(arguments: list[str]) -> int:
    """Raise the storms; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="./run drill storm", description=__doc__)
    parser.add_argument("--short", action="store_true", help="as long as in the tests")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(arguments)
    size = SHORT if given.short else LONG
    with two_databases() as urls:
        reports: list[Report] = [raise_storm(url, size, given.seed) for url in urls]
    figures = {"seed": given.seed, "storms": [report.as_figures() for report in reports]}
    print(json.dumps(figures, indent=2))
    return 1 if any(report.faults for report in reports) else 0
