"""Ids and counts as addresses and forms send them: never more than the database can count."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

MOST = 2**31 - 1
"""Of an id in PostgreSQL; a longer number names nothing, on SQLite either."""
DIGITS = len(str(MOST))


def register(app: Flask) -> None:
    """Bound every <int:…> of an address; to be registered before the blueprints."""
    app.url_map.converters["int"] = SmallNumber


def small_number(typed: str | None) -> int | None:
    """An id or a count that somebody sent; None for anything else, whatever its length."""
    digits = typed or ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS):
        return None
    number = int(digits)
    return number if number <= MOST else None


class SmallNumber(IntegerConverter):
    """An id in an address; a longer number is the address of nothing (404)."""

    regex = f"[0-9]{{1,{DIGITS}}}"

    def __init__(self, map: Map) -> None:  # noqa: A002 - the router's own name
        super().__init__(map, max=MOST)
