"""(f) the week page of the agenda: years of past appointments against a young service.

The week is the next one, in which both databases hold the same appointments of the demo; what
grows is what lies before it.
"""

import secrets
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app.domain.access import Role
from app.services.accounts import open_session
from app.services.team import AccountRequest, create_user
from bench.databases import session_on
from bench.load import Call, get
from bench.pages import interleaved, paired, rates
from bench.servers import OURS, serving

SECRET_KEY = secrets.token_hex(32)
READER = "agenda@bench.invalid"


def measure_week(
    databases: dict[int, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Median time of the page, one client at a time, by number of past appointments."""
    with ExitStack() as running:
        plans = {
            str(past): (
                running.enter_context(serving(OURS, url, folder, SECRET_KEY=SECRET_KEY)),
                _calls(url),
            )
            for past, url in databases.items()
        }
        measured = interleaved(plans, rounds, seconds, clients=1)
    first, last = measured[str(min(databases))], measured[str(max(databases))]
    return {
        "by_past": {name: rates(each) for name, each in measured.items()},
        "ratio": paired(last, first, "median_ms"),
    }


def _calls(url: str) -> list[Call]:
    """The week of everybody, of a commune, and the day: what a coordinator looks at."""
    cookie = signed_in_cookie(url)
    on = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    paths = (
        f"/agents/agenda?debut={on}",
        f"/agents/agenda?debut={on}&commune=breuillet",
        f"/agents/agenda?debut={on}&vue=jour",
    )
    return [get(path, Cookie=cookie) for path in paths]


def signed_in_cookie(url: str) -> str:
    """The cookie of a coordinator of that database, who has just signed in."""
    now = datetime.now(UTC)
    account = AccountRequest(READER, "B", "B", Role.COORDINATOR)
    with session_on(url) as session:
        user_id = create_user(session, account, by=None, now=now)
        return _cookie(open_session(session, user_id, "bench", now=now))


def _cookie(key: str) -> str:
    """Of a browser whose session has that key, as the site makes it."""
    app = Flask(__name__)
    app.secret_key = SECRET_KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("a secret key gives a signer")
    return f"coclico={signer.dumps({'_user_id': key, '_fresh': True})!s}"
