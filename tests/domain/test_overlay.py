"""A small file laid over a territory file."""

import pytest

from app.domain.checks import InvalidFile
from app.domain.overlay import merge_overlay

RAW = {
    "service": {"name": "Aide", "phone": "", "slogan": {"fr": "a", "en": "b"}},
    "venues": [{"slug": "un", "name": "Un"}, {"slug": "deux", "name": "Deux"}],
    "topics": [{"code": "autre", "minutes": 45, "themes": ["a"]}],
}


def test_the_keys_of_the_overlay_win_and_the_others_stay() -> None:
    merged = merge_overlay(RAW, {"service": {"phone": "05", "slogan": {"fr": "c"}}, "mark": {}})
    assert merged["service"] == {"name": "Aide", "phone": "05", "slogan": {"fr": "c", "en": "b"}}
    assert merged["venues"] == RAW["venues"]
    assert merged["mark"] == {}


def test_tables_are_matched_by_slug_or_code_and_keep_their_order() -> None:
    merged = merge_overlay(
        RAW,
        {"venues": [{"slug": "deux", "access": "x"}], "topics": [{"code": "autre", "minutes": 30}]},
    )
    assert merged["venues"] == [
        {"slug": "un", "name": "Un"},
        {"slug": "deux", "name": "Deux", "access": "x"},
    ]
    assert merged["topics"] == [{"code": "autre", "minutes": 30, "themes": ["a"]}]


def test_a_list_of_plain_values_is_replaced() -> None:
    merged = merge_overlay(RAW, {"topics": [{"code": "autre", "themes": ["b", "c"]}]})
    assert merged["topics"][0]["themes"] == ["b", "c"]


def test_the_territory_itself_is_not_changed() -> None:
    merge_overlay(RAW, {"service": {"phone": "05"}, "venues": [{"slug": "un", "name": "Autre"}]})
    assert RAW["service"]["phone"] == ""
    assert RAW["venues"][0]["name"] == "Un"


@pytest.mark.parametrize(
    ("entry", "key"), [({"slug": "trois"}, "venues[trois]"), ({"name": "Un"}, "venues[]")]
)
def test_an_overlay_never_adds_a_place(entry: dict[str, str], key: str) -> None:
    with pytest.raises(InvalidFile) as refusal:
        merge_overlay(RAW, {"venues": [entry]})
    assert [problem.key for problem in refusal.value.problems] == [key]
