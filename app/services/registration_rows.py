"""The rows of a registration. Called inside its write transaction only; commits nothing."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.booking import OTHER_COMMUNE
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import search_keys
from app.domain.workshops import RegistrationRequest, RegistrationStatus
from app.models.appointment import Appointment, Resident
from app.models.workshops import Registration, Workshop
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.links import Links, first_version, hash_token

PURPOSE = "registration"
"""Of the links that open a registration: `/r/<token>`, as for an appointment."""


def registration_token(row: Registration, links: Links) -> str:
    """The token of its link, made again."""
    return links.purpose_token(PURPOSE, row.id, row.link_version)


def write_registration(
    session: Session,
    catalogue: Catalogue,
    request: RegistrationRequest,
    status: RegistrationStatus,
    *,
    now: datetime,
    links: Links,
) -> Registration:
    """The card, the registration, its link, its line of the journal where the team did it."""
    elsewhere = request.commune_slug == OTHER_COMMUNE
    commune_id = None if elsewhere else catalogue.commune(request.commune_slug).id
    row = Registration(
        **_whose(request, commune_id, now),
        **_people(request),
        workshop_id=request.workshop_id,
        commune_id=commune_id,
        status=status,
        channel=request.channel,
        language=request.language,
        registered_at=now,
        updated_at=now,
        sequence=0,
        link_version=first_version(now),
        reference=_free_reference(session),
        form_key=request.form_key,
        form_digest=links.digest(repr(request)),
        message_channel=request.message_channel,
        message_to=request.message_to,
    )
    session.add(row)
    session.flush()
    row.link_token_hash = hash_token(registration_token(row, links))
    if request.desk:
        subject = JournalSubject.REGISTRATION, row.id
        note(session, JournalAction.REGISTERED, subject, by=request.desk.user_id, now=now)
    return row


def _whose(request: RegistrationRequest, commune_id: int | None, now: datetime) -> dict[str, Any]:
    """The card that a clerk chose, or a new one: an online form neither reads nor changes one."""
    desk, person = request.desk, request.person
    if desk and desk.resident_id:
        return {"resident_id": desk.resident_id}
    number = person.phone.number if person.phone else None
    card = Resident(
        first_name=person.first_name,
        last_name=person.last_name,
        phone=number,
        email=person.email,
        commune_id=commune_id,
        **search_keys(person.first_name, person.last_name, number),
        language=request.language,
        to_reconcile=desk is None,
        created_at=now,
    )
    return {"resident": card}


def _people(request: RegistrationRequest) -> dict[str, Any]:
    companion, helper, desk = request.companion, request.helper, request.desk
    return {
        "places": request.places,
        "companion_first_name": companion.first_name if companion else None,
        "companion_last_name": companion.last_name if companion else None,
        "accepts_one": bool(companion and request.accepts_one),
        "devices_wanted": request.devices_wanted,
        "helper_name": helper.name if helper else None,
        "helper_phone": helper.phone.number if helper else None,
        "helper_relation": helper.relation if helper else None,
        "booked_by_id": desk.user_id if desk else None,
        "caller": desk.caller if desk else None,
    }


def _free_reference(session: Session) -> int:
    """Even, where a new appointment's is odd: the pool is one, and two never draw the same."""
    while True:
        drawn = 100_000 + 2 * secrets.randbelow(450_000)
        held = (
            select(each.id).where(each.reference == drawn).exists()
            for each in (Registration, Appointment)
        )
        if not session.scalar(select(or_(*held))):
            return drawn


def known_of_phone(session: Session, workshop_id: int, phone: str) -> list[Registration]:
    """Who is registered or waits for that workshop with that number, theirs or a helper's."""
    query = (
        select(Registration)
        .join(Registration.resident)
        .where(
            Registration.workshop_id == workshop_id,
            Registration.status != RegistrationStatus.CANCELLED,
            or_(Resident.phone == phone, Registration.helper_phone == phone),
        )
    )
    return list(session.scalars(query))


def names_of(rows: list[Registration]) -> list[tuple[str, str]]:
    """(first name, last name) of all their people, companions included."""
    people = [(row.resident.first_name, row.resident.last_name) for row in rows]
    together = [
        (row.companion_first_name, row.companion_last_name or "")
        for row in rows
        if row.companion_first_name
    ]
    return people + together


def devices_lent(session: Session, workshop_id: int) -> int:
    """How many devices are promised to who is registered."""
    query = select(func.coalesce(func.sum(Registration.devices_wanted), 0)).where(
        Registration.workshop_id == workshop_id,
        Registration.status == RegistrationStatus.REGISTERED,
    )
    return int(session.scalars(query).one())


def devices_left(session: Session, workshop: Workshop) -> int:
    """How many devices can still be promised."""
    return max(0, workshop.devices - devices_lent(session, workshop.id))
