"""The fixed catalogue: what is told of a half-year and of a year, masked."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.attendance import AttendanceRecord
from app.domain.cubes import TERRITORY, Entry, publics, volumes
from app.domain.half_year import HalfYear
from app.domain.masking import Cell, Published, Thresholds
from app.domain.national_labels import LABELS, NATIONAL, NOT_TOLD
from app.domain.nomenclature import Family, Label, Nomenclature
from app.domain.publication import (
    CATALOGUE,
    people_by_place,
    publish_half,
    publish_year,
    row_percentages,
)
from tests.domain.records import ARVERT, BREUILLET, VAUX, one, records, workshop

SPRING, AUTUMN = HalfYear(2026, 1), HalfYear(2026, 2)
USUAL = Thresholds()
OPEN = Thresholds(people=1, cell=1, width=0)
"""Masks nothing."""


def published(
    kept: list[AttendanceRecord],
    half: HalfYear = AUTUMN,
    thresholds: Thresholds = USUAL,
    table: Nomenclature = NATIONAL,
) -> dict[Family, Published]:
    entries = [Entry(record, record.on) for record in kept]
    return publish_half(publics(entries), volumes(entries), half, table, thresholds)


def row(told: Published, place: str) -> dict[str, int | None]:
    return {cell.column: count for cell, count in told.items() if cell.row == place}


def test_ages_of_a_commune_are_told_in_bands() -> None:
    kept = [workshop(attended=12, ages={"70p": 6, "60_69": 6}), one(BREUILLET, age="18_24")]
    ages = published(kept, thresholds=OPEN)[Family.AGE]
    assert row(ages, ARVERT) == {"m25": 0, "25_59": 0, "60p": 12, NOT_TOLD: 0}
    assert row(ages, BREUILLET) == {"m25": 1, "25_59": 0, "60p": 0, NOT_TOLD: 0}
    assert row(ages, TERRITORY) == {
        "m12": 0,
        "12_17": 0,
        "18_24": 1,
        "25_39": 0,
        "40_59": 0,
        "60_69": 6,
        "70p": 6,
        NOT_TOLD: 0,
    }


def test_one_person_of_a_village_is_never_told() -> None:
    kept = [
        workshop(attended=20, ages={"70p": 20}),
        workshop(VAUX, attended=15, ages={"70p": 15}),
        one(BREUILLET, age="18_24"),
    ]
    ages = published(kept)[Family.AGE]
    assert set(row(ages, BREUILLET).values()) == {None, 0}
    assert row(ages, BREUILLET)["m25"] is None
    assert row(ages, TERRITORY)["18_24"] is None
    assert people_by_place(volumes([Entry(each, each.on) for each in kept]), AUTUMN) == {
        ARVERT: 20,
        BREUILLET: 1,
        VAUX: 15,
    }


def test_the_rest_is_told_of_the_territory_alone() -> None:
    tables = published([one(result="regle") for _ in range(12)])
    assert tables.keys() == set(CATALOGUE)
    by_commune = {
        family for family, told in tables.items() if {cell.row for cell in told} != {TERRITORY}
    }
    assert by_commune == {Family.AGE, Family.GENDER, Family.STATUS, Family.THEME}
    assert row(tables[Family.RESULT], TERRITORY) == {
        "regle": 12,
        "partiel": 0,
        "non_regle": 0,
        "oriente": 0,
    }
    assert row(tables[Family.DURATION_BAND], TERRITORY)["30_59"] == 12


def test_another_half_year_is_another_table() -> None:
    tables = published([one(on=date(2026, 6, 30)) for _ in range(12)])
    assert {count for told in tables.values() for count in told.values()} == {0}
    assert {cell.row for told in tables.values() for cell in told} == {TERRITORY}


def test_a_retired_or_new_age_keeps_its_place() -> None:
    kept = [each for each in LABELS if (each.family, each.code) != (Family.AGE, "70p")]
    since = date(2026, 7, 1)
    table = Nomenclature([*kept, Label("80p", Family.AGE, "80 ans et plus", 9, since)])
    ages = published([one(age="70p"), one(age="80p")], thresholds=OPEN, table=table)[Family.AGE]
    assert row(ages, ARVERT) == {"m25": 0, "25_59": 0, "60p": 1, NOT_TOLD: 0, "80p": 1}
    assert list(row(ages, TERRITORY))[-2:] == ["80p", "70p"]


def test_themes_count_people_and_may_be_several() -> None:
    both = frozenset({"email", "sante"})
    themes = published([workshop(attended=12, themes=both), workshop(attended=6)])[Family.THEME]
    told = {code: count for code, count in row(themes, ARVERT).items() if count}
    assert told == {"email": 18, "sante": 12}
    percents = row_percentages(themes, Family.THEME, ARVERT, 18)
    assert (percents["email"], percents["sante"], percents["bureautique"]) == (100, 67, 0)


@settings(max_examples=10)
@given(st.lists(records(), max_size=25))
def test_a_year_is_the_sum_of_its_halves(kept: list[AttendanceRecord]) -> None:
    first, second = published(kept, SPRING), published(kept, AUTUMN)
    year = publish_year(first, second)
    for family in CATALOGUE:
        for cell, count in year[family].items():
            halves = first[family].get(cell, 0), second[family].get(cell, 0)
            assert count == (None if None in halves else sum(each or 0 for each in halves))
    both = publish_year(published(kept, SPRING, OPEN), published(kept, AUTUMN, OPEN))
    people = sum(record.participants for record in kept)
    assert sum(n or 0 for n in row(both[Family.AGE], TERRITORY).values()) == people


def test_percentages_are_of_what_is_told() -> None:
    told: Published = {Cell("x", "a"): 7, Cell("x", "b"): 7, Cell("x", "c"): 7}
    assert row_percentages(told, Family.GENDER, "x", 21) == {"a": 34, "b": 33, "c": 33}
    hidden: Published = {Cell("x", "a"): 21, Cell("x", "b"): None, Cell("x", "c"): None}
    assert row_percentages(hidden, Family.GENDER, "x", 29, 1000) == {"a": 724, "b": None, "c": None}
    nobody: Published = {Cell("x", "a"): 0}
    assert row_percentages(nobody, Family.GENDER, "x", 0) == {"a": None}
    assert row_percentages(nobody, Family.THEME, "x", 0) == {"a": None}
