"""Coverage follows a test where it walks new lines, and lets the others run at full speed.

Following costs as much again as the test. A test on PostgreSQL walks the lines of the same test on
SQLite: what only PostgreSQL does is followed in the modules FOLLOWED. Those of NEVER_FOLLOWED walk
ways that other tests walk, a hundred times over.
"""

import sys
from collections.abc import Iterator

import pytest

FOLLOWED = {"test_transaction", "test_transaction_failures", "test_slots", "test_usage"}

NEVER_FOLLOWED = {"test_access_matrix", "test_slots_properties", "test_schedule_properties"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Set-up and tear-down included."""
    tracer = sys.gettrace()
    if item.path.stem in NEVER_FOLLOWED or _runs_twice(item):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def _runs_twice(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    on_postgresql = parameters.get("database_kind") == "postgresql"
    return on_postgresql and item.path.stem not in FOLLOWED
