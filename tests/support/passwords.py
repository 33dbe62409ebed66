"""Passwords of the team's tests: real Argon2id hashes, cheap ones, since a hash names its costs."""

from collections.abc import Iterator
from functools import cache

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.gateways import passwords
from app.models.accounts import User

PASSWORD = "Mouette-rieuse-17"


_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def cheap_hash() -> str:
    """A hash of PASSWORD that is checked in a millisecond."""
    return _cheap.hash(PASSWORD)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New passwords are hashed by the same algorithm at the least cost it allows."""
    monkeypatch.setattr(passwords, "_hasher", _cheap)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


def give_password(session: Session, user_id: int, **columns: object) -> None:
    """That account signs in with PASSWORD from now on; `columns` changes others of its columns."""
    known = {"password_hash": cheap_hash()} | columns
    session.execute(update(User).where(User.id == user_id).values(known))
    session.commit()
