"""What becomes of somebody's places on the waiting list when the desk changes their card.

Called inside the write transaction of that change, under `locks_of`; commits nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.waiting import OfferOutcome
from app.models.appointment import Appointment
from app.models.waiting import Offer, WaitingEntry
from app.services.holds import close_offer, forget_entry
from app.services.links import Links, hash_token
from app.services.registration_cards import workshop_keys_of
from app.services.transaction import Locks
from app.services.waiting import PURPOSE
from app.services.waiting_tidy import everybody


def locks_of(session: Session, resident_ids: Iterable[int]) -> Locks | None:
    """Every counsellor where one of them waits: an offer may be withdrawn; and the workshops where
    one of them is registered. None: neither.
    """
    ids = list(resident_ids)
    waits = session.scalar(
        select(WaitingEntry.id).where(WaitingEntry.resident_id.in_(ids)).limit(1)
    )
    workshops = workshop_keys_of(session, ids)
    if not waits and not workshops:
        return None
    held = everybody(session) if waits else Locks()
    return Locks.of(held.counsellor_ids, held.keys | workshops)


def entries_of(session: Session, resident_id: int) -> list[WaitingEntry]:
    """Their places on the list, the oldest first."""
    own = select(WaitingEntry).where(WaitingEntry.resident_id == resident_id)
    return list(session.scalars(own.order_by(WaitingEntry.id)))


def renew_entries(session: Session, resident_id: int, links: Links, now: datetime) -> None:
    """Another name or telephone: old links are dead, and what was offered is offered again (T8)."""
    for entry in entries_of(session, resident_id):
        entry.link_version += 1
        token = links.purpose_token(PURPOSE, entry.id, entry.link_version)
        entry.link_token_hash = hash_token(token)
        session.flush()
        is_open = Offer.entry_id == entry.id, Offer.closed_at.is_(None)
        for offer in session.scalars(select(Offer).where(*is_open)).all():
            close_offer(session, offer, OfferOutcome.WITHDRAWN, now)
    _kill_offer_links(session, resident_id)


def _kill_offer_links(session: Session, resident_id: int) -> None:
    """Answered ones too: their page leads to the appointment, by its link of today."""
    own = select(WaitingEntry.id).where(WaitingEntry.resident_id == resident_id)
    become = select(Appointment.engagement_id).where(Appointment.resident_id == resident_id)
    theirs = or_(Offer.entry_id.in_(own), Offer.engagement_id.in_(become))
    dead = {"link_token_hash": None, "link_version": Offer.link_version + 1}  # nosec B105 - dead
    session.flush()
    session.execute(update(Offer).where(theirs).values(dead))


def tell_otherwise(entry: WaitingEntry, language: str, *, is_reachable: bool) -> None:
    """The language of the card, and a voice where its channel has no address any more."""
    entry.language = language
    if not is_reachable:
        entry.message_channel = MessageChannel.VOICE


def move_entries(session: Session, kept_id: int, other_id: int) -> None:
    """The kept card waits for what the other one waited for."""
    theirs = update(WaitingEntry).where(WaitingEntry.resident_id == other_id)
    session.execute(theirs.values(resident_id=kept_id))


def forget_entries(session: Session, resident_id: int, now: datetime) -> None:
    """They wait for nothing any more, and nothing is held for them; the card itself stays."""
    for entry in entries_of(session, resident_id):
        forget_entry(session, entry.id, now, keep_card=True)
