"""Places of a workshop that came free, offered to who waits: in order, to the first who fits.

As for the times of a counsellor, nothing remembers what was freed: whatever is free and fits
somebody is offered, under the lock of the workshop. So a worker that dies loses nothing.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import CancelledBy
from app.domain.journal import JournalAction, JournalSubject
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferGone
from app.domain.workshops import RegistrationStatus, WorkshopStatus, in_line
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.catalogue import Catalogue, read_catalogue
from app.services.journal import note
from app.services.links import first_version
from app.services.offer_taking import Answer
from app.services.places_telling import (
    answer_until,
    give_places_to_desk,
    has_heard,
    is_being_told,
    tell_of_places,
)
from app.services.refilling import never_failing
from app.services.registration_news import tell_registration
from app.services.registration_rows import devices_left
from app.services.transaction import Locks, write_transaction
from app.services.workshop_places import (
    give_up,
    locked_workshop,
    read_queue,
    read_room,
    settle,
    workshop_key,
)


def offer_workshops(session: Session, now: datetime, limit: int) -> int:
    """Close what nobody answered, offer what is free; how many offers were closed or made."""
    done = 0
    for workshop_id in _to_serve(session, now):
        if done >= limit:
            break
        done += _serve(session, workshop_id, now)
    return done


def refill_workshop(session: Session, workshop_id: int, now: datetime) -> None:
    """Offer at once what a commit has just freed. Never fails it: the worker would do the same."""
    with never_failing(session):
        _serve(session, workshop_id, now)


def _to_serve(session: Session, now: datetime) -> list[int]:
    """Workshops to come where somebody waits, and any with an offer that nobody answered."""
    waits = Registration.status == RegistrationStatus.WAITING
    is_to_come = and_(
        Workshop.first_at > now,
        Workshop.status == WorkshopStatus.PLANNED,
        Workshop.id.in_(select(Registration.workshop_id).where(waits)),
    )
    is_dead = PlacesOffer.closed_at.is_(None), PlacesOffer.answer_by <= now
    has_dead_offer = Workshop.id.in_(select(PlacesOffer.workshop_id).where(*is_dead))
    query = (
        select(Workshop.id)
        .where(or_(is_to_come, has_dead_offer))
        .order_by(Workshop.first_at, Workshop.id)
    )
    return list(session.scalars(query))


def _serve(session: Session, workshop_id: int, now: datetime) -> int:
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        workshop = locked_workshop(session, workshop_id)
        if workshop is None:
            return 0
        done = serve_line(session, read_catalogue(session), workshop, now)
        settle(session, workshop)
        return done


def serve_line(session: Session, catalogue: Catalogue, workshop: Workshop, now: datetime) -> int:
    """Give the desk what nobody could be told of, close what nobody answered, offer what is free.

    In the caller's transaction and lock. Once its first date has begun, nothing is offered any more
    (issue D). How many were given, closed or made.
    """
    is_open = workshop.status is WorkshopStatus.PLANNED and workshop.first_at > now
    done = give_places_to_desk(session, catalogue, workshop, now) if is_open else 0
    done += _expire(session, workshop.id, now)
    while is_open and _offer_next(session, catalogue, workshop, now):
        done += 1
    return done


def _expire(session: Session, workshop_id: int, now: datetime) -> int:
    """Who was told and did not answer leaves the list: the place goes to the next one.

    Whom nobody told keeps their rank; the next time they are asked after the others.
    """
    dead = session.scalars(
        select(PlacesOffer).where(
            PlacesOffer.workshop_id == workshop_id,
            PlacesOffer.closed_at.is_(None),
            PlacesOffer.answer_by <= now,
        )
    ).all()
    ended = [each for each in dead if not is_being_told(session, each, now)]
    for offer in ended:
        if has_heard(session, offer):
            _close(session, offer, OfferOutcome.EXPIRED, now)
            _leave(offer.registration, CancelledBy.SERVICE, now)
        else:
            _close(session, offer, OfferOutcome.WITHDRAWN, now)
    session.flush()
    return len(ended)


def _offer_next(session: Session, catalogue: Catalogue, workshop: Workshop, now: datetime) -> bool:
    """Hold places for the first in line who can still be asked; whether there was one."""
    room = read_room(session, catalogue, workshop, now)
    for queued, places in in_line(read_queue(session, workshop), room):
        registration = session.get_one(Registration, queued.registration_id)
        deadline = answer_until(catalogue, workshop, registration, now)
        if deadline is not None:
            offer = _hold(session, registration, places, (now, deadline))
            tell_of_places(session, catalogue, registration, offer, now)
            return True
    return False


def _hold(
    session: Session, registration: Registration, places: int, span: tuple[datetime, datetime]
) -> PlacesOffer:
    offer = PlacesOffer(
        workshop_id=registration.workshop_id,
        registration_id=registration.id,
        places=places,
        offered_at=span[0],
        answer_by=span[1],
        link_version=first_version(span[0]),
    )
    session.add(offer)
    session.flush()
    return offer


def accept_places(session: Session, offer_id: int, answer: Answer) -> int:
    """The places are theirs: the id of the registration. Accepted twice, the same.

    Raises OfferGone where they are no longer held.
    """
    workshop_id = session.get_one(PlacesOffer, offer_id).workshop_id
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        offer = session.get_one(PlacesOffer, offer_id, populate_existing=True)
        registration = offer.registration
        if offer.outcome is OfferOutcome.ACCEPTED:
            return registration.id
        workshop = offer.workshop
        has_begun = workshop.first_at <= answer.at
        if has_begun or workshop.status is not WorkshopStatus.PLANNED:
            raise OfferGone
        if not _is_open(offer, answer.at):
            raise OfferGone
        left = devices_left(session, workshop)
        registration.devices_wanted = min(registration.devices_wanted, left)
        _close(session, offer, OfferOutcome.ACCEPTED, answer.at, answer.by)
        _seat(registration, offer.places, answer.at)
        _after(session, offer, answer, OfferOutcome.ACCEPTED)
        tell_registration(session, registration, offer.workshop, now=answer.at)
        return registration.id


def decline_places(session: Session, offer_id: int, answer: Answer) -> bool:
    """They leave it to the next one and are off the list; whether it was still held for them."""
    return _refuse(session, offer_id, answer, OfferOutcome.DECLINED)


def no_answer_to_places(session: Session, offer_id: int, answer: Answer) -> bool:
    """The desk has called in vain: the next one is asked; whether it was still held."""
    return _refuse(session, offer_id, answer, OfferOutcome.EXPIRED)


def _refuse(session: Session, offer_id: int, answer: Answer, outcome: OfferOutcome) -> bool:
    workshop_id = session.get_one(PlacesOffer, offer_id).workshop_id
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        offer = session.get_one(PlacesOffer, offer_id, populate_existing=True)
        if not _is_open(offer, answer.at):
            return False
        by_person = outcome is OfferOutcome.DECLINED
        _close(session, offer, outcome, answer.at, answer.by)
        who = CancelledBy.PERSON if by_person else CancelledBy.SERVICE
        _leave(offer.registration, who, answer.at)
        _after(session, offer, answer, outcome)
    refill_workshop(session, workshop_id, answer.at)
    return True


def withdraw_places(session: Session, registration_id: int, now: datetime) -> None:
    """What was offered to them is free again. Inside the caller's transaction."""
    own = PlacesOffer.registration_id == registration_id, PlacesOffer.closed_at.is_(None)
    for offer in session.scalars(select(PlacesOffer).where(*own)):
        _close(session, offer, OfferOutcome.WITHDRAWN, now)


def withdraw_all_places(session: Session, workshop_id: int, now: datetime) -> None:
    """Every open offer of a workshop: what it told is no longer so. In the caller's transaction.

    Who was told of their place and let the hour pass has left the list before.
    """
    _expire(session, workshop_id, now)
    own = PlacesOffer.workshop_id == workshop_id, PlacesOffer.closed_at.is_(None)
    for offer in session.scalars(select(PlacesOffer).where(*own)).all():
        _close(session, offer, OfferOutcome.WITHDRAWN, now)


def _is_open(offer: PlacesOffer, now: datetime) -> bool:
    return offer.closed_at is None and now < offer.answer_by


def _close(
    session: Session,
    offer: PlacesOffer,
    outcome: OfferOutcome,
    now: datetime,
    by: int | None = None,
) -> None:
    offer.outcome, offer.closed_at, offer.closed_by_id = outcome, now, by
    session.flush()


def _seat(registration: Registration, places: int, now: datetime) -> None:
    """A couple that takes the one place there is becomes one person."""
    if places < registration.places:
        registration.places, registration.accepts_one = places, False
        registration.companion_first_name = registration.companion_last_name = None
        registration.devices_wanted = min(registration.devices_wanted, places)
    registration.status, registration.updated_at = RegistrationStatus.REGISTERED, now
    registration.sequence += 1


def _leave(registration: Registration, who: CancelledBy, now: datetime) -> None:
    give_up(registration, who)
    registration.updated_at = now
    registration.sequence += 1


def _after(session: Session, offer: PlacesOffer, answer: Answer, outcome: OfferOutcome) -> None:
    workshop = locked_workshop(session, offer.workshop_id)
    if workshop is not None:
        settle(session, workshop)
    if answer.by is not None:
        subject = JournalSubject.REGISTRATION, offer.registration_id
        action = JournalAction.OFFER_ANSWERED
        note(session, action, subject, by=answer.by, now=answer.at, outcome=outcome.value)
