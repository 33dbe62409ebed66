"""Whether a message that waits is still worth sending, and when to try again after a failure."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.appointment import AppointmentStatus
from app.domain.appointment_facts import AppointmentFacts
from app.domain.messages import MessageKind

NEWS = frozenset({MessageKind.CONFIRMATION, MessageKind.CHANGED})
"""Messages about a time to come; the others tell that there is none any more."""

RETRY_MINUTES = (1, 5, 15, 60, 240)
"""How long to wait after the first failure, the second… One failure more, and it is given up."""

MOST_ATTEMPTS = len(RETRY_MINUTES) + 1


class SkipReason(StrEnum):
    """Why a message was closed without being sent."""

    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    NOT_BOOKED = "not booked"
    ERASED = "erased"
    NO_ADDRESS = "no address"


def why_not_send(
    kind: MessageKind, version: int, expires_at: datetime, facts: AppointmentFacts, now: datetime
) -> SkipReason | None:
    """The reason why this message would mislead now, or None: send it.

    `version` is the appointment's sequence when the message was written: since it grew, a newer
    message tells more.
    """
    if now >= expires_at:
        return SkipReason.EXPIRED
    if version < facts.sequence:
        return SkipReason.SUPERSEDED
    if kind not in NEWS:
        return None
    if facts.status is not AppointmentStatus.BOOKED:
        return SkipReason.NOT_BOOKED
    return SkipReason.ERASED if facts.reference is None else None


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many failures (1 or more); None: never."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(minutes=RETRY_MINUTES[attempts - 1])
