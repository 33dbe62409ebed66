"""Hand one message over, and note what became of it.

It is rendered from what is true at that instant. Its sending is noted after it: a worker that dies
between the two is the one way to send a message twice (docs/messages.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.gsm7 import is_gsm7, segments
from app.domain.messages import OutboxState
from app.domain.sending import UNREACHED, Ending, SkipReason, retry_at
from app.gateways.messages import Email, Occasion, render_email, render_sms
from app.gateways.senders import AddressRefused, Handed, Parcel, TryLater
from app.models.outbox import OutboxMessage
from app.services.letters import Letter, PostRoom, read_letter
from app.services.outbox_claims import Claim, leaves_at, ours_by, take_due
from app.services.transaction import write_transaction
from app.services.undelivered import ONE_AT_A_TIME, ask_for_call

_message: Any = OutboxMessage.__table__


@cache
def _noting(names: tuple[str, ...]) -> Update:
    """The change of these columns of a message that is ours: made once for each kind of outcome."""
    columns = _message.c
    new = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in (*names, "state")}
    until = bindparam("until", type_=columns.leased_until.type)
    mine = ours_by(bindparam("ours"), until)
    return update(_message).where(*mine).values(leased_until=None, **new)


class SmsTooLong(Exception):
    """Not even the shortest of our texts is one SMS: the words of the territory must be shorter."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message that was ours: what its row will say, and who must be told."""

    state: OutboxState
    noted: Mapping[str, object]
    needs_call: bool = False

    @property
    def outlives_power(self) -> bool:
        """What was sent may be noted again after a power cut, with the same Message-ID; what ends
        otherwise may not be lost, nor may the call that it asks for.
        """
        return self.state is not OutboxState.SENT


def hand_over(session: Session, claim: Claim, now: datetime, room: PostRoom) -> Outcome | None:
    """Send it and say what became of it, which is still to be noted; None if not ours now.

    It is closed where it would mislead. A failure of the sender, or of our own words, keeps it for
    a later try; an address that the carrier refuses ends it, and somebody calls. What reading
    raises (a database that does not answer) is raised: the lease ends, and somebody tries again.
    """
    letter = read_letter(session, claim, now, room)
    session.rollback()  # no transaction stays open while a sender works
    if letter is None:
        return None
    if isinstance(letter, SkipReason):
        return _ended(OutboxState.SKIPPED, letter.value, now, needs_call=letter in UNREACHED)
    try:
        handed = room.senders[letter.channel].send(_parcel(letter, now))
    except AddressRefused:
        return _ended(OutboxState.DEAD, Ending.ADDRESS_REFUSED.value, now, needs_call=True)
    except Exception as failure:  # one bad message must not stop all others
        asked = failure.wait if isinstance(failure, TryLater) else timedelta()
        again_at = retry_at(letter.attempts, now, room.chance(), asked)
        is_last = again_at is None or _is_too_late(session, letter, again_at)
        return _failed(type(failure).__name__, None if is_last else again_at, now)
    return _sent(letter, handed, now)


@dataclass(frozen=True, slots=True)
class Next:
    """Which message to take next: by which channels, and when our hours ended (None: they run)."""

    channels: Iterable[MessageChannel]
    since: datetime | None


def settle(
    session: Session, claim: Claim, outcome: Outcome, now: datetime, then: Next | None = None
) -> list[Claim]:
    """Note what became of it, and take the next message in the same breath."""
    lock = ONE_AT_A_TIME if outcome.needs_call else None
    with write_transaction(session, lock, outlives_power=outcome.outlives_power):
        values = {f"new_{name}": value for name, value in outcome.noted.items()}
        whose = {"ours": claim.message_id, "until": claim.leased_until, "new_state": outcome.state}
        noted = session.connection().execute(_noting(tuple(outcome.noted)), values | whose)
        if outcome.needs_call and noted.rowcount:
            ask_for_call(session, claim.message_id, now)
        return take_due(session, now, then.channels, then.since) if then else []


def _sent(letter: Letter, handed: Handed, now: datetime) -> Outcome:
    """It left: its row is the receipt, and the cost is counted with it."""
    noted = {
        "closed_at": now,
        "outcome": None,
        "provider_id": handed.provider_id,
        "segments": handed.segments,
        "cost": None if handed.segments is None else handed.segments * letter.sms_price,
        "commune_id": letter.commune_id,
    }
    return Outcome(OutboxState.SENT, noted)


def _is_too_late(session: Session, letter: Letter, again_at: datetime) -> bool:
    """Whether that next try would come when the message is of no use any more: who waits for it
    would hear nothing, neither by a machine nor by a voice.
    """
    leaves = leaves_at(session, letter.message_id, again_at)
    session.rollback()
    return leaves >= letter.expires_at


def _failed(outcome: str, again_at: datetime | None, now: datetime) -> Outcome:
    """It did not leave; another try then, or none that would be in time: somebody calls."""
    if again_at is None:
        return _ended(OutboxState.DEAD, outcome, now, needs_call=True)
    return Outcome(OutboxState.PENDING, {"due_at": again_at, "outcome": outcome})


def _ended(state: OutboxState, outcome: str, now: datetime, *, needs_call: bool) -> Outcome:
    """It will never leave."""
    return Outcome(state, {"closed_at": now, "outcome": outcome}, needs_call)


def _parcel(letter: Letter, now: datetime) -> Parcel:
    return Parcel(
        name=f"{letter.message_id:06}-{letter.kind.value.lower().replace('_', '-')}",
        to=letter.address,
        content=_content(letter, now),
        at=now,
        message_id=letter.stamp,
        reply_to=letter.reply_to,
    )


def _content(letter: Letter, now: datetime) -> Email | str:
    told = Occasion(letter.kind, letter.facts, letter.letterhead, letter.minutes, now)
    if letter.channel is MessageChannel.EMAIL:
        return render_email(told, letter.texts)
    text = render_sms(told, letter.texts)
    if not is_gsm7(text) or segments(text) > 1:
        raise SmsTooLong(f"{segments(text)} parts")
    return text
