"""Passwords of the team's tests: real Argon2id hashes, cheap ones, since a hash names its costs."""

from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.accounts import User

PASSWORD = "Mouette-rieuse-17"


@cache
def cheap_hash() -> str:
    """A hash of PASSWORD that is checked in a millisecond."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def give_password(session: Session, user_id: int, **columns: object) -> None:
    """That account signs in with PASSWORD from now on; `columns` changes others of its columns."""
    known = {"password_hash": cheap_hash()} | columns
    session.execute(update(User).where(User.id == user_id).values(known))
    session.commit()
