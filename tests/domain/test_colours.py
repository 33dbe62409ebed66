"""Contrast: figures of WCAG and of the identity of the house."""

import pytest

from app.domain.colours import PAPER, WHITE, contrast, lowest_contrast_on_pages


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast(WHITE, "#000000") == pytest.approx(21)


@pytest.mark.parametrize(
    ("colour", "expected"), [("#1c1f23", 16.3), ("#4a5058", 8.0), ("#0b5563", 8.3)]
)
def test_the_inks_of_the_house_have_the_contrast_that_was_measured(
    colour: str, expected: float
) -> None:
    assert contrast(colour, PAPER) == pytest.approx(expected, abs=0.1)


def test_the_worst_ground_decides() -> None:
    assert lowest_contrast_on_pages("#777777") == contrast("#777777", PAPER)
    assert lowest_contrast_on_pages("#777777") < contrast("#777777", WHITE)
