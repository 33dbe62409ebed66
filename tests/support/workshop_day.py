"""The day of two workshops of the team: one of the own commune and counsellor, one foreign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel
from app.domain.booking import Person, Phone
from app.models.appointment import Engagement
from app.models.places import Commune, Venue
from app.models.workshops import (
    PlacesOffer,
    Registration,
    Workshop,
    WorkshopEngagement,
    WorkshopSession,
)
from app.services.links import hash_token
from app.services.registrations import register
from app.services.transaction import write_transaction
from app.services.workshop_offers import offer_workshops
from tests.support.presquile import NOW
from tests.support.team import FOREIGN, LINKS, OWN, Team
from tests.support.workshops import plan_workshop, registration

STARTS_AT = NOW.replace(hour=13) + timedelta(days=5)
"""A Saturday afternoon, when nobody has a permanence: 28 November 2026 (UTC)."""
NAMES = {
    OWN: ("Colette Varech", "Firmin Estran"),
    FOREIGN: ("Solange Dunette", "Hector Brisant"),
}
"""Who is registered, and who waits with a place offered."""
_numbers = count(10)


@dataclass(frozen=True, slots=True)
class Planned:
    """A workshop of the team with its first date."""

    id: int
    date_id: int


def plan_for(
    session: Session,
    slug: str,
    counsellor_id: int,
    starts_at: datetime = STARTS_AT,
    **changes: Any,
) -> Planned:
    """A workshop in that commune, held by that counsellor, recorded on the Monday of the team."""
    commune_id = session.scalars(select(Commune.id).where(Commune.slug == slug)).one()
    venue_id = session.scalars(select(Venue.id).where(Venue.commune_id == commune_id)).first()
    changes |= {"host_commune_id": commune_id}
    # Planned far from everything, then brought to whom it belongs: nobody is in two places.
    found = plan_workshop(session, starts_at + timedelta(days=400), recorded_at=NOW, **changes)
    with write_transaction(session):
        rows = session.scalars(
            select(WorkshopSession)
            .where(WorkshopSession.workshop_id == found)
            .order_by(WorkshopSession.starts_at)
        ).all()
        for row in rows:
            row.commune_id, row.venue_id = commune_id, venue_id
            held = _held(session, row.id)
            held.counsellor_id, held.commune_id, held.venue_id = counsellor_id, commune_id, venue_id
            for each in (row, held):
                each.starts_at -= timedelta(days=400)
                each.ends_at -= timedelta(days=400)
        workshop = session.get_one(Workshop, found)
        workshop.first_at, workshop.last_at = rows[0].starts_at, rows[-1].ends_at
        return Planned(found, rows[0].id)


def _held(session: Session, date_id: int) -> Engagement:
    query = (
        select(Engagement)
        .join(WorkshopEngagement, WorkshopEngagement.engagement_id == Engagement.id)
        .where(WorkshopEngagement.session_id == date_id)
    )
    return session.scalars(query).one()


def enrol(session: Session, workshop_id: int, slug: str, name: str, **changes: Any) -> int:
    """Somebody of that commune registers online, and is told by voice; the registration's id."""
    first_name, last_name = name.split()
    number = Phone(f"+3363998{next(_numbers):04}", is_mobile=True, is_foreign=False)
    values: dict[str, Any] = {
        "person": Person(first_name, last_name, number, None),
        "commune_slug": slug,
        "message_channel": MessageChannel.VOICE,
    }
    asked = registration(workshop_id, **(values | changes))
    found = register(session, asked, now=NOW, links=LINKS)
    opened = Registration.link_token_hash == hash_token(found.token)
    return session.scalars(select(Registration.id).where(opened)).one()


def hold_workshops(team: Team) -> None:
    """On each side: a workshop, a registration, and a place offered by telephone."""
    with team.session() as session:
        pairs = zip((OWN, FOREIGN), team.subjects["counsellor_id"], strict=True)
        (own, one, offer), (foreign, other, other_offer) = (
            _one_side(session, slug, counsellor_id) for slug, counsellor_id in pairs
        )
    team.subjects |= {
        "workshop_id": (own.id, foreign.id),
        "date_id": (own.date_id, foreign.date_id),
        "registration_id": (one, other),
        "places_offer_id": (offer, other_offer),
    }


def _one_side(session: Session, slug: str, counsellor_id: int) -> tuple[Planned, int, int]:
    planned = plan_for(session, slug, counsellor_id, capacity=1)
    one, other = NAMES[slug]
    first = enrol(session, planned.id, slug, one)
    enrol(session, planned.id, slug, other)
    with write_transaction(session):
        session.get_one(Workshop, planned.id).capacity = 2
    offer_workshops(session, NOW, 10)
    own = PlacesOffer.workshop_id == planned.id
    return planned, first, session.scalars(select(PlacesOffer.id).where(own)).one()
