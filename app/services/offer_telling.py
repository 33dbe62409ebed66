"""Whether a message has told somebody of the place held for them; where none has, the desk calls.

A message stays behind where its channel has no sender, or was refused since; a carrier loses some.
Such an offer goes the way of those who have only a telephone, instead of ending unheard.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState, Receipt, SubjectKind
from app.domain.sending import SkipReason
from app.domain.waiting import call_by
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer
from app.models.workshops import PlacesOffer
from app.services.catalogue import Catalogue
from app.services.hours import open_hours
from app.services.transaction import Locks, write_transaction

Held = type[Offer] | type[PlacesOffer]


def has_arrived(message: OutboxMessage) -> bool:
    """It left, and no carrier says that it was lost."""
    return message.state is OutboxState.SENT and message.receipt is not Receipt.LOST


ARRIVED = and_(
    OutboxMessage.state == OutboxState.SENT,
    or_(OutboxMessage.receipt.is_(None), OutboxMessage.receipt != Receipt.LOST),
)
"""`has_arrived`, asked of the database."""


def was_told(kind: SubjectKind, offer_id: Any) -> ColumnElement[bool]:
    """Whether a message of that offer has arrived, for all that is known."""
    return select(OutboxMessage.id).where(*_about(kind, offer_id), ARRIVED).exists()


def is_unheard(kind: SubjectKind, offer: Held, now: datetime) -> ColumnElement[bool]:
    """Whether a machine should have told of that offer, and none will: each of its messages has
    failed, or its hour has come while one waits.
    """
    ours = _about(kind, offer.id)
    waits = select(OutboxMessage.id).where(
        *ours,
        OutboxMessage.state == OutboxState.PENDING,
        # One that a worker has in hand may still arrive.
        or_(offer.answer_by > now, OutboxMessage.leased_until > now),
    )
    was_written = select(OutboxMessage.id).where(*ours).exists()
    return and_(was_written, ~was_told(kind, offer.id), ~waits.exists())


def _about(kind: SubjectKind, offer_id: Any) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.subject_kind == kind, OutboxMessage.subject_id == offer_id


def messages_of(session: Session, kind: SubjectKind, offer_id: int) -> Sequence[OutboxMessage]:
    """What was written to tell of that offer."""
    found = select(OutboxMessage).where(*_about(kind, offer_id))
    return session.scalars(found.execution_options(populate_existing=True)).all()


def known_at(messages: Iterable[OutboxMessage], now: datetime) -> datetime:
    """When the last of these messages was known not to arrive (UTC); one that waits: now."""
    return max(
        (each.receipt_at if each.state is OutboxState.SENT else each.closed_at) or now
        for each in messages
    )


def give_up(messages: Iterable[OutboxMessage], now: datetime) -> None:
    """Those that wait still will not leave any more: a voice tells instead. Commits nothing."""
    for each in messages:
        if each.state is OutboxState.PENDING:
            each.state, each.outcome = OutboxState.SKIPPED, SkipReason.EXPIRED.value
            each.closed_at = now


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
    is_ours = is_unheard(SubjectKind.OFFER, Offer, now)
    untold = select(Offer).where(*is_open, is_ours).order_by(Offer.id)
    return session.scalars(untold.execution_options(populate_existing=True)).all()


def _held_until(
    session: Session, catalogue: Catalogue, offer: Offer, now: datetime
) -> datetime | None:
    """The new hour, counted from when the last message was known not to arrive; None: as it is.

    So looked at again it is the same hour, and nobody holds a place for ever.
    """
    if offer.entry is None:
        return None
    since = known_at(messages_of(session, SubjectKind.OFFER, offer.id), now)
    spans = catalogue.commune_by_id(offer.entry.commune_id).town_hall.get("opening_hours", ())
    until = call_by(since, offer.starts_at, spans, open_hours(catalogue, now))
    return until if until and until > max(offer.answer_by, now) else None


def _hold_longer(session: Session, catalogue: Catalogue, offer: Offer, now: datetime) -> bool:
    until = _held_until(session, catalogue, offer, now)
    if until is None or offer.engagement is None:
        return False
    give_up(messages_of(session, SubjectKind.OFFER, offer.id), now)
    offer.answer_by = offer.engagement.held_until = until
    return True
