"""Between the password and the code: who is signing in, for five minutes, in the signed cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session

KEY = "second_step"
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
    given = session.get(KEY)
    if not given or len(given) != 5:
        return None
    if now.timestamp() - given[4] > TIME_FOR_CODE.total_seconds():
        return None
    return SigningIn(*given[:4])
