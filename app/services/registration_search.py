"""What the registrations of a card say when somebody is looked for: its rights, and its dates.

The same columns as its appointments: one query reads both.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, literal, select

from app.domain.access import DESK_MEMORY, Actor, Subject
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement
from app.models.workshops import Registration, Workshop, WorkshopEngagement, WorkshopSession

ONE_DAY = timedelta(days=1)


def sessions_of_cards(resident_ids: list[int], since: datetime) -> Any:
    """One row a date and counsellor: (card, home commune, whether they are expected, counsellor,
    start, end, venue, is a workshop, was missed: not told of a workshop). UTC.
    """
    is_expected = and_(
        Registration.status == RegistrationStatus.REGISTERED,
        WorkshopSession.status == WorkshopStatus.PLANNED,
    )
    return (
        select(
            Registration.resident_id,
            Registration.commune_id,
            is_expected.label("occupies"),
            Engagement.counsellor_id,
            WorkshopSession.starts_at,
            WorkshopSession.ends_at,
            WorkshopSession.venue_id,
            literal(True).label("is_workshop"),
            literal(False).label("is_missed"),
        )
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .join(WorkshopSession, WorkshopSession.workshop_id == Workshop.id)
        .outerjoin(WorkshopEngagement, WorkshopEngagement.session_id == WorkshopSession.id)
        .outerjoin(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
        .where(
            Registration.resident_id.in_(resident_ids),
            Registration.status != RegistrationStatus.CANCELLED,
            WorkshopSession.starts_at >= since,
        )
    )


def cards_of_workshops(actor: Actor, since: datetime, now: datetime) -> Select[Any]:
    """The cards that the actor may see because of a workshop, at the most."""
    people = (
        select(Registration.resident_id)
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .where(Registration.status != RegistrationStatus.CANCELLED)
    )
    if actor.counsellor_id is None:
        own = Registration.commune_id.in_(sorted(actor.commune_ids))
        return people.where(own, Workshop.last_at >= now - DESK_MEMORY - ONE_DAY)
    held = workshops_held_by(actor.counsellor_id).where(WorkshopSession.starts_at >= since)
    return people.where(Workshop.id.in_(held))


def workshops_held_by(counsellor_id: int) -> Select[Any]:
    """The workshops of which that counsellor holds a date."""
    return (
        select(WorkshopSession.workshop_id)
        .join(WorkshopEngagement, WorkshopEngagement.session_id == WorkshopSession.id)
        .join(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
        .where(Engagement.counsellor_id == counsellor_id)
    )


def subject_of_registration(
    registration: Registration, workshop: Workshop, counsellor_ids: frozenset[int]
) -> Subject:
    """What rights are asked about: where they live, who holds a date, until its last one."""
    home = registration.commune_id
    return Subject(
        commune_ids=frozenset() if home is None else frozenset({home}),
        counsellor_ids=counsellor_ids,
        place_commune_id=workshop.host_commune_id,
        ends_at=workshop.last_at,
    )
