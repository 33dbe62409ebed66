"""What a clerk reads aloud."""

from datetime import time

import pytest

from app.domain.desk_words import (
    at_the_place,
    in_the_middle,
    spoken_clock,
    spoken_number,
    spoken_reference,
)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zéro"), (1, "un"), (16, "seize"), (17, "dix-sept"), (20, "vingt"),
        (21, "vingt et un"), (45, "quarante-cinq"), (51, "cinquante et un"),
    ],
)  # fmt: skip
def test_numbers_to_fifty_nine(number: int, said: str) -> None:
    assert spoken_number(number) == said


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (time(10), "dix heures"), (time(9, 30), "neuf heures trente"), (time(12), "midi"),
        (time(12, 15), "midi quinze"), (time(0), "minuit"), (time(1), "une heure"),
        (time(21), "vingt et une heures"), (time(17, 45), "dix-sept heures quarante-cinq"),
    ],
)  # fmt: skip
def test_hours_in_words(hour: time, said: str) -> None:
    assert spoken_clock(hour) == said


def test_a_number_is_dictated_digit_by_digit() -> None:
    assert spoken_reference(482913) == "quatre, huit, deux — neuf, un, trois"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Mairie de Breuillet", "à la mairie de Breuillet"),
        ("Centre social", "au centre social"),
        ("Espace numérique", "à l’espace numérique"),
        ("Les Tilleuls", "à : Les Tilleuls"),
        (" ", "à :  "),
    ],
)
def test_places_have_their_article(name: str, said: str) -> None:
    assert at_the_place(name) == said


def test_an_acronym_keeps_its_capitals() -> None:
    assert in_the_middle("L’appareil") == "l’appareil"
    assert in_the_middle("CV, identifiants") == "CV, identifiants"
