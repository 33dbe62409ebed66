"""Whether a message has told somebody of the place held for them; where none has, the desk calls.

A message stays behind where its channel has no sender, or was refused since; a carrier loses some.
Such an offer goes the way of those who have only a telephone, instead of ending unheard.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState, Receipt, SubjectKind
from app.domain.sending import SkipReason
from app.domain.waiting import call_by
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer
from app.services.catalogue import Catalogue
from app.services.hours import open_hours
from app.services.transaction import Locks, write_transaction


def has_arrived(message: OutboxMessage) -> bool:
    """It left, and no carrier says that it was lost."""
    return message.state is OutboxState.SENT and message.receipt is not Receipt.LOST


def stays_untold() -> ColumnElement[bool]:
    """Whether a machine should have told of an offer, and no message of it has arrived."""
    ours = (
        OutboxMessage.subject_kind == SubjectKind.OFFER,
        OutboxMessage.subject_id == Offer.id,
    )
    arrived = and_(
        OutboxMessage.state == OutboxState.SENT,
        or_(OutboxMessage.receipt.is_(None), OutboxMessage.receipt != Receipt.LOST),
    )
    return and_(
        select(OutboxMessage.id).where(*ours).exists(),
        ~select(OutboxMessage.id).where(*ours, arrived).exists(),
    )


def messages_of(session: Session, offer_id: int) -> Sequence[OutboxMessage]:
    """What was written to tell of that offer."""
    about = OutboxMessage.subject_kind == SubjectKind.OFFER, OutboxMessage.subject_id == offer_id
    found = select(OutboxMessage).where(*about).execution_options(populate_existing=True)
    return session.scalars(found).all()


def give_to_desk(session: Session, catalogue: Catalogue, now: datetime) -> int:
    """Hold what nobody could be told of until the desk has had its half-day to call; how many.

    As soon as every message of it has failed, and at the latest when its hour has come. Where that
    half-day ends too late for the place, the offer ends as it would have.
    """
    late = [each for each in _untold(session, now) if _held_until(session, catalogue, each, now)]
    if not late:
        return 0
    locked = {each.counsellor_id for each in late}
    with write_transaction(session, Locks.of(locked)):
        again = [each for each in _untold(session, now) if each.counsellor_id in locked]
        return sum(_hold_longer(session, catalogue, each, now) for each in again)


def _untold(session: Session, now: datetime) -> Sequence[Offer]:
    is_open = Offer.closed_at.is_(None), Offer.entry_id.is_not(None)
    waits = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == SubjectKind.OFFER,
        OutboxMessage.subject_id == Offer.id,
        OutboxMessage.state == OutboxState.PENDING,
        # One that a worker has in hand may still arrive.
        or_(Offer.answer_by > now, OutboxMessage.leased_until > now),
    )
    untold = select(Offer).where(*is_open, stays_untold(), ~waits.exists()).order_by(Offer.id)
    return session.scalars(untold.execution_options(populate_existing=True)).all()


def _held_until(
    session: Session, catalogue: Catalogue, offer: Offer, now: datetime
) -> datetime | None:
    """The new hour, counted from when the last message was known not to arrive; None: as it is.

    So looked at again it is the same hour, and nobody holds a place for ever.
    """
    known_at = max(
        (each.receipt_at if each.state is OutboxState.SENT else each.closed_at) or now
        for each in messages_of(session, offer.id)
    )
    if offer.entry is None:
        return None
    spans = catalogue.commune_by_id(offer.entry.commune_id).town_hall.get("opening_hours", ())
    until = call_by(known_at, offer.starts_at, spans, open_hours(catalogue, now))
    return until if until and until > max(offer.answer_by, now) else None


def _hold_longer(session: Session, catalogue: Catalogue, offer: Offer, now: datetime) -> bool:
    until = _held_until(session, catalogue, offer, now)
    if until is None or offer.engagement is None:
        return False
    for each in messages_of(session, offer.id):
        if each.state is OutboxState.PENDING:
            each.state, each.outcome = OutboxState.SKIPPED, SkipReason.EXPIRED.value
            each.closed_at = now
    offer.answer_by = offer.engagement.held_until = until
    return True
