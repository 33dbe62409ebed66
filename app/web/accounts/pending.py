"""What the signed cookie tells of somebody who is not signed in yet; signing in clears it.

Between the password and the code: who is signing in, for five minutes. After another address was
saved: that address, so that a typing mistake in it locks nobody out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import session

KEY, ADDRESS_KEY = "second_step", "new_address"
TIME_FOR_CODE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Whose password was right, and where they go next."""

    user_id: int
    email: str
    nonce: str
    """Of the account when the password was checked: another password ends this too."""
    onward: str


def keep(who: SigningIn, now: datetime) -> None:
    """The password was right; the code comes next."""
    session[KEY] = [who.user_id, who.email, who.nonce, who.onward, now.timestamp()]


def kept(now: datetime) -> SigningIn | None:
    """Whose code is awaited; None after five minutes."""
    given = _given()
    if not given or now.timestamp() - given[4] > TIME_FOR_CODE.total_seconds():
        return None
    return SigningIn(*given[:4])


def onward_too_late() -> str | None:
    """Where they were going, whatever the hour ("": to their first page); None: nobody was."""
    given = _given()
    return str(given[3]) if given else None


def keep_address(email: str) -> None:
    """One's address was just changed: the next page shows it, and it is in no URL."""
    session[ADDRESS_KEY] = email


def kept_address() -> str | None:
    """The address that was just saved from this browser."""
    found = session.get(ADDRESS_KEY)
    return found if isinstance(found, str) else None


def _given() -> list[Any] | None:
    given = session.get(KEY)
    return given if isinstance(given, list) and len(given) == 5 else None
