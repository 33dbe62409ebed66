"""Passwords: kept as Argon2id hashes, each with its own salt (RFC 9106, its second profile)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def hash_password(password: str, salt: bytes | None = None) -> str:
    """The hash to keep; takes about 0.1 s and 64 MiB, on purpose. Only the demo names its salt."""
    return _hasher.hash(password, salt=salt)


def is_password(kept: str | None, tried: str) -> bool:
    """Whether that is the password. Without one to compare, the same time is spent on nothing."""
    try:
        return _hasher.verify(kept or _nobodys(), tried) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
