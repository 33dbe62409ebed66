"""What a message about workshops is about: a registration, or places offered to who waits.

It is charged to the commune that hosts the workshop.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.messages import MessageKind, SubjectKind
from app.domain.sending import REMINDERS, SkipReason
from app.domain.workshop_letters import WorkshopLetter, told_session
from app.domain.workshops import ParticipationState
from app.models.outbox import OutboxMessage
from app.models.workshops import Participation
from app.services.catalogue import Catalogue
from app.services.letter_subjects import About
from app.services.links import Links
from app.services.registration_facts import (
    places_offer_of,
    registration_address,
    registration_of,
)

ENDINGS = (MessageKind.CANCELLED_BY_PERSON, MessageKind.CANCELLED_BY_SERVICE)
ABOUT_WORKSHOPS = frozenset({SubjectKind.REGISTRATION, SubjectKind.PLACES})


def about_workshop(
    session: Session, catalogue: Catalogue, message: Any, links: Links, now: datetime
) -> About | SkipReason | None:
    """What this message is about; None once it is gone; SUPERSEDED where a newer one tells it."""
    letter = _letter(session, catalogue, message, links, now)
    if letter is None:
        return None
    if message.kind is MessageKind.SATISFACTION and not _came(session, message):
        return SkipReason.UNTRUE
    is_reminder = message.kind in REMINDERS
    if letter.offer is None and not is_reminder and _has_newer(session, message):
        return SkipReason.SUPERSEDED
    registration_id, to = letter.registration.id, (message.channel, message.recipient)
    address, wishes = registration_address(session, registration_id, *to)
    host_id = catalogue.commune(letter.workshop.host.slug).id
    return About(letter, address, wishes, host_id)


def _letter(
    session: Session, catalogue: Catalogue, message: Any, links: Links, now: datetime
) -> WorkshopLetter | None:
    if message.subject_kind is SubjectKind.PLACES:
        offer = places_offer_of(session, catalogue, message.subject_id, links, now)
        if offer is None:
            return None
        return WorkshopLetter(offer.registration, told_session(offer.registration, now), offer)
    facts = registration_of(session, catalogue, message.subject_id, links, now)
    if facts is None:
        return None
    told = told_session(facts, now, message.session_id)
    return WorkshopLetter(
        facts,
        told,
        names_one_date=message.session_id is not None and facts.workshop.is_cycle,
        was_at=told.starts_at - timedelta(minutes=message.minutes) if message.minutes else None,
    )


def _came(session: Session, message: Any) -> bool:
    """Whether the sheet still says that they came: it may have been corrected since."""
    said = session.get(
        Participation, (message.subject_id, message.session_id), populate_existing=True
    )
    return said is not None and said.state is ParticipationState.ATTENDED


def _has_newer(session: Session, message: Any) -> bool:
    """Whether something later is told of the same registration, whatever became of that message.

    What changed of one date of a cycle is told by nothing that is about another one.
    """
    newer = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == message.subject_kind,
        OutboxMessage.subject_id == message.subject_id,
        OutboxMessage.version > message.version,
        OutboxMessage.kind.not_in(REMINDERS),
    )
    if message.kind is MessageKind.CHANGED and message.session_id is not None:
        is_of_date = OutboxMessage.session_id == message.session_id
        newer = newer.where(or_(is_of_date, OutboxMessage.kind.in_(ENDINGS)))
    return session.scalar(newer.limit(1)) is not None
