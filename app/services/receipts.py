"""What became of a message after the carrier took it; one that was lost becomes a call."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.messages import OutboxState, Receipt
from app.models.outbox import OutboxMessage
from app.services.transaction import write_transaction
from app.services.undelivered import ONE_AT_A_TIME, ask_for_call

OUR_NAME = re.compile(r"(\d{6,12})-[a-z-]{1,40}")
"""How we name a message to a carrier that gives it no number of its own."""
LARGEST_ID = 2**31 - 1
"""PostgreSQL refuses even to look for a larger one."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A carrier's word: which text message, by its own number or by our name, and what of it."""

    name: str
    receipt: Receipt


def note_receipts(session: Session, told: Iterable[Told], now: datetime) -> int:
    """Write what a carrier says of text messages; how many changed.

    Saying it twice changes nothing. A message of which nobody knows is passed over: it may be
    older than six months.
    """
    changed = 0
    for each in told:
        message_id = _message_id(session, each.name)
        if message_id is not None:
            changed += note_receipt(session, message_id, each.receipt, now)
    return changed


def _message_id(session: Session, name: str) -> int | None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return None
    by_number = session.scalar(
        select(OutboxMessage.id)
        .where(OutboxMessage.provider_id == name, OutboxMessage.channel == MessageChannel.SMS)
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    ours = OUR_NAME.fullmatch(name)
    if by_number is None and ours and int(ours[1]) <= LARGEST_ID:
        return int(ours[1])
    return by_number


def note_receipt(session: Session, message_id: int, receipt: Receipt, now: datetime) -> bool:
    """Write that a message arrived, or was lost: then somebody calls. Whether anything changed.

    What arrived stays so; what seemed lost may still arrive (a telephone was off). Nothing is
    written of a message that never left, or is gone.
    """
    with write_transaction(session, ONE_AT_A_TIME):
        message = session.get(OutboxMessage, message_id, with_for_update=True)
        if message is None or message.state is not OutboxState.SENT:
            return False
        if message.receipt in (receipt, Receipt.DELIVERED):
            return False
        message.receipt, message.receipt_at = receipt, now
        if receipt is Receipt.LOST:
            session.flush()
            ask_for_call(session, message_id, now)
    return True
