"""`_()` in templates, and names that every template and macro sees, made cheap.

The page of free times is asked for most, and half of its time went there: French is the source
language, so a French page asks no catalogue; and Jinja compared all global names at each import.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask_babel import get_translations
from markupsafe import Markup

from app.web.filters import speech

SOURCE = "fr"


def register(app: Flask) -> None:
    """Put our `_`, `gettext`, `ngettext` in the place of Flask-Babel's, after its init_app."""
    environment = app.jinja_env
    environment.globals.update(_=sentence, gettext=sentence, ngettext=counted_sentence)

    def plain_globals(d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**environment.globals, **d} if d else environment.globals

    environment.make_globals = plain_globals  # type: ignore[method-assign]


def sentence(text: str, **values: Any) -> Markup:
    """The sentence in the language of the page, its %(values)s escaped and put in."""
    said = text if speech().language == SOURCE else get_translations().ugettext(text)
    return _filled(said, values)


def counted_sentence(one: str, many: str, num: int, **values: Any) -> Markup:
    """One of the two sentences, by the rule of the language: in French 0 and 1 are singular."""
    if speech().language == SOURCE:
        said = one if num < 2 else many
    else:
        said = get_translations().ungettext(one, many, num)
    return _filled(said, {"num": num, **values})


def _filled(said: str, values: dict[str, Any]) -> Markup:
    safe = Markup(said)  # noqa: S704 - our own sentences; values are escaped by the % of Markup
    return safe % values if "%" in said else safe
