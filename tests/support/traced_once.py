"""Coverage follows a test on SQLite, and lets the same test on PostgreSQL run at full speed.

Both walk the same lines of ours, and following them costs half as much again. What only PostgreSQL
does is followed where it is tested: the modules below.
"""

import sys
from collections.abc import Iterator

import pytest

FOLLOWED = {"test_transaction", "test_transaction_failures", "test_slots", "test_usage"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Set-up and tear-down included."""
    tracer = sys.gettrace()
    if _runs_twice(item):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def _runs_twice(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    on_postgresql = parameters.get("database_kind") == "postgresql"
    return on_postgresql and item.path.stem not in FOLLOWED
