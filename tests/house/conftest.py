"""The rules of the house are about all of the code: coverage is measured by the tests of each."""

from collections.abc import Iterator

import pytest

from tests.support.untraced import untraced


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[object]:
    """Hundreds of pages, each known to its own test: unseen by coverage, they take half as long."""
    pyfuncitem.obj = untraced(pyfuncitem.obj)
    return (yield)
