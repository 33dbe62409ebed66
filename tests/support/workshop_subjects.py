"""Workshops that pages may be asked about: of the own and of the foreign counsellor and commune."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.domain.workshops import Level, WorkshopStatus
from app.models.appointment import Engagement
from app.models.places import Venue
from app.models.workshops import (
    Workshop,
    WorkshopEngagement,
    WorkshopSession,
    WorkshopTemplate,
)
from app.services.transaction import write_transaction
from tests.support.presquile import NOW

FAR = NOW + timedelta(days=310)
"""Far away, where it touches nothing; NOW is a Monday at ten, this a Sunday."""


def workshop_subjects(
    session: Session, counsellors: tuple[int, int], venues: tuple[int, int]
) -> dict[str, tuple[int, int]]:
    """(own, foreign) by name of parameter: workshop_id, date_id, template_id."""
    with write_transaction(session):
        template = WorkshopTemplate(
            code="photos", **_words(), minutes=120, capacity=6, minimum=3, devices=2,
            edited_at=NOW,
        )  # fmt: skip
        dates = [
            _workshop(session, template, counsellor, session.get_one(Venue, venue))
            for counsellor, venue in zip(counsellors, venues, strict=True)
        ]
        session.flush()
        return {
            "workshop_id": (dates[0].workshop_id, dates[1].workshop_id),
            "date_id": (dates[0].id, dates[1].id),
            "template_id": (template.id, template.id),
        }


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
