"""Count tries in the database, so that the count holds across processes and machines.

A try is counted before it is judged and given back when it was right: many at once cannot slip by.
Keys are keyed hashes: the table holds no phone number and no network address.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import String, bindparam, case, literal_column, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.errors import DatabaseUnavailable, DomainError, OutcomeUnknown
from app.models.outbox import ThrottleCount
from app.services.transaction import write_transaction


@dataclass(frozen=True, slots=True)
class Quota:
    """So many tries of one kind by one subject within a window of minutes."""

    key: str
    limit: int
    minutes: int
    refusal: type[DomainError]


def spend(session: Session, quotas: list[Quota], *, now: datetime) -> None:
    """Count one try against each quota, in one commit. Raises the refusal of the first one spent.

    A try beyond the limit is not added to the count: waiting is enough, nobody is locked for ever.
    """
    with write_transaction(session):
        exceeded = _first_exceeded(session, quotas, now)
        if exceeded:
            session.rollback()
    if exceeded:
        raise exceeded.refusal


def spend_within(session: Session, quotas: Iterable[Quota], *, now: datetime) -> None:
    """Count one success in the caller's own transaction: saved with it, or not at all.

    Raises the refusal of the first quota exceeded, so that the caller's transaction ends there.
    Whoever counts on the same key waits for that end: to be called last.
    """
    if exceeded := _first_exceeded(session, quotas, now):
        raise exceeded.refusal


@contextmanager
def unless_spent(session: Session, quotas: Iterable[Quota], *, now: datetime) -> Iterator[None]:
    """What the block refuses is told only to who may still succeed: where a quota is spent, its own
    refusal hides it, and right and wrong look the same.

    In the caller's own transaction, which ends there either way: nothing is counted.
    """
    try:
        yield
    except DomainError:
        spend_within(session, quotas, now=now)
        raise


def is_first(session: Session, key: str, minutes: int, *, now: datetime) -> bool:
    """Whether that has not happened within so many minutes; from now on it has.

    In the caller's own transaction.
    """
    return _first_exceeded(session, [Quota(key, 1, minutes, DomainError)], now) is None


def give_back(session: Session, quotas: list[Quota]) -> None:
    """The try was right: it counts for nothing."""
    if not quotas:
        return
    with write_transaction(session):
        for quota in sorted(quotas, key=lambda each: each.key):
            session.execute(
                update(ThrottleCount)
                .where(ThrottleCount.key == quota.key, ThrottleCount.count > 0)
                .values(count=ThrottleCount.count - 1)
            )


@contextmanager
def trying(
    session: Session,
    quotas: list[Quota],
    *,
    now: datetime,
    telling: tuple[type[DomainError], ...],
) -> Iterator[None]:
    """Count a try before the block judges it; given back unless it ends in a `telling` refusal.

    A telling one says something of another person: whoever has had so many is told nothing more,
    right or wrong, until the window ends. Raises the refusal of the quota, or what the block
    raises. While the database is silent nothing is given back.
    """
    if quotas:
        spend(session, quotas, now=now)
    try:
        yield
    except DomainError as refusal:
        if not isinstance(refusal, (*telling, DatabaseUnavailable, OutcomeUnknown)):
            give_back(session, quotas)
        raise
    give_back(session, quotas)


def _first_exceeded(session: Session, quotas: Iterable[Quota], now: datetime) -> Quota | None:
    """Count one try in the current window of each quota, or in a new one; all in one statement.

    The rows are taken in the order of their keys, so that two tries never wait for each other; the
    first is told in the order of the caller.
    """
    asked = tuple(quotas)
    ordered = sorted(asked, key=lambda each: each.key)
    if not ordered:
        return None
    connection = session.connection()
    given: dict[str, Any] = {"now": now}
    for rank, quota in enumerate(ordered):
        given[f"subject_{rank}"] = quota.key
        given[f"end_{rank}"] = now + timedelta(minutes=quota.minutes)
    statement = _counting(connection.dialect.name, len(ordered))
    counts: dict[str, int] = dict(connection.execute(statement, given).all())
    return next((quota for quota in asked if counts[quota.key] > quota.limit), None)


_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}


@lru_cache(maxsize=16)
def _counting(dialect: str, how_many: int) -> Any:
    """The statement is the same for each try of so many quotas, so it is put together once."""
    counts: Any = ThrottleCount.__table__
    instant = counts.c.window_ends_at.type
    tries = (
        select(
            bindparam(f"subject_{rank}", type_=String()),
            bindparam(f"end_{rank}", type_=instant),
            literal_column("1"),
        )
        for rank in range(how_many)
    )
    is_over = counts.c.window_ends_at <= bindparam("now")
    first = _INSERT[dialect](counts).from_select(
        ["key", "window_ends_at", "count"], union_all(*tries)
    )
    return first.on_conflict_do_update(
        index_elements=[counts.c.key],
        set_={
            "count": case((is_over, 1), else_=counts.c.count + 1),
            "window_ends_at": case(
                (is_over, first.excluded.window_ends_at), else_=counts.c.window_ends_at
            ),
        },
    ).returning(counts.c.key, counts.c.count)
