"""What one waiting message says at the instant of sending: read from the facts of now, at once.

A message is about an appointment, an offered place or a workshop; each is read by its own service.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, true
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, PlaceKind, Recipient
from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.errors import DomainError
from app.domain.messages import MessageKind, SubjectKind
from app.domain.sending import ALL_WELCOME, Pending, SkipReason, Wishes, why_not_send
from app.domain.settings import Settings
from app.domain.workshop_letters import WorkshopLetter
from app.gateways.bounces import Mailbox
from app.gateways.contacts import parse_phone
from app.gateways.message_words import SHIPPED, Facts, Texts
from app.gateways.senders import Senders
from app.models.appointment import Appointment, Engagement, Resident
from app.models.outbox import MessageText, OutboxMessage
from app.models.places import Territory
from app.models.waiting import Offer
from app.services.appointment_facts import facts_from, letterhead, renew_link
from app.services.catalogue import REVISION, Catalogue, catalogue_of
from app.services.letter_subjects import About
from app.services.links import Links, hash_token
from app.services.message_stamps import stamp_of
from app.services.message_texts import read_texts
from app.services.offer_facts import offer_address, offer_facts_of
from app.services.outbox_claims import Claim, ours_by
from app.services.sending_costs import is_ceiling_reached
from app.services.survey import invite
from app.services.waiting_found import is_offered_in_vain
from app.services.workshop_digest import about_news
from app.services.workshop_letters import ABOUT_WORKSHOPS, about_workshop


@dataclass(frozen=True, slots=True)
class PostRoom:
    """What sending needs beside the database."""

    senders: Senders
    links: Links
    public_url: str
    chance: Callable[[], float] = random.random
    """Spreads the tries that follow a failure, from 0 to 1; tests choose it."""
    mailbox: Mailbox | None = None
    """Where e-mails come back; None: nobody told us."""
    stop_number: str = ""
    """Where the gateway takes « STOP »; empty: no news leaves by text message."""


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one sending needs, read at once."""

    message_id: int
    kind: MessageKind
    channel: MessageChannel
    attempts: int
    expires_at: datetime
    """UTC: from then on it would mislead."""
    minutes: int | None
    address: str
    stamp: str
    """Its Message-ID, the same at each try."""
    facts: Facts
    letterhead: Letterhead
    texts: Texts
    reply_to: str
    """Who reads what the person answers; empty: nobody gave an address for it."""
    commune_id: int | None
    """Whom it is charged to: the commune of the place, or of the home for a visit; None: nobody."""
    sms_price: int
    """Of one text message, in hundredths of a cent."""


_message: Any = OutboxMessage.__table__.c
_MESSAGE = (
    select(
        _message.id,
        _message.subject_kind,
        _message.subject_id,
        _message.kind,
        _message.version,
        _message.channel,
        _message.recipient,
        _message.expires_at,
        _message.attempts,
        _message.minutes,
        _message.session_id,
        Appointment,
        Engagement,
        Resident.phone,
        Resident.email,
        Resident.refuses_sms,
        Resident.refuses_mail,
        Resident.refuses_reminders,
        select(MessageText.id).exists().label("has_own_texts"),
        *REVISION,
    )
    .select_from(OutboxMessage)
    .outerjoin(
        Appointment,
        and_(
            Appointment.id == _message.subject_id, _message.subject_kind == SubjectKind.APPOINTMENT
        ),
    )
    .outerjoin(Appointment.resident)
    .outerjoin(Appointment.engagement)
    .outerjoin(Territory, true())
    .where(*ours_by(bindparam("id"), bindparam("until", type_=_message.leased_until.type)))
    .execution_options(populate_existing=True)
)
"""The message, whom it goes to if it is about an appointment, and which picture of the territory it
is read with: one question, made once, which a worker asks for each message.
"""


def read_letter(
    session: Session, claim: Claim, now: datetime, room: PostRoom
) -> Letter | SkipReason | None:
    """The letter, why it must not leave, or None where the message is no longer ours.

    A link made with an earlier LINK_KEY is replaced, and the invitation to the three questions is
    written, each in a transaction of its own.
    """
    asked = {"id": claim.message_id, "until": claim.leased_until}
    message: Any = session.execute(_MESSAGE, asked).one_or_none()
    if message is None or now >= claim.leased_until:
        return None
    revision = tuple(message)[-len(REVISION) :]
    catalogue = catalogue_of(session, None if revision[0] is None else revision)
    about = _about(session, catalogue, message, room.links, now)
    if about is None or isinstance(about, SkipReason):
        return about or SkipReason.ERASED
    if message.subject_kind is SubjectKind.NEWS and _cannot_be_stopped(message.channel, room):
        return SkipReason.NO_WAY_OUT
    reason = _why_not(session, catalogue, message, about, now)
    if reason or not about.address:
        return reason or SkipReason.NO_ADDRESS
    return Letter(
        message_id=message.id,
        kind=message.kind,
        channel=message.channel,
        attempts=message.attempts,
        expires_at=message.expires_at,
        minutes=message.minutes,
        address=about.address,
        stamp=stamp_of(message.id, room.links, room.public_url),
        facts=_with_link(session, catalogue, message, about, now, room.links),
        letterhead=letterhead(catalogue, room.public_url, room.stop_number),
        texts=read_texts(session) if message.has_own_texts else SHIPPED,
        reply_to=_reply_to(catalogue, about.commune_id),
        commune_id=about.commune_id,
        sms_price=catalogue.settings.sms_price_hundredths,
    )


def _cannot_be_stopped(channel: MessageChannel, room: PostRoom) -> bool:
    """News by text message always say where « STOP » goes; the gateway may have changed since."""
    return channel is MessageChannel.SMS and not room.stop_number


def _why_not(
    session: Session, catalogue: Catalogue, message: Any, about: About, now: datetime
) -> SkipReason | None:
    pending = Pending(message.kind, message.channel, message.version, message.expires_at)
    reason = why_not_send(pending, about.facts, now, about.wishes)
    reason = reason or _why_nowhere(catalogue, message.channel, about.address)
    if reason is None and _is_too_dear(session, catalogue, message.channel, now):
        return SkipReason.CEILING
    return reason


def _with_link(  # noqa: PLR0917 - what one link needs
    session: Session,
    catalogue: Catalogue,
    message: Any,
    about: About,
    now: datetime,
    links: Links,
) -> Facts:
    """The facts, whose link leads to the three questions where the message asks them."""
    facts = about.facts
    if message.kind is not MessageKind.SATISFACTION or about.commune_id is None:
        return facts
    today = catalogue.today(now)
    if isinstance(facts, WorkshopLetter):
        place = PlaceKind.VENUE
        token = invite(session, links, message.id, about.commune_id, place, today=today)
        return replace(facts, registration=replace(facts.registration, token=token))
    if not isinstance(facts, AppointmentFacts):
        return facts
    token = invite(session, links, message.id, about.commune_id, facts.place_kind, today=today)
    return replace(facts, token=token)


def _reply_to(catalogue: Catalogue, commune_id: int | None) -> str:
    """The town hall or CCAS of that commune, where it gave an address; else the service's own."""
    own = ""
    if commune_id is not None:
        own = catalogue.commune_by_id(commune_id).town_hall.get("email", "")
    service: str = catalogue.service["email"]
    return own or service


def _about(
    session: Session, catalogue: Catalogue, message: Any, links: Links, now: datetime
) -> About | SkipReason | None:
    """What this message is about; None once it is gone, or why nothing is said of it any more."""
    if message.subject_kind in ABOUT_WORKSHOPS:
        return about_workshop(session, catalogue, message, links, now)
    if message.subject_kind is SubjectKind.NEWS:
        return about_news(session, catalogue, message, links, now)
    read = _about_offer if message.subject_kind is SubjectKind.OFFER else _about_appointment
    return read(session, catalogue, message, links)


def _about_appointment(
    session: Session, catalogue: Catalogue, message: Any, links: Links
) -> About | None:
    appointment, engagement = message.Appointment, message.Engagement
    if appointment is None:
        return None
    # Before a link is renewed: what is committed on the way is read anew, one row after the other.
    known_hash, helper_phone = appointment.link_token_hash, appointment.helper_phone
    commune_id = _charged(appointment.place_kind, appointment.commune_id, engagement.commune_id)
    facts = facts_from(catalogue, appointment, engagement, links)
    if known_hash != hash_token(facts.token):
        renew_link(session, facts, links)
    phone = helper_phone if message.recipient is Recipient.HELPER else message.phone
    return About(
        facts=facts,
        # A helper has a telephone; e-mails go to the one address given.
        address=message.email if message.channel is MessageChannel.EMAIL else phone,
        wishes=Wishes(message.refuses_sms, message.refuses_mail, message.refuses_reminders),
        commune_id=commune_id,
    )


def _charged(place_kind: PlaceKind, home_id: int | None, place_id: int) -> int:
    return home_id or place_id if place_kind is PlaceKind.HOME else place_id


def _about_offer(
    session: Session, catalogue: Catalogue, message: Any, links: Links
) -> About | SkipReason | None:
    """The card's refusals are seen to by `offer_address`.

    Somebody who has just booked is not asked, even where nobody has withdrawn the offer yet.
    """
    if is_offered_in_vain(session, message.subject_id):
        return SkipReason.UNTRUE
    facts = offer_facts_of(session, catalogue, message.subject_id, links)
    commune_id = session.scalar(select(Offer.commune_id).where(Offer.id == message.subject_id))
    if facts is None or commune_id is None:
        return None
    address = offer_address(session, message.subject_id, message.channel)
    return About(facts, address, ALL_WELCOME, commune_id)


def _why_nowhere(
    catalogue: Catalogue, channel: MessageChannel, address: str | None
) -> SkipReason | None:
    if not address:
        return SkipReason.NO_ADDRESS
    if channel is MessageChannel.SMS and not _takes_sms(address, catalogue.settings):
        return SkipReason.NOT_MOBILE
    return None


def _is_too_dear(
    session: Session, catalogue: Catalogue, channel: MessageChannel, now: datetime
) -> bool:
    return channel is MessageChannel.SMS and is_ceiling_reached(session, catalogue, now)


def _takes_sms(number: str, settings: Settings) -> bool:
    """Whatever a correction or a merge wrote on the card: `foreign_sms` holds here too."""
    try:
        phone = parse_phone(number)
    except DomainError:
        return False
    return phone.is_mobile and (settings.foreign_sms or not phone.is_foreign)
