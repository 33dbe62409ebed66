"""What a staff browser holds: the key of its session, and what tells that it is a known browser.

Flask-Login keeps the key in the signed session cookie; the account behind it is asked of the
database at each request (services.accounts), so that ending a session needs no list of cookies.
"""

from typing import Any

from flask import Flask, Response, current_app, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.links import current_links

KEY = "_user_id"
"""Where Flask-Login keeps what `get_id` gives."""
KNOWN_BROWSER = "coclico_appareil"
ONE_YEAR_S = 365 * 24 * 3600
REMEMBERED = 8
"""How many accounts one shared browser is known by."""

login_manager = LoginManager()
login_manager.session_protection = None  # a session is checked against its row, not an address


class KeyHolder(UserMixin):
    """A browser that holds the key of a session."""

    def __init__(self, key: str) -> None:
        self.id = key


def register(app: Flask) -> None:
    """Bind Flask-Login; it holds the key and nothing else."""
    login_manager.init_app(app)
    login_manager.user_loader(KeyHolder)


def keep_key(key: str) -> None:
    """Sign this browser in, with a session of its own: nothing of the time before is left (T7)."""
    session.clear()
    login_user(KeyHolder(key))


def forget_key() -> None:
    """Sign this browser out."""
    logout_user()
    session.clear()


def session_key() -> str | None:
    """The key that this browser holds, good or not."""
    key = session.get(KEY)
    return key if isinstance(key, str) else None


def is_known_browser(email: str, nonce: str) -> bool:
    """Whether that account signed in from this browser within a year, with the password of today.

    Its failures count apart: whoever tries passwords from elsewhere cannot lock a colleague out.
    `nonce` is the account's: what ends all its sessions ends this too.
    """
    return _hashed(email, nonce) in _known()


def remember_browser(response: Response, email: str, nonce: str) -> Response:
    """Note that the account signed in here; a shared desk remembers several."""
    own = _hashed(email, nonce)
    known = [*(each for each in _known() if each != own), own]
    config: Any = current_app.config
    response.set_cookie(
        KNOWN_BROWSER,
        str(_serializer().dumps(known[-REMEMBERED:])),
        max_age=ONE_YEAR_S,
        path="/agents",
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=KNOWN_BROWSER)


def _known() -> list[str]:
    try:
        given = request.cookies.get(KNOWN_BROWSER, "")
        return list(_serializer().loads(given, max_age=ONE_YEAR_S))
    except BadSignature:
        return []


def _hashed(email: str, nonce: str) -> str:
    """The cookie names nobody to whoever looks at the browser."""
    return current_links().digest(f"browser:{nonce}:{email.strip().lower()}")[:16]
