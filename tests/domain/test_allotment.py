"""Largest remainder: the parts add up, nobody is more than one away from the exact part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.allotment import allot

weights = st.dictionaries(st.text("0123456789", min_size=1, max_size=3), st.integers(0, 10**6))


@given(st.integers(0, 10**9), weights.filter(lambda each: any(each.values())))
def test_the_parts_add_up_and_are_fair(total: int, weights: dict[str, int]) -> None:
    parts = allot(total, weights)
    whole = sum(weights.values())
    assert sum(parts.values()) == total
    assert list(parts) == list(weights)
    assert all(abs(parts[code] * whole - total * weights[code]) < whole for code in weights)
    assert parts == dict(allot(total, dict(reversed(weights.items()))))


def test_equal_remainders_go_to_the_smallest_code() -> None:
    assert allot(1, {"17461": 1, "17021": 1, "17064": 1}) == {"17461": 0, "17021": 1, "17064": 0}
    assert allot(100, {"b": 1, "a": 1, "c": 1}) == {"b": 33, "a": 34, "c": 33}


def test_nothing_is_shared_among_nobody() -> None:
    assert allot(0, {}) == {}
    assert allot(0, {"a": 0}) == {"a": 0}
    with pytest.raises(ValueError, match="nobody"):
        allot(1, {"a": 0})


@pytest.mark.parametrize(("total", "weight"), [(-1, 1), (1, -1)])
def test_debts_are_not_shared(total: int, weight: int) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        allot(total, {"a": weight, "b": 5})
