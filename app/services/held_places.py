"""The places that are held for an answer at this moment, as agendas and feeds show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.travel import Place
from app.models.appointment import Engagement
from app.models.waiting import Offer


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """A time that is somebody's to accept; of whom, no agenda tells."""

    offer_id: int
    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place
    offered_at: datetime
    answer_by: datetime

    @property
    def uid(self) -> UUID:
        """Of its entry in a feed: always the same, and no appointment's."""
        return uuid5(NAMESPACE_OID, f"offer-{self.offer_id}")


def find_held(
    session: Session, conditions: Sequence[ColumnElement[bool]], now: datetime
) -> list[HeldPlace]:
    """Those whose engagement meets the conditions, by counsellor, then by time."""
    query: Any = (
        select(Offer, Engagement)
        .join(Offer.engagement)
        .where(Offer.closed_at.is_(None), Offer.answer_by > now, *conditions)
        .order_by(Engagement.counsellor_id, Engagement.starts_at)
    )
    return [
        HeldPlace(
            offer_id=offer.id,
            counsellor_id=held.counsellor_id,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            place=held.place,
            offered_at=offer.offered_at,
            answer_by=offer.answer_by,
        )
        for offer, held in session.execute(query)
    ]


def held_state(conditions: Sequence[ColumnElement[bool]], now: datetime) -> list[Any]:
    """Columns that tell one state of those places from another, within another question."""
    rows = (
        select(Offer)
        .join(Offer.engagement)
        .where(Offer.closed_at.is_(None), Offer.answer_by > now, *conditions)
        .correlate(None)
    )
    told: dict[str, Any] = {"held": func.count(), "held_ids": func.sum(Offer.id)}
    told["offered_at"] = func.max(Offer.offered_at)
    return [
        rows.with_only_columns(column).scalar_subquery().label(name)
        for name, column in told.items()
    ]
