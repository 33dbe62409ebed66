"""The public holidays of metropolitan France."""

from datetime import date

import pytest

from app.gateways.holidays import public_holidays

OF_2026 = {
    date(2026, 1, 1): "Jour de l'an",
    date(2026, 4, 6): "Lundi de Pâques",
    date(2026, 5, 1): "Fête du Travail",
    date(2026, 5, 8): "Fête de la Victoire",
    date(2026, 5, 14): "Ascension",
    date(2026, 5, 25): "Lundi de Pentecôte",
    date(2026, 7, 14): "Fête nationale",
    date(2026, 8, 15): "Assomption",
    date(2026, 11, 1): "Toussaint",
    date(2026, 11, 11): "Armistice",
    date(2026, 12, 25): "Noël",
}


def test_the_eleven_days_of_a_year_have_their_french_names() -> None:
    assert dict(public_holidays(2026, 2026)) == OF_2026


def test_several_years_follow_one_another() -> None:
    days = list(public_holidays(2025, 2028))
    assert days == sorted(days)
    assert {day.year for day in days} == {2025, 2026, 2027, 2028}
    assert len(days) == 4 * len(OF_2026)


def test_what_is_remembered_cannot_be_changed() -> None:
    known = public_holidays(2026, 2026)
    with pytest.raises(TypeError):
        known[date(2026, 6, 1)] = "Pont"
    assert public_holidays(2026, 2026) is known
