"""The answer to an offered place: accepted or declined, by the person or by the desk for them.

Accepting is one commit: the hold becomes the appointment, the entry goes. Twice is once.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferGone
from app.models.appointment import Appointment
from app.models.waiting import Offer, WaitingEntry
from app.services.booking import TRIES
from app.services.holds import close_offer
from app.services.journal import note
from app.services.links import Links
from app.services.offer_facts import own_link
from app.services.offer_taking import Acceptance, Answer, take
from app.services.offers import refill, waiting_key
from app.services.transaction import Locks, write_transaction
from app.services.wall import walled

__all__ = ["Answer", "accept", "decline", "no_answer", "wait_on"]


def accept(session: Session, offer_id: int, answer: Answer, *, links: Links) -> str:
    """The place is theirs: the token of the appointment's link. Accepted twice, the same one.

    Raises OfferGone where it is no longer held for them, LimitReached, or as `write_transaction`.
    """
    for _ in range(TRIES):
        try:
            token = _accept_once(session, offer_id, answer, links)
        except IntegrityError as collision:  # a number drawn twice: the next one is another
            last_collision = collision
            continue
        refill(session, answer.at)
        if not token:
            raise OfferGone
        return token
    raise last_collision


def _accept_once(session: Session, offer_id: int, answer: Answer, links: Links) -> str:
    with walled(), write_transaction(session, _locks_of(session, offer_id)):
        offer = session.get_one(Offer, offer_id)
        if offer.outcome is OfferOutcome.ACCEPTED:
            return own_link(session, _appointment_of(session, offer), links)
        entry = _open_entry(offer, answer.at)
        if entry is None:
            return ""
        resident_id = entry.resident_id
        token = take(session, Acceptance(offer, entry, answer, links))
        if token:
            _journal(session, resident_id, OfferOutcome.ACCEPTED, answer)
        return token


def decline(session: Session, offer_id: int, answer: Answer) -> bool:
    """They leave it to others, and wait on; whether it was still held for them."""
    return _close(session, offer_id, OfferOutcome.DECLINED, answer)


def no_answer(session: Session, offer_id: int, answer: Answer) -> bool:
    """The desk has called in vain: the next one is asked; whether it was still held."""
    return _close(session, offer_id, OfferOutcome.EXPIRED, answer)


def wait_on(session: Session, offer_id: int, now: datetime) -> None:
    """They say by the link of that offer that they still wait: their last silence was a no.

    Nobody but who received a message has that link. Without a silence, or off the list: nothing.
    """
    entry_id = session.get_one(Offer, offer_id).entry_id
    if entry_id is None:
        return
    silent = Offer.entry_id == entry_id, Offer.outcome == OfferOutcome.EXPIRED
    with write_transaction(session, Locks.of(keys={f"offer:{offer_id}"})):
        last = session.scalars(select(Offer).where(*silent).order_by(Offer.id.desc()).limit(1))
        offer = last.one_or_none()
        if offer is None:
            return
        offer.outcome = OfferOutcome.DECLINED
    refill(session, now)


def _close(session: Session, offer_id: int, outcome: OfferOutcome, answer: Answer) -> bool:
    with write_transaction(session, _locks_of(session, offer_id)):
        offer = session.get_one(Offer, offer_id)
        entry = _open_entry(offer, answer.at)
        if entry is None:
            return False
        _journal(session, entry.resident_id, outcome, answer)
        close_offer(session, offer, outcome, answer.at, by=answer.by)
    refill(session, answer.at)
    return True


def _locks_of(session: Session, offer_id: int) -> Locks:
    """The counsellor who holds it, the one who would be left, the place on the list, the phone."""
    offer = session.get_one(Offer, offer_id)
    counsellors, keys = {offer.counsellor_id}, {f"offer:{offer_id}"}
    entry = offer.entry
    if entry is not None:
        keys.add(waiting_key(entry.id))
        phone = entry.resident.phone or entry.helper_phone
        keys |= {f"phone:{phone}"} if phone else set()
        if entry.appointment is not None:
            counsellors.add(entry.appointment.engagement.counsellor_id)
    return Locks.of(counsellors, keys)


def _open_entry(offer: Offer, now: datetime) -> WaitingEntry | None:
    """Whose it is, while it is theirs to answer."""
    is_open = offer.closed_at is None and now < offer.answer_by
    return offer.entry if is_open else None


def _appointment_of(session: Session, offer: Offer) -> int:
    """What it has become. Raises OfferGone where another offer has moved that since."""
    if offer.engagement_id is None:
        raise OfferGone
    held = select(Appointment.id).where(Appointment.engagement_id == offer.engagement_id)
    return session.scalars(held).one()


def _journal(session: Session, resident_id: int, outcome: OfferOutcome, answer: Answer) -> None:
    if answer.by is not None:
        subject = JournalSubject.RESIDENT, resident_id
        action = JournalAction.OFFER_ANSWERED
        note(session, action, subject, by=answer.by, now=answer.at, outcome=outcome.value)
