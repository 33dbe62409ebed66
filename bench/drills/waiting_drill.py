"""`./run drill waiting [--short]`: the waiting list under a storm, on SQLite then on PostgreSQL."""

import argparse
import json
import random

from bench.drills.orders import Size
from bench.drills.storm_drill import two_databases
from bench.drills.waiting_storm import raise_waiting_storm

LONG = Size(attempts=1000)
SHORT = Size(processes=4, attempts=80)


def main(arguments: list[str]) -> int:
    """Raise the storms; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="./run drill waiting", description=__doc__)
    parser.add_argument("--short", action="store_true", help="as long as in the tests")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(arguments)
    size = SHORT if given.short else LONG
    with two_databases() as urls:
        reports = [raise_waiting_storm(url, size, given.seed) for url in urls]
    figures = {"seed": given.seed, "storms": [report.as_figures() for report in reports]}
    print(json.dumps(figures, indent=2))
    return 1 if any(report.faults for report in reports) else 0
