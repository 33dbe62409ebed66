"""Hours held beside the key: gaps, cumulated figures, and what is to come."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cubes import TERRITORY
from app.domain.fair_share import Share, projected, shares, since_january
from app.domain.hours import HeldTime
from app.domain.sharing import KeyKind, Part, SharingKey
from app.domain.sharing_errors import KeyNotInForce

ARVERT, BREUILLET, VAUX = "17021", "17064", "17461"
JANUARY, JUNE, JULY, DECEMBER = (
    date(2026, 1, 1),
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 12, 31),
)


def key(parts: dict[str, int], first: date = JANUARY, last: date | None = None) -> SharingKey:
    told = tuple(Part(code, part) for code, part in parts.items())
    return SharingKey(KeyKind.TIME, first, told, last)


HALVES = [
    key({ARVERT: 5_000, BREUILLET: 5_000}, last=JUNE),
    key({ARVERT: 4_000, VAUX: 6_000}, JULY),
]


def held(on: date, commune: str, minutes: int) -> HeldTime:
    return HeldTime(on, commune, minutes)


def test_each_hour_is_divided_by_the_key_of_its_day() -> None:
    """300 minutes under one key, 100 under the other: Breuillet left, Vaux joined in July."""
    times = [
        held(date(2026, 2, 2), ARVERT, 180),
        held(date(2026, 2, 3), BREUILLET, 120),
        held(date(2026, 9, 1), VAUX, 60),
        held(date(2026, 9, 2), BREUILLET, 40),
        held(date(2025, 12, 31), VAUX, 999),
        held(date(2027, 1, 1), VAUX, 999),
    ]
    assert shares(times, HALVES, JANUARY, DECEMBER) == {
        ARVERT: Share(180, 190, 4_500, 4_750, 0),
        BREUILLET: Share(160, 150, 4_000, 3_750, 0),
        VAUX: Share(60, 60, 1_500, 1_500, 0),
    }


def test_a_gap_is_told_in_minutes_and_in_points() -> None:
    share = Share(180, 190, 4_500, 4_750, 7)
    assert (share.gap, share.gap_hundredths) == (-10, -250)
    assert share.is_within(250)
    assert not share.is_within(249)


def test_time_of_no_commune_is_spread_beside() -> None:
    times = [held(JANUARY, TERRITORY, 91), held(JANUARY, ARVERT, 60)]
    assert shares(times, HALVES, JANUARY, JUNE) == {
        ARVERT: Share(60, 30, 10_000, 5_000, 46),
        BREUILLET: Share(0, 30, 0, 5_000, 45),
    }
    unplaced = shares(times[:1], HALVES, JANUARY, JUNE)
    assert unplaced[ARVERT] == Share(0, 0, 0, 0, 46)


def test_nothing_held_is_no_share() -> None:
    assert shares([], HALVES, JANUARY, JUNE) == {}


def test_a_day_without_a_key_is_told() -> None:
    with pytest.raises(KeyNotInForce):
        shares([held(date(2025, 5, 5), ARVERT, 1)], HALVES, date(2025, 1, 1), DECEMBER)


def test_figures_are_cumulated_since_january() -> None:
    times = [held(date(2025, 12, 30), ARVERT, 500), held(JANUARY, BREUILLET, 60)]
    times.append(held(date(2026, 3, 1), ARVERT, 60))
    assert since_january(times, HALVES, date(2026, 2, 28))[BREUILLET].held_hundredths == 10_000
    assert since_january(times, HALVES, date(2026, 3, 1))[BREUILLET].held_hundredths == 5_000


def test_what_is_planned_tells_the_share_at_the_end() -> None:
    today = date(2026, 3, 2)
    past = [held(date(2026, 3, 1), ARVERT, 180), held(today, ARVERT, 60)]
    ahead = [
        held(date(2026, 3, 1), ARVERT, 180),
        held(today, ARVERT, 120),
        held(date(2026, 4, 1), BREUILLET, 300),
        held(JULY, VAUX, 999),
        held(date(2026, 5, 1), TERRITORY, 180),
    ]
    assert projected(past, ahead, HALVES, (JANUARY, JUNE), today) == {
        ARVERT: Share(300, 300, 5_000, 5_000, 90),
        BREUILLET: Share(300, 300, 5_000, 5_000, 90),
    }


@given(
    st.lists(
        st.builds(
            HeldTime,
            st.dates(JANUARY, DECEMBER),
            st.sampled_from([ARVERT, BREUILLET, VAUX, "17999", TERRITORY]),
            st.integers(1, 500),
        )
    ),
    st.integers(0, 364),
)
def test_gaps_make_nothing_and_parts_make_one_hundred(times: list[HeldTime], days: int) -> None:
    told = shares(times, HALVES, JANUARY, DECEMBER).values()
    assert sum(share.gap for share in told) == 0
    placed = sum(each.minutes for each in times if each.commune != TERRITORY)
    assert sum(share.held for share in told) == placed
    assert sum(share.spread for share in told) == sum(each.minutes for each in times) - placed
    for parts in ([s.held_hundredths for s in told], [s.due_hundredths for s in told]):
        assert sum(parts) == (10_000 if placed else 0)
    today = JANUARY + timedelta(days=days)
    assert projected(times, times, HALVES, (JANUARY, DECEMBER), today) == shares(
        times, HALVES, JANUARY, DECEMBER
    )
