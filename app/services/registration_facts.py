"""Read one registration, or the places offered to it, as pages, messages and calendars tell it.

Nobody reaches a registration by a telephone number alone (slots-calendar-threats T17), and a link
opens one registration only (T9).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.booking import is_link_alive
from app.domain.errors import AppointmentNotFound, LinkExpired, LinkUnknown
from app.domain.sending import ALL_WELCOME, Wishes
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferUnknown
from app.domain.workshop_facts import PlacesOfferFacts, RegistrationFacts, WorkshopFacts
from app.domain.workshops import ParticipationState, RegistrationStatus
from app.models.appointment import Resident
from app.models.workshops import Participation, PlacesOffer, Registration
from app.services.catalogue import Catalogue
from app.services.links import Links, hash_token, is_token
from app.services.registration_rows import devices_left, registration_token
from app.services.transaction import write_transaction
from app.services.workshop_reading import workshops_by_id

PLACES_PURPOSE = "places"
"""Of the links that open an offer of places: `/offre/<token>`, as for an appointment."""
_FRESH: Any = {"populate_existing": True}


def registration_of(
    session: Session, catalogue: Catalogue, registration_id: int, links: Links, now: datetime
) -> RegistrationFacts | None:
    """What its messages and the team's pages say, with a link in force; None: there is none.

    A link made with an earlier LINK_KEY is replaced, in a transaction of its own: never call it
    inside one.
    """
    query = select(Registration).where(Registration.id == registration_id)
    row = session.scalars(query.execution_options(**_FRESH)).one_or_none()
    if row is None:
        return None
    facts = _facts(session, catalogue, row, links, now)
    _renew(session, row, facts.token)
    return facts


def registration_by_token(
    session: Session, catalogue: Catalogue, token: str, *, now: datetime, links: Links
) -> RegistrationFacts:
    """The registration that this link opens.

    Raises LinkUnknown for a token that is malformed, unknown or no longer in force, LinkExpired
    30 days after the end of its last session.
    """
    if not is_token(token):
        raise LinkUnknown
    row = session.scalars(
        select(Registration)
        .join(Registration.workshop)
        .where(Registration.link_token_hash == hash_token(token))
        .execution_options(**_FRESH)
    ).one_or_none()
    if row is None:
        raise LinkUnknown
    facts = _facts(session, catalogue, row, links, now)
    if not is_link_alive(facts.workshop.last_at, now):
        raise LinkExpired
    # Its own token, not one made again: the page's links work even if LINK_KEY has changed since.
    return replace(facts, token=token)


def registration_token_by_reference(
    session: Session, reference: int, phone_e164: str, *, now: datetime, links: Links
) -> str:
    """The token of the link, for somebody who has both the number and the telephone given with it.

    The telephone may be the person's or the helper's, in E.164. Raises AppointmentNotFound: the
    same whether the number, the telephone or both are wrong, or the link is dead.
    """
    row = session.scalars(
        select(Registration)
        .join(Registration.workshop)
        .join(Registration.resident)
        .where(
            Registration.reference == reference,
            or_(Resident.phone == phone_e164, Registration.helper_phone == phone_e164),
        )
        .execution_options(**_FRESH)
    ).one_or_none()
    if row is None or not is_link_alive(row.workshop.last_at, now):
        raise AppointmentNotFound
    token = registration_token(row, links)
    _renew(session, row, token)
    return token


def places_offer_of(
    session: Session, catalogue: Catalogue, offer_id: int, links: Links, now: datetime
) -> PlacesOfferFacts | None:
    """What its message says, with a link in force; None: there is none. See `registration_of`."""
    query = select(PlacesOffer).where(PlacesOffer.id == offer_id)
    row = session.scalars(query.execution_options(**_FRESH)).one_or_none()
    if row is None:
        return None
    facts = _offer_facts(session, catalogue, row, links, now)
    if row.link_token_hash != hash_token(facts.token):
        with write_transaction(session):
            renewed = update(PlacesOffer).where(PlacesOffer.id == offer_id)
            session.execute(renewed.values(link_token_hash=hash_token(facts.token)))
    return facts


def places_offer_by_token(
    session: Session, catalogue: Catalogue, token: str, *, now: datetime, links: Links
) -> PlacesOfferFacts:
    """The offer that this link opens, answered or not.

    Raises OfferUnknown for a token that nobody was given, LinkExpired 30 days after the end of the
    workshop.
    """
    if not is_token(token):
        raise OfferUnknown
    query = select(PlacesOffer).where(PlacesOffer.link_token_hash == hash_token(token))
    row = session.scalars(query.execution_options(**_FRESH)).one_or_none()
    if row is None:
        raise OfferUnknown
    facts = _offer_facts(session, catalogue, row, links, now)
    if not is_link_alive(facts.registration.workshop.last_at, now):
        raise LinkExpired
    return replace(facts, token=token)


def open_places_offer(
    session: Session, catalogue: Catalogue, registration_id: int, links: Links, now: datetime
) -> PlacesOfferFacts | None:
    """The places that are held for who waits at this moment; None: none are."""
    query = select(PlacesOffer.id).where(
        PlacesOffer.registration_id == registration_id, PlacesOffer.closed_at.is_(None)
    )
    offer_id = session.scalars(query).one_or_none()
    if offer_id is None:
        return None
    offer = places_offer_of(session, catalogue, offer_id, links, now)
    return offer if offer and offer.is_open else None


def registration_holder(session: Session, registration_id: int) -> int:
    """Whose registration it is: the id of the card."""
    found = select(Registration.resident_id).where(Registration.id == registration_id)
    return session.scalars(found).one()


def registration_address(
    session: Session, registration_id: int, channel: MessageChannel, recipient: Recipient
) -> tuple[str | None, Wishes]:
    """Where a message about it goes today (None: nowhere), and what its card refuses.

    A helper has a telephone; e-mails go to the one address given, as for an appointment.
    """
    row = session.execute(
        select(
            Registration.helper_phone,
            Resident.phone,
            Resident.email,
            Resident.refuses_sms,
            Resident.refuses_mail,
            Resident.refuses_reminders,
        )
        .join(Registration.resident)
        .where(Registration.id == registration_id)
    ).one_or_none()
    if row is None:
        return None, ALL_WELCOME
    phone = row.helper_phone if recipient is Recipient.HELPER else row.phone
    wishes = Wishes(row.refuses_sms, row.refuses_mail, row.refuses_reminders)
    return (row.email if channel is MessageChannel.EMAIL else phone), wishes


def _renew(session: Session, row: Registration, token: str) -> None:
    """Make that link the one in force; it differs only where LINK_KEY has changed."""
    if row.link_token_hash == hash_token(token):
        return
    registration_id = row.id
    with write_transaction(session):
        renewed = update(Registration).where(Registration.id == registration_id)
        session.execute(renewed.values(link_token_hash=hash_token(token)))


def _offer_facts(
    session: Session, catalogue: Catalogue, row: PlacesOffer, links: Links, now: datetime
) -> PlacesOfferFacts:
    is_open = row.closed_at is None and now < row.answer_by
    return PlacesOfferFacts(
        id=row.id,
        token=links.purpose_token(PLACES_PURPOSE, row.id, row.link_version),
        places=row.places,
        answer_by=row.answer_by,
        is_open=is_open,
        devices_short=_devices_short(session, row) if is_open else 0,
        registration=_facts(session, catalogue, row.registration, links, now),
        has_expired=row.outcome is OfferOutcome.EXPIRED
        or (row.closed_at is None and now >= row.answer_by),
    )


def _devices_short(session: Session, row: PlacesOffer) -> int:
    """How many of the devices that they would need are promised to others by now."""
    wanted = min(row.registration.devices_wanted, row.places)
    return max(0, wanted - devices_left(session, row.workshop))


def _facts(
    session: Session, catalogue: Catalogue, row: Registration, links: Links, now: datetime
) -> RegistrationFacts:
    workshop = workshops_by_id(session, catalogue, [row.workshop_id], now)[row.workshop_id]
    home = row.commune_id
    return RegistrationFacts(
        id=row.id,
        token=registration_token(row, links),
        reference=row.reference,
        status=row.status,
        cancelled_by=row.cancelled_by,
        places=row.places,
        accepts_one=row.accepts_one,
        devices_wanted=row.devices_wanted,
        position=_position(session, row),
        workshop=_excused(session, row.id, workshop),
        commune=None if home is None else catalogue.commune_by_id(home),
        language=row.language,
        message_channel=row.message_channel,
        message_to=row.message_to,
        sequence=row.sequence,
        registered_at=row.registered_at,
        updated_at=row.updated_at,
        left_unanswered=_left_unanswered(session, row),
    )


def _left_unanswered(session: Session, row: Registration) -> bool:
    """Whether nobody answered the last places that they were offered."""
    if row.status is not RegistrationStatus.CANCELLED:
        return False
    offers = select(PlacesOffer.outcome).where(PlacesOffer.registration_id == row.id)
    return session.scalar(offers.order_by(PlacesOffer.id.desc()).limit(1)) is OfferOutcome.EXPIRED


def _position(session: Session, row: Registration) -> int | None:
    """Their number on the list, those before them with a place offered included."""
    if row.status is not RegistrationStatus.WAITING:
        return None
    earlier = or_(
        Registration.registered_at < row.registered_at,
        and_(Registration.registered_at == row.registered_at, Registration.id < row.id),
    )
    query = select(func.count()).where(
        Registration.workshop_id == row.workshop_id,
        Registration.status == RegistrationStatus.WAITING,
        earlier,
    )
    return session.scalars(query).one() + 1


def _excused(session: Session, registration_id: int, workshop: WorkshopFacts) -> WorkshopFacts:
    """The same workshop, whose dates say which ones this registration misses."""
    missed = set(
        session.scalars(
            select(Participation.session_id).where(
                Participation.registration_id == registration_id,
                Participation.state == ParticipationState.EXCUSED,
            )
        )
    )
    if not missed:
        return workshop
    dates = tuple(replace(each, is_excused=each.id in missed) for each in workshop.sessions)
    return replace(workshop, sessions=dates)
