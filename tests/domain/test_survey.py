"""The half-year of an answer, and an empty slip."""

from datetime import date

import pytest

from app.domain.survey import Answer, Answers, half_year


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 1, 1), "2026-1"),
        (date(2026, 6, 30), "2026-1"),
        (date(2026, 7, 1), "2026-2"),
        (date(2026, 12, 31), "2026-2"),
    ],
)
def test_a_year_has_two_halves(day: date, told: str) -> None:
    assert half_year(day) == told


def test_one_answer_is_enough() -> None:
    assert Answers().is_empty
    assert not Answers(helped=Answer.NO).is_empty
    assert not Answers(alone=Answer.NO).is_empty
    assert not Answers(recommends=Answer.NO).is_empty
