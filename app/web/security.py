"""Headers of every answer, and the check of every POST."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError

from app.extensions import csrf

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: Flask-WTF checks the Referer of each form sent over HTTPS.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


def keeps_answers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a view whose form shows a refused token itself, with all that was typed still there.

    Its form must derive from `BaseForm`, which refuses when `g.csrf_refused` is set.
    """
    view.keeps_answers = True  # type: ignore[attr-defined]
    return view


def keeps_answers_of(view: Callable[..., Any]) -> bool:
    """Whether that view shows its form again with all that was typed."""
    return getattr(view, "keeps_answers", False)


def for_machines(view: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a view that another machine calls, with a secret in the address: it has no form.

    Such a view reads no cookie, so no page of a stranger can borrow anybody's rights for it.
    """
    view.is_for_machines = True  # type: ignore[attr-defined]
    return view


def register(app: Flask) -> None:
    """Check every POST before its view; add the headers to every answer, errors included."""
    app.before_request(_check_csrf)
    app.after_request(_add_headers)


def personal(response: Response) -> Response:
    """Mark a page that shows somebody's appointment: kept by no cache, listed by no engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _check_csrf() -> None:
    """Every method that may change something carries a token, on every endpoint, without a list.

    A view for machines has a secret of its own instead. Raises CSRFError, except for a view that
    keeps the answers: there the form tells it.
    """
    g.csrf_refused = False
    if request.method not in current_app.config["WTF_CSRF_METHODS"] or request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "is_for_machines", False):
        return
    try:
        csrf.protect()
    except CSRFError:
        if not keeps_answers_of(view):
            raise
        g.csrf_refused = True


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["COCLICO"].is_https:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.method == "POST":
        personal(response)
    return response
