"""What the build made (`npm run build`): hashed style sheets, script, fonts, mark; and the icons.

The file names carry a hash of their content, so the server may let browsers keep them for ever.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

BUILT = Path(__file__).parent / "static"
URL = "/static"
SVG = (
    '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
)


class AssetsNotBuilt(RuntimeError):
    """The build has not run: says which command to run."""


def register(app: Flask) -> None:
    """Give templates and their macros `asset(name)` and `icon(name)`."""
    app.jinja_env.globals.update(asset=asset, icon=icon)


def asset(name: str) -> str:
    """The address of a built file: « site.css » → « /static/site.1a2b3c4d5e.css ».

    The same in every language: static files are never under /en. KeyError for an unknown name,
    AssetsNotBuilt when nothing was built.
    """
    return f"{URL}/{_built('manifest.json')[name]}"


@cache
def icon(name: str) -> Markup:
    """The drawing `name` of assets/icons.mjs, beside words and so hidden from screen readers."""
    return Markup(SVG.format(_built("icons.json")[name]))  # noqa: S704 - drawings of our own build


@cache
def _built(name: str) -> dict[str, str]:
    try:
        text = (BUILT / name).read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise AssetsNotBuilt(
            "The style sheets are not built: run `npm ci --ignore-scripts && npm run build`."
        ) from missing
    return dict(json.loads(text))
