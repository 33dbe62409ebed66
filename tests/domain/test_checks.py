"""Strict reading: what each kind of key accepts, and how a problem is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.domain.checks import (
    BothLanguages,
    FileProblem,
    InvalidFile,
    Section,
    refuse_repeats,
    unreadable,
)

Read = Callable[[Section], Any]


def reading(raw: object, read: Read) -> tuple[Any, list[str]]:
    problems: list[FileProblem] = []
    value = read(Section(raw, "table", problems))
    return value, [str(problem) for problem in problems]


GOOD: list[tuple[Any, Read, Any]] = [
    ({"x": "a"}, lambda s: s.text("x"), "a"),
    ({}, lambda s: s.text("x", "défaut"), "défaut"),
    ({"x": ""}, lambda s: s.text("x", ""), ""),
    ({"x": "saint-augustin"}, lambda s: s.code("x"), "saint-augustin"),
    ({"x": "b"}, lambda s: s.choice("x", {"a": 1, "b": 2}), 2),
    ({}, lambda s: s.choice("x", {"a": 1, "b": 2}, "b"), 2),
    ({"x": {"fr": "a", "en": "b"}}, lambda s: s.both_languages("x"), BothLanguages("a", "b")),
    ({}, lambda s: s.both_languages("x", required=False), BothLanguages()),
    (
        {"x": {"fr": "", "en": ""}},
        lambda s: s.both_languages("x", required=False),
        BothLanguages(),
    ),
    ({"x": ["a", "b"]}, lambda s: s.texts("x"), ("a", "b")),
    ({}, lambda s: s.texts("x"), ()),
    ({"x": 3}, lambda s: s.integer("x", 1, 5), 3),
    ({}, lambda s: s.integer("x", 1, 5, default=2), 2),
    ({}, lambda s: s.optional_integer("x", 1, 5), None),
    ({"x": 3}, lambda s: s.number("x", 0, 5), 3.0),
    ({"x": True}, lambda s: s.flag("x", False), True),
    ({}, lambda s: s.flag("x", True), True),
    ({"x": date(2026, 1, 2)}, lambda s: s.optional_day("x"), date(2026, 1, 2)),
    ({}, lambda s: s.optional_day("x"), None),
    (
        {"x": [date(2026, 1, 3), date(2026, 1, 2), date(2026, 1, 3)]},
        lambda s: s.days("x"),
        (date(2026, 1, 2), date(2026, 1, 3)),
    ),
    ({"x": "09:05"}, lambda s: s.clock("x"), time(9, 5)),
    ({"x": date(2026, 1, 2)}, lambda s: s.moment("x"), datetime(2026, 1, 2)),
    ({"x": date(2026, 1, 2)}, lambda s: s.moment("x", closing=True), datetime(2026, 1, 3)),
    (
        {"x": datetime(2026, 1, 2, 14)},
        lambda s: s.moment("x", closing=True),
        datetime(2026, 1, 2, 14),
    ),
]


@pytest.mark.parametrize(("raw", "read", "expected"), GOOD)
def test_what_is_accepted(raw: object, read: Read, expected: object) -> None:
    assert reading(raw, read) == (expected, [])


BAD: list[tuple[Any, Read, str]] = [
    ({}, lambda s: s.text("x"), "table.x : manque"),
    ({"x": "  "}, lambda s: s.text("x"), "table.x : est vide"),
    ({"x": 3}, lambda s: s.text("x"), "table.x : on attend ici un texte"),
    ({"x": "a "}, lambda s: s.text("x"), "table.x : commence ou finit par une espace"),
    ({"x": "abc"}, lambda s: s.text("x", longest=2), "table.x : 3 caractères, 2 au plus"),
    (
        {"x": "a\x00"},
        lambda s: s.text("x"),
        "table.x : caractère invisible refusé (U+0000)",
    ),
    (
        {"x": "Saint"},
        lambda s: s.code("x"),
        "table.x : « Saint » n'a pas la forme attendue (minuscules sans accent",
    ),
    ({}, lambda s: s.choice("x", {"a": 1}), "table.x : manque"),
    ({"x": "c"}, lambda s: s.choice("x", {"a": 1, "b": 2}), "table.x : « c » : choisir parmi a, b"),
    ({}, lambda s: s.both_languages("x"), "table.x.fr : manque|table.x.en : manque"),
    ({"x": {"fr": "a"}}, lambda s: s.both_languages("x"), "table.x.en : manque"),
    ({"x": "a"}, lambda s: s.both_languages("x"), "table.x : on attend ici une table"),
    (
        {"x": {"fr": "a"}},
        lambda s: s.both_languages("x", required=False),
        "table.x.en : les deux langues sont nécessaires",
    ),
    (
        {"x": {"en": "a"}},
        lambda s: s.both_languages("x", required=False),
        "table.x.fr : les deux langues sont nécessaires",
    ),
    (
        {"x": {"fr": "a", "en": "b", "de": "c"}},
        lambda s: s.both_languages("x"),
        "table.x.de : clé inconnue",
    ),
    ({"x": "a"}, lambda s: s.texts("x"), "table.x : on attend ici une liste"),
    ({"x": ["a", 2]}, lambda s: s.texts("x"), "table.x[2] : on attend ici un texte"),
    ({}, lambda s: s.integer("x", 1, 5), "table.x : manque"),
    ({"x": 6}, lambda s: s.integer("x", 1, 5), "table.x : 6 n'est pas entre 1 et 5"),
    ({"x": True}, lambda s: s.integer("x", 1, 5), "table.x : on attend ici un nombre entier"),
    ({"x": 1.5}, lambda s: s.integer("x", 1, 5), "table.x : on attend ici un nombre entier"),
    ({}, lambda s: s.number("x", 0, 5), "table.x : manque"),
    ({"x": -1}, lambda s: s.number("x", 0, 5), "table.x : -1 n'est pas entre 0 et 5"),
    ({"x": float("nan")}, lambda s: s.number("x", 0, 5), "table.x : nan n'est pas entre 0 et 5"),
    ({"x": 1}, lambda s: s.flag("x", False), "table.x : on attend ici true ou false"),
    (
        {"x": datetime(2026, 1, 2)},
        lambda s: s.optional_day("x"),
        "table.x : on attend ici une date sans heure (2026-12-31)",
    ),
    (
        {"x": date(1999, 12, 31)},
        lambda s: s.optional_day("x"),
        "table.x : 1999-12-31 n'est pas entre 2000 et 2099",
    ),
    (
        {"x": [3]},
        lambda s: s.days("x"),
        "table.x[1] : on attend ici une date",
    ),
    ({"x": "9h"}, lambda s: s.clock("x"), "table.x : « 9h » n'a pas la forme attendue"),
    ({"x": "24:00"}, lambda s: s.clock("x"), "table.x : « 24:00 » n'a pas la forme attendue"),
    ({}, lambda s: s.moment("x"), "table.x : manque"),
    (
        {"x": datetime(2026, 1, 2, tzinfo=UTC)},
        lambda s: s.moment("x"),
        "table.x : heure locale attendue, sans décalage ni « Z »",
    ),
    ({"x": date(2100, 1, 1)}, lambda s: s.moment("x"), "table.x : 2100-01-01 n'est pas entre"),
    ({"x": 3}, lambda s: s.tables("x"), "table.x : on attend ici des tables [[x]]"),
    ({"x": [3]}, lambda s: s.tables("x")[0].text("y"), "table.x[1] : on attend ici une table"),
    ({"x": 3}, lambda s: s.close(), "table.x : clé inconnue"),
    (3, lambda s: s.text("x"), "table : on attend ici une table"),
]


@pytest.mark.parametrize(("raw", "read", "expected"), BAD)
def test_what_is_refused_and_why(raw: object, read: Read, expected: str) -> None:
    _, problems = reading(raw, read)
    assert len(problems) == len(expected.split("|"))
    for problem, start in zip(problems, expected.split("|"), strict=True):
        assert problem.startswith(start)


def test_a_problem_of_the_whole_file_has_a_name_too() -> None:
    problems: list[FileProblem] = []
    Section([], "", problems)
    assert [problem.key for problem in problems] == ["fichier"]


def test_a_repeated_value_is_refused_where_it_comes_again() -> None:
    problems: list[FileProblem] = []
    sections = Section({"x": [{}, {}, {}, {}]}, "", problems).tables("x")
    refuse_repeats(sections, "slug", ["a", "", "a", ""])
    assert [str(problem) for problem in problems] == ["x[3].slug : « a » est déjà pris plus haut"]


@pytest.mark.parametrize("hidden", ["\n", "\x07", "\u202e", "\u200b", "\u2028", "\ue000", "\ud800"])
def test_a_hidden_character_is_refused(hidden: str) -> None:
    assert "invisible" in unreadable(f"a{hidden}b", 10)


@pytest.mark.parametrize("shown", ["\u00a0", "’", "é", "😀", "«"])
def test_a_visible_character_or_a_hard_space_is_accepted(shown: str) -> None:
    assert unreadable(f"a{shown}b", 10) == ""


def test_the_refusal_of_a_file_tells_every_problem_on_its_line() -> None:
    refusal = InvalidFile([FileProblem("a.b", "manque"), FileProblem("c", "est vide")])
    assert str(refusal) == "a.b : manque\nc : est vide"


def test_both_languages_are_kept_as_json() -> None:
    assert BothLanguages("oui", "yes").as_json() == {"fr": "oui", "en": "yes"}
