"""The sharing keys of a territory file."""

from datetime import date
from typing import Any

import pytest

from app.domain.checks import InvalidFile
from app.domain.sharing import KeyKind, Part, SharingKey
from app.domain.territory import parse_territory
from tests.support.territory_sample import spoiled

FIRST = date(2026, 1, 1)
COST = {
    "kind": "cout",
    "valid_from": FIRST,
    "valid_until": date(2026, 12, 31),
    "population_vintage": 2023,
    "parts": {"amont": 2_500, "aval": 2_500, "syndicat": 5_000},
}
TIME = {"kind": "temps", "valid_from": FIRST, "parts": {"amont": 10_000, "aval": 0}}


def test_keys_are_dated_and_name_communes_by_their_insee_code() -> None:
    file = parse_territory(spoiled(sharing_keys=[COST, TIME]))
    aval = Part("2A002", 2_500, has_access=False)
    syndicat = Part("syndicat", 5_000, is_commune=False, has_access=False)
    parts = (Part("17001", 2_500), aval, syndicat)
    assert file.sharing_keys == (
        SharingKey(KeyKind.COST, FIRST, parts, date(2026, 12, 31), 2023),
        SharingKey(
            KeyKind.TIME, FIRST, (Part("17001", 10_000), Part("2A002", 0, has_access=False))
        ),
    )
    assert parse_territory(spoiled()).sharing_keys == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "argent"}, "sharing_keys[1].kind : « argent » : choisir parmi cout, temps"),
        ({"valid_from": "demain"}, "sharing_keys[1].valid_from : on attend ici une date"),
        ({"valid_until": date(2025, 1, 1)}, "sharing_keys[1].valid_until : est avant valid_from"),
        ({"parts": {}}, "sharing_keys[1].parts : au moins une commune"),
        ({"parts": {"amont": 9_999}}, "fait 9999, il faut 10000"),
        ({"parts": {"amont": 10_001}}, "sharing_keys[1].parts.amont : 10001 n'est pas entre"),
        ({"parts": {"lune": 10_000}}, "sharing_keys[1].parts.lune : n'est ni une commune"),
        ({"kind": "temps", "valid_from": date(2030, 1, 1)}, "n'a pas accès au service"),
        ({"from": FIRST}, "sharing_keys[1].from : clé inconnue"),
    ],
)
def test_a_wrong_key_is_refused_by_its_name(wrong: dict[str, Any], said: str) -> None:
    key = {name: each for name, each in (COST | wrong).items() if name != "valid_until"}
    if "valid_until" in wrong:
        key["valid_until"] = wrong["valid_until"]
    with pytest.raises(InvalidFile) as refused:
        parse_territory(spoiled(sharing_keys=[key]))
    assert said in str(refused.value)


def test_two_keys_of_one_kind_on_one_day_are_refused() -> None:
    late = COST | {"valid_from": date(2026, 12, 31)}
    with pytest.raises(InvalidFile) as refused:
        parse_territory(spoiled(sharing_keys=[COST, late, TIME]))
    assert "deux clés du même genre sont valables le 2026-12-31" in str(refused.value)
    missing = {name: each for name, each in COST.items() if name != "valid_from"}
    with pytest.raises(InvalidFile) as refused:
        parse_territory(spoiled(sharing_keys=[missing]))
    assert "sharing_keys[1].valid_from : manque" in str(refused.value)
