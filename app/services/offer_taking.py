"""What accepting an offered place writes. Inside its write transaction only; commits nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    Caller,
    CallTime,
    Channel,
    PlaceKind,
)
from app.domain.booking import (
    BookingRequest,
    DeskFacts,
    Helper,
    Home,
    Person,
    Phone,
    check_limit,
)
from app.domain.errors import DomainError
from app.domain.slots import Slot, slots_at
from app.domain.waiting import OfferOutcome
from app.gateways.contacts import parse_phone
from app.models.appointment import Engagement
from app.models.waiting import Offer, WaitingEntry
from app.services.appointment_rows import Act
from app.services.booking import locked_appointment, move_to
from app.services.catalogue import Catalogue, TopicEntry, read_catalogue
from app.services.choosing import wish_of
from app.services.holds import close_offer, forget_entry
from app.services.links import Links
from app.services.new_appointment import Draft, draw_reference, write_appointment
from app.services.offer_facts import choice_of
from app.services.slots import load_facts
from app.services.standing import read_standing


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers, and when (UTC): the person by their link, or the team on the phone."""

    at: datetime
    by: int | None = None

    @property
    def act(self) -> Act:
        if self.by is None:
            return Act(self.at)
        return Act(self.at, Actor.STAFF, Channel.PHONE, self.by)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An open offer, whose it is, and who says yes."""

    offer: Offer
    entry: WaitingEntry
    answer: Answer
    links: Links


def take(session: Session, accepted: Acceptance) -> str:
    """Theirs, and the entry goes: the token of the appointment's link.

    "" where it is withdrawn instead: the timetable holds it no more, or they have nothing any more
    that it could replace. Raises LimitReached.
    """
    offer, entry, now = accepted.offer, accepted.entry, accepted.answer.at
    catalogue = read_catalogue(session)
    slot = _slot_still_held(session, catalogue, accepted)
    token = ""  # nosec B105 - none yet
    if slot is not None and entry.appointment_id is None:
        token = _book(session, catalogue, accepted, slot)
    elif slot is not None:
        token = _move(session, accepted, slot)
    if not token:
        close_offer(session, offer, OfferOutcome.WITHDRAWN, now)
        return ""
    entry_id = entry.id
    forget_entry(session, entry_id, now)
    return token


def _slot_still_held(session: Session, catalogue: Catalogue, accepted: Acceptance) -> Slot | None:
    """The held time by the rules of now, but for the notice: it was in time when offered."""
    offer, entry, now = accepted.offer, accepted.entry, accepted.answer.at
    topic = _topic(catalogue, entry)
    minutes = entry.appointment.topic_minutes if entry.appointment else topic.minutes
    day = catalogue.today(offer.starts_at)
    facts = load_facts(session, catalogue, now=now, apart_from=offer.engagement_id, around=day)
    try:
        wish = wish_of(catalogue, choice_of(catalogue, offer, entry), now, minutes)
    except DomainError:  # the venue has closed for good
        return None
    judged = slots_at(facts, wish, offer.starts_at, for_desk=True)
    held = (each for each in judged if each.slot.counsellor_id == offer.counsellor_id)
    return next((each.slot for each in held if each.refusal is None), None)


def _book(session: Session, catalogue: Catalogue, accepted: Acceptance, slot: Slot) -> str:
    """The hold becomes the engagement of a new appointment, for the card that waited."""
    offer, answer = accepted.offer, accepted.answer
    request, phone = _request(catalogue, accepted), _limited_phone(accepted)
    reference = draw_reference()
    standing = read_standing(
        session, request.form_key, now=answer.at, phone=phone, reference=reference
    )
    if phone:
        check_limit(standing.upcoming, catalogue.settings)
    draft = Draft(
        request,
        slot,
        answer.at,
        reference,
        hold_id=offer.engagement_id,
        resident_id=accepted.entry.resident_id,
    )
    _accept(session, accepted, offer.engagement_id)
    return write_appointment(session, catalogue, draft, accepted.links).token


def _limited_phone(accepted: Acceptance) -> str | None:
    """The number whose appointments are limited; None where the desk answers, which judges.

    None too for who was put on the list without a phone: they answer by the link of an e-mail.
    """
    entry = accepted.entry
    if accepted.answer.by is not None:
        return None
    return entry.resident.phone or entry.helper_phone


def _move(session: Session, accepted: Acceptance, slot: Slot) -> str:
    """Their appointment takes the hours of the hold, if it still is later than that."""
    appointment = locked_appointment(session, accepted.entry.appointment_id or 0)
    is_booked = appointment.status is AppointmentStatus.BOOKED
    if not is_booked or appointment.engagement.starts_at <= slot.starts_at:
        return ""
    engagement_id, hold_id = appointment.engagement_id, accepted.offer.engagement_id
    earlier = update(Offer).where(Offer.engagement_id == engagement_id)
    session.execute(earlier.values(engagement_id=None))
    _accept(session, accepted, engagement_id)
    session.delete(session.get_one(Engagement, hold_id))
    session.flush()  # the hold is gone before the appointment takes its hours
    move_to(session, appointment, slot, accepted.answer.act)
    session.flush()
    return accepted.links.token(appointment.id, appointment.link_version)


def _accept(session: Session, accepted: Acceptance, engagement_id: int | None) -> None:
    offer, answer = accepted.offer, accepted.answer
    offer.outcome, offer.closed_at = OfferOutcome.ACCEPTED, answer.at
    offer.engagement_id, offer.closed_by_id = engagement_id, answer.by
    session.flush()


def _topic(catalogue: Catalogue, entry: WaitingEntry) -> TopicEntry:
    return next(each for each in catalogue.topics if each.id == entry.topic_id)


def _request(catalogue: Catalogue, accepted: Acceptance) -> BookingRequest:
    """What they said when they joined, as if they booked now."""
    offer, entry, by = accepted.offer, accepted.entry, accepted.answer.by
    card = entry.resident
    home = Home(entry.address_line1 or "", entry.address_line2, CallTime.ANY)
    return BookingRequest(
        choice=choice_of(catalogue, offer, entry),
        person=Person(card.first_name, card.last_name, _phone(card.phone), card.email),
        helper=_helper(entry),
        home=home if entry.place_kind is PlaceKind.HOME else None,
        message_channel=entry.message_channel,
        message_to=entry.message_to,
        language=entry.language,
        channel=Channel.WEB if by is None else Channel.PHONE,
        form_key=f"offer-{offer.id}",
        desk=None if by is None else DeskFacts(by, Caller.PERSON),
    )


def _phone(number: str | None) -> Phone | None:
    return parse_phone(number) if number else None


def _helper(entry: WaitingEntry) -> Helper | None:
    phone = _phone(entry.helper_phone)
    if phone is None or entry.helper_relation is None:
        return None
    return Helper(entry.helper_name or "", phone, entry.helper_relation)
