"""Time held for an offer of the waiting list: what frees it again, row by row.

An offer is opened and closed under the lock of its counsellor only. A hold past its deadline counts
for nothing: whoever writes next for that counsellor removes it here; the worker only tidies.
Called inside a write transaction; commits nothing.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.waiting import OfferOutcome
from app.models.appointment import Appointment, Engagement, Resident
from app.models.waiting import Offer, WaitingEntry
from app.models.workshops import Registration

ANSWERED_NO = frozenset({OfferOutcome.DECLINED, OfferOutcome.EXPIRED})


def remove_dead_holds(session: Session, counsellor_ids: Iterable[int], now: datetime) -> int:
    """Free what those counsellors still hold for offers that nobody answered in time; how many.

    The caller holds their locks, and does this before the wall is asked.
    """
    dead = session.execute(
        select(Offer.id, Offer.engagement_id, Offer.entry_id).where(
            Offer.closed_at.is_(None),
            Offer.answer_by <= now,
            Offer.counsellor_id.in_(list(counsellor_ids)),
        )
    ).all()
    for offer_id, engagement_id, entry_id in dead:
        _close(session, (offer_id, engagement_id, entry_id), OfferOutcome.EXPIRED, now)
    return len(dead)


def held_online(session: Session, now: datetime) -> Counter[tuple[int, bool]]:
    """(commune, whether at home): how many places are held for who joined the list online."""
    is_visit = Offer.venue_id.is_(None)
    rows = session.execute(
        select(Offer.commune_id, is_visit, func.count(Offer.id))
        .join(Offer.entry)
        .where(
            Offer.closed_at.is_(None), Offer.answer_by > now, WaitingEntry.booked_by_id.is_(None)
        )
        .group_by(Offer.commune_id, is_visit)
    )
    return Counter({(row[0], bool(row[1])): row[2] for row in rows})


def close_offer(
    session: Session,
    offer: Offer,
    outcome: OfferOutcome,
    now: datetime,
    *,
    by: int | None = None,
) -> None:
    """Close an open offer without an appointment: the time is free again.

    `by` is who of the team noted the answer. A refusal counts on the entry.
    """
    session.flush()
    _close(session, (offer.id, offer.engagement_id, offer.entry_id), outcome, now, by)
    session.expire_all()


def forget_entry(
    session: Session, entry_id: int, now: datetime, *, keep_card: bool = False
) -> None:
    """Nobody waits any more: the row goes, an open offer with it; the closed ones only count.

    So does a card that nothing else needs, unless `keep_card`. The caller holds the locks of all
    counsellors, or knows that no offer of it is open.
    """
    session.flush()
    is_open = Offer.entry_id == entry_id, Offer.closed_at.is_(None)
    for offer in session.scalars(select(Offer).where(*is_open)).all():
        close_offer(session, offer, OfferOutcome.WITHDRAWN, now)
    session.execute(update(Offer).where(Offer.entry_id == entry_id).values(entry_id=None))
    card_id = session.scalar(select(WaitingEntry.resident_id).where(WaitingEntry.id == entry_id))
    session.execute(delete(WaitingEntry).where(WaitingEntry.id == entry_id))
    if card_id is not None and not keep_card and only_waits(session, card_id, entry_id):
        session.execute(delete(Resident).where(Resident.id == card_id))
    session.expire_all()


def only_waits(session: Session, resident_id: int, entry_id: int) -> bool:
    """Whether a card goes with that entry: nothing else needs it (law B20)."""
    others = (
        select(held.id).where(held.resident_id == resident_id)
        for held in (Appointment, Registration)
    )
    beside = select(WaitingEntry.id).where(
        WaitingEntry.resident_id == resident_id, WaitingEntry.id != entry_id
    )
    return not any(session.scalar(each.limit(1)) for each in (beside, *others))


def _close(
    session: Session,
    ids: tuple[int, int | None, int | None],
    outcome: OfferOutcome,
    now: datetime,
    by: int | None = None,
) -> None:
    offer_id, engagement_id, entry_id = ids
    closed = update(Offer).where(Offer.id == offer_id)
    session.execute(
        closed.values(outcome=outcome, closed_at=now, closed_by_id=by, engagement_id=None)
    )
    session.execute(delete(Engagement).where(Engagement.id == engagement_id))
    if entry_id is not None and outcome in ANSWERED_NO:
        counted = update(WaitingEntry).where(WaitingEntry.id == entry_id)
        session.execute(counted.values(refusals=WaitingEntry.refusals + 1))
