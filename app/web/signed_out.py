"""A form that was sent after the session had ended: nothing is saved, and nothing typed is lost.

The answer holds what was typed in a form of its own. Its token belongs to the ended session: once
signed in again, the page of the form comes back with all answers, and nothing is saved unseen.
"""

from flask import Response, current_app, render_template, request
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from app.web.security import keeps_answers_of, personal

NEVER_KEPT = frozenset({"csrf_token", "mot_de_passe", "encore", "actuel", "code", "secret"})
"""Secrets are typed again."""


def kept_answers() -> list[tuple[str, str]]:
    """What was typed, if that form was ours and its page can show it again; else nothing."""
    view = current_app.view_functions[request.endpoint or ""]
    if not keeps_answers_of(view) or not _is_ours():
        return []
    given = request.form.items(multi=True)
    return [(name, value) for name, value in given if name not in NEVER_KEPT]


def signed_out_page(answers: list[tuple[str, str]]) -> Response:
    """401: sign in beside, then send the same answers from here."""
    page = render_template("errors/signed_out.html", noindex=True, answers=answers)
    return personal(Response(page, status=401))


def _is_ours() -> bool:
    """Whoever makes this browser send a form of theirs gets nothing shown."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
