"""The one door for writing: take the locks first, commit last. No other code commits.

Why both a lock and a database wall: travel time depends on pairs of places, which no static
constraint can hold; and a lock alone protects only from code that takes it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.domain.workshop_errors import ChangeUnknown

AWAY = (OperationalError, InterfaceError, DisconnectionError, PoolTimeout)
"""The database is away, locked or out of connections: it may be back at the next try."""


@dataclass(frozen=True, slots=True)
class Locks:
    """What a use case must hold alone: counsellors, then keys of things that have no row yet."""

    counsellor_ids: frozenset[int] = field(default_factory=frozenset)
    keys: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, counsellor_ids: Iterable[int] = (), keys: Iterable[str] = ()) -> "Locks":
        return cls(frozenset(counsellor_ids), frozenset(keys))


@contextmanager
def write_transaction(
    session: Session, lock: Locks | None = None, *, outlives_power: bool = True
) -> Iterator[None]:
    """Run the block alone among all that take the same locks, then commit, or roll all back.

    The read transaction that the page opened is ended first: what is read inside the block is
    read under the lock. SQLite has one writer at a time (BEGIN IMMEDIATE), so any lock is the
    whole database; PostgreSQL locks rows and keys in sorted order, so two cannot wait for each
    other. `outlives_power=False` does not wait for the disk: a killed process loses nothing, a
    power cut may lose the last second; only for what is then simply done again.

    Raises what the block raises; DatabaseUnavailable when the database does not answer
    before the commit (nothing is saved); OutcomeUnknown when it goes silent during the commit.
    """
    try:
        session.rollback()
        connection = session.connection(
            execution_options={"write_transaction": True, "outlives_power": outlives_power}
        )
        if connection.dialect.name == "postgresql":
            if not outlives_power:
                connection.execute(_NO_WAIT_FOR_DISK)
            if lock:
                _take_locks(connection, lock)
        yield
        session.flush()
    except AWAY as silence:
        _abandon(session)
        raise DatabaseUnavailable from silence
    except BaseException:
        _abandon(session)
        raise
    try:
        session.commit()
    except AWAY as silence:
        _abandon(session)
        raise OutcomeUnknown from silence


@contextmanager
def answering(session: Session) -> Iterator[None]:
    """Reads before a write transaction fail with its word: DatabaseUnavailable, nothing saved."""
    try:
        yield
    except AWAY as silence:
        _abandon(session)
        raise DatabaseUnavailable from silence


@contextmanager
def changing(session: Session) -> Iterator[None]:
    """As `answering`, for a change that may be pressed twice: ChangeUnknown, not OutcomeUnknown."""
    try:
        with answering(session):
            yield
    except OutcomeUnknown as silence:
        raise ChangeUnknown from silence


def _abandon(session: Session) -> None:
    """Roll back; where the connection itself is dead, forget it, so that the next one is new."""
    try:
        session.rollback()
    except AWAY:
        session.invalidate()


_NO_WAIT_FOR_DISK = text("SET LOCAL synchronous_commit TO OFF")
_LOCK_COUNSELLORS = text(
    "SELECT id FROM counsellor WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"
)
_LOCK_KEYS = text(
    "SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number"
)
"""One question for all of a kind; rows and numbers are taken in the order given."""


def _take_locks(connection: Connection, lock: Locks) -> None:
    """PostgreSQL: counsellors in order of id, then keys in order of their number."""
    if lock.counsellor_ids:
        connection.execute(_LOCK_COUNSELLORS, {"ids": list(lock.counsellor_ids)})
    if lock.keys:
        numbers = sorted(_key_number(key) for key in lock.keys)
        connection.execute(_LOCK_KEYS, {"numbers": numbers})


def _key_number(key: str) -> int:
    """A signed 64-bit number for a key, the same in every process."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
