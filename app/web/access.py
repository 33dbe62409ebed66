"""Who may see a page. Nobody, until its view says so: a forgotten guard closes the page.

`@public` opens a view to all; `@requires(Action.X)` to whoever `domain.access` gives that right in
some case. Which appointment, person or agenda it may be is asked of `allow` with the subject.
The proof over all endpoints and roles is tests/house/test_access_matrix.py.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request

from app.domain.access import Action, Actor, Subject, can
from app.domain.staff_errors import PageForbidden, SecondStepNeeded, SignInNeeded, SubjectUnknown
from app.extensions import db
from app.services.accounts import SignedIn, signed_in
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.staff_cookie import session_key

View = TypeVar("View", bound=Callable[..., Any])


def register(app: Flask) -> None:
    """Ask before every view; to be registered before whatever reads the request."""
    app.before_request(_refuse_the_unguarded)


def public(view: View) -> View:
    """Declare a view that anybody may see. Below the route's decorator."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def requires(action: Action) -> Callable[[View], View]:
    """Declare a staff view, by the right that it needs. Below the route's decorator."""

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def is_public(view: Callable[..., Any]) -> bool:
    """Whether anybody may see that view."""
    return getattr(view, "is_public", False)


def action_of(view: Callable[..., Any]) -> Action | None:
    """The right that a staff view needs; None for any other view."""
    return getattr(view, "action", None)


def current_user() -> SignedIn:
    """Who is signed in. Raises SignInNeeded where nobody is."""
    found = known_user()
    if found is None:
        raise SignInNeeded
    return found


def known_user() -> SignedIn | None:
    """Who is signed in, asked once a request; None for a visitor."""
    if "signed_in" not in g:
        key = session_key()
        g.signed_in = signed_in(db.session(), key, now=utc_now()) if key else None
    found: SignedIn | None = g.signed_in
    return found


def current_actor() -> Actor:
    """Who is signed in, as far as rights go. Raises SignInNeeded."""
    return current_user().actor


def may(action: Action, subject: Subject | None = None) -> bool:
    """Whether whoever is signed in may do that (to that subject, or to any at all)."""
    return can(current_actor(), action, subject, utc_now())


def allow(action: Action, subject: Subject) -> None:
    """Raises SubjectUnknown (404) where the actor may not: it might as well not exist (T1)."""
    if not may(action, subject):
        raise SubjectUnknown


def _refuse_the_unguarded() -> None:
    """404 and not 403 where no guard was declared: a closed page does not say that it exists."""
    if request.endpoint is None:
        return  # no such address, or not by this method: the router has its own refusal
    view = current_app.view_functions[request.endpoint]
    if is_public(view):
        return
    action = action_of(view)
    if action is None:
        abort(404)
    if not can(current_actor(), action, None, utc_now()):
        raise PageForbidden
    if action is not Action.OWN_ACCOUNT and must_set_up_second_step():
        raise SecondStepNeeded


def must_set_up_second_step() -> bool:
    """Whether the territory asks the second step of that role, and the account has none yet."""
    user = current_user()
    roles = current_catalogue().settings.second_step_roles
    return not user.has_second_step and user.actor.role in roles
