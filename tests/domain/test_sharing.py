"""Keys of cost and of time, and what they divide."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import sharing_errors as errors
from app.domain.errors import DomainError
from app.domain.sharing import (
    WHOLE,
    KeyKind,
    Part,
    SharingKey,
    amounts_due,
    by_population,
    check_fits,
    check_keys,
    half_days_due,
    in_turn,
    key_on,
    outside,
    time_key,
    time_keys,
)
from app.domain.territory import parse_territory

ROOT = Path(__file__).parents[2]
NEW_YEAR = date(2026, 1, 1)
OLERON = {  # the convention of the second territory, in hundredths of a percent
    "17411": 700,
    "17485": 900,
    "17093": 800,
    "17140": 1900,
    "17385": 900,  # Saint-Pierre pays, and its people do not come
    "17337": 2250,
    "17486": 700,
    "17323": 1850,
}
SAINT_PIERRE = "17385"
OLERON_TIME = {
    "17411": 769,
    "17485": 989,
    "17093": 879,
    "17140": 2088,
    "17385": 0,
    "17337": 2473,
    "17486": 769,
    "17323": 2033,
}


def key(
    parts: dict[str, int],
    first: date = NEW_YEAR,
    last: date | None = None,
    kind: KeyKind = KeyKind.COST,
    without: str = "",
) -> SharingKey:
    told = tuple(Part(code, part, has_access=code != without) for code, part in parts.items())
    return SharingKey(kind, first, told, last)


def test_the_second_territory_as_its_convention_says() -> None:
    cost = key(OLERON, without=SAINT_PIERRE)
    cost.check()
    time = time_key(cost)
    time.check()
    assert time.hundredths == OLERON_TIME
    assert amounts_due(10_000_00, [cost], NEW_YEAR, NEW_YEAR)["17337"] == 2_250_00


def test_half_of_it_is_paid_by_a_body_that_is_no_commune() -> None:
    raw = tomllib.loads((ROOT / "territories/ile-oleron.toml").read_text(encoding="utf-8"))
    territory = parse_territory(raw)
    communes = {each.slug: each for each in territory.communes}
    parts = []
    for payer in territory.payers:
        commune = communes.get(payer.commune)
        code = commune.insee_code if commune else payer.code
        has_access = commune is not None and commune.bookable
        parts.append(Part(code, payer.share_hundredths or 0, commune is not None, has_access))
    cost = SharingKey(KeyKind.COST, date(2019, 1, 1), tuple(parts))
    check_keys([cost])
    assert cost.hundredths["cc-ile-oleron"] == 5000
    assert time_key(cost).hundredths == OLERON_TIME
    due = amounts_due(61_234_57, [cost], NEW_YEAR, date(2026, 12, 31))
    assert due["cc-ile-oleron"] == 30_617_28
    assert sum(due.values()) == 61_234_57


def test_shares_follow_the_inhabitants_with_their_vintage() -> None:
    people = {"17021": 3917, "17064": 3058, "17079": 1664}
    cost = by_population(people, NEW_YEAR, 2023, without_access=["17079"])
    cost.check()
    assert cost.hundredths == {"17021": 4534, "17064": 3540, "17079": 1926}
    assert cost.population_vintage == 2023
    assert time_key(cost).hundredths == {"17021": 5616, "17064": 4384, "17079": 0}


@pytest.mark.parametrize(
    ("parts", "kind", "refusal", "facts"),
    [
        ({}, KeyKind.COST, errors.KeyEmpty, {}),
        ({"a": 9_999}, KeyKind.COST, errors.KeySumWrong, {"hundredths": 9_999}),
        ({"a": 10_001, "b": -1}, KeyKind.COST, errors.KeyPartWrong, {"code": "a"}),
        ({"a": -1, "b": 10_001}, KeyKind.COST, errors.KeyPartWrong, {"code": "a"}),
        ({"a": 5_000, "out": 5_000}, KeyKind.TIME, errors.TimeWithoutAccess, {"code": "out"}),
    ],
)
def test_a_key_makes_one_hundred_percent(
    parts: dict[str, int], kind: KeyKind, refusal: type[DomainError], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        key(parts, kind=kind, without="out").check()
    assert refused.value.facts == facts


def test_a_key_has_one_part_for_each_and_ends_after_it_starts() -> None:
    twice = SharingKey(KeyKind.COST, NEW_YEAR, (Part("a", 5_000), Part("a", 5_000)))
    with pytest.raises(errors.PayerTwice):
        twice.check()
    with pytest.raises(errors.KeyEndsBeforeStart):
        key({"a": WHOLE}, last=date(2025, 12, 31)).check()
    key({"a": WHOLE}, last=NEW_YEAR).check()


def test_periods_of_one_kind_do_not_overlap() -> None:
    spring = key({"a": WHOLE}, last=date(2026, 6, 30))
    autumn = key({"b": WHOLE}, date(2026, 7, 1))
    time = key({"b": WHOLE}, kind=KeyKind.TIME)
    check_keys([autumn, time, spring])
    with pytest.raises(errors.KeysOverlap) as refused:
        check_keys([autumn, key({"a": WHOLE}, last=date(2026, 7, 1))])
    assert refused.value.facts == {"kind": KeyKind.COST, "first": date(2026, 7, 1)}
    check_keys([key({"a": WHOLE}), autumn])  # the first one ends before the second
    with pytest.raises(errors.KeysOverlap):
        check_keys([key({"a": WHOLE}, date(2026, 7, 1)), autumn])
    with pytest.raises(errors.KeySumWrong):
        check_keys([key({"a": 1})])


def test_inhabitants_are_needed_to_share_by_them() -> None:
    with pytest.raises(errors.KeyEmpty):
        by_population({}, NEW_YEAR, 2023)
    with pytest.raises(errors.PopulationMissing) as refused:
        by_population({"a": 10, "b": 0}, NEW_YEAR, 2023)
    assert refused.value.facts == {"code": "b"}


def test_time_needs_somebody_who_may_come() -> None:
    body = SharingKey(KeyKind.COST, NEW_YEAR, (Part("cc", WHOLE, is_commune=False),))
    with pytest.raises(errors.KeyEmpty):
        time_key(body)


def test_an_agreed_time_key_wins_while_it_lasts() -> None:
    cost = key({"a": 4_000, "b": 6_000})
    agreed = key({"a": 5_000, "b": 5_000}, date(2026, 3, 1), date(2026, 4, 30), KeyKind.TIME)
    later = key({"a": 1_000, "b": 9_000}, date(2026, 6, 1), None, KeyKind.TIME)
    other = key({"a": WHOLE}, date(2025, 1, 1), date(2025, 12, 31), KeyKind.TIME)
    found = time_keys([cost, later, agreed, other])
    assert [(each.valid_from, each.valid_until, each.hundredths["a"]) for each in found] == [
        (date(2025, 1, 1), date(2025, 12, 31), WHOLE),
        (NEW_YEAR, date(2026, 2, 28), 4_000),
        (date(2026, 3, 1), date(2026, 4, 30), 5_000),
        (date(2026, 5, 1), date(2026, 5, 31), 4_000),
        (date(2026, 6, 1), None, 1_000),
    ]
    check_keys(found)
    first_of_all = key({"a": WHOLE}, last=date(2026, 1, 31), kind=KeyKind.TIME)
    started = [(each.valid_from, each.valid_until) for each in time_keys([cost, first_of_all])]
    assert started == [(NEW_YEAR, date(2026, 1, 31)), (date(2026, 2, 1), None)]
    ended = key({"b": WHOLE}, last=date(2026, 2, 1))
    assert [each.valid_until for each in time_keys([ended, other, agreed])] == [
        date(2025, 12, 31),
        date(2026, 2, 1),
        date(2026, 4, 30),
    ]


def test_a_day_without_a_key_is_told() -> None:
    with pytest.raises(errors.KeyNotInForce) as refused:
        key_on([key({"a": WHOLE})], date(2025, 12, 31))
    assert refused.value.facts == {"day": date(2025, 12, 31)}


def test_half_days_are_whole() -> None:
    time = key({"17021": 3_333, "17064": 3_333, "17461": 3_334}, kind=KeyKind.TIME)
    assert half_days_due(11, time) == {"17021": 4, "17064": 3, "17461": 4}


def test_the_cost_of_a_year_with_two_keys_runs_by_days() -> None:
    """Breuillet leaves after 73 days of 365: a fifth of the year."""
    keys = [
        key({"17021": 5_000, "17064": 5_000}, last=date(2026, 3, 14)),
        key({"17021": WHOLE}, date(2026, 3, 15)),
    ]
    due = amounts_due(1_000_01, keys, NEW_YEAR, date(2026, 12, 31))
    assert due == {"17021": 900_01, "17064": 100_00}


@given(
    st.integers(0, 10**8),
    st.lists(st.integers(0, 50), min_size=2, max_size=6).filter(any),
    st.integers(0, 400),
)
def test_amounts_add_up_to_the_cent(cents: int, weights: list[int], days: int) -> None:
    people = {f"170{n:02}": weight + 1 for n, weight in enumerate(weights)}
    half = by_population(people, NEW_YEAR, 2023, date(2026, 6, 30))
    rest = by_population(dict(reversed(people.items())), date(2026, 7, 1), 2024)
    last = NEW_YEAR + timedelta(days=days)
    assert sum(amounts_due(cents, [half, rest], NEW_YEAR, last).values()) == cents
    for each in (half, rest, *time_keys([half, rest])):
        each.check()


STARTS = st.lists(st.integers(0, 2000), min_size=1, max_size=8, unique=True)


@given(STARTS, st.integers(0, 2100))
def test_keys_typed_in_any_order_each_hold_until_the_next_one(starts: list[int], day: int) -> None:
    """One typed far ahead stays, and blocks none before it."""
    kept: list[SharingKey] = []
    for start in starts:
        new = key({"17021": WHOLE}, NEW_YEAR + timedelta(days=start))
        check_fits(new, kept)
        kept = [*kept, new]
        check_keys(in_turn(kept))
    assert {replace(each, valid_until=None) for each in in_turn(kept)} == set(kept)
    begun = [start for start in starts if start <= day]
    today = NEW_YEAR + timedelta(days=day)
    if begun:
        assert key_on(in_turn(kept), today).valid_from == NEW_YEAR + timedelta(days=max(begun))
    else:
        with pytest.raises(errors.KeyNotInForce):
            key_on(in_turn(kept), today)


def test_a_key_with_a_last_day_gives_way_to_nobody() -> None:
    march, june = date(2026, 3, 1), date(2026, 6, 1)
    first, last = key({"17021": WHOLE}), key({"17021": WHOLE}, june)
    for wrong in (key({"17021": WHOLE}, march, june), key({"17021": WHOLE}, june)):
        with pytest.raises(errors.KeysOverlap):
            check_fits(wrong, [first, last])
    spring = key({"17021": WHOLE}, march, date(2026, 3, 31))
    check_fits(spring, [first, last])
    cut = key({"17021": WHOLE}, NEW_YEAR, date(2026, 2, 28))
    assert in_turn([last, spring, first]) == [cut, spring, last]
    assert in_turn([first, last])[0].valid_until == date(2026, 5, 31), (
        "withdrawn, it leaves no trace"
    )
    assert list(outside(first, [spring, last])) == [
        key({"17021": WHOLE}, NEW_YEAR, date(2026, 2, 28)),
        key({"17021": WHOLE}, date(2026, 4, 1), date(2026, 5, 31)),
    ]


def test_the_part_of_a_key_within_some_days() -> None:
    march, may = date(2026, 3, 1), date(2026, 5, 31)
    assert key({"17021": WHOLE}).within(march, may) == key({"17021": WHOLE}, march, may)
    assert key({"17021": WHOLE}, may).within(march, may) == key({"17021": WHOLE}, may, may)
    assert key({"17021": WHOLE}, NEW_YEAR, date(2026, 2, 28)).within(march, may) is None
