"""Which message a fact deserves, until when it is worth sending, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.appointment import MessageChannel, Recipient


class SubjectKind(StrEnum):
    APPOINTMENT = "APPOINTMENT"
    OFFER = "OFFER"
    """A place of the waiting list, offered to one person."""
    REGISTRATION = "REGISTRATION"
    """Of one or two people, for a workshop."""
    PLACES = "PLACES"
    """Places of a workshop, offered to who waits for them."""
    NEWS = "NEWS"
    """Somebody who asked to be told of the next workshops."""


class MessageKind(StrEnum):
    CONFIRMATION = "CONFIRMATION"
    CHANGED = "CHANGED"
    CANCELLED_BY_PERSON = "CANCELLED_BY_PERSON"
    CANCELLED_BY_SERVICE = "CANCELLED_BY_SERVICE"
    REMINDER = "REMINDER"
    LAST_REMINDER = "LAST_REMINDER"
    """The evening before, for who booked too late for the other one."""
    MISSED = "MISSED"
    SATISFACTION = "SATISFACTION"
    LOST_NUMBER = "LOST_NUMBER"
    LATE = "LATE"
    """« J’ai du retard »: the counsellor, not the person."""
    OFFER = "OFFER"
    WAITING = "WAITING"
    """Somebody is on the waiting list of a workshop, and which number."""
    DIGEST = "DIGEST"
    """The workshops to come, once a month, for who asked."""


class Receipt(StrEnum):
    """What a carrier says later of a message that it took."""

    DELIVERED = "DELIVERED"
    LOST = "LOST"


class OutboxState(StrEnum):
    PENDING = "PENDING"
    SENT = "SENT"
    SKIPPED = "SKIPPED"
    DEAD = "DEAD"


SENT_CHANNELS = frozenset({MessageChannel.SMS, MessageChannel.EMAIL})
"""Channels that a machine sends; the others are paper, voice, or nothing at all."""

STARTED_BY_US = frozenset(
    {
        MessageKind.REMINDER,
        MessageKind.LAST_REMINDER,
        MessageKind.MISSED,
        MessageKind.SATISFACTION,
        MessageKind.OFFER,
        MessageKind.DIGEST,
    }
)
"""Nobody waits for these: they leave in open hours only, even after a worker was down."""
TOLD_BY_US = frozenset({MessageKind.CHANGED, MessageKind.CANCELLED_BY_SERVICE})
"""What the team did is told in open hours too, where it was put off when it was written."""

CANCELLATION_LIFE = timedelta(days=1)
"""A cancellation told a day late only confuses."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to write: what, to whom, by which channel, and when it is no longer worth it."""

    kind: MessageKind
    channel: MessageChannel
    recipient: Recipient
    expires_at: datetime


def notice_for(
    kind: MessageKind,
    channel: MessageChannel,
    recipient: Recipient,
    *,
    starts_at: datetime,
    now: datetime,
) -> Notice | None:
    """The notice that this fact deserves, or None where the person wants no message.

    News of an appointment die when it starts; news of a cancellation, a day after it.
    """
    if channel not in SENT_CHANNELS:
        return None
    is_cancellation = kind in {MessageKind.CANCELLED_BY_PERSON, MessageKind.CANCELLED_BY_SERVICE}
    expires_at = max(starts_at, now + CANCELLATION_LIFE) if is_cancellation else starts_at
    return Notice(kind, channel, recipient, expires_at)
