"""Keys: what the territory implies, what is agreed, and what no longer moves."""

from datetime import date

import pytest

from app.domain.half_year import HalfYear
from app.domain.sharing import KeyKind, Part, SharingKey, amounts_due, time_keys
from app.domain.sharing_errors import KeyOfClosedPeriod, KeysOverlap, KeySumWrong
from app.services.figures_shares import read_shares
from app.services.half_year_closing import close_half_year
from app.services.half_years import closed_half_years
from app.services.sharing_keys import add_key, payer_names, read_keys
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
    add_key(stage.session, agreed, by=clerk, today=TODAY)
    later = key(on(9, 1), Part("17001", 5_000), Part("17003", 5_000))
    add_key(stage.session, later, by=clerk, today=TODAY)
    keys = read_keys(stage.session)
    assert [(each.valid_from, each.valid_until) for each in keys.agreed] == [
        (on(7, 1), on(8, 31)),
        (on(9, 1), None),
    ]
    assert keys.implied[0].valid_until == on(6, 30)
    with pytest.raises(KeysOverlap):
        add_key(stage.session, key(on(8, 1), Part("17001", 10_000)), by=clerk, today=TODAY)
    with pytest.raises(KeySumWrong):
        add_key(stage.session, key(on(10, 1), Part("17001", 9_999)), by=clerk, today=TODAY)
    assert read_keys(stage.session) == keys


def test_shares_in_money_and_a_closed_half_year_keeps_its_key(stage: Stage) -> None:
    live_spring(stage)
    stage.session.rollback()
    clerk = coordinator(stage.session)

    def shares() -> object:
        closed = closed_half_years(stage.session)
        return read_shares(stage.session, stage.catalogue, SPRING, closed, today=TODAY)

    before = shares()
    assert before is not None
    close_half_year(stage.session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    changed = key(on(6, 1), Part(ARVERT, 5_000), Part(BREUILLET, 3_000), Part(VAUX, 2_000))
    with pytest.raises(KeyOfClosedPeriod) as refused:
        add_key(stage.session, changed, by=clerk, today=TODAY)
    assert refused.value.facts == {"first": HalfYear(2026, 2).first}
    assert shares() == before
