"""Which worker has which message: a lease, so that no two send the same and none is lost.

A worker that dies loses nothing: its lease ends, another takes over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import STARTED_BY_US, TOLD_BY_US, OutboxState
from app.domain.sending import MOST_ATTEMPTS, SkipReason
from app.models.outbox import OutboxMessage
from app.services.catalogue import NoTerritory, read_catalogue
from app.services.hours import open_hours
from app.services.sending_pause import is_paused
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
    waiting = (
        OutboxMessage.state == OutboxState.PENDING,
        OutboxMessage.due_at <= now,
        OutboxMessage.channel.in_(list(channels)),
        OutboxMessage.attempts < MOST_ATTEMPTS,
        _unleased(now),
    )
    # Looked at first without a lock: a worker with nothing to do stands in nobody's way.
    if session.scalar(select(OutboxMessage.id).where(*waiting).limit(1)) is None:
        session.rollback()
        return []
    with write_transaction(session):
        if is_paused(session):
            return []
        rows = session.scalars(
            select(OutboxMessage)
            .where(*waiting, *_at_this_hour(session, now))
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.leased_until = now + lease
            row.attempts += 1
        return [Claim(row.id, now + lease) for row in rows]


def _at_this_hour(session: Session, now: datetime) -> list[ColumnElement[bool]]:
    """At night, on Sundays and holidays: neither what we start, nor what was put off till then.

    A worker that was down while they were due finds them as it comes back.
    """
    try:
        catalogue = read_catalogue(session)
    except NoTerritory:
        return []
    if open_hours(catalogue, now).is_open(now):
        return []
    was_put_off = and_(
        OutboxMessage.kind.in_(TOLD_BY_US),
        OutboxMessage.due_at > OutboxMessage.created_at,
        OutboxMessage.attempts == 0,
    )
    return [OutboxMessage.kind.not_in(STARTED_BY_US), not_(was_put_off)]


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)


def ours(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    """Still waiting, and still under our lease and no other."""
    return (
        OutboxMessage.id == claim.message_id,
        OutboxMessage.state == OutboxState.PENDING,
        OutboxMessage.leased_until == claim.leased_until,
    )


def close_leftovers(session: Session, now: datetime, limit: int) -> int:
    """Close some messages that nobody will send any more; how many. One transaction.

    Expired ones (their channel may have no sender at all), and those whose worker died each time:
    somebody calls.
    """
    with write_transaction(session, ONE_AT_A_TIME):
        rows = session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.state == OutboxState.PENDING,
                or_(OutboxMessage.expires_at <= now, OutboxMessage.attempts >= MOST_ATTEMPTS),
                _unleased(now),
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            has_expired = row.expires_at <= now
            row.state = OutboxState.SKIPPED if has_expired else OutboxState.DEAD
            row.outcome = SkipReason.EXPIRED.value if has_expired else "worker died"
            row.closed_at, row.leased_until = now, None
            if not has_expired:
                session.flush()
                ask_for_call(session, row.id, now)
        return len(rows)
