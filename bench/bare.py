"""What we are compared with: Flask alone, one page of the same size, one durable insert.

No form, no text, no rule, no ORM: the driver's own connection, kept open by each worker.
"""

import os
import sqlite3
from itertools import count

import psycopg
from flask import Flask, redirect, render_template
from jinja2 import DictLoader

ROW = 118
"""Bytes of one line of the list, all included."""
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><ul>
{% for row in rows %}<li class="row"><a href="/row/{{ row.number }}">{{ row.name }}</a>
 <span>{{ row.text }}</span></li>
{% endfor %}</ul>{{ filler }}</body></html>
"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})
wanted_bytes = int(os.environ.get("BARE_BYTES", "8000"))
rows = [
    {"number": f"{number:04}", "name": f"Ligne {number:04}", "text": "e" * 45}
    for number in range((wanted_bytes - 200) // ROW)
]
numbers = count()


@app.get("/")
def page() -> str:
    """The page alone, filled up to the very size of ours."""
    return render_template("page.html", title="Page", rows=rows, filler=filler)


@app.post("/insert")
def insert() -> object:
    """One row, committed as durably as ours, and a redirection as ours."""
    save(next(numbers), "Rose Serin", "+33639980001")
    return redirect("/", 303)


def durable_insert(url: str):
    """The function that inserts; the connection is made in the worker, at its first request."""
    kept: list[object] = []

    def save_sqlite(number: int, name: str, phone: str) -> None:
        if not kept:
            connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {setting}")
            kept.append(connection)
        # One statement outside a transaction is one transaction: durable when it returns.
        kept[0].execute("INSERT INTO bare VALUES (NULL, ?, ?, ?)", (number, name, phone))

    def save_postgresql(number: int, name: str, phone: str) -> None:
        if not kept:
            plain = url.replace("postgresql+psycopg", "postgresql", 1)
            kept.append(psycopg.connect(plain, autocommit=True))
        kept[0].execute(
            "INSERT INTO bare (number, name, phone) VALUES (%s, %s, %s)", (number, name, phone)
        )

    return save_sqlite if url.startswith("sqlite") else save_postgresql


save = durable_insert(os.environ.get("DATABASE_URL", "sqlite:///bare.sqlite"))
with app.app_context():
    filler = ""
    filler = "e" * max(0, wanted_bytes - len(page().encode()))
