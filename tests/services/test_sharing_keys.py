"""Keys: what the territory implies, what is agreed, and what no longer moves."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction
from app.domain.sharing import KeyKind, Part, SharingKey, amounts_due, time_keys
from app.domain.sharing_errors import KeyOfClosedPeriod, KeysOverlap, KeySumWrong, KeyWithdrawn
from app.models.attendance import HalfYearClosing
from app.models.journal import JournalEntry
from app.services.figures_shares import Shares, read_shares
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from app.services.sharing_keys import (
    LONG_AGO,
    add_key,
    payer_names,
    possible_parts,
    read_keys,
    withdraw_key,
)
from tests.domain.records import ARVERT, BREUILLET, VAUX
from tests.domain.three_communes import SPRING, on
from tests.support.spring import AFTER, live_spring
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import territory

TODAY = AFTER.date()


def key(first: date, *parts: Part, kind: KeyKind = KeyKind.COST) -> SharingKey:
    return SharingKey(kind, first, parts)


def payers(stage: Stage, *declared: dict[str, object]) -> None:
    stage.change_territory({**territory(), "payers": list(declared)})


def test_the_territory_implies_a_key_until_one_is_agreed(stage: Stage) -> None:
    """A body pays half, one commune pays without access: the time is for the two others."""
    payers(
        stage,
        {"code": "cdc", "name": "Communauté", "share_hundredths": 5000},
        {"code": "amont", "name": "Amont", "commune": "amont", "share_hundredths": 2250},
        {"code": "aval", "name": "Aval", "commune": "aval", "share_hundredths": 750},
        {"code": "payeuse", "name": "Payeuse", "commune": "payeuse", "share_hundredths": 2000},
    )
    (implied,) = read_keys(stage.session).implied
    assert implied.hundredths == {"cdc": 5000, "17001": 2250, "17002": 750, "17005": 2000}
    (time,) = time_keys([implied])
    assert time.hundredths == {"17001": 7500, "17002": 2500, "17005": 0}
    assert amounts_due(10_000_01, [implied], on(1, 1), on(6, 30))["cdc"] == 5_000_01
    assert payer_names(stage.session)["cdc"] == "Communauté"

    clerk = coordinator(stage.session)
    agreed = key(on(7, 1), Part("17001", 6_000), Part("17002", 4_000))
    add_key(stage.session, agreed, by=clerk, now=AFTER)
    later = key(on(9, 1), Part("17001", 5_000), Part("17003", 5_000))
    add_key(stage.session, later, by=clerk, now=AFTER)
    keys = read_keys(stage.session)
    assert [(each.valid_from, each.valid_until) for each in keys.agreed] == [
        (on(7, 1), on(8, 31)),
        (on(9, 1), None),
    ]
    assert keys.implied[0].valid_until == on(6, 30)
    with pytest.raises(KeysOverlap):
        add_key(stage.session, key(on(9, 1), Part("17001", 10_000)), by=clerk, now=AFTER)
    with pytest.raises(KeySumWrong):
        add_key(stage.session, key(on(10, 1), Part("17001", 9_999)), by=clerk, now=AFTER)
    assert read_keys(stage.session) == keys


def test_a_key_typed_wrong_is_taken_back_until_a_closed_half_year_has_used_it(
    stage: Stage,
) -> None:
    """The one that it had cut lasts on; what a closing wrote down ends where it ended."""
    session, clerk = stage.session, coordinator(stage.session)
    payers(stage, {"code": "amont", "name": "Amont", "commune": "amont", "share_hundredths": 10000})
    close_half_year(session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    frozen = read_keys(session).agreed
    for first in (on(7, 1), on(9, 1)):
        add_key(session, key(first, Part("17001", 10_000)), by=clerk, now=AFTER)
    withdraw_key(session, KeyKind.COST, on(9, 1), by=clerk, now=AFTER)
    *before, july = read_keys(session).agreed
    assert (july.valid_from, july.valid_until) == (on(7, 1), None)
    with pytest.raises(KeyWithdrawn):
        withdraw_key(session, KeyKind.COST, on(9, 1), by=clerk, now=AFTER)
    withdraw_key(session, KeyKind.COST, on(7, 1), by=clerk, now=AFTER)
    assert (read_keys(session).agreed, tuple(before)) == (frozen, frozen)
    with pytest.raises(KeyOfClosedPeriod):
        withdraw_key(session, KeyKind.COST, frozen[0].valid_from, by=clerk, now=AFTER)
    acts = session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)).all()
    assert acts.count(JournalAction.SHARING_KEY_WITHDRAWN) == 2


def test_a_key_typed_ahead_blocks_none_before_it_and_the_journal_tells(stage: Stage) -> None:
    clerk = coordinator(stage.session)
    for first in (on(7, 1), on(9, 1), on(8, 1)):
        add_key(stage.session, key(first, Part("17001", 10_000)), by=clerk, now=AFTER)
    assert [(each.valid_from, each.valid_until) for each in read_keys(stage.session).agreed] == [
        (on(7, 1), on(7, 31)),
        (on(8, 1), on(8, 31)),
        (on(9, 1), None),
    ]
    acts = stage.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.action == JournalAction.SHARING_KEY_ADDED)
        .order_by(JournalEntry.id)
    ).all()
    assert {each.user_id for each in acts} == {clerk}
    assert [each.facts for each in acts] == [
        {"shared": "COST", "valid_from": "2026-07-01"},
        {"shared": "COST", "valid_from": "2026-09-01"},
        {"shared": "COST", "valid_from": "2026-08-01", "valid_until": "2026-08-31"},
    ]


def test_an_implied_key_is_frozen_for_its_half_year_alone(stage: Stage) -> None:
    """Closed by what the payers implied then; from July on, by what they imply now."""
    payers(stage, {"code": "amont", "name": "Amont", "commune": "amont"})
    clerk = coordinator(stage.session)
    far = key(date(2027, 3, 1), Part("17001", 5_000), Part("17002", 5_000))
    add_key(stage.session, far, by=clerk, now=AFTER)
    close_half_year(stage.session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    frozen = replace(read_keys(stage.session).agreed[0], population_vintage=None)
    assert frozen == SharingKey(KeyKind.COST, SPRING.first, (Part("17001", 10_000),), SPRING.last)

    payers(stage, {"code": "aval", "name": "Aval", "commune": "aval"})

    def in_force() -> list[tuple[date, date | None, list[str]]]:
        costs = sorted(read_keys(stage.session).cost, key=lambda each: each.valid_from)
        return [(each.valid_from, each.valid_until, sorted(each.hundredths)) for each in costs]

    before, spring = (LONG_AGO, date(2025, 12, 31), ["17002"]), (on(1, 1), on(6, 30), ["17001"])
    march = (date(2027, 3, 1), None, ["17001", "17002"])
    assert in_force() == [before, spring, (on(7, 1), date(2027, 2, 28), ["17002"]), march]
    sooner = key(on(10, 1), Part("17001", 2_500), Part("17002", 7_500))
    add_key(stage.session, sooner, by=clerk, now=AFTER)
    assert in_force() == [
        before,
        spring,
        (on(7, 1), on(9, 30), ["17002"]),
        (on(10, 1), date(2027, 2, 28), ["17001", "17002"]),
        march,
    ]
    with pytest.raises(KeyOfClosedPeriod):
        add_key(stage.session, key(on(6, 30), Part("17001", 10_000)), by=clerk, now=AFTER)


def test_shares_in_money_and_a_closed_half_year_keeps_its_key(stage: Stage) -> None:
    """Cost of the year: 24,895.70 €, of which 181 days of 365. A time key begins on 21 May."""
    stage.change_territory(territory(annual_cost_cents=24_895_70))
    live_spring(stage)
    clerk = coordinator(stage.session)
    by_time = key(on(5, 21), Part(ARVERT, 5_000), Part(VAUX, 5_000), kind=KeyKind.TIME)
    add_key(stage.session, by_time, by=clerk, now=AFTER)

    def shares() -> Shares | None:
        closed = closed_half_years(stage.session)
        return read_shares(stage.session, stage.catalogue, SPRING, closed, today=TODAY)

    before = shares()
    assert before is not None
    assert before.cost is not None
    assert sum(before.cost.due.values()) == sum(before.cost.received.values()) == 12_345_54
    assert before.at_the_end is None
    close_half_year(stage.session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    changed = key(on(6, 1), Part(ARVERT, 5_000), Part(BREUILLET, 3_000), Part(VAUX, 2_000))
    with pytest.raises(KeyOfClosedPeriod) as refused:
        add_key(stage.session, changed, by=clerk, now=AFTER)
    assert refused.value.facts == {"first": HalfYear(2026, 2).first}
    assert shares() == before
    stage.change_territory(territory(annual_cost_cents=99_999_99, gap_tolerance_points=3))
    after = shares()
    assert after is not None
    assert (after.cost, after.tolerance) == (before.cost, 300)
    assert stage.session.get_one(HalfYearClosing, SPRING.code).annual_cost_cents == 24_895_70


def test_payers_come_and_go(stage: Stage) -> None:
    """Pro rata of the population: Amont from March on, Partie until it left at the end of June."""
    amont = {"code": "amont", "name": "Amont", "commune": "amont", "valid_from": on(3, 1)}
    payers(stage, amont, {"code": "partie", "name": "Partie", "commune": "partie"})
    periods = [
        (each.valid_from, each.valid_until, each.hundredths)
        for each in read_keys(stage.session).implied
    ]
    assert periods == [
        (LONG_AGO, on(2, 28), {"17004": 10_000}),
        (on(3, 1), on(6, 30), {"17001": 5_000, "17004": 5_000}),
        (on(7, 1), None, {"17001": 10_000}),
    ]
    agreed = key(on(4, 1), Part("17001", 10_000))
    add_key(stage.session, agreed, by=coordinator(stage.session), now=AFTER)
    implied = read_keys(stage.session).implied
    assert [(each.valid_from, each.valid_until) for each in implied] == [
        (LONG_AGO, on(2, 28)),
        (on(3, 1), on(3, 31)),
    ]


def test_a_commune_that_joins_pays_from_that_day_unless_its_payer_says_another(
    stage: Stage,
) -> None:
    """As many people in each; October to December are 92 of the 184 days of the half-year."""
    joins = {"code": "aval", "name": "Aval", "commune": "aval"}

    def due(**told: date) -> dict[str, int]:
        file = territory()
        file["communes"][1]["active_from"] = on(10, 1)
        amont = {"code": "amont", "name": "Amont", "commune": "amont"}
        stage.change_territory({**file, "payers": [amont, {**joins, **told}]})
        return amounts_due(10_000_00, read_keys(stage.session).cost, on(7, 1), on(12, 31))

    assert due() == {"17001": 7_500_00, "17002": 2_500_00}
    assert due(valid_from=on(7, 1)) == {"17001": 5_000_00, "17002": 5_000_00}


def test_who_has_left_may_pay_in_a_new_key_but_nobody_comes_from_there(stage: Stage) -> None:
    """Partie left at the end of June, Aval joins in October, Payeuse pays without access."""
    file = territory()
    file["communes"][1]["active_from"] = on(10, 1)
    stage.change_territory({**file, "payers": [{"code": "cdc", "name": "Communauté"}]})
    possible = possible_parts(stage.session)

    def coming(day: date) -> list[str]:
        return [each.code for each in possible if each.part(1_000, day).gets_time]

    assert [each.code for each in possible] == ["17001", "17002", "17003", "17004", "17005", "cdc"]
    assert coming(on(6, 30)) == ["17001", "17003", "17004"]
    assert coming(on(7, 1)) == ["17001", "17003"]
    assert coming(on(10, 1)) == ["17001", "17002", "17003"]


def test_without_anybody_who_may_come_there_is_no_key(stage: Stage) -> None:
    payers(stage, {"code": "cdc", "name": "Communauté", "share_hundredths": 10_000})
    assert read_keys(stage.session).implied == ()
    in_autumn = date(2026, 12, 1)  # the openings of the stage were held by then, and no key says
    autumn = HalfYear(2026, 2)
    assert read_shares(stage.session, stage.catalogue, autumn, (), today=in_autumn) is None
    payers(stage, {"code": "amont", "name": "Amont", "commune": "amont"})
    ahead = read_shares(stage.session, stage.catalogue, autumn, (), today=in_autumn)
    assert ahead is not None
    assert ahead.at_the_end is not None
    assert ahead.cost is None
    assert ahead.at_the_end["17001"].held > ahead.to_date["17001"].held
