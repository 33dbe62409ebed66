"""Bars as drawings inside the page: no script, no library. The table beside says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, LINE, LABEL, THICK = 320, 44, 16, 14
"""In units of the drawing, which the page scales to its own width."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what it is, how much, and in words; `mark` draws a second value as a tick."""

    label: str
    value: int
    text: str
    mark: int | None = None


def bars(lines: Sequence[Bar], title: str) -> Markup:
    """Horizontal bars, the longest as wide as the drawing; empty where all are 0."""
    longest = max((max(each.value, each.mark or 0) for each in lines), default=0)
    if longest <= 0:
        return Markup("")
    drawn = Markup("").join(_bar(each, rank * LINE, longest) for rank, each in enumerate(lines))
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>'
    ).format(title, WIDTH, LINE * len(lines), drawn)


def _bar(bar: Bar, top: int, longest: int) -> Markup:
    words = Markup('<text class="chart__label" x="0" y="{}">{} : {}</text>').format(
        top + LABEL - 2, _unbroken(bar.label), _unbroken(bar.text)
    )
    shape = Markup('<rect class="chart__bar" x="0" y="{}" width="{}" height="{}"/>').format(
        top + LABEL + 4, _wide(bar.value, longest), THICK
    )
    return words + shape + (_mark(bar.mark, top, longest) if bar.mark is not None else "")


def _unbroken(text: str) -> str:
    """A drawing has no lines to break: its hyphens need no mark-up against it."""
    return text.replace("-", "\u2011")


def _mark(value: int, top: int, longest: int) -> Markup:
    place = min(_wide(value, longest), WIDTH - 3)
    return Markup('<rect class="chart__mark" x="{}" y="{}" width="3" height="{}"/>').format(
        place, top + LABEL + 1, THICK + 6
    )


def _wide(value: int, longest: int) -> int:
    return max(0, value) * WIDTH // longest
