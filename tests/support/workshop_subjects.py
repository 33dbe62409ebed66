"""Workshops that pages may be asked about: of the own and of the foreign counsellor and commune."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.appointment import Channel, EngagementKind, MessageChannel, Recipient
from app.domain.workshops import Level, RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement, Resident
from app.models.places import Venue
from app.models.workshops import (
    PlacesOffer,
    Registration,
    Workshop,
    WorkshopEngagement,
    WorkshopSession,
    WorkshopTemplate,
)
from app.services.transaction import write_transaction
from app.services.workshop_places import settle
from tests.support.presquile import NOW
from tests.support.team import Team

FAR = NOW + timedelta(days=310)
"""Far away, where it touches nothing; NOW is a Monday at ten, this a Sunday."""


def add_workshop_subjects(team: Team) -> None:
    """workshop_id, date_id, template_id, registration_id, places_offer_id: (own, foreign).

    On each side somebody of that commune is registered, and somebody waits with a place offered.
    """
    with team.session() as session, write_transaction(session):
        template = WorkshopTemplate(
            code="photos", **_words(), minutes=120, capacity=6, minimum=3, devices=2,
            edited_at=NOW,
        )  # fmt: skip
        pairs = zip(team.subjects["counsellor_id"], team.subjects["venue_id"], strict=True)
        dates = [
            _workshop(session, template, counsellor, session.get_one(Venue, venue))
            for counsellor, venue in pairs
        ]
        session.flush()
        comes = [_registration(session, each, RegistrationStatus.REGISTERED) for each in dates]
        waits = [_registration(session, each, RegistrationStatus.WAITING) for each in dates]
        offers = [_offer(session, each) for each in waits]
        session.flush()
        for each in dates:
            settle(session, each.workshop)
        team.subjects |= {
            "workshop_id": (dates[0].workshop_id, dates[1].workshop_id),
            "date_id": (dates[0].id, dates[1].id),
            "template_id": (template.id, template.id),
            "registration_id": (comes[0].id, comes[1].id),
            "places_offer_id": (offers[0].id, offers[1].id),
        }


def _registration(
    session: Session, date: WorkshopSession, status: RegistrationStatus
) -> Registration:
    """Somebody of the commune where it takes place, who is told by telephone."""
    resident = Resident(
        first_name="Odette",
        last_name="Lagrange",
        phone="+33639980777",
        commune_id=date.commune_id,
        language="fr",
        created_at=NOW,
    )
    row = Registration(
        workshop_id=date.workshop_id,
        resident=resident,
        commune_id=date.commune_id,
        status=status,
        channel=Channel.PHONE,
        language="fr",
        registered_at=NOW,
        updated_at=NOW,
        message_channel=MessageChannel.NONE,
        message_to=Recipient.PERSON,
    )
    session.add(row)
    session.flush()
    return row


def _offer(session: Session, registration: Registration) -> PlacesOffer:
    offer = PlacesOffer(
        workshop_id=registration.workshop_id,
        registration_id=registration.id,
        places=1,
        offered_at=NOW,
        answer_by=NOW + timedelta(days=1),
    )
    session.add(offer)
    session.flush()
    return offer


def _workshop(
    session: Session, template: WorkshopTemplate, counsellor_id: int, venue: Venue
) -> WorkshopSession:
    workshop = Workshop(
        **_words(),
        slug=f"photos-{venue.slug}",
        template=template,
        host_commune_id=venue.commune_id,
        capacity=6,
        minimum=3,
        devices=2,
        status=WorkshopStatus.PLANNED,
        first_at=FAR,
        last_at=FAR + timedelta(hours=2),
        recorded_at=NOW,
    )
    date = WorkshopSession(
        workshop=workshop,
        starts_at=FAR,
        ends_at=FAR + timedelta(hours=2),
        commune_id=venue.commune_id,
        venue_id=venue.id,
        status=WorkshopStatus.PLANNED,
        updated_at=NOW,
    )
    session.add(WorkshopEngagement(session=date, engagement=_engagement(FAR, counsellor_id, venue)))
    return date


def _engagement(starts_at: datetime, counsellor_id: int, venue: Venue) -> Engagement:
    return Engagement(
        counsellor_id=counsellor_id,
        starts_at=starts_at - timedelta(minutes=30),
        ends_at=starts_at + timedelta(hours=2, minutes=30),
        kind=EngagementKind.WORKSHOP,
        commune_id=venue.commune_id,
        venue_id=venue.id,
    )


def _words() -> dict[str, object]:
    return {
        "title": {"fr": "Ranger ses photos", "en": "Sorting your photos"},
        "content": {"fr": "Vous rangez vos photos."},
        "prerequisites": {},
        "bring": {"fr": "Votre téléphone."},
        "level": Level.BEGINNER,
        "themes": ["gere_ses_contenus_numeriques"],
    }
