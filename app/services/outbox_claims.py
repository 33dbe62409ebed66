"""Which worker has which message: a lease, so that no two send the same and none is lost.

A worker that dies loses nothing: its lease ends, another takes over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.domain.appointment import MessageChannel
from app.domain.messages import STARTED_BY_US, TOLD_BY_US, MessageKind, OutboxState
from app.domain.open_hours import OpenHours
from app.domain.sending import CALL_INSTEAD, MOST_ATTEMPTS, Ending, SkipReason
from app.models.outbox import OutboxMessage
from app.services.catalogue import NoTerritory, read_catalogue
from app.services.hours import open_hours
from app.services.sending_pause import PAUSED
from app.services.transaction import write_transaction
from app.services.undelivered import ONE_AT_A_TIME, ask_for_call

LEASE = timedelta(minutes=5)
"""Longer than any sender takes: after it, the worker is held for dead."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until then; after that another worker may have it."""

    message_id: int
    leased_until: datetime


def claim_due(
    session: Session,
    now: datetime,
    channels: Iterable[MessageChannel],
    *,
    limit: int = 1,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """Take the messages of these channels that are due, oldest first, so that nobody else does.

    The attempt is counted here: a message that kills its worker is given up in the end too. One at
    a time by default: a worker that stops has nothing to give back. None while sending is paused;
    outside the open hours, only what answers somebody.
    """
    # Looked at first without a lock: a worker with nothing to do stands in nobody's way.
    since = closed_since(session, now)
    wanted = _wanted(now, channels, 1, since)
    if session.connection().execute(_DUE[since is None], wanted).first():
        with write_transaction(session, outlives_power=False):
            return take_due(session, now, channels, since, limit=limit, lease=lease)
    session.rollback()
    return []


def take_due(
    session: Session,
    now: datetime,
    channels: Iterable[MessageChannel],
    since: datetime | None,
    *,
    limit: int = 1,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """`claim_due`, inside a write transaction that is open already.

    `since`: when the hours ended at which we may write first (`closed_since`).
    """
    wanted = _wanted(now, channels, limit, since) | {"until": now + lease}
    taken = session.connection().execute(_TAKE[since is None], wanted).all()
    return [
        Claim(row.id, now + lease) for row in sorted(taken, key=lambda row: (row.due_at, row.id))
    ]


def _wanted(
    now: datetime, channels: Iterable[MessageChannel], limit: int, since: datetime | None
) -> dict[str, object]:
    wanted = {"now": now, "channels": list(channels), "most": limit}
    return wanted if since is None else wanted | {"since": since}


def closed_since(session: Session, now: datetime) -> datetime | None:
    """When the hours ended at which we may write first (UTC); None where we may."""
    hours = _hours(session, now)
    return hours.closed_since(now) if hours else None


def _hours(session: Session, now: datetime) -> OpenHours | None:
    """Without a territory nobody ever said when we may not write."""
    try:
        return open_hours(read_catalogue(session), now)
    except NoTerritory:
        return None


_message: Any = OutboxMessage.__table__
_NOW = bindparam("now", type_=_message.c.due_at.type)


def _unleased(now: Any) -> ColumnElement[bool]:
    return or_(_message.c.leased_until.is_(None), _message.c.leased_until <= now)


def _in_open_hours_only(since: Any) -> ColumnElement[bool]:
    """What must wait for the next open hour, where the hours ended at that instant."""
    is_put_off = and_(_message.c.due_at > _message.c.created_at, _message.c.attempts == 0)
    is_late = _message.c.created_at < since
    is_second_try = and_(
        _message.c.kind == MessageKind.CHANGED,
        _message.c.attempts > 0,
        # A date of a workshop that is told at night is urgent: the others were put off.
        _message.c.session_id.is_(None),
    )
    return or_(
        _message.c.kind.in_(STARTED_BY_US),
        and_(_message.c.kind.in_(TOLD_BY_US), or_(is_put_off, is_late, is_second_try)),
    )


_IN_OPEN_HOURS_ONLY = _in_open_hours_only(bindparam("since", type_=_message.c.created_at.type))
"""What we start, and news of a change that are no answer given at once: put off till then, written
before the hours ended, or tried once already. At night, on Sundays and holidays they wait.

A worker that was down while they were due finds them as it comes back. An appointment of today that
is off early in the morning is told then, at each try: nobody should come for nothing.
"""


def _due(may_start: bool) -> Select[Any]:
    query = (
        select(_message.c.id)
        .where(
            _message.c.state == OutboxState.PENDING,
            _message.c.due_at <= _NOW,
            _message.c.channel.in_(bindparam("channels", expanding=True)),
            _message.c.attempts < MOST_ATTEMPTS,
            _unleased(_NOW),
            ~PAUSED,
        )
        .order_by(_message.c.due_at, _message.c.id)
        .limit(bindparam("most", type_=Integer))
    )
    return query if may_start else query.where(not_(_IN_OPEN_HOURS_ONLY))


def _take(may_start: bool) -> ReturningUpdate[Any]:
    """One statement on both databases; PostgreSQL passes over what another worker is taking."""
    due = _due(may_start).with_for_update(of=_message, skip_locked=True).cte("due")
    return (
        update(_message)
        .where(_message.c.id.in_(select(due.c.id)))
        .values(
            leased_until=bindparam("until", type_=_message.c.due_at.type),
            attempts=_message.c.attempts + 1,
        )
        .returning(_message.c.id, _message.c.due_at)
    )


_DUE = {may_start: _due(may_start) for may_start in (False, True)}
_TAKE = {may_start: _take(may_start) for may_start in (False, True)}
"""Made once: a worker asks them for each message."""


def ours_by(message_id: Any, leased_until: Any) -> tuple[ColumnElement[bool], ...]:
    """Still waiting, and still under our lease and no other; the values of a Claim."""
    return (
        _message.c.id == message_id,
        _message.c.state == OutboxState.PENDING,
        _message.c.leased_until == leased_until,
    )


def leaves_at(session: Session, message_id: int, at: datetime) -> datetime:
    """When a message that failed, and is tried again at that instant, would leave (UTC): then, or
    at the next open hour, if it must wait for it.
    """
    hours = _hours(session, at)
    since = hours.closed_since(at) if hours else None
    if hours is None or since is None:
        return at
    waits = select(_message.c.id).where(_message.c.id == message_id, _in_open_hours_only(since))
    return hours.next_open(at) if session.execute(waits).first() else at


def close_leftovers(session: Session, now: datetime, limit: int) -> int:
    """Close some messages that nobody will send any more; how many. One transaction.

    Expired ones (their channel may have no sender at all); those whose worker died each time, and
    those that wait for hours in which they would be too late: somebody calls.
    """
    with write_transaction(session, ONE_AT_A_TIME):
        rows = session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.state == OutboxState.PENDING,
                or_(
                    OutboxMessage.expires_at <= now,
                    OutboxMessage.attempts >= MOST_ATTEMPTS,
                    _has_no_hour_left(session, now),
                ),
                _unleased(now),
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            if row.expires_at <= now:
                _close(row, OutboxState.SKIPPED, SkipReason.EXPIRED, now)
                continue
            gone = row.attempts >= MOST_ATTEMPTS
            ending = Ending.WORKER_DIED if gone else Ending.NO_HOUR_LEFT
            _close(row, OutboxState.DEAD, ending, now)
            session.flush()
            ask_for_call(session, row.id, now)
        return len(rows)


def _has_no_hour_left(session: Session, now: datetime) -> ColumnElement[bool]:
    """News that somebody must have before they come, held for hours that come too late."""
    hours = _hours(session, now)
    since = hours.closed_since(now) if hours else None
    if hours is None or since is None:
        return false()
    return and_(
        _message.c.kind.in_(CALL_INSTEAD),
        _message.c.expires_at <= hours.next_open(now),
        _in_open_hours_only(since),
    )


def _close(
    row: OutboxMessage, state: OutboxState, outcome: SkipReason | Ending, now: datetime
) -> None:
    row.state, row.outcome = state, outcome.value
    row.closed_at, row.leased_until = now, None
