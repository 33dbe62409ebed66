"""The sharing keys of a territory file, loaded among those that were agreed on pages."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.checks import InvalidFile
from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction
from app.domain.sharing import KeyKind, Part, SharingKey, time_keys
from app.domain.territory import parse_territory
from app.models.journal import JournalEntry
from app.services.changes import ChangeKind
from app.services.half_year_closing import close_half_year
from app.services.sharing_keys import add_key, read_keys
from app.services.territory import TerritoryDiffers, load_territory
from tests.support.spring import AFTER
from tests.support.staff_accounts import coordinator
from tests.support.stage import Stage
from tests.support.stage_plan import territory

SPRING = HalfYear(2026, 1)


def key(first: date, parts: dict[str, int], **more: Any) -> dict[str, Any]:
    return {"kind": "cout", "valid_from": first, "parts": parts} | more


def load(
    stage: Stage, *keys: dict[str, Any], overwrite: bool = True, opens: str = ""
) -> list[tuple[str, str]]:
    """What changes; `opens`: the commune whose people may come from now on."""
    raw = {**territory(), "sharing_keys": list(keys)}
    for commune in raw["communes"]:
        commune["bookable"] = commune["slug"] == opens or commune.get("bookable", True)
    changes = load_territory(stage.session, parse_territory(raw), overwrite=overwrite, now=AFTER)
    return [(change.kind, change.key) for change in changes]


def in_force(stage: Stage) -> list[tuple[date, date | None, dict[str, int]]]:
    return [
        (each.valid_from, each.valid_until, each.hundredths)
        for each in read_keys(stage.session).agreed
    ]


def test_keys_of_the_file_and_of_pages_live_together(stage: Stage) -> None:
    session, clerk = stage.session, coordinator(stage.session)
    first = key(SPRING.first, {"amont": 6_000, "aval": 4_000})
    with pytest.raises(TerritoryDiffers):
        load(stage, first, overwrite=False)
    assert in_force(stage) == []
    assert load(stage, first) == [(ChangeKind.ADDED, "sharing_keys[COST/2026-01-01]")]
    on_page = SharingKey(KeyKind.COST, date(2026, 10, 1), (Part("17001", 10_000),))
    add_key(session, on_page, by=clerk, now=AFTER)
    assert load(stage, first) == [], "the same file twice changes nothing"
    assert in_force(stage) == [
        (SPRING.first, date(2026, 9, 30), {"17001": 6_000, "17002": 4_000}),
        (date(2026, 10, 1), None, {"17001": 10_000}),
    ]
    with pytest.raises(InvalidFile) as refused:
        load(stage, key(date(2026, 8, 1), {"aval": 10_000}, valid_until=date(2026, 11, 1)))
    assert "saisie sur le site" in str(refused.value)

    corrected = key(SPRING.first, {"amont": 5_000, "aval": 5_000}, population_vintage=2023)
    assert len(load(stage, corrected)) == 3
    assert in_force(stage)[0][2] == {"17001": 5_000, "17002": 5_000}
    close_half_year(session, SPRING, by=clerk, accepted_missing=0, now=AFTER)
    kept = in_force(stage)
    for late in (first, key(date(2026, 6, 30), {"amont": 10_000})):
        with pytest.raises(InvalidFile) as refused:
            load(stage, late)
        assert "un semestre clos ne change plus" in str(refused.value)
    assert load(stage, corrected) == load(stage) == []
    assert in_force(stage) == kept
    acts = session.scalars(
        select(JournalEntry.user_id)
        .where(JournalEntry.action == JournalAction.SHARING_KEY_ADDED)
        .order_by(JournalEntry.id)
    )
    assert acts.all() == [None, clerk], "nobody, the command; then the coordinator"


def test_a_commune_that_opens_its_doors_gets_time_by_the_keys_that_are_open(stage: Stage) -> None:
    """Payeuse paid without access; the key of the closed half-year stays as it was used."""
    session, half = stage.session, {"amont": 5_000, "payeuse": 5_000}
    used = key(SPRING.first, half, valid_until=SPRING.last)
    to_come = key(date(2026, 9, 1), half)
    load(stage, used, to_come)
    close_half_year(session, SPRING, by=coordinator(session), accepted_missing=0, now=AFTER)
    told = load(stage, used, to_come, opens="payeuse")
    assert [where for _kind, where in told if where.startswith("sharing_keys")] == [
        "sharing_keys[COST/2026-09-01].parts.17005.has_access"
    ]
    spring, autumn = time_keys(read_keys(session).agreed)
    assert (spring.hundredths["17005"], autumn.hundredths["17005"]) == (0, 5_000)
    assert load(stage, used, to_come, opens="payeuse") == []
