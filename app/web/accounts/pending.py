"""Between the password and the code: who is signing in, for five minutes, in the signed cookie."""

from datetime import datetime, timedelta

from flask import session

KEY = "second_step"
TIME_FOR_CODE = timedelta(minutes=5)


def keep(user_id: int, email: str, onward: str, now: datetime) -> None:
    """The password was right; the code comes next."""
    session[KEY] = [user_id, email, onward, now.timestamp()]


def kept(now: datetime) -> tuple[int, str, str] | None:
    """Whose code is awaited, their address, where they go next; None after five minutes."""
    given = session.get(KEY)
    if not given or now.timestamp() - given[3] > TIME_FOR_CODE.total_seconds():
        return None
    return given[0], given[1], given[2]
