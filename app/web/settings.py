"""From our configuration to Flask's: sessions, cookies, limits, proxies, logs."""

from pathlib import Path

import structlog
from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app.web.clock import offset_of
from app.web.language import DEFAULT, LanguagePrefix
from config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"
MAX_FORM_BYTES = 256 * 1024
"""A name of 10,000 emoji, 120 kB once sent, is told that it is too long, and nothing is lost."""
MAX_FORM_PARTS = 200
POSTGRESQL_ENGINE = {
    "pool_pre_ping": True,
    # Whatever the role's default is: under the lock a booking must read what the last one saved.
    "isolation_level": "READ COMMITTED",
    "connect_args": {
        "connect_timeout": 5,
        # As long as SQLite's busy_timeout: then a page says so, with the phone number.
        "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
        "tcp_user_timeout": 10_000,
    },
}


def apply(app: Flask, config: Config) -> None:
    """Set every key that Flask and its extensions read."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        COCLICO=config,
        CLOCK_OFFSET=offset_of(config),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(config.database_url),
        SESSION_COOKIE_NAME="coclico",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,  # all words are ours; the library read its own file at each form
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_METHODS={"POST", "PUT", "PATCH", "DELETE"},
        BABEL_DEFAULT_LOCALE=DEFAULT,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=1,
        COMPRESS_LEVEL=1,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        PREFERRED_URL_SCHEME="https" if config.is_https else "http",
    )
    app.config.update(config.extra)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # its redirect would name the host that the client claims
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(config.log_level.lower())
    )


def _engine_options(database_url: str) -> dict[str, object]:
    if database_url.startswith("postgresql"):
        return dict(POSTGRESQL_ENGINE)
    return {}
