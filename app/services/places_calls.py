"""Whom the desk must call about places of a workshop that are held for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.appointment import MessageChannel
from app.domain.messages import OutboxState, SubjectKind
from app.domain.staff_errors import SubjectUnknown
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer
from app.services.offer_telling import has_arrived
from app.services.registration_call_list import scope_of
from app.services.registration_people import Reached, reach


@dataclass(frozen=True, slots=True)
class PlacesCall:
    """Places held for somebody whom no machine has told."""

    who: Reached
    offer_id: int
    places: int
    answer_by: datetime


def find_places_calls(
    session: Session, actor: Actor, *, now: datetime, carried: Collection[MessageChannel]
) -> list[PlacesCall]:
    """Whom the desk must call about places held for them, the most urgent first.

    `carried`: the channels that have a sender in this installation.
    """
    offers = session.scalars(
        select(PlacesOffer)
        .join(PlacesOffer.registration)
        .where(PlacesOffer.closed_at.is_(None), PlacesOffer.answer_by > now, *scope_of(actor))
        .order_by(PlacesOffer.answer_by, PlacesOffer.id)
    ).all()
    told = _told(session, [each.id for each in offers], carried)
    silent = [each for each in offers if each.id not in told]
    who = reach(session, [each.registration_id for each in silent])
    return [
        PlacesCall(who[each.registration_id], each.id, each.places, each.answer_by)
        for each in silent
    ]


def _told(session: Session, offer_ids: list[int], carried: Collection[MessageChannel]) -> set[int]:
    """The offers of which a message has arrived, or is still to leave by a channel that can."""
    rows = session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.subject_kind == SubjectKind.PLACES,
            OutboxMessage.subject_id.in_(offer_ids),
        )
    )
    return {
        each.subject_id
        for each in rows
        if has_arrived(each) or (each.state is OutboxState.PENDING and each.channel in carried)
    }


def registration_of_offer(session: Session, offer_id: int) -> int:
    """Whose registration is offered these places. Raises SubjectUnknown."""
    offer = session.get(PlacesOffer, offer_id)
    if offer is None:
        raise SubjectUnknown
    return offer.registration_id
