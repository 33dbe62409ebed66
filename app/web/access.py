"""Who may see a page. Nobody, until its view says so: a forgotten guard closes the page.

The proof over all endpoints is tests/web/test_access.py.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def register(app: Flask) -> None:
    """Ask before every view; to be registered before whatever reads the request."""
    app.before_request(_refuse_the_unguarded)


def public(view: View) -> View:
    """Declare a view that anybody may see. Below the route's decorator."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(view: Callable[..., Any]) -> bool:
    """Whether anybody may see that view."""
    return getattr(view, "is_public", False)


def _refuse_the_unguarded() -> None:
    """404 and not 403: a closed page does not say that it exists."""
    if request.endpoint is None:
        return  # no such address, or not by this method: the router has its own refusal
    if not is_public(current_app.view_functions[request.endpoint]):
        abort(404)
