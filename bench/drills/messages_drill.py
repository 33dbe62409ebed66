"""`./run drill messages [--short]`: workers killed while they send, on both databases."""

import argparse
import json
import random

from bench.drills.messages import SHORT, Size, raise_alarm
from bench.drills.storm_drill import two_databases


def main(arguments: list[str]) -> int:
    """Kill the workers; 1 if anything was lost, or doubled without cause."""
    parser = argparse.ArgumentParser(prog="./run drill messages", description=__doc__)
    parser.add_argument("--short", action="store_true", help="as long as in the tests")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args(arguments)
    size = SHORT if given.short else Size()
    with two_databases() as urls:
        reports = [raise_alarm(url, size, given.seed) for url in urls]
    figures = {"seed": given.seed, "drills": [report.as_figures() for report in reports]}
    print(json.dumps(figures, indent=2))
    return 1 if any(report.faults for report in reports) else 0
