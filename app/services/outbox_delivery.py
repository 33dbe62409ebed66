"""Hand one message over, and note what became of it.

It is rendered from what is true at that instant. Its sending is noted after it: a worker that dies
between the two is the one way to send a message twice (docs/messages.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.gsm7 import is_gsm7, segments
from app.domain.messages import OutboxState
from app.domain.sending import UNREACHED, SkipReason, retry_at
from app.gateways.messages import Email, render_email, render_sms
from app.gateways.senders import AddressRefused, Handed, Parcel, TryLater
from app.models.outbox import OutboxMessage
from app.services.letters import Letter, PostRoom, read_letter
from app.services.outbox_claims import Claim, ours
from app.services.transaction import write_transaction
from app.services.undelivered import ONE_AT_A_TIME, ask_for_call


class SmsTooLong(Exception):
    """Not even the shortest of our texts is one SMS: the words of the territory must be shorter."""


def deliver(session: Session, claim: Claim, now: datetime, room: PostRoom) -> OutboxState | None:
    """Send one message, or close it where it would mislead; its new state, None if not ours now.

    A failure of the sender, or of our own words, keeps it for a later try; an address that the
    carrier refuses ends it, and somebody calls. What reading raises (a database that does not
    answer) is raised: the lease ends, and somebody tries again.
    """
    letter = read_letter(session, claim, now, room)
    session.rollback()  # no transaction stays open while a sender works
    if letter is None:
        return None
    record = _Record(session, claim, now)
    if isinstance(letter, SkipReason):
        return record.closed(OutboxState.SKIPPED, letter.value, needs_call=letter in UNREACHED)
    try:
        handed = room.senders[letter.channel].send(_parcel(letter, now))
    except AddressRefused:
        return record.closed(OutboxState.DEAD, "address refused", needs_call=True)
    except Exception as failure:  # one bad message must not stop all others
        asked = failure.wait if isinstance(failure, TryLater) else timedelta()
        return record.failed(failure, retry_at(letter.attempts, now, room.chance(), asked))
    return record.sent(letter, handed)


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
    what = letter.kind, letter.facts, letter.letterhead, letter.texts
    if letter.channel is MessageChannel.EMAIL:
        return render_email(*what, minutes=letter.minutes, at=now)
    text = render_sms(*what, minutes=letter.minutes, at=now)
    if not is_gsm7(text) or segments(text) > 1:
        raise SmsTooLong(f"{segments(text)} parts")
    return text


@dataclass(frozen=True, slots=True)
class _Record:
    """Notes what became of a message that is ours; each note is a transaction of its own."""

    session: Session
    claim: Claim
    now: datetime

    def sent(self, letter: Letter, handed: Handed) -> OutboxState:
        """It left: its row is the receipt, and the cost is counted with it."""
        with write_transaction(self.session):
            self._note(
                state=OutboxState.SENT,
                closed_at=self.now,
                outcome=None,
                provider_id=handed.provider_id,
                segments=handed.segments,
                cost=None if handed.segments is None else handed.segments * letter.sms_price,
                commune_id=letter.commune_id,
            )
        return OutboxState.SENT

    def failed(self, failure: Exception, again_at: datetime | None) -> OutboxState:
        """It did not leave; another try then, or none any more: somebody calls."""
        outcome = type(failure).__name__
        if again_at is None:
            return self.closed(OutboxState.DEAD, outcome, needs_call=True)
        with write_transaction(self.session):
            self._note(due_at=again_at, outcome=outcome)
        return OutboxState.PENDING

    def closed(self, state: OutboxState, outcome: str, *, needs_call: bool) -> OutboxState:
        """It will never leave."""
        with write_transaction(self.session, ONE_AT_A_TIME if needs_call else None):
            is_noted = self._note(state=state, closed_at=self.now, outcome=outcome)
            if is_noted and needs_call:
                ask_for_call(self.session, self.claim.message_id, self.now)
        return state

    def _note(self, **values: object) -> bool:
        """Whether it was still ours."""
        noted = update(OutboxMessage).where(*ours(self.claim)).values(leased_until=None, **values)
        return cast("CursorResult[Any]", self.session.execute(noted)).rowcount == 1
