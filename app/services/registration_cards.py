"""What becomes of somebody's registrations when the desk changes their card.

Called inside the write transaction of that change, under `waiting_cards.locks_of`; commits
nothing. What comes free is offered by the worker, within a minute.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import CancelledBy, MessageChannel
from app.domain.messages import SubjectKind
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration, Workshop, WorkshopNews
from app.services.links import Links, hash_token
from app.services.registration_rows import registration_token
from app.services.workshop_offers import withdraw_places
from app.services.workshop_places import give_up, locked_workshop, settle, workshop_key

LIVE = Registration.status != RegistrationStatus.CANCELLED


def workshop_keys_of(session: Session, resident_ids: Iterable[int]) -> set[str]:
    """The keys of the workshops where one of them is registered or waits."""
    own = Registration.resident_id.in_(list(resident_ids))
    query = select(Registration.workshop_id).where(own, LIVE).distinct()
    return {workshop_key(each) for each in session.scalars(query)}


def live_registrations(session: Session, resident_id: int, now: datetime) -> list[Registration]:
    """Those of workshops that are not over, the oldest first."""
    query = (
        select(Registration)
        .join(Registration.workshop)
        .where(
            Registration.resident_id == resident_id,
            LIVE,
            Workshop.status == WorkshopStatus.PLANNED,
            Workshop.last_at > now,
        )
        .order_by(Registration.id)
    )
    return list(session.scalars(query))


def is_expected(session: Session, resident_id: int, now: datetime) -> bool:
    """Whether they have a place of a workshop that has not begun: it is cancelled first."""
    query = (
        select(func.count())
        .select_from(Registration)
        .join(Registration.workshop)
        .where(
            Registration.resident_id == resident_id,
            Registration.status == RegistrationStatus.REGISTERED,
            Workshop.status == WorkshopStatus.PLANNED,
            Workshop.first_at > now,
        )
    )
    return session.scalars(query).one() > 0


def renew_registrations(session: Session, resident_id: int, links: Links, now: datetime) -> None:
    """Another name or telephone: old links are dead, and what was offered is offered again (T8)."""
    held = Registration.resident_id == resident_id, Registration.link_token_hash.is_not(None)
    for row in session.scalars(select(Registration).where(*held)).all():
        row.link_version += 1
        row.link_token_hash = hash_token(registration_token(row, links))
        _withdraw(session, row, now)
    own = select(Registration.id).where(Registration.resident_id == resident_id)
    dead = {"link_token_hash": None, "link_version": PlacesOffer.link_version + 1}  # nosec B105
    session.execute(update(PlacesOffer).where(PlacesOffer.registration_id.in_(own)).values(dead))


def _withdraw(session: Session, row: Registration, now: datetime) -> None:
    """They keep their rank: the same places are offered to them again, by their new link."""
    if row.status is not RegistrationStatus.WAITING:
        return
    withdraw_places(session, row.id, now)
    settle(session, _workshop(session, row))


def tell_registration_otherwise(
    row: Registration, language: str, *, is_reachable: bool, has_phone: bool
) -> None:
    """The language of the card; without an address, a voice for who waits or has a telephone, else
    nothing.
    """
    row.language = language
    if not is_reachable:
        is_called = has_phone or row.status is RegistrationStatus.WAITING
        row.message_channel = MessageChannel.VOICE if is_called else MessageChannel.NONE


def move_registrations(session: Session, kept_id: int, other_id: int) -> None:
    """The kept card is registered where the other one was."""
    theirs = update(Registration).where(Registration.resident_id == other_id)
    session.execute(theirs.values(resident_id=kept_id))


def forget_registrations(session: Session, person: Resident, now: datetime) -> None:
    """They wait for nothing and are expected nowhere any more; no news of workshops either.

    Who has a place of a cycle that has begun is off its sheet: that place is offered to nobody.
    """
    for row in live_registrations(session, person.id, now):
        withdraw_places(session, row.id, now)
        give_up(row, CancelledBy.PERSON)
        row.updated_at = now
        row.sequence += 1
        settle(session, _workshop(session, row))
    wanted = news_of(person)
    if wanted is not None:
        session.execute(delete(WorkshopNews).where(wanted))


def news_of(person: Resident) -> ColumnElement[bool] | None:
    """Condition: the consents to news given with the address or number of the card."""
    known = [
        column == value
        for column, value in (
            (WorkshopNews.email, person.email and person.email.casefold()),
            (WorkshopNews.phone, person.phone),
        )
        if value
    ]
    return or_(*known) if known else None


def messages_of_registrations(registration_ids: Iterable[int] | Select[Any]) -> Any:
    """Condition: the messages about these registrations, and about the places offered to them."""
    offers = select(PlacesOffer.id).where(PlacesOffer.registration_id.in_(registration_ids))
    return or_(
        and_(
            OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
            OutboxMessage.subject_id.in_(registration_ids),
        ),
        and_(
            OutboxMessage.subject_kind == SubjectKind.PLACES,
            OutboxMessage.subject_id.in_(offers),
        ),
    )


def _workshop(session: Session, row: Registration) -> Workshop:
    """As it is under the lock."""
    return locked_workshop(session, row.workshop_id) or row.workshop
