"""The longest real case of a message about workshops: what an own text must fit."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.domain.appointment_facts import AppointmentFacts, CommuneWords
from app.domain.messages import MessageKind
from app.domain.workshop_facts import (
    PlacesOfferFacts,
    RegistrationFacts,
    SessionFacts,
    WorkshopFacts,
)
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.domain.workshops import Level, RegistrationStatus, WorkshopStatus
from app.gateways.message_words import ONE_DATE, ONE_DATE_OFF

LONGEST_TITLE = "Renouveler une demande de logement social"
"""Of the workshops that the service gives (product, workshops)."""
LONGEST_BRING = "Votre téléphone ou votre tablette, son chargeur"
DATES = 10
"""Of the longest cycle: « et 9 autres dates »."""
LAST_IN_LINE = 88


def longest_letter(
    kind: MessageKind, language: str, part: str, like: AppointmentFacts
) -> WorkshopLetter | DigestLetter:
    """What it tells at its longest, at the day and the place of `like`."""
    is_off = kind is MessageKind.CANCELLED_BY_SERVICE
    status = WorkshopStatus.CANCELLED if is_off else WorkshopStatus.PLANNED
    workshop = replace(_workshop(like), status=status)
    if part.startswith("news"):
        return DigestLetter(like.token, language, (workshop,))
    waits = kind in {MessageKind.WAITING, MessageKind.OFFER}
    facts = _registration(workshop, like, waits=waits)
    if part.startswith((ONE_DATE, ONE_DATE_OFF)):
        return _of_one_date(facts, is_off=part.startswith(ONE_DATE_OFF))
    if kind is not MessageKind.OFFER:
        return WorkshopLetter(facts, workshop.sessions[0])
    offer = PlacesOfferFacts(0, like.token, facts.places, like.starts_at, True, facts)
    return WorkshopLetter(facts, workshop.sessions[0], offer)


def _of_one_date(facts: RegistrationFacts, *, is_off: bool) -> WorkshopLetter:
    """The first date of the cycle, which moved, or is off."""
    told = replace(facts.workshop.sessions[0], is_cancelled=is_off)
    return WorkshopLetter(facts, told, names_one_date=True, was_at=told.starts_at)


def _registration(
    workshop: WorkshopFacts, like: AppointmentFacts, *, waits: bool
) -> RegistrationFacts:
    return RegistrationFacts(
        id=0,
        token=like.token,
        reference=like.reference,
        status=RegistrationStatus.WAITING if waits else RegistrationStatus.REGISTERED,
        cancelled_by=None,
        places=2,
        accepts_one=False,
        devices_wanted=0,
        position=LAST_IN_LINE if waits else None,
        workshop=workshop,
        commune=like.commune,
        language=like.language,
        message_channel=like.message_channel,
        message_to=like.message_to,
        sequence=0,
        registered_at=like.starts_at,
        updated_at=like.starts_at,
    )


def _workshop(like: AppointmentFacts) -> WorkshopFacts:
    bring = {"fr": LONGEST_BRING, "en": LONGEST_BRING}
    sessions = tuple(_session(like, like.place_commune, week) for week in range(DATES))
    return WorkshopFacts(
        id=0,
        slug="atelier",
        title={"fr": LONGEST_TITLE, "en": LONGEST_TITLE},
        content={"fr": LONGEST_TITLE},
        prerequisites={},
        bring=bring,
        level=Level.BEGINNER,
        themes=(),
        host=like.place_commune,
        sessions=sessions,
        capacity=DATES,
        free=0,
        free_for_host=0,
        waiting=LAST_IN_LINE,
        kept_places=0,
        devices=0,
        status=WorkshopStatus.PLANNED,
        first_at=sessions[0].starts_at,
        last_at=sessions[-1].ends_at,
        sequence=0,
    )


def _session(like: AppointmentFacts, commune: CommuneWords, week: int) -> SessionFacts:
    starts_at = like.starts_at + timedelta(weeks=week)
    return SessionFacts(
        id=week,
        uid=UUID(int=week),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place_name=like.place_name,
        place_address=like.place_address,
        access_notes=like.access_notes,
        sms_name=like.sms_name,
        commune=commune,
        is_cancelled=False,
        sequence=0,
        updated_at=like.starts_at,
    )
