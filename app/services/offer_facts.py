"""Read one offered place as its message and its page tell it; and where that message goes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, PlaceKind, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.booking import Choice, is_link_alive
from app.domain.errors import LinkExpired
from app.domain.waiting import OfferFacts, OfferOutcome
from app.domain.waiting_errors import OfferUnknown
from app.models.appointment import Appointment, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.links import Links, hash_token, is_token
from app.services.transaction import write_transaction
from app.services.waiting_people import rests

PURPOSE = "offer"
"""Of the tokens of offers."""

_FACTS = select(Offer, WaitingEntry).outerjoin(Offer.entry)


def offer_facts_of(
    session: Session, catalogue: Catalogue, offer_id: int, links: Links
) -> OfferFacts | None:
    """What its message says, with a link in force; None once the entry is gone: nobody waits.

    A link made with an earlier LINK_KEY is replaced, in a transaction of its own. `is_open` tells
    only whether it was closed: the message's own expiry tells whether the hour is past.
    """
    row: Any = session.execute(_FACTS.where(Offer.id == offer_id)).one_or_none()
    if row is None or row.WaitingEntry is None:
        return None
    facts, known_hash = _facts(catalogue, row, links), row.Offer.link_token_hash
    if known_hash != hash_token(facts.token):
        with write_transaction(session):
            renewed = update(Offer).where(Offer.id == offer_id)
            session.execute(renewed.values(link_token_hash=hash_token(facts.token)))
    return facts


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """An offer as its link shows it, answered or not."""

    offer_id: int
    facts: OfferFacts
    outcome: OfferOutcome | None
    """None: still theirs to answer."""
    appointment_token: str | None
    """Of the appointment that it has become."""
    entry_id: int | None
    """Their place on the list; None: they wait no more."""
    rests: bool
    """They wait, but answered none of the last offers: they are asked no more until they do."""
    again: Choice | None
    """The same time, for who would book it if it is free; None where nobody knows their need."""
    own_appointment_id: int | None
    """The one that this would replace."""
    has_helper: bool
    """Somebody else put them on the list."""

    @property
    def still_waits(self) -> bool:
        return self.entry_id is not None

    @property
    def time(self) -> Choice:
        """When and where, whatever the need."""
        if self.again:
            return self.again
        facts = self.facts
        kind = AvailabilityKind.HOME_VISITS if facts.is_visit else AvailabilityKind.PERMANENCE
        return Choice(kind, "", "", facts.starts_at, None if facts.is_visit else facts.place_name)


def read_offer(
    session: Session, catalogue: Catalogue, token: str, *, now: datetime, links: Links
) -> OfferSeen:
    """The offer that this link opens.

    Raises OfferUnknown for a token that nobody was given, LinkExpired 30 days after its time.
    """
    if not is_token(token):
        raise OfferUnknown
    hashed = Offer.link_token_hash == hash_token(token)
    row: Any = session.execute(_FACTS.where(hashed)).one_or_none()
    if row is None:
        raise OfferUnknown
    offer, entry = row
    if not is_link_alive(offer.ends_at, now):
        raise LinkExpired
    is_late = offer.closed_at is None and now >= offer.answer_by
    # Its own token, not one made again: the page's links work even if LINK_KEY has changed since.
    facts = replace(_facts(catalogue, row, links), token=token)
    return OfferSeen(
        offer_id=offer.id,
        facts=replace(facts, is_open=facts.is_open and not is_late),
        outcome=OfferOutcome.EXPIRED if is_late else offer.outcome,
        appointment_token=_appointment_token(session, offer, links),
        entry_id=offer.entry_id,
        rests=_rests(session, offer.entry_id),
        again=choice_of(catalogue, offer, entry) if entry else None,
        own_appointment_id=entry.appointment_id if entry else None,
        has_helper=bool(entry and entry.helper_name),
    )


def choice_of(catalogue: Catalogue, offer: Offer, entry: WaitingEntry) -> Choice:
    """The offered time in the terms of a booking."""
    is_visit = entry.place_kind is PlaceKind.HOME
    topic = next(each for each in catalogue.topics if each.id == entry.topic_id)
    return Choice(
        kind=AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE,
        commune_slug=catalogue.commune_by_id(entry.commune_id).slug,
        topic_code=topic.code,
        starts_at=offer.starts_at,
        venue_slug=None if offer.venue_id is None else catalogue.venue_by_id(offer.venue_id).slug,
    )


def _appointment_token(session: Session, offer: Offer, links: Links) -> str | None:
    if offer.outcome is not OfferOutcome.ACCEPTED or offer.engagement_id is None:
        return None
    held = select(Appointment.id).where(Appointment.engagement_id == offer.engagement_id)
    return own_link(session, session.scalars(held).one(), links)


def _rests(session: Session, entry_id: int | None) -> bool:
    resting = select(WaitingEntry.id).where(WaitingEntry.id == entry_id, rests())
    return session.scalar(resting) is not None


def own_link(session: Session, appointment_id: int, links: Links) -> str:
    """The token of the appointment that this person has or had."""
    version = select(Appointment.link_version).where(Appointment.id == appointment_id)
    return links.token(appointment_id, session.scalars(version).one())


def offer_address(session: Session, offer_id: int, channel: MessageChannel) -> str | None:
    """Where its message goes today: the number or the e-mail of the entry; None where it is gone.

    None too where the card refuses that channel since: a « STOP » of the helper stands there too.
    """
    row = session.execute(
        select(WaitingEntry, Resident)
        .select_from(Offer)
        .join(Offer.entry)
        .join(WaitingEntry.resident)
        .where(Offer.id == offer_id)
    ).one_or_none()
    if row is None:
        return None
    entry, card = row
    if channel is MessageChannel.EMAIL:
        return None if card.refuses_mail else card.email
    if card.refuses_sms:
        return None
    return entry.helper_phone if entry.message_to is Recipient.HELPER else card.phone


def _facts(catalogue: Catalogue, row: Row[Any], links: Links) -> OfferFacts:
    offer, entry = row.Offer, row.WaitingEntry
    commune = catalogue.commune_by_id(offer.commune_id)
    venue = catalogue.venue_by_id(offer.venue_id) if offer.venue_id is not None else None
    address = (
        ", ".join(filter(None, (venue.address, venue.postal_line)))
        if venue
        else f"{commune.postal_code} {commune.name}"
    )
    return OfferFacts(
        id=offer.id,
        token=links.purpose_token(PURPOSE, offer.id, offer.link_version),
        starts_at=offer.starts_at,
        window_minutes=offer.window_minutes or 0,
        is_visit=offer.venue_id is None,
        place_name=venue.name if venue else commune.name,
        place_address=address,
        sms_name=venue.sms_name if venue else "",
        answer_by=offer.answer_by,
        is_open=offer.closed_at is None,
        wants_earlier=bool(entry and entry.appointment_id),
        language=entry.language if entry else "fr",
    )
