"""French spacing and unbroken words, put into the finished page: one place, so that no author can forget.

No-break spaces stand before : ; ? ! » and after «; « rendez-vous » never breaks at its hyphen. Only text is
touched: never a tag, an attribute or what a person typed in a text area, since those travel back to us.
"""

from __future__ import annotations

from markupsafe import Markup

from app.gateways.dates import NBSP

SPACING = tuple(
    (f" {mark}", f"{NBSP}{mark}") for mark in (":", ";", "?", "!", "»", "&#187;")
) + (("« ", f"«{NBSP}"),)
UNBROKEN = tuple(
    (word, f'<span class="keep">{word}</span>')
    for word in ("rendez-vous", "Rendez-vous", "e-mail", "plain-pied")
)


def typeset(html: str, language: str) -> Markup:
    """`html` with the typography of `language`; English keeps its own spacing."""
    text = str(html)
    rules = UNBROKEN + SPACING if language == "fr" else ()
    for sought, put in rules:
        if sought in text:
            text = _replace_in_text(text, sought, put)
    return Markup(text)  # noqa: S704 - the page comes out of autoescaped templates, only spaces and spans are added


def _replace_in_text(html: str, sought: str, put: str) -> str:
    parts: list[str] = []
    done = 0
    found = html.find(sought)
    while found >= 0:
        if _is_text(html, found):
            parts += (html[done:found], put)
            done = found + len(sought)
        found = html.find(sought, found + len(sought))
    parts.append(html[done:])
    return "".join(parts)


def _is_text(html: str, position: int) -> bool:
    opened = html.rfind("<", 0, position)
    if opened < 0:
        return True
    is_in_tag = html.find(">", opened, position) < 0
    return not is_in_tag and not html.startswith(("<textarea", "<option"), opened)
