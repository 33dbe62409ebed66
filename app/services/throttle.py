"""Count tries in the database, so that the count holds across processes and machines.

A try is counted before it is judged and given back when it was right: many at once cannot slip by.
Keys are keyed hashes: the table holds no phone number and no network address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
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
    exceeded = None
    with write_transaction(session):
        for quota in sorted(quotas, key=lambda each: each.key):
            if _count(session, quota, now) > quota.limit:
                exceeded = exceeded or quota
        if exceeded:
            session.rollback()
    if exceeded:
        raise exceeded.refusal


def spend_within(session: Session, quotas: Iterable[Quota], *, now: datetime) -> None:
    """Count one success in the caller's own transaction: saved with it, or not at all.

    Raises the refusal of the first quota exceeded, so that the caller's transaction ends there.
    Whoever counts on the same key waits for that end: to be called last.
    """
    for quota in sorted(quotas, key=lambda each: each.key):
        if _count(session, quota, now) > quota.limit:
            raise quota.refusal


def give_back(session: Session, quotas: list[Quota]) -> None:
    """The try was right: it counts for nothing."""
    with write_transaction(session):
        for quota in sorted(quotas, key=lambda each: each.key):
            session.execute(
                update(ThrottleCount)
                .where(ThrottleCount.key == quota.key, ThrottleCount.count > 0)
                .values(count=ThrottleCount.count - 1)
            )


def _count(session: Session, quota: Quota, now: datetime) -> int:
    """Add one in the current window, or start a new one; the same statement on both databases."""
    ends_at = now + timedelta(minutes=quota.minutes)
    given = {"subject": quota.key, "now": now, "new_end": ends_at}
    statement = _COUNTING[session.get_bind().dialect.name]
    return int(session.execute(statement, given).scalar_one())


def _counting(insert: Any) -> Any:
    """The statement is the same for each try, so it is put together once."""
    counts = ThrottleCount.__table__
    new_end = bindparam("new_end", type_=counts.c.window_ends_at.type)
    is_over = counts.c.window_ends_at <= bindparam("now")
    first = insert(counts).values(key=bindparam("subject"), window_ends_at=new_end, count=1)
    return first.on_conflict_do_update(
        index_elements=[counts.c.key],
        set_={
            "count": case((is_over, 1), else_=counts.c.count + 1),
            "window_ends_at": case((is_over, new_end), else_=counts.c.window_ends_at),
        },
    ).returning(counts.c.count)


_COUNTING = {"sqlite": _counting(sqlite_insert), "postgresql": _counting(postgresql_insert)}
