"""Messages to send: written in the commit of the fact that causes them, sent later by a worker.

A worker takes a message for a while (a lease), renders it from what is true at that instant, hands
it over, and notes the result. A worker that dies loses nothing: its lease ends, another takes over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.messages import MessageKind, Notice, OutboxState, SubjectKind, notice_for
from app.domain.sending import MOST_ATTEMPTS, SkipReason, retry_at, why_not_send
from app.gateways.messages import render_email, render_sms
from app.gateways.senders import Parcel, Senders, is_configured
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.services.appointment_facts import facts_of, letterhead, renew_link
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.transaction import write_transaction

__all__ = ["PostRoom", "announce", "claim_due", "close_leftovers", "deliver", "is_configured"]

_NEW_MESSAGE = insert(OutboxMessage.__table__)  # type: ignore[arg-type]
LEASE = timedelta(minutes=5)
"""Longer than any sender takes: after it, the worker is held for dead."""


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What sending needs beside the database."""

    senders: Senders
    links: Links
    public_url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until then; after that another worker may have it."""

    message_id: int
    leased_until: datetime


def announce(session: Session, appointment: Appointment, kind: MessageKind, now: datetime) -> None:
    """Write the message that this fact deserves, if the person wants any. Commits nothing."""
    notice = notice_for(
        kind,
        appointment.message_channel,
        appointment.message_to,
        starts_at=appointment.engagement.starts_at,
        now=now,
    )
    if notice:
        write_message(session, notice, appointment.id, version=appointment.sequence, now=now)


def write_message(
    session: Session, notice: Notice, appointment_id: int, *, version: int, now: datetime
) -> None:
    """Write what the outbox must send: a plain row, since only the worker needs it as an object."""
    row = {
        "subject_kind": SubjectKind.APPOINTMENT,
        "subject_id": appointment_id,
        "kind": notice.kind,
        "version": version,
        "channel": notice.channel,
        "recipient": notice.recipient,
        "created_at": now,
        "due_at": now,
        "expires_at": notice.expires_at,
        "state": OutboxState.PENDING,
        "attempts": 0,
    }
    session.connection().execute(_NEW_MESSAGE, row)


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
    a time by default: a worker that stops has nothing to give back.
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
        rows = session.scalars(
            select(OutboxMessage)
            .where(*waiting)
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.leased_until = now + lease
            row.attempts += 1
        return [Claim(row.id, now + lease) for row in rows]


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now)


def deliver(session: Session, claim: Claim, now: datetime, room: PostRoom) -> OutboxState | None:
    """Send one message, or close it where it would mislead; its new state, None if not ours now.

    A failure of the sender, or of our own words, keeps it for a later try. What reading raises (a
    database that does not answer) is raised: the lease ends, and somebody tries again.
    """
    letter = _read_letter(session, claim, now, room)
    session.rollback()  # no transaction stays open while a sender works
    if letter is None:
        return None
    if isinstance(letter, SkipReason):
        return _close(session, claim, now, OutboxState.SKIPPED, letter.value)
    try:
        render = render_email if letter.channel is MessageChannel.EMAIL else render_sms
        content = render(letter.kind, letter.facts, letter.letterhead)
        room.senders[letter.channel].send(Parcel(letter.name, letter.address, content, now))
    except Exception as failure:  # one bad message must not stop all others
        return _note_failure(session, claim, now, letter.attempts, type(failure).__name__)
    return _close(session, claim, now, OutboxState.SENT)


@dataclass(frozen=True, slots=True)
class _Letter:
    """All that one sending needs, read at once."""

    name: str
    kind: MessageKind
    channel: MessageChannel
    attempts: int
    address: str
    facts: AppointmentFacts
    letterhead: Letterhead


def _read_letter(
    session: Session, claim: Claim, now: datetime, room: PostRoom
) -> _Letter | SkipReason | None:
    """The letter, why it must not leave, or None where the message is no longer ours."""
    message = session.scalars(select(OutboxMessage).where(*_ours(claim))).one_or_none()
    if message is None or now >= claim.leased_until:
        return None
    catalogue = read_catalogue(session)
    try:
        facts = facts_of(session, catalogue, message.subject_id, room.links)
    except NoResultFound:
        return SkipReason.ERASED
    renew_link(session, facts, room.links)
    reason = why_not_send(message.kind, message.version, message.expires_at, facts, now)
    address = _address(session, message)
    if reason or not address:
        return reason or SkipReason.NO_ADDRESS
    return _Letter(
        name=f"{message.id:06}-{message.kind.value.lower().replace('_', '-')}",
        kind=message.kind,
        channel=message.channel,
        attempts=message.attempts,
        address=address,
        facts=facts,
        letterhead=letterhead(catalogue, room.public_url),
    )


def _ours(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    """Still waiting, and still under our lease and no other."""
    return (
        OutboxMessage.id == claim.message_id,
        OutboxMessage.state == OutboxState.PENDING,
        OutboxMessage.leased_until == claim.leased_until,
    )


def _address(session: Session, message: OutboxMessage) -> str | None:
    """Where it goes today: a helper has a telephone, and e-mails go to the one address given."""
    to_helper = message.recipient is Recipient.HELPER
    phone = Appointment.helper_phone if to_helper else Resident.phone
    column = Resident.email if message.channel is MessageChannel.EMAIL else phone
    return session.scalar(
        select(column)
        .select_from(Appointment)
        .join(Appointment.resident)
        .where(Appointment.id == message.subject_id)
    )


def _note_failure(
    session: Session, claim: Claim, now: datetime, attempts: int, failure: str
) -> OutboxState:
    again_at = retry_at(attempts, now)
    if again_at is None:
        return _close(session, claim, now, OutboxState.DEAD, failure)
    with write_transaction(session):
        session.execute(
            update(OutboxMessage)
            .where(*_ours(claim))
            .values(due_at=again_at, leased_until=None, outcome=failure)
        )
    return OutboxState.PENDING


def _close(
    session: Session, claim: Claim, now: datetime, state: OutboxState, outcome: str | None = None
) -> OutboxState:
    with write_transaction(session):
        session.execute(
            update(OutboxMessage)
            .where(*_ours(claim))
            .values(state=state, closed_at=now, leased_until=None, outcome=outcome)
        )
    return state


def close_leftovers(session: Session, now: datetime, limit: int) -> int:
    """Close some messages that nobody will send any more; how many. One transaction.

    Expired ones (their channel may have no sender at all), and those whose worker died each time.
    """
    with write_transaction(session):
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
        return len(rows)
