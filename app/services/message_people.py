"""Whom a message of the outbox is for and what it is about, as columns of one question."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func

from app.domain.messages import SubjectKind
from app.models.appointment import Appointment, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.models.workshops import PlacesOffer, Registration, Workshop


def about_columns() -> tuple[Any, ...]:
    """Names of the card, number, start of what it is about (UTC), and the ids of its pages."""
    return (
        Appointment.id.label("appointment_id"),
        Registration.id.label("registration_id"),
        func.coalesce(Appointment.reference, Registration.reference).label("reference"),
        func.coalesce(Engagement.starts_at, Offer.starts_at, Workshop.first_at).label("starts_at"),
        Resident.first_name,
        Resident.last_name,
    )


def with_people(query: Any) -> Any:
    """A question about messages, joined with what `about_columns` asks: one row a message still.

    All is empty for news of workshops: an address is nobody's card.
    """
    is_registration = OutboxMessage.subject_kind == SubjectKind.REGISTRATION
    registration = case(
        (is_registration, OutboxMessage.subject_id), else_=PlacesOffer.registration_id
    )
    person = func.coalesce(
        Appointment.resident_id, WaitingEntry.resident_id, Registration.resident_id
    )
    return (
        query.outerjoin(Appointment, _is_about(Appointment.id, SubjectKind.APPOINTMENT))
        .outerjoin(Engagement, Engagement.id == Appointment.engagement_id)
        .outerjoin(Offer, _is_about(Offer.id, SubjectKind.OFFER))
        .outerjoin(WaitingEntry, WaitingEntry.id == Offer.entry_id)
        .outerjoin(PlacesOffer, _is_about(PlacesOffer.id, SubjectKind.PLACES))
        .outerjoin(Registration, Registration.id == registration)
        .outerjoin(Workshop, Workshop.id == Registration.workshop_id)
        .outerjoin(Resident, Resident.id == person)
    )


def _is_about(column: Any, kind: SubjectKind) -> ColumnElement[bool]:
    return and_(OutboxMessage.subject_kind == kind, OutboxMessage.subject_id == column)
