"""The language of a page is in its address: `/en` before the path is English, else French.

A thin layer around the application moves `/en` into SCRIPT_NAME: each route exists once, and
`url_for` keeps the language of the page by itself. Never a redirect by the browser's language.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import g, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
ENVIRON_KEY = "coclico.language"
FRENCH_ONLY = ("/agents", "/static", "/agendas")
"""Paths that exist in French (or in no language) only: `/en` before them is no page."""


class LanguagePrefix:
    """WSGI layer: `/en/aide` is `/aide`, in English."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        language, rest = split_language(path)
        if language != DEFAULT:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{language}"
            environ[ENVIRON_KEY] = language
            # What is French only is not found under /en, and an English page says so.
            environ["PATH_INFO"] = path if rest.startswith(FRENCH_ONLY) else rest
        return self._application(environ, start_response)


def split_language(path: str) -> tuple[str, str]:
    """The language that a path asks for, and the path without it."""
    for language in LANGUAGES:
        prefix = f"/{language}"
        if language != DEFAULT and (path == prefix or path.startswith(f"{prefix}/")):
            return language, path[len(prefix) :] or "/"
    return DEFAULT, path


def current_language() -> str:
    """The language of the page being made."""
    return str(request.environ.get(ENVIRON_KEY, DEFAULT)) if request else DEFAULT


def alternate_url(language: str) -> str:
    """The address of this same page, with the same parameters, in another language.

    The answer to a POST has no address of its own: its view names the page to go to (g.page_path).
    """
    prefix = "" if language == DEFAULT else f"/{language}"
    query = request.query_string.decode("utf-8", "replace")
    # One slash at its start: « //elsewhere.example » would lead away from this site.
    path = "/" + quote(g.get("page_path", request.path).lstrip("/\\"), safe="/:@!$&'()*+,;=~")
    return f"{prefix}{path}" + (f"?{query}" if query else "")


def localized(text: Any, language: str | None = None) -> str:
    """A text of the territory in the language of the page; French where it has no other."""
    wanted = language or current_language()
    return str(text.get(wanted) or text.get(DEFAULT, ""))
