"""Until when places of a workshop are held for somebody, and how they learn of it.

The rules of `offer_telling`: what no message could tell is held until the desk has had its
half-day.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, OutboxState, SubjectKind
from app.domain.waiting import answer_by, call_by
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.announcing import refuses
from app.services.catalogue import Catalogue
from app.services.hours import open_hours
from app.services.offer_telling import give_up, has_arrived, is_unheard, known_at, messages_of
from app.services.outbox import write_message

PLACES = SubjectKind.PLACES


def answer_until(
    catalogue: Catalogue, workshop: Workshop, registration: Registration, now: datetime
) -> datetime | None:
    """Until when it is theirs to answer (UTC); None: too late to ask. See `domain.waiting`."""
    if not _is_told_by_machine(registration):
        return _call_until(catalogue, workshop, registration, now)
    return answer_by(now, workshop.first_at, catalogue.settings, open_hours(catalogue, now))


def _call_until(
    catalogue: Catalogue, workshop: Workshop, registration: Registration, at: datetime
) -> datetime | None:
    home_id = registration.commune_id or workshop.host_commune_id
    spans = catalogue.commune_by_id(home_id).town_hall.get("opening_hours", ())
    return call_by(at, workshop.first_at, spans, open_hours(catalogue, at))


def _is_told_by_machine(registration: Registration) -> bool:
    """Whether a message may go to them: not by a channel that they have refused since."""
    channel = registration.message_channel
    is_refused = refuses(registration.resident, MessageKind.OFFER, channel)
    return channel in SENT_CHANNELS and not is_refused


def tell_of_places(
    session: Session,
    catalogue: Catalogue,
    registration: Registration,
    offer: PlacesOffer,
    now: datetime,
) -> None:
    """By the machine, within the hours; whoever it cannot tell is on the list « À appeler »."""
    if not _is_told_by_machine(registration):
        return
    channel, recipient = registration.message_channel, registration.message_to
    write_message(
        session,
        Notice(MessageKind.OFFER, channel, recipient, expires_at=offer.answer_by),
        offer.id,
        version=0,
        now=now,
        subject_kind=PLACES,
        due_at=open_hours(catalogue, now).next_open(now),
    )


def give_places_to_desk(
    session: Session, catalogue: Catalogue, workshop: Workshop, now: datetime
) -> int:
    """Hold what nobody could be told of until the desk has had its half-day to call; how many.

    Once, since it is counted from when the last message was known not to arrive. In the caller's
    transaction, under the lock of the workshop.
    """
    is_open = PlacesOffer.workshop_id == workshop.id, PlacesOffer.closed_at.is_(None)
    is_ours = is_unheard(PLACES, PlacesOffer, now)
    untold = session.scalars(select(PlacesOffer).where(*is_open, is_ours)).all()
    return sum(_hold_longer(session, catalogue, workshop, each, now) for each in untold)


def _hold_longer(
    session: Session, catalogue: Catalogue, workshop: Workshop, offer: PlacesOffer, now: datetime
) -> bool:
    messages = messages_of(session, PLACES, offer.id)
    until = _call_until(catalogue, workshop, offer.registration, known_at(messages, now))
    if until is None or until <= max(offer.answer_by, now):
        return False
    give_up(messages, now)
    offer.answer_by = until
    session.flush()
    return True


def has_heard(session: Session, offer: PlacesOffer) -> bool:
    """Whether a message told of it: of a call only the answer that the desk notes is known."""
    return any(has_arrived(each) for each in messages_of(session, PLACES, offer.id))


def is_being_told(session: Session, offer: PlacesOffer, now: datetime) -> bool:
    """Whether a worker has a message of it in hand, which may still arrive."""
    return any(
        each.state is OutboxState.PENDING and each.leased_until and each.leased_until > now
        for each in messages_of(session, PLACES, offer.id)
    )
