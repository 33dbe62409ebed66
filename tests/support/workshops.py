"""A programme to register for: workshops written straight to their tables, on the stage."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import Channel, EngagementKind, MessageChannel, Recipient
from app.domain.booking import Person
from app.domain.workshops import Companion, Level, RegistrationRequest, WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.places import Commune, Venue
from app.models.workshops import (
    Workshop,
    WorkshopEngagement,
    WorkshopSession,
    WorkshopTemplate,
)
from app.services.transaction import write_transaction
from tests.support.stage import phone

TITLE = {"fr": "Mots de passe et arnaques", "en": "Passwords and scams"}
numbers: Iterator[int] = count(1)


def plan_workshop(
    session: Session, starts_at: datetime, *, dates: int = 1, recorded_at: datetime, **changes: Any
) -> int:
    """A workshop of two hours (a cycle: every week) at the first venue; its id. UTC."""
    starts = [starts_at + timedelta(weeks=week) for week in range(dates)]
    with write_transaction(session):
        template = WorkshopTemplate(
            code=f"modele-{next(numbers)}", **_words(), minutes=120, capacity=6, minimum=3,
            devices=2, edited_at=recorded_at,
        )  # fmt: skip
        workshop = Workshop(
            **{
                **_words(),
                "slug": f"mots-de-passe-{next(numbers)}",
                "template": template,
                "host_commune_id": session.scalars(select(Commune.id).order_by(Commune.id)).first(),
                "capacity": 6,
                "minimum": 3,
                "devices": 2,
                "status": WorkshopStatus.PLANNED,
                "first_at": starts[0],
                "last_at": starts[-1] + timedelta(hours=2),
                "recorded_at": recorded_at,
            }
            | changes
        )
        session.add(workshop)
        for start in starts:
            _add_session(session, workshop, start)
        session.flush()
        return workshop.id


def _words() -> dict[str, Any]:
    return {
        "title": TITLE,
        "content": {"fr": "Vous apprenez à choisir un mot de passe.", "en": "Choose a password."},
        "prerequisites": {},
        "bring": {"fr": "Votre téléphone.", "en": "Your phone."},
        "level": Level.BEGINNER,
        "themes": ["securite_numerique"],
    }


def _add_session(session: Session, workshop: Workshop, start: datetime) -> None:
    venue = session.scalars(select(Venue).order_by(Venue.id)).first()
    counsellor_id = session.scalars(select(Counsellor.id).order_by(Counsellor.id)).first()
    assert venue is not None
    assert counsellor_id is not None
    date = WorkshopSession(
        workshop=workshop,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        commune_id=venue.commune_id,
        venue_id=venue.id,
        status=WorkshopStatus.PLANNED,
        updated_at=workshop.recorded_at,
    )
    engagement = Engagement(
        counsellor_id=counsellor_id,
        starts_at=start - timedelta(minutes=30),
        ends_at=start + timedelta(hours=2, minutes=30),
        kind=EngagementKind.WORKSHOP,
        commune_id=venue.commune_id,
        venue_id=venue.id,
    )
    session.add(WorkshopEngagement(session=date, engagement=engagement))


def registration(workshop_id: int, **changes: Any) -> RegistrationRequest:
    """Somebody of the host commune who wants a place, or to wait."""
    number = next(numbers)
    request = RegistrationRequest(
        workshop_id=workshop_id,
        person=Person("Rose", f"Serin{number}", phone(), None),
        companion=None,
        commune_slug="amont",
        devices_wanted=0,
        may_wait=True,
        accepts_one=False,
        helper=None,
        message_channel=MessageChannel.SMS,
        message_to=Recipient.PERSON,
        language="fr",
        channel=Channel.WEB,
        form_key=f"registration-{number}",
    )
    return replace(request, **changes)


def couple(workshop_id: int, **changes: Any) -> RegistrationRequest:
    """Two people who come together."""
    return registration(workshop_id, companion=Companion("Paul", "Serin"), **changes)
