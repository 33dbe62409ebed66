"""Busy times from a counsellor's own agenda: which, for how long they are trusted, what fails."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from app.domain.intervals import Interval, intersect
from app.domain.staff_errors import (
    CalendarAddressMissing,
    CalendarAddressTooLong,
    CalendarAddressWrong,
)

READ_EVERY = timedelta(minutes=15)
LATE_AFTER = timedelta(hours=1)
"""Four readings were missed: somebody of the team is told."""
LONGEST_PIECE = timedelta(hours=24)
"""Whoever looks for what matters on a day looks at what starts from the day before on."""

LONGEST_URL = 2_000


class CalendarFailure(StrEnum):
    """Why an agenda could not be read."""

    NOT_HTTPS = "NOT_HTTPS"
    NO_SUCH_HOST = "NO_SUCH_HOST"
    PRIVATE_ADDRESS = "PRIVATE_ADDRESS"
    """The name leads to an address inside a network: never asked (T13)."""
    UNREACHABLE = "UNREACHABLE"
    NOT_TRUSTED = "NOT_TRUSTED"
    """Its certificate is not good."""
    TOO_MANY_REDIRECTS = "TOO_MANY_REDIRECTS"
    REFUSED = "REFUSED"
    """It answered something else than 200."""
    TOO_SLOW = "TOO_SLOW"
    TOO_BIG = "TOO_BIG"
    NOT_A_CALENDAR = "NOT_A_CALENDAR"
    TOO_FREQUENT = "TOO_FREQUENT"
    """An event that comes back every second, minute or hour without end."""
    TOO_MANY_EVENTS = "TOO_MANY_EVENTS"
    TOO_LONG = "TOO_LONG"
    """Working out its events took too long, or too much memory."""


def busy_pieces(spans: Iterable[tuple[datetime, datetime]], window: Interval) -> list[Interval]:
    """The union of the spans inside the window, in pieces of at most a day; instants in UTC.

    A span that ends when it starts, or before, takes no time.
    """
    taken = [Interval(*span) for span in spans if span[0] < span[1]]
    return [piece for whole in intersect(taken, [window]) for piece in _pieces(whole)]


def _pieces(whole: Interval) -> Iterator[Interval]:
    start = whole.starts_at
    while start < whole.ends_at:
        end = min(start + LONGEST_PIECE, whole.ends_at)
        yield Interval(start, end)
        start = end


def closes_at(read_at: datetime, stale_hours: int) -> datetime:
    """When the counsellor's times close if nobody can read the agenda again before."""
    return read_at + timedelta(hours=stale_hours)


def calendar_address(typed: str) -> str:
    """The https address of an agenda, as it was copied; webcal:// is another name for https://.

    Raises CalendarAddressMissing, CalendarAddressTooLong, CalendarAddressWrong. Where it leads is
    looked at each time it is read, not here.
    """
    address = typed.strip()
    if not address:
        raise CalendarAddressMissing
    if len(address) > LONGEST_URL:
        raise CalendarAddressTooLong
    if address.lower().startswith("webcal://"):
        address = f"https://{address[len('webcal://') :]}"
    if not address.isprintable() or " " in address or not _is_https(address):
        raise CalendarAddressWrong
    return address


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not parts.username and is_port
