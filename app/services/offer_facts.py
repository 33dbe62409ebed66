"""Read one offered place as its message and its page tell it; and where that message goes."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, PlaceKind, Recipient
from app.domain.booking import is_link_alive
from app.domain.errors import LinkExpired, LinkUnknown
from app.domain.waiting import OfferFacts
from app.models.appointment import Engagement, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import Catalogue
from app.services.links import Links, hash_token, is_token
from app.services.transaction import write_transaction

PURPOSE = "offer"
"""Of the tokens of offers."""

_FACTS = (
    select(Offer, WaitingEntry)
    .join(Offer.entry)
    .outerjoin(Engagement, Engagement.id == Offer.engagement_id)
)


def offer_facts_of(
    session: Session, catalogue: Catalogue, offer_id: int, links: Links
) -> OfferFacts | None:
    """What its message says, with a link in force; None once the entry is gone: nobody waits.

    A link made with an earlier LINK_KEY is replaced, in a transaction of its own. `is_open` tells
    only whether it was closed: the message's own expiry tells whether the hour is past.
    """
    row = session.execute(_FACTS.where(Offer.id == offer_id)).one_or_none()
    if row is None:
        return None
    facts, known_hash = _facts(catalogue, row, links), row.Offer.link_token_hash
    if known_hash != hash_token(facts.token):
        with write_transaction(session):
            renewed = update(Offer).where(Offer.id == offer_id)
            session.execute(renewed.values(link_token_hash=hash_token(facts.token)))
    return facts


def offer_by_token(
    session: Session, catalogue: Catalogue, token: str, *, now: datetime, links: Links
) -> OfferFacts:
    """The offer that this link opens, open or not.

    Raises LinkUnknown for a token that is malformed or unknown, LinkExpired where nobody can tell
    any more whose it was, or 30 days after its time.
    """
    if not is_token(token):
        raise LinkUnknown
    hashed = Offer.link_token_hash == hash_token(token)
    row = session.execute(_FACTS.where(hashed)).one_or_none()
    if row is None:
        is_known = session.scalar(select(Offer.id).where(hashed)) is not None
        raise LinkExpired if is_known else LinkUnknown
    if not is_link_alive(row.Offer.ends_at, now):
        raise LinkExpired
    facts = _facts(catalogue, row, links)
    # Its own token, not one made again: the page's links work even if LINK_KEY has changed since.
    return replace(facts, token=token, is_open=facts.is_open and now < facts.answer_by)


def offer_address(session: Session, offer_id: int, channel: MessageChannel) -> str | None:
    """Where its message goes today: the number or the e-mail of the entry; None where it is gone.

    None too where the card refuses that channel since.
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
    if entry.message_to is Recipient.HELPER:
        return entry.helper_phone
    return None if card.refuses_sms else card.phone


def _facts(catalogue: Catalogue, row: Row[Offer, WaitingEntry], links: Links) -> OfferFacts:
    offer, entry = row
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
        is_visit=entry.place_kind is PlaceKind.HOME,
        place_name=venue.name if venue else commune.name,
        place_address=address,
        sms_name=venue.sms_name if venue else "",
        answer_by=offer.answer_by,
        is_open=offer.closed_at is None,
        wants_earlier=entry.appointment_id is not None,
        language=entry.language,
    )
