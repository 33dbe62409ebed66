"""The territory's own two colours and mark, as small files of the same origin.

Colours were checked for contrast when the territory was loaded (domain.colours); the two shades
made from the brand only go further: darker under white text, paler under ink.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

MARKS = Path(__file__).parents[2] / "territories"
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
DARKER, PALER = 0.32, 0.89
VERSION_LENGTH = 10


def theme_css(colours: Mapping[str, str]) -> str:
    """The custom properties that the territory changes; "" where it keeps the house's colours."""
    rules: list[str] = []
    if brand := colours.get("brand"):
        rules += [
            f"--brand:{brand}",
            f"--brand-dark:{mixed(brand, BLACK, DARKER)}",
            f"--brand-tint:{mixed(brand, WHITE, PALER)}",
        ]
    if accent := colours.get("accent"):
        rules.append(f"--accent:{accent}")
    return f":root{{{';'.join(rules)}}}\n" if rules else ""


def mixed(colour: str, other: tuple[int, int, int], share: float) -> str:
    """« #rrggbb » with that share (0 to 1) of another colour in it."""
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(
        f"{round(own * (1 - share) + their * share):02x}"
        for own, their in zip(channels, other, strict=True)
    )


def theme_url(colours: Mapping[str, str]) -> str | None:
    """The address of the sheet, new each time its content is; None without own colours."""
    css = theme_css(colours)
    return f"/theme.css?v={_version(css.encode())}" if css else None


def mark_url(name: str | None) -> str | None:
    """The address of the territory's mark; None where it has none, or the file is not there."""
    drawing = mark(name)
    return f"/marque.svg?v={_version(drawing)}" if drawing else None


@cache
def mark(name: str | None) -> bytes | None:
    """The drawing of that file name in territories/, beside the file that names it."""
    path = MARKS / Path(name or "").name
    return path.read_bytes() if name and path.is_file() else None


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:VERSION_LENGTH]
