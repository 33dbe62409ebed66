"""French spacing and unbroken words, put into the finished page: no author can forget them.

No-break spaces stand before : ; ? ! » and after «; « rendez-vous » never breaks at its hyphen. Only
text is touched: never a tag, an attribute or what a person typed in a text area, since those travel
back to us.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from app.gateways.dates import NBSP

SPACING = (
    *((f" {mark}", f"{NBSP}{mark}") for mark in (":", ";", "?", "!", "»")),
    ("« ", f"«{NBSP}"),
)
UNBROKEN_ENDINGS = ("-vous", "-nous", "-mail", "-midi", "-pied", "-chaussée")
"""« rendez-vous », « habitez-vous », « e-mail », « après-midi »: one word each for the eye."""


def typeset(html: str, language: str) -> Markup:
    """`html` with the typography of `language`; English keeps its own spacing."""
    text = str(html)
    if language == "fr":
        for sought, put in SPACING:
            text = _replace_in_text(text, sought, put)
        for ending in UNBROKEN_ENDINGS:
            text = _keep_in_text(text, ending)
    return Markup(text)  # noqa: S704 - an autoescaped page to which only spaces and spans are added


def _replace_in_text(html: str, sought: str, put: str) -> str:
    parts: list[str] = []
    done = 0
    for found in _found_in_text(html, sought):
        parts += (html[done:found], put)
        done = found + len(sought)
    return "".join((*parts, html[done:]))


def _keep_in_text(html: str, ending: str) -> str:
    parts: list[str] = []
    done = 0
    for found in _found_in_text(html, ending):
        start, end = found, found + len(ending)
        while start > done and (html[start - 1].isalpha() or html[start - 1] in "’-"):
            start -= 1
        parts += (html[done:start], f'<span class="keep">{html[start:end]}</span>')
        done = end
    return "".join((*parts, html[done:]))


def _found_in_text(html: str, sought: str) -> Iterator[int]:
    found = html.find(sought)
    while found >= 0:
        if _is_text(html, found):
            yield found
        found = html.find(sought, found + len(sought))


def _is_text(html: str, position: int) -> bool:
    opened = html.rfind("<", 0, position)
    if opened < 0:
        return True
    is_in_tag = html.find(">", opened, position) < 0
    return not is_in_tag and not html.startswith(("<textarea", "<option"), opened)
