"""E-mails that came back: the appointment that they were about becomes a call."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.messages import Receipt
from app.gateways.bounces import Mailbox, lost_message_id, opened
from app.services.letters import PostRoom
from app.services.message_stamps import stamped
from app.services.receipts import note_receipt

AT_ONCE = 50
"""Mails read in one go: a mailbox that was forgotten for months does not stop the worker."""


def read_bounces(room: PostRoom, session: Session, now: datetime, limit: int) -> int:
    """Read some mails that came back; how many were about messages of ours.

    A mail is marked, or removed where it told of a loss, after that was noted: a worker that dies
    between the two reads it again, and changes nothing. Raises OSError.
    """
    if room.mailbox is None:
        return 0
    return _read(room.mailbox, room, session, now, min(limit, AT_ONCE))


def _read(mailbox: Mailbox, room: PostRoom, session: Session, now: datetime, limit: int) -> int:
    found = 0
    with opened(mailbox) as box:
        for number, content in box.unread(limit):
            message_id = stamped(lost_message_id(content) or "", room.links)
            if message_id is None:
                box.mark_read(number)
                continue
            note_receipt(session, message_id, Receipt.LOST, now)
            box.remove(number)
            found += 1
    return found
