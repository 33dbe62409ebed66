"""(e) the search of the phone desk: years of people and of appointments against a young service.

Both databases have the same last five weeks, as a service of two counsellors has them; what grows
is what lies before. Each call is the POST that a browser sends as digits or letters arrive.
"""

import secrets
import sqlite3
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from app.domain.access import Role
from app.domain.search_keys import search_keys
from app.models.places import Commune
from app.services.accounts import open_session
from app.services.team import AccountRequest, create_user
from bench.databases import session_on
from bench.load import Call, post
from bench.pages import interleaved, paired, rates
from bench.past import OFFSET, add_past
from bench.postgresql import connect
from bench.servers import OURS, serving

PATH = "/agents/telephone/personnes"
SECRET_KEY = secrets.token_hex(32)
OLDER_THAN_DAYS = 40
"""A desk sees its people for 30 days: those are the same few hundred in both databases."""
CLERKS = 20
"""Of each role; each of them may search 600 times an hour."""
SEARCHES = (
    {"telephone": "06 39 98 12 34"},
    {"telephone": "1234"},
    {"nom": "mar"},
    {"nom": "serin"},
    {"prenom": "Rose", "nom": "ser"},
)
FIRST_NAMES = ("Rose", "Marc", "Ida", "Jean", "Lise", "Paul", "Anne", "Luc", "Zoe", "Remi")
SYLLABLES = ("mar", "ser", "ber", "gau", "del", "vil", "lan", "cor", "pel", "tin", "rou", "bas")


def people_of(how_many: int, communes: list[int]) -> list[tuple[Any, ...]]:
    """Fictional cards: id, names, phone, commune, keys, when; the same each time."""
    chance, now = Random(how_many), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
    rows = []
    for number in range(how_many):
        first = chance.choice(FIRST_NAMES)
        last = "".join(chance.choices(SYLLABLES, k=3)).capitalize()
        phone = f"+336{chance.randrange(10**8):08}"
        keys = search_keys(first, last, phone).values()
        commune = communes[number % len(communes)]
        rows.append((OFFSET + number, first, last, phone, commune, *keys, now))
    return rows


def add_people(url: str, people: int, past: int) -> None:
    """Put so many people, and their appointments of long ago, into a database of the demo."""
    with session_on(url) as session:
        communes = list(session.scalars(select(Commune.id).order_by(Commune.id)))
    columns = (
        "id, first_name, last_name, phone, commune_id, by_last_name, by_first_name, by_phone_end,"
        " created_at, language, to_reconcile"
    )
    rows = people_of(people, communes)
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        marks = ", ".join("?" * 9)
        insert = f"INSERT INTO resident ({columns}) VALUES ({marks}, 'fr', FALSE)"
        connection.executemany(insert, rows)
        connection.commit()
        connection.close()
    else:
        with connect(url) as server, server.cursor() as cursor:
            marks = ", ".join(["%s"] * 9)
            insert = f"INSERT INTO resident ({columns}) VALUES ({marks}, 'fr', FALSE)"
            cursor.executemany(insert, rows)
    add_past(url, past, people=people, first_day=OLDER_THAN_DAYS)


def measure_search(
    databases: dict[int, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Median time of one search, one client at a time, by number of past appointments."""
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
    """Each search by each clerk and each coordinator, in turn."""
    found = []
    with session_on(url) as session:
        commune = session.scalars(select(Commune.id).order_by(Commune.id)).first()
        for number in range(2 * CLERKS):
            role = Role.CCAS_AGENT if number % 2 else Role.COORDINATOR
            own = frozenset({commune} if number % 2 and commune else set())
            account = AccountRequest(f"bench{number}@bench.invalid", "B", "B", role, own)
            now = datetime.now(UTC)
            user_id = create_user(session, account, by=None, now=now)
            cookie, token = _signed_in(open_session(session, user_id, "bench", now=now))
            for answers in SEARCHES:
                body = urlencode({"csrf_token": token, **answers}).encode()
                found.append(post(PATH, body, 200, Cookie=cookie))
    return found


def _signed_in(key: str) -> tuple[str, str]:
    """The cookie and the token of a browser whose session has that key, as the site makes them."""
    app, raw = Flask(__name__), secrets.token_hex(20)
    app.secret_key = SECRET_KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("a secret key gives a signer")
    value = signer.dumps({"_user_id": key, "_fresh": True, "csrf_token": raw})
    token = URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(raw)
    return f"coclico={value!s}", str(token)
