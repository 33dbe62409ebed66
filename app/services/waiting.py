"""Joining and leaving the waiting list: by the person, or by the desk for them (issue C).

Joining makes a new card, as a booking does: it neither reads nor changes an existing one (T2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, PlaceKind
from app.domain.availability import AvailabilityKind
from app.domain.booking import (
    OTHER_COMMUNE,
    BookingRequest,
    check_contact,
    check_limit,
)
from app.domain.errors import AppointmentPast, CommuneElsewhere, FormAlreadyUsed
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import search_keys
from app.domain.waiting import ENTRY_LIFE, HalfDay
from app.models.appointment import Appointment, Engagement, Resident
from app.models.places import Commune, Topic
from app.models.waiting import WaitingEntry
from app.services import throttle
from app.services.card_wishes import lift_refusal
from app.services.catalogue import Catalogue, read_catalogue
from app.services.holds import forget_entry
from app.services.journal import note
from app.services.links import Links, first_version, hash_token
from app.services.offers import refill
from app.services.throttle import Quota
from app.services.transaction import Locks, write_transaction
from app.services.waiting_tidy import everybody

PURPOSE = "waiting"
"""Of the tokens of entries."""


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What a booking asks, without its time; and when and how far they would come."""

    booking: BookingRequest
    """Of its choice, only the kind, the commune and the topic count."""
    half_day: HalfDay
    reach_minutes: int = 0


def join(
    session: Session,
    request: JoinRequest,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
) -> str:
    """Put somebody on the list, and return the token of their link.

    The same form sent again returns the same token. Raises FormAlreadyUsed for other answers;
    CommuneUnknown, CommuneDeparted, CommuneElsewhere, TopicUnknown; the refusals of
    `check_contact`; LimitReached for a phone that waits as often as it may book; the refusal of a
    quota.
    """
    asked = request.booking
    keys = {f"form:{asked.form_key}"}
    if asked.limited_phone:
        keys.add(f"phone:{asked.limited_phone}")
    with write_transaction(session, Locks.of(keys=keys)):
        known = _of_form(session, asked.form_key)
        if known is not None:
            _refuse_other_answers(session, known, request)
        else:
            catalogue = read_catalogue(session)
            check_contact(asked, catalogue.settings)
            if asked.limited_phone:
                with throttle.unless_spent(session, quotas, now=now):
                    check_limit(_how_many_wait(session, asked.limited_phone), catalogue.settings)
            known = _entry(catalogue, request, now)
            _write(session, known, links, now)
            lift_refusal(session, asked, now)
            throttle.spend_within(session, quotas, now=now)
        token = links.purpose_token(PURPOSE, known.id, known.link_version)
    refill(session, now)
    return token


def join_for_earlier(
    session: Session,
    appointment_id: int,
    wanted: tuple[HalfDay, int] | None,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
    by: int | None = None,
) -> str:
    """« Une place plus tôt » for who has this appointment; the token of their link.

    `wanted` is when they can come, and how many minutes they would drive; None where nobody asked
    them: what they had answered still holds, at first any hour near home. Asked again, the last
    answers hold. Raises AppointmentPast where it is not to come any more, CommuneElsewhere for
    somebody of no commune of the territory, the refusal of a quota.
    """
    with write_transaction(session, Locks.of(keys={f"earlier:{appointment_id}"})):
        theirs = WaitingEntry.appointment_id == appointment_id
        entry = session.scalars(select(WaitingEntry).where(theirs)).one_or_none()
        is_new = entry is None
        entry = entry or _entry_for_earlier(session, appointment_id, now, by)
        if wanted is not None or is_new:
            entry.half_day, entry.reach_minutes = wanted or (HalfDay.ANY, 0)
        if is_new:
            _write(session, entry, links, now)
        throttle.spend_within(session, quotas, now=now)
        token = links.purpose_token(PURPOSE, entry.id, entry.link_version)
    refill(session, now)
    return token


def leave(session: Session, entry_id: int, *, now: datetime, by: int | None = None) -> None:
    """Nobody waits any more, and what was offered is free again. Leaving twice is leaving once."""
    with write_transaction(session, everybody(session)):
        entry = session.get(WaitingEntry, entry_id)
        if entry is None:
            return
        if by is not None:
            subject = JournalSubject.RESIDENT, entry.resident_id
            note(session, JournalAction.WAITING_LEFT, subject, by=by, now=now)
        forget_entry(session, entry_id, now)
    refill(session, now)


def own_waiting_link(session: Session, entry_id: int, links: Links) -> str:
    """The token of the page of who waits there.

    One made with an earlier LINK_KEY is replaced, in a transaction of its own.
    """
    entry = session.get_one(WaitingEntry, entry_id)
    token = links.purpose_token(PURPOSE, entry.id, entry.link_version)
    if entry.link_token_hash != hash_token(token):
        with write_transaction(session):
            renewed = update(WaitingEntry).where(WaitingEntry.id == entry_id)
            session.execute(renewed.values(link_token_hash=hash_token(token)))
    return token


def _of_form(session: Session, form_key: str) -> WaitingEntry | None:
    same = WaitingEntry.form_key == form_key
    return session.scalars(select(WaitingEntry).where(same)).one_or_none()


def _refuse_other_answers(session: Session, known: WaitingEntry, request: JoinRequest) -> None:
    """Raises FormAlreadyUsed: « c'est noté » would be said to who is not on the list."""
    asked, choice = request.booking, request.booking.choice
    slug = session.get_one(Commune, known.commune_id).slug
    code = session.get_one(Topic, known.topic_id).code
    is_visit = choice.kind is AvailabilityKind.HOME_VISITS
    wanted = PlaceKind.HOME if is_visit else PlaceKind.VENUE
    reach = 0 if is_visit else request.reach_minutes
    told = slug, code, known.place_kind, known.half_day, known.reach_minutes
    asks = choice.commune_slug, choice.topic_code, wanted, request.half_day, reach
    if told != asks or not _is_theirs(known, asked):
        raise FormAlreadyUsed


def _is_theirs(known: WaitingEntry, asked: BookingRequest) -> bool:
    """The same card; or the same names, number and way of being told."""
    if asked.desk and asked.desk.resident_id:
        whose = known.resident_id == asked.desk.resident_id
    else:
        card, person = known.resident, asked.person
        number = person.phone.number if person.phone else None
        mine = person.first_name, person.last_name, number, person.email
        whose = (card.first_name, card.last_name, card.phone, card.email) == mine
    return whose and known.message_channel is asked.message_channel


def _how_many_wait(session: Session, phone: str) -> int:
    """Entries of that phone that have nothing, as the person's own or as the helper's."""
    query = (
        select(func.count())
        .select_from(WaitingEntry)
        .join(WaitingEntry.resident)
        .where(
            WaitingEntry.appointment_id.is_(None),
            or_(Resident.phone == phone, WaitingEntry.helper_phone == phone),
        )
    )
    return session.scalars(query).one()


def _entry(catalogue: Catalogue, request: JoinRequest, now: datetime) -> WaitingEntry:
    asked = request.booking
    slug = asked.choice.commune_slug
    if slug == OTHER_COMMUNE:
        raise CommuneElsewhere
    commune = catalogue.served_commune(slug, catalogue.today(now))
    is_visit = asked.choice.kind is AvailabilityKind.HOME_VISITS
    helper, home, desk = asked.helper, asked.home, asked.desk
    known_id = desk.resident_id if desk else None
    whose = {"resident_id": known_id} if known_id else {"resident": _card(asked, commune.id, now)}
    return WaitingEntry(
        **whose,
        commune_id=commune.id,
        topic_id=catalogue.topic(asked.choice.topic_code).id,
        place_kind=PlaceKind.HOME if is_visit else PlaceKind.VENUE,
        half_day=request.half_day,
        reach_minutes=0 if is_visit else request.reach_minutes,
        language=asked.language,
        message_channel=asked.message_channel,
        message_to=asked.message_to,
        helper_name=helper.name if helper else None,
        helper_phone=helper.phone.number if helper else None,
        helper_relation=helper.relation if helper else None,
        address_line1=home.line1 if home else None,
        address_line2=home.line2 if home else None,
        joined_at=now,
        expires_at=now + ENTRY_LIFE,
        form_key=asked.form_key,
        booked_by_id=desk.user_id if desk else None,
    )


def _card(asked: BookingRequest, commune_id: int, now: datetime) -> Resident:
    person = asked.person
    number = person.phone.number if person.phone else None
    return Resident(
        first_name=person.first_name,
        last_name=person.last_name,
        phone=number,
        email=person.email,
        commune_id=commune_id,
        **search_keys(person.first_name, person.last_name, number),
        language=asked.language,
        to_reconcile=asked.desk is None,
        created_at=now,
    )


def _entry_for_earlier(
    session: Session, appointment_id: int, now: datetime, by: int | None
) -> WaitingEntry:
    query: Any = select(Appointment, Engagement.starts_at).join(Appointment.engagement)
    row = session.execute(query.where(Appointment.id == appointment_id)).one()
    held = row.Appointment
    if held.status is not AppointmentStatus.BOOKED or row.starts_at <= now:
        raise AppointmentPast
    if held.commune_id is None:
        raise CommuneElsewhere
    return WaitingEntry(
        resident_id=held.resident_id,
        appointment_id=appointment_id,
        commune_id=held.commune_id,
        topic_id=held.topic_id,
        place_kind=held.place_kind,
        language=held.language,
        message_channel=held.message_channel,
        message_to=held.message_to,
        helper_name=held.helper_name,
        helper_phone=held.helper_phone,
        helper_relation=held.helper_relation,
        address_line1=held.address_line1,
        address_line2=held.address_line2,
        joined_at=now,
        expires_at=now + ENTRY_LIFE,
        booked_by_id=by,
    )


def _write(session: Session, entry: WaitingEntry, links: Links, now: datetime) -> None:
    session.add(entry)
    session.flush()
    entry.link_version = first_version(now)
    token = links.purpose_token(PURPOSE, entry.id, entry.link_version)
    entry.link_token_hash = hash_token(token)
    if entry.booked_by_id is not None:
        subject = JournalSubject.RESIDENT, entry.resident_id
        note(session, JournalAction.WAITING_JOINED, subject, by=entry.booked_by_id, now=now)
    session.flush()
