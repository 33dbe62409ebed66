"""(c) complete bookings a second: the POST that confirms, each one legal and for another person."""

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from app.services.links import Links
from bench.databases import TOPIC, free_hours
from bench.load import Call, Round, UnexpectedAnswer, ask, get, once_each, post
from bench.pages import paired, rates
from bench.postgresql import connect
from bench.servers import BARE, LINK_KEY, OURS, Server, serving

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
COOKIE = re.compile(r"\r\nset-cookie: (coclico=[^;]+)", re.IGNORECASE)
FIRST_PHONE = 639_980_000
"""The block kept for fiction: ten thousand numbers, one for each booking of a database."""
INSERTS_PER_BOOKING = 4
"""A bare round is longer in number, so that it lasts about as long."""
TABLE = "CREATE TABLE bare (id {key} PRIMARY KEY, number INTEGER, name TEXT, phone TEXT)"


def measure_bookings(
    databases: dict[str, str], folder: Path, rounds: int, per_round: int
) -> dict[str, Any]:
    """By database: bookings a second, bare durable inserts a second, and their ratio."""
    found = {}
    for kind, url in databases.items():
        _make_bare_table(url)
        with ExitStack() as running:
            ours = running.enter_context(serving(OURS, url, folder))
            bare = running.enter_context(serving(BARE, url, folder))
            bookings = ready_bookings(url, ours)
            insert = [post("/insert", b"", 303)] * (per_round * INSERTS_PER_BOOKING)
            measured: dict[str, list[Round]] = {"ours": [], "bare": []}
            for number in range(rounds + 1):
                confirmed = once_each(ours, [next(bookings) for _ in range(per_round)])
                inserted = once_each(bare, insert)
                if number:  # the first round only warms both up
                    measured["ours"].append(confirmed)
                    measured["bare"].append(inserted)
        each = {name: rates(some) for name, some in measured.items()}
        ratio = paired(measured["ours"], measured["bare"], "per_second")
        found[kind] = {**each, "ratio": ratio, "bookings": (rounds + 1) * per_round}
    return found


def _make_bare_table(url: str) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute(TABLE.format(key="INTEGER"))
        connection.close()
    else:
        with connect(url) as connection:
            connection.execute(TABLE.format(key="SERIAL"))


def ready_bookings(url: str, server: Server) -> Iterator[Call]:
    """Forms ready to confirm, all their answers typed, in an order that mixes days and venues."""
    hours = free_hours(url)
    Random(1).shuffle(hours)
    cookie, token = _visit(server, *hours[0])
    for number, (commune, venue, starts_at) in enumerate(hours):
        answers = {
            "csrf_token": token,
            "cle": _key_of_form(),
            "prenom": "Rose",
            "nom": "Serin",
            "telephone": f"0{FIRST_PHONE + number}",
            "email": "",
            "message": "SMS",
        }
        path = f"/rendez-vous/confirmer?{_query(commune, venue, starts_at)}"
        yield post(path, urlencode(answers).encode(), 303, Cookie=cookie)


def _key_of_form() -> str:
    """As the check page gives it, so that only the POST that confirms is measured."""
    key = secrets.token_hex(16)
    return f"{key}.{Links(LINK_KEY).digest(f'form-key:{key}')}"


def _visit(server: Server, commune: str, venue: str, starts_at: str) -> tuple[str, str]:
    """The cookie and the CSRF token of a browser that came to the contact page."""
    path = f"/rendez-vous/coordonnees?{_query(commune, venue, starts_at)}"
    answer = ask(server, get(path)).decode()
    cookie, token = COOKIE.search(answer), TOKEN.search(answer)
    if cookie is None or token is None:
        raise UnexpectedAnswer(answer[:1000])
    return cookie[1], unescape(token[1])


def _query(commune: str, venue: str, starts_at: str) -> str:
    return f"commune={commune}&besoin={TOPIC}&debut={quote(starts_at)}&lieu={venue}"
