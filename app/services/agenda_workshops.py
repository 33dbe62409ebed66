"""The dates of workshops on the agendas: who holds them, where, and how many are registered.

No name: a sheet has them, and a feed with details. Two queries, whatever there is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.travel import Place
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Engagement, Resident
from app.models.workshops import Registration, Workshop, WorkshopEngagement, WorkshopSession
from app.services.agenda import Period, places_of_period
from app.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class HeldWorkshop:
    """One date in the hands of one counsellor. Instants are UTC."""

    workshop_id: int
    date_id: int
    uid: UUID
    title: Mapping[str, str]
    counsellor_id: int
    counsellor: str
    """First name."""
    starts_at: datetime
    """When the counsellor is taken: set-up included."""
    ends_at: datetime
    begins_at: datetime
    """When people come."""
    finishes_at: datetime
    place: Place
    place_name: str
    place_address: str
    registered: int
    """Places that are taken."""
    capacity: int
    is_cancelled: bool
    is_closed: bool
    sequence: int
    updated_at: datetime

    @property
    def subject(self) -> Subject:
        """What rights are asked about."""
        return Subject(
            counsellor_ids=frozenset({self.counsellor_id}),
            place_commune_id=self.place.commune_id,
            ends_at=self.ends_at,
        )


def find_workshops(session: Session, catalogue: Catalogue, period: Period) -> list[HeldWorkshop]:
    """The dates of a period that stand, by start; one line for each counsellor who holds them."""
    stands = WorkshopSession.status == WorkshopStatus.PLANNED
    return workshops_where(session, catalogue, [*places_of_period(period, catalogue), stands])


def workshops_where(
    session: Session, catalogue: Catalogue, conditions: Sequence[ColumnElement[bool]]
) -> list[HeldWorkshop]:
    """Those whose engagement and date meet the conditions, by start."""
    rows = session.execute(
        _of_engagements(select(WorkshopSession, Workshop, Engagement, Counsellor.first_name))
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(*conditions)
        .order_by(Engagement.starts_at, Engagement.id)
    ).all()
    counts = _registered(session, {row.Workshop.id for row in rows})
    return [_held(catalogue, row, counts.get(row.Workshop.id, 0)) for row in rows]


def _of_engagements(query: Any) -> Any:
    return (
        query.select_from(WorkshopSession)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(WorkshopEngagement, WorkshopEngagement.session_id == WorkshopSession.id)
        .join(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
    )


def _registered(session: Session, workshop_ids: Collection[int]) -> dict[int, int]:
    if not workshop_ids:
        return {}
    query = (
        select(Registration.workshop_id, func.sum(Registration.places))
        .where(
            Registration.workshop_id.in_(workshop_ids),
            Registration.status == RegistrationStatus.REGISTERED,
        )
        .group_by(Registration.workshop_id)
    )
    return {workshop_id: int(places) for workshop_id, places in session.execute(query)}


def _held(catalogue: Catalogue, row: Row[Any], registered: int) -> HeldWorkshop:
    date, workshop, held = row.WorkshopSession, row.Workshop, row.Engagement
    venue = None if date.venue_id is None else catalogue.venue_by_id(date.venue_id)
    commune = catalogue.commune_by_id(date.commune_id)
    address = (venue.address, venue.postal_line) if venue else (date.place_address, commune.name)
    return HeldWorkshop(
        workshop_id=workshop.id,
        date_id=date.id,
        uid=date.uid,
        title=workshop.title,
        counsellor_id=held.counsellor_id,
        counsellor=row.first_name,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        begins_at=date.starts_at,
        finishes_at=date.ends_at,
        place=held.place,
        place_name=venue.name if venue else date.place_name or commune.name,
        place_address=", ".join(filter(None, address)),
        registered=registered,
        capacity=workshop.capacity,
        is_cancelled=date.status is WorkshopStatus.CANCELLED,
        is_closed=date.closed_at is not None,
        sequence=date.sequence,
        updated_at=max(date.updated_at, workshop.reworded_at or date.updated_at),
    )


def names_of_workshops(
    session: Session, workshop_ids: Collection[int]
) -> dict[int, list[tuple[str, str]]]:
    """(first name, last name) of all who are registered, companions too, by workshop."""
    found: dict[int, list[tuple[str, str]]] = {each: [] for each in workshop_ids}
    query = (
        select(Registration, Resident)
        .join(Registration.resident)
        .where(
            Registration.workshop_id.in_(workshop_ids),
            Registration.status == RegistrationStatus.REGISTERED,
        )
        .order_by(Registration.id)
    )
    for row in session.execute(query):
        own = row.Registration
        found[own.workshop_id].append((row.Resident.first_name, row.Resident.last_name))
        if own.companion_first_name:
            names = own.companion_first_name, own.companion_last_name or ""
            found[own.workshop_id].append(names)
    return found


def workshop_state(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, with_names: bool
) -> tuple[Any, ...]:
    """What tells one state of those dates from another: (…, when one of them changed last)."""
    told: list[Any] = [
        func.count(),
        func.sum(WorkshopSession.id),
        func.sum(WorkshopSession.sequence),
        func.sum(Workshop.sequence),
        func.max(Workshop.reworded_at),
        func.max(WorkshopSession.updated_at),
    ]
    dates = session.execute(_of_engagements(select(*told)).where(*conditions)).one()
    ids = _of_engagements(select(Workshop.id)).where(*conditions)
    people: list[Any] = [func.sum(Registration.places), func.max(Registration.updated_at)]
    if with_names:
        people += [func.max(Resident.updated_at), func.sum(Registration.id)]
    query = (
        select(*people)
        .join(Registration.resident)
        .where(
            Registration.workshop_id.in_(ids),
            Registration.status == RegistrationStatus.REGISTERED,
        )
    )
    registered = session.execute(query).one()
    changed = [each for each in (*dates[-2:], registered[1]) if each is not None]
    return (*dates, *registered, max(changed, default=None))
