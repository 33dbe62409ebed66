"""Six months after its sending a message is only counted: by month, kind, channel, state, commune.

The count grows in the transaction that removes the rows: none is counted twice, or lost.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState
from app.models.outbox import MessageCount, OutboxMessage
from app.services.catalogue import read_catalogue
from app.services.retention import MESSAGE
from app.services.transaction import write_transaction

_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}
NOBODY = 0
"""The commune of a message that is charged to none."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is counted together: one row."""

    month: date
    kind: MessageKind
    channel: MessageChannel
    state: OutboxState
    commune_id: int


def count_old_messages(session: Session, now: datetime, limit: int) -> int:
    """Turn some messages that were closed six months ago into counts; how many. A job.

    They are looked for outside the write transaction, and taken inside it: another worker that
    looked at the same ones finds them gone.
    """
    old = OutboxMessage.closed_at <= now - MESSAGE.period
    ids = session.scalars(select(OutboxMessage.id).where(old).limit(limit)).all()
    if not ids:
        return 0
    zone = read_catalogue(session).timezone
    with write_transaction(session):
        rows = session.execute(
            delete(OutboxMessage)
            .where(OutboxMessage.id.in_(ids), old)
            .returning(
                OutboxMessage.closed_at,
                OutboxMessage.kind,
                OutboxMessage.channel,
                OutboxMessage.state,
                OutboxMessage.commune_id,
                OutboxMessage.segments,
                OutboxMessage.cost,
            )
            .execution_options(synchronize_session=False)
        ).all()
        _add(session, rows, zone)
    return len(ids)


def _add(session: Session, rows: Any, zone: ZoneInfo) -> None:
    counts: Counter[_Kind] = Counter()
    segments: Counter[_Kind] = Counter()
    costs: Counter[_Kind] = Counter()
    for closed_at, kind, channel, state, commune_id, parts, cost in rows:
        month = closed_at.astimezone(zone).date().replace(day=1)
        one = _Kind(month, kind, channel, state, commune_id or NOBODY)
        counts[one] += 1
        segments[one] += parts or 0
        costs[one] += cost or 0
    # In one order for all workers: two that add to the same rows never wait for each other.
    for one in sorted(counts, key=str):
        session.execute(_grown(session, one, counts[one], segments[one], costs[one]))


def _grown(session: Session, one: _Kind, count: int, segments: int, cost: int) -> Any:
    table: Any = MessageCount.__table__
    row = _INSERT[session.get_bind().dialect.name](table).values(
        month=one.month,
        kind=one.kind,
        channel=one.channel,
        state=one.state,
        commune_id=one.commune_id,
        count=count,
        segments=segments,
        cost=cost,
    )
    return row.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={
            "count": table.c.count + row.excluded.count,
            "segments": table.c.segments + row.excluded.segments,
            "cost": table.c.cost + row.excluded.cost,
        },
    )
