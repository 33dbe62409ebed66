"""The places of a workshop, counted under its lock: who has one, who is offered one, who waits.

`Workshop.taken` is written here alone; the database refuses it above the capacity, whatever raced.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import CancelledBy
from app.domain.waiting import OfferOutcome
from app.domain.workshops import Queued, RegistrationStatus, Room, kept_on
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.catalogue import Catalogue


def workshop_key(workshop_id: int) -> str:
    """What is held alone while anything of a workshop's places changes."""
    return f"workshop:{workshop_id}"


def locked_workshop(session: Session, workshop_id: int) -> Workshop | None:
    """The workshop as it is under the lock, not as the page saw it before; None: there is none."""
    query = select(Workshop).where(Workshop.id == workshop_id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def read_room(session: Session, catalogue: Catalogue, workshop: Workshop, now: datetime) -> Room:
    """The places as they stand. Those of an open offer count until somebody closes it."""
    host, others = _registered(session, workshop)
    held_host, held_others = _held(session, workshop)
    return Room(
        capacity=workshop.capacity,
        taken_by_host=host + held_host,
        taken_by_others=others + held_others,
        kept_places=kept_on(catalogue.today(now), workshop.kept_places, workshop.kept_until),
    )


def read_queue(session: Session, workshop: Workshop) -> list[Queued]:
    """Who waits and has no place offered, in order of their number."""
    own = select(PlacesOffer.id).where(PlacesOffer.registration_id == Registration.id)
    is_asked = own.where(PlacesOffer.closed_at.is_(None)).exists()
    rows = session.scalars(_waiting(workshop.id).where(~is_asked)).all()
    # What was taken back before its hour was taken back by the team.
    has_lapsed = PlacesOffer.closed_at >= PlacesOffer.answer_by
    in_vain = own.where(PlacesOffer.outcome == OfferOutcome.WITHDRAWN, has_lapsed).exists()
    ids = set(
        session.scalars(_waiting(workshop.id).where(in_vain).with_only_columns(Registration.id))
    )
    return [replace(queued(row, workshop), asked_in_vain=row.id in ids) for row in rows]


def read_line(session: Session, workshop: Workshop) -> list[Queued]:
    """All who wait, in order, those with a place offered included: what their number counts."""
    return [queued(row, workshop) for row in session.scalars(_waiting(workshop.id))]


def queued(row: Registration, workshop: Workshop) -> Queued:
    return Queued(
        registration_id=row.id,
        places=row.places,
        accepts_one=row.accepts_one,
        is_from_host=row.commune_id == workshop.host_commune_id,
        joined_at=row.registered_at,
    )


def settle(session: Session, workshop: Workshop) -> None:
    """Write how many places are taken, after anything that changes it. Commits nothing.

    Raises IntegrityError where that would be more than there are: a bug, and nothing is saved.
    """
    session.flush()
    taken = sum(_registered(session, workshop)) + sum(_held(session, workshop))
    session.execute(update(Workshop).where(Workshop.id == workshop.id).values(taken=taken))
    session.expire(workshop, ["taken"])


def give_up(row: Registration, who: CancelledBy) -> None:
    """Cancelled: their places go, or only their rank. Commits nothing."""
    row.left_list = row.status is RegistrationStatus.WAITING
    row.status, row.cancelled_by = RegistrationStatus.CANCELLED, who


def _waiting(workshop_id: int) -> Any:
    return (
        select(Registration)
        .where(
            Registration.workshop_id == workshop_id,
            Registration.status == RegistrationStatus.WAITING,
        )
        .order_by(Registration.registered_at, Registration.id)
    )


def _registered(session: Session, workshop: Workshop) -> tuple[int, int]:
    """(places of residents of the host commune, places of others)."""
    is_own = Registration.commune_id == workshop.host_commune_id
    return _pair(
        session,
        select(*_sums(is_own, Registration.places)).where(
            Registration.workshop_id == workshop.id,
            Registration.status == RegistrationStatus.REGISTERED,
        ),
    )


def _held(session: Session, workshop: Workshop) -> tuple[int, int]:
    is_own = Registration.commune_id == workshop.host_commune_id
    return _pair(
        session,
        select(*_sums(is_own, PlacesOffer.places))
        .select_from(PlacesOffer)
        .join(PlacesOffer.registration)
        .where(PlacesOffer.workshop_id == workshop.id, PlacesOffer.closed_at.is_(None)),
    )


def _sums(is_own: Any, places: Any) -> tuple[Any, Any]:
    """NULL, another commune, is none of the host's."""
    own = func.sum(case((is_own, places), else_=0))
    return func.coalesce(own, 0), func.coalesce(func.sum(places), 0)


def _pair(session: Session, query: Any) -> tuple[int, int]:
    own, everybody = session.execute(query).one()
    return int(own), int(everybody) - int(own)
