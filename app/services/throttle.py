"""Count tries in the database, so that the count holds across processes and machines.

A try is counted before it is judged and given back when it was right: many at once cannot slip by.
Keys are keyed hashes: the table holds no phone number and no network address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, update
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
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    ends_at = now + timedelta(minutes=quota.minutes)
    is_over = ThrottleCount.window_ends_at <= now
    first = insert(ThrottleCount).values(key=quota.key, window_ends_at=ends_at, count=1)
    statement = first.on_conflict_do_update(
        index_elements=[ThrottleCount.key],
        set_={
            "count": case((is_over, 1), else_=ThrottleCount.count + 1),
            "window_ends_at": case((is_over, ends_at), else_=ThrottleCount.window_ends_at),
        },
    ).returning(ThrottleCount.count)
    return int(session.execute(statement).scalar_one())
