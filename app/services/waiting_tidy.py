"""What goes from the waiting list by itself: holds without an answer, places that the timetable has
taken back, people who wait no more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.domain.facts import OpeningIndex
from app.domain.slots import Engaged, orphans
from app.domain.travel import Place
from app.domain.waiting import OfferOutcome
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.holds import close_offer, forget_entry, remove_dead_holds
from app.services.offer_telling import give_to_desk
from app.services.retention import OFFER
from app.services.slots import facts_of_timetable
from app.services.transaction import Locks, write_transaction
from app.services.waiting_found import has_found_place, is_settled


def tidy_waiting(session: Session, catalogue: Catalogue, now: datetime, limit: int) -> int:
    """Give the desk what nobody could be told of, close what nobody answered or can have any more,
    forget who waits no more; how many.

    Each part is done under the locks that it needs, and only where there is something to do.
    """
    return (
        _withdraw_found(session, now)
        + give_to_desk(session, catalogue, now)
        + _expire(session, now)
        + _withdraw_lost(session, catalogue, now)
        + forget_waiting(session, now, limit)
    )


def everybody(session: Session) -> Locks:
    """Every counsellor: an offer of somebody may be held by any of them."""
    return Locks.of(session.scalars(select(Counsellor.id)).all())


def withdraw_unheld(session: Session, openings: OpeningIndex, now: datetime) -> int:
    """Withdraw the open offers that these openings do not hold; how many.

    Inside a write transaction that holds every counsellor.
    """
    lost = _unheld(session, openings)
    for offer in lost:
        close_offer(session, offer, OfferOutcome.WITHDRAWN, now)
    return len(lost)


def _unheld(session: Session, openings: OpeningIndex) -> Sequence[Offer]:
    offers = session.scalars(select(Offer).where(Offer.closed_at.is_(None))).all()
    held = {
        Engaged(
            each.counsellor_id,
            each.starts_at,
            each.ends_at,
            Place(each.commune_id, each.venue_id),
        ): each
        for each in offers
    }
    return [held[each] for each in orphans(openings, held)]


def _expire(session: Session, now: datetime) -> int:
    is_dead = Offer.closed_at.is_(None), Offer.answer_by <= now
    counsellors = session.scalars(select(Offer.counsellor_id).where(*is_dead).distinct()).all()
    if not counsellors:
        return 0
    with write_transaction(session, Locks.of(counsellors)):
        return remove_dead_holds(session, counsellors, now)


def _withdraw_lost(session: Session, catalogue: Catalogue, now: datetime) -> int:
    openings = facts_of_timetable(catalogue, now=now).index
    if not _unheld(session, openings):
        return 0
    with write_transaction(session, everybody(session)):
        return withdraw_unheld(session, openings, now)


def _withdraw_found(session: Session, now: datetime) -> int:
    """Whoever has booked meanwhile is asked no more: the place is for the next one."""
    in_vain = (
        select(Offer)
        .join(Offer.entry)
        .join(WaitingEntry.resident)
        .where(Offer.closed_at.is_(None), has_found_place())
    )
    if session.scalars(in_vain.limit(1)).first() is None:
        return 0
    with write_transaction(session, everybody(session)):
        found = session.scalars(in_vain).all()
        for offer in found:
            close_offer(session, offer, OfferOutcome.WITHDRAWN, now)
        return len(found)


def forget_waiting(session: Session, now: datetime, limit: int) -> int:
    """Forget some who wait no more, with their card where nothing else needs it; how many."""
    due = session.scalars(_done_waiting(now).limit(limit)).all()
    if not due:
        return 0
    with write_transaction(session, everybody(session)):
        still = session.scalars(_done_waiting(now).where(WaitingEntry.id.in_(due))).all()
        for entry_id in still:
            forget_entry(session, entry_id, now)
        return len(still)


def _done_waiting(now: datetime) -> Any:
    """Sixty days are over, they have had their place, or the appointment that was to be earlier has
    begun or is no more.
    """
    is_over: ColumnElement[bool] = or_(
        Appointment.status != AppointmentStatus.BOOKED, Engagement.starts_at <= now
    )
    return (
        select(WaitingEntry.id)
        .outerjoin(Appointment, Appointment.id == WaitingEntry.appointment_id)
        .outerjoin(Engagement, Engagement.id == Appointment.engagement_id)
        .join(WaitingEntry.resident)
        .where(or_(WaitingEntry.expires_at <= now, is_over, is_settled()))
        .order_by(WaitingEntry.id)
    )


def remove_old_offers(session: Session, now: datetime, limit: int) -> int:
    """Remove some offers whose time was so long ago (law B20); how many."""
    is_old = Offer.closed_at.is_not(None), Offer.ends_at <= now - OFFER.period
    due = session.scalars(select(Offer.id).where(*is_old).limit(limit)).all()
    with write_transaction(session):
        session.execute(delete(Offer).where(Offer.id.in_(due)))
    return len(due)
