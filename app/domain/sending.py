"""Whether a message that waits is still worth sending, and when to try again after a failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.appointment import AppointmentStatus, MessageChannel
from app.domain.appointment_facts import AppointmentFacts
from app.domain.messages import MessageKind
from app.domain.waiting import OfferFacts
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.domain.workshops import RegistrationStatus

NEWS = frozenset(
    {
        MessageKind.CONFIRMATION,
        MessageKind.CHANGED,
        MessageKind.REMINDER,
        MessageKind.LAST_REMINDER,
        MessageKind.LOST_NUMBER,
        MessageKind.LATE,
    }
)
"""Messages about a time to come: they would mislead as soon as it is off."""

REMINDERS = frozenset({MessageKind.REMINDER, MessageKind.LAST_REMINDER})

OF_PLACE_OR_LIST = frozenset({MessageKind.CHANGED, MessageKind.LOST_NUMBER})
"""What who has a place in a workshop and who waits for one are told alike."""

AFTERWARDS = {
    MessageKind.MISSED: AppointmentStatus.NO_SHOW,
    MessageKind.SATISFACTION: AppointmentStatus.ATTENDED,
}
"""Messages that only make sense while the appointment ended that way: ticks are corrected."""

CALL_INSTEAD = frozenset(
    {
        MessageKind.CONFIRMATION,
        MessageKind.CHANGED,
        MessageKind.REMINDER,
        MessageKind.LAST_REMINDER,
        MessageKind.LATE,
    }
)
"""Where the message cannot arrive, somebody calls. The others answer what the person just did, tell
nothing that they must know before coming, or (cancelled by the service) have a call already.
"""

RETRY_MINUTES = (1, 5, 15, 60, 240)
"""How long to wait after the first failure, the second… One failure more, and it is given up."""

MOST_ATTEMPTS = len(RETRY_MINUTES) + 1
SPREAD = 0.5
"""A wait is up to so much longer, by chance: what failed together does not come back together."""


class SkipReason(StrEnum):
    """Why a message was closed without being sent."""

    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    NOT_BOOKED = "not booked"
    UNTRUE = "untrue"
    """What it tells was corrected since."""
    ERASED = "erased"
    NO_ADDRESS = "no address"
    REFUSED = "refused"
    """The person wants no message of that kind, or by that way."""
    NO_WAY_OUT = "no way out"
    """News by text message where the gateway has no number any more that takes « STOP »."""
    NOT_MOBILE = "not a mobile"
    CEILING = "ceiling"
    """The month's money for text messages is spent."""


class Ending(StrEnum):
    """What closed a message otherwise: the outcome that is written, and read again by its page."""

    ADDRESS_REFUSED = "address refused"
    """The carrier takes no such number or address; trying again would change nothing."""
    WORKER_DIED = "worker died"
    """Each of its workers did, with the message in hand."""
    NO_HOUR_LEFT = "no hour left"
    """It must wait for the open hours, and would be of no use any more when they come."""
    UNDONE = "undone"
    """The change that it told was taken back before it left."""


UNREACHED = frozenset({SkipReason.NO_ADDRESS, SkipReason.NOT_MOBILE, SkipReason.CEILING})
"""The message was worth sending, and nobody can be written to: somebody calls."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What a waiting message is, whatever it is about."""

    kind: MessageKind
    channel: MessageChannel
    version: int
    """The appointment's sequence when it was written: once that grew, a newer message tells more.
    """
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asked us not to send."""

    no_sms: bool = False
    no_mail: bool = False
    no_reminders: bool = False

    def refuse(self, kind: MessageKind, channel: MessageChannel) -> bool:
        """Whether a message of that kind and channel is one of those.

        Who refuses reminders is asked no questions either.
        """
        if channel is MessageChannel.SMS and self.no_sms:
            return True
        if channel is MessageChannel.EMAIL and self.no_mail:
            return True
        return self.no_reminders and kind in {*REMINDERS, MessageKind.SATISFACTION}


ALL_WELCOME = Wishes()


def why_not_send(
    pending: Pending,
    facts: AppointmentFacts | OfferFacts | WorkshopLetter | DigestLetter,
    now: datetime,
    wishes: Wishes = ALL_WELCOME,
) -> SkipReason | None:
    """The reason why this message would mislead or disturb now, or None: send it."""
    if now >= pending.expires_at:
        return SkipReason.EXPIRED
    reason: SkipReason | None
    if isinstance(facts, OfferFacts):
        reason = None if facts.is_open else SkipReason.UNTRUE
    elif isinstance(facts, WorkshopLetter):
        reason = _why_not_of_workshop(pending.kind, facts, now)
    elif isinstance(facts, DigestLetter):
        is_empty = pending.kind is MessageKind.DIGEST and not facts.workshops
        reason = SkipReason.UNTRUE if is_empty else None
    else:
        reason = _why_untrue(pending, facts)
    if reason is None and wishes.refuse(pending.kind, pending.channel):
        return SkipReason.REFUSED
    return reason


def _why_untrue(pending: Pending, facts: AppointmentFacts) -> SkipReason | None:
    if pending.version < facts.sequence:
        return SkipReason.SUPERSEDED
    if pending.kind in NEWS and facts.status is not AppointmentStatus.BOOKED:
        return SkipReason.NOT_BOOKED
    if pending.kind in NEWS and facts.reference is None:
        return SkipReason.ERASED
    if AFTERWARDS.get(pending.kind, facts.status) is not facts.status:
        return SkipReason.UNTRUE
    return None


def _why_not_of_workshop(
    kind: MessageKind, letter: WorkshopLetter, now: datetime
) -> SkipReason | None:
    """What it tells must be so now; its words are those of now, so a change alone stops nothing."""
    facts, session = letter.registration, letter.session
    if letter.offer is not None:
        return SkipReason.UNTRUE if facts.is_cancelled or not letter.offer.is_open else None
    if kind is MessageKind.CANCELLED_BY_SERVICE:
        return None if letter.workshop.is_cancelled else SkipReason.UNTRUE
    if kind is MessageKind.CANCELLED_BY_PERSON:
        is_off = facts.status is RegistrationStatus.CANCELLED
        return None if is_off and not letter.workshop.is_cancelled else SkipReason.UNTRUE
    # what was held is asked about, even where the rest of the cycle was cancelled since
    is_asked = kind is MessageKind.SATISFACTION and facts.status is RegistrationStatus.REGISTERED
    is_off = facts.is_cancelled and not is_asked
    if is_off or (kind not in OF_PLACE_OR_LIST and facts.waits != _is_of_list(kind)):
        return SkipReason.NOT_BOOKED
    if facts.reference is None:
        return SkipReason.ERASED
    is_missed = session.is_cancelled or session.is_excused or session.starts_at <= now
    return SkipReason.UNTRUE if kind in REMINDERS and is_missed else None


def _is_of_list(kind: MessageKind) -> bool:
    return kind is MessageKind.WAITING


def retry_at(
    attempts: int, now: datetime, chance: float = 0.0, at_least: timedelta = timedelta()
) -> datetime | None:
    """When to try again after that many failures (1 or more); None: never.

    `chance` is drawn in [0, 1[ by whoever calls; `at_least` is what the carrier asked for.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    wait = timedelta(minutes=RETRY_MINUTES[attempts - 1]) * (1 + SPREAD * chance)
    return now + max(wait, at_least)
