"""Contrast of a territory's own colours, so that a pretty brand never makes a page unreadable."""

import re

WHITE = "#ffffff"
PAPER = "#fffdf9"
LOWEST_CONTRAST = 4.5
"""Text and its ground, WCAG 2.2 criterion 1.4.3 (RGAA 3.2)."""

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")


def luminance(colour: str) -> float:
    """Relative luminance of « #rrggbb », from 0 (black) to 1 (white), as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21, whichever is the text."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lowest_contrast_on_pages(colour: str) -> float:
    """The worst contrast of that colour on the grounds that pages use: white and paper."""
    return min(contrast(colour, ground) for ground in (WHITE, PAPER))
