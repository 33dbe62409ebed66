"""Workshops as messages and calendar files tell them, to be changed one fact at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind
from app.domain.workshop_facts import (
    PlacesOfferFacts,
    RegistrationFacts,
    SessionFacts,
    WorkshopFacts,
)
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.domain.workshops import Level, RegistrationStatus, WorkshopStatus
from tests.support.appointment_sample import AT_VENUE, Commune

START = datetime(2026, 12, 8, 13, tzinfo=UTC)
CHANGED_AT = datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC)


def session_of(rank: int, **changes: Any) -> SessionFacts:
    """The date of that rank, from 0: every week at the same place."""
    start = START + timedelta(weeks=rank)
    facts = SessionFacts(
        id=40 + rank,
        uid=UUID(f"0b6fa1d2-0000-4000-8000-0000000000{40 + rank}"),
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        place_name=AT_VENUE.place_name,
        place_address=AT_VENUE.place_address,
        access_notes=AT_VENUE.access_notes,
        sms_name=AT_VENUE.sms_name,
        commune=Commune(),
        is_cancelled=False,
        sequence=0,
        updated_at=CHANGED_AT,
    )
    return replace(facts, **changes)


WORKSHOP = WorkshopFacts(
    id=30,
    slug="mots-de-passe-2026-12-08",
    title={"fr": "Mots de passe et arnaques", "en": "Passwords and scams"},
    content={"fr": "Vous apprenez à choisir un mot de passe.", "en": "You choose a password."},
    prerequisites={},
    bring={"fr": "Votre téléphone et son chargeur", "en": "Your phone and its charger"},
    level=Level.BEGINNER,
    themes=("securite_numerique",),
    host=Commune(),
    sessions=(session_of(0),),
    capacity=6,
    free=4,
    free_for_host=4,
    waiting=0,
    kept_places=0,
    devices=2,
    status=WorkshopStatus.PLANNED,
    first_at=START,
    last_at=START + timedelta(hours=2),
    sequence=0,
)
CYCLE = replace(
    WORKSHOP,
    id=31,
    slug="debuter-2026-12-08",
    title={"fr": "Débuter avec le smartphone", "en": "First steps with a smartphone"},
    sessions=(
        session_of(0),
        session_of(1, is_excused=True),
        session_of(2, is_cancelled=True, sequence=1),
        session_of(3, place_name="Salle des fêtes d’Aval", sms_name="Aval"),
    ),
    last_at=START + timedelta(weeks=3, hours=2),
)

REGISTRATION = RegistrationFacts(
    id=21,
    token="InScRiPtIo12",
    reference=482_914,
    status=RegistrationStatus.REGISTERED,
    cancelled_by=None,
    places=1,
    accepts_one=False,
    devices_wanted=0,
    position=None,
    workshop=WORKSHOP,
    commune=Commune(),
    language="fr",
    message_channel=MessageChannel.SMS,
    message_to=Recipient.PERSON,
    sequence=2,
    registered_at=datetime(2026, 11, 21, 14, 12, tzinfo=UTC),
    updated_at=CHANGED_AT,
)
OF_CYCLE = replace(REGISTRATION, id=22, places=2, workshop=CYCLE)
WAITING = replace(REGISTRATION, status=RegistrationStatus.WAITING, position=2)

ONE_DATE = {
    "moved": (3, timedelta(days=1, hours=1)),
    "elsewhere": (3, None),
    "off": (2, None),
}
"""Rank of the date that a message names, and by how much it moved."""


def called_off(workshop: WorkshopFacts, held: int = 0) -> WorkshopFacts:
    """The same, cancelled after so many of its dates."""
    dates = tuple(
        replace(each, is_cancelled=each.is_cancelled or rank >= held)
        for rank, each in enumerate(workshop.sessions)
    )
    return replace(workshop, status=WorkshopStatus.CANCELLED, sessions=dates)


def registered(facts: RegistrationFacts = REGISTRATION, **changes: Any) -> RegistrationFacts:
    """The sample with some facts changed."""
    return replace(facts, **changes)


def letter_for(kind: MessageKind, of: str, **changes: Any) -> WorkshopLetter | DigestLetter:
    """What a message of that kind tells: « workshop », « cycle » (for two people) or « news ».

    Of one date of the cycle: « moved » by a day and an hour, « elsewhere », or « off ». Of the
    cycle that ends after its first date: « rest ».
    """
    if of == "news":
        workshops = (WORKSHOP, CYCLE) if kind is MessageKind.DIGEST else ()
        return replace(DigestLetter("NoUvElLeS123", "fr", workshops), **changes)
    if of in ONE_DATE:
        rank, moved = ONE_DATE[of]
        facts = registered(OF_CYCLE, **changes)
        told = facts.workshop.sessions[rank]
        was_at = moved and told.starts_at - moved
        return WorkshopLetter(facts, told, names_one_date=True, was_at=was_at)
    facts = registered(REGISTRATION if of == "workshop" else OF_CYCLE, **changes)
    if kind is MessageKind.CANCELLED_BY_SERVICE:
        held = 1 if of == "rest" else 0
        facts = replace(facts, workshop=called_off(facts.workshop, held))
        return WorkshopLetter(facts, facts.workshop.sessions[held])
    if kind in {MessageKind.WAITING, MessageKind.OFFER}:
        facts = replace(facts, status=RegistrationStatus.WAITING, position=2)
    told = facts.workshop.sessions[0]
    if kind is not MessageKind.OFFER:
        return WorkshopLetter(facts, told)
    answer_by = datetime(2026, 12, 7, 11, 30, tzinfo=UTC)
    offer = PlacesOfferFacts(9, "OfFeRtOkEn12", facts.places, answer_by, True, facts)
    return WorkshopLetter(facts, told, offer)
