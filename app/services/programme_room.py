"""Fewer places or devices than are promised: refused, with the names of whom to call."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.programme import Numbers
from app.domain.programme_errors import CapacityTaken, DevicesLent
from app.domain.workshops import RegistrationStatus
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.registration_rows import devices_lent


def check_room(session: Session, workshop: Workshop, numbers: Numbers) -> None:
    """Raises CapacityTaken with the names of `last_taken`, or DevicesLent."""
    if numbers.capacity < workshop.taken:
        surplus = workshop.taken - numbers.capacity
        names = [*last_taken(session, workshop.id, surplus)]
        raise CapacityTaken(taken=workshop.taken, surplus=surplus, names=", ".join(names))
    lent = devices_lent(session, workshop.id)
    if numbers.devices < lent:
        raise DevicesLent(lent=lent)


def last_taken(session: Session, workshop_id: int, surplus: int) -> Iterator[str]:
    """Whom to call before so many places go: who is offered one, then the last who registered."""
    offered = select(PlacesOffer).where(
        PlacesOffer.workshop_id == workshop_id, PlacesOffer.closed_at.is_(None)
    )
    registered = select(Registration).where(
        Registration.workshop_id == workshop_id,
        Registration.status == RegistrationStatus.REGISTERED,
    )
    last = Registration.registered_at.desc(), Registration.id.desc()
    taken = [
        *(
            (each.places, each.registration)
            for each in session.scalars(offered.order_by(PlacesOffer.id.desc()))
        ),
        *((each.places, each) for each in session.scalars(registered.order_by(*last))),
    ]
    for places, row in taken:
        if surplus <= 0:
            return
        surplus -= places
        yield f"{row.resident.first_name} {row.resident.last_name}"
