"""Labels by date: what shipped, what changed, what is gone."""

from datetime import date

import pytest

from app.domain.national_labels import (
    AGE_BAND_OF,
    LABELS,
    NATIONAL,
    NOT_TOLD,
    duration_band,
)
from app.domain.nomenclature import Family, Label, Nomenclature

TODAY = date(2026, 11, 22)


def words(family: Family, day: date = TODAY) -> list[str]:
    return [label.label for label in NATIONAL.labels_at(family, day)]


@pytest.mark.parametrize(
    ("family", "count", "first", "last"),
    [
        (Family.TYPE, 2, "Accompagnement individuel", "Atelier collectif"),
        (Family.PLACE, 4, "Lieu d’activité", "À distance"),
        (Family.DURATION, 7, "15mn", "Personnaliser"),
        (Family.DURATION_BAND, 4, "Moins de 30 min", "2 h et plus"),
        (Family.DEVICE, 5, "Ordinateur", "Pas de matériel"),
        (Family.AGE, 8, "Moins de 12 ans", "Non communiqué"),
        (Family.AGE_BAND, 4, "Moins de 25 ans", "Non communiqué"),
        (Family.GENDER, 3, "Masculin", "Non communiqué"),
        (Family.STATUS, 5, "Retraité", "Non communiqué ou hétérogène"),
        (Family.AUTONOMY, 3, "Avec guidage", "Autonome"),
        (Family.LEVEL, 3, "Débutant", "Avancé"),
        (Family.THEME, 19, "Diagnostic numérique", "Aide aux démarches administratives"),
        (Family.PROCEDURE, 11, "Papiers - Élections - Citoyenneté", "Associations"),
        (Family.REDIRECTION, 7, "Administration (mairie, préfecture…)", "Autre"),
        (Family.RESULT, 4, "Réglé", "Orienté vers un autre service"),
        (Family.ORIGIN, 4, "Rendez-vous pris sur Internet", "Envoyé par un autre service"),
    ],
)
def test_the_form_has_the_words_of_today(family: Family, count: int, first: str, last: str) -> None:
    told = words(family)
    assert (len(told), told[0], told[-1]) == (count, first, last)


@pytest.mark.parametrize(
    ("day", "themes", "procedures", "redirections"),
    [
        (date(2024, 8, 31), 0, 0, 0),
        (date(2024, 9, 1), 14, 0, 5),
        (date(2024, 11, 27), 15, 0, 5),
        (date(2025, 1, 27), 16, 0, 5),
        (date(2025, 3, 26), 18, 0, 5),
        (date(2025, 4, 28), 19, 10, 5),
        (date(2025, 4, 30), 19, 11, 5),
        (date(2025, 6, 13), 19, 11, 7),
    ],
)
def test_the_form_grew(day: date, themes: int, procedures: int, redirections: int) -> None:
    grown = [
        len(words(family, day)) for family in (Family.THEME, Family.PROCEDURE, Family.REDIRECTION)
    ]
    assert grown == [themes, procedures, redirections]


def test_each_national_answer_has_its_national_code() -> None:
    local = {Family.RESULT, Family.ORIGIN, Family.AGE_BAND, Family.DURATION_BAND}
    assert {label.family for label in LABELS if label.coop_code is None} == local
    assert NATIONAL.latest(Family.AGE, "12_17") == Label(
        "12_17", Family.AGE, "12 - 17 ans", 2, date(2024, 11, 4), None, "douze_dix_huit"
    )


def test_a_label_changes_and_goes() -> None:
    spring, summer = date(2026, 3, 1), date(2026, 6, 1)
    old = Label("a", Family.THEME, "Ancien", 1, spring, date(2026, 5, 31))
    new = Label("a", Family.THEME, "Nouveau", 1, summer)
    gone = Label("b", Family.THEME, "Parti", 2, spring, date(2026, 5, 31))
    table = Nomenclature([new, gone, old])
    assert table.labels_at(Family.THEME, spring) == (old, gone)
    assert table.labels_at(Family.THEME, summer) == (new,)
    assert table.find(Family.THEME, "b", summer) is None
    assert table.find(Family.THEME, "a", summer) is new
    assert table.latest(Family.THEME, "a") is new
    assert table.latest(Family.THEME, "b") is gone
    assert table.latest(Family.AGE, "a") is None


@pytest.mark.parametrize("order", [1, 3])
def test_one_code_has_one_label_on_one_day(order: int) -> None:
    one = Label("a", Family.THEME, "Un", 2, date(2026, 1, 1))
    with pytest.raises(ValueError, match="two labels"):
        Nomenclature([one, Label("a", Family.THEME, "Deux", order, date(2026, 5, 1))])


def test_ages_and_durations_have_their_bands() -> None:
    ages = {label.code for label in LABELS if label.family is Family.AGE}
    bands = {label.code for label in LABELS if label.family is Family.AGE_BAND}
    assert set(AGE_BAND_OF) == ages
    assert set(AGE_BAND_OF.values()) == bands
    assert AGE_BAND_OF[NOT_TOLD] == NOT_TOLD
    told = [duration_band(minutes) for minutes in (1, 29, 30, 59, 60, 119, 120, 1439)]
    assert told == ["m30", "m30", "30_59", "30_59", "60_119", "60_119", "120p", "120p"]
