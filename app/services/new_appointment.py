"""The rows of a new appointment, written straight to their tables: nobody needs them as objects.

A booking holds its locks meanwhile, so each row is one plain statement, put together once. Called
inside the booking transaction only; commits nothing.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallReason,
    Channel,
    EngagementKind,
    EventKind,
    PlaceKind,
)
from app.domain.booking import OTHER_COMMUNE, BookingRequest
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import MessageKind, notice_for
from app.domain.schedule import AvailabilityKind
from app.domain.search_keys import search_keys
from app.domain.slots import Slot
from app.models.appointment import Appointment, AppointmentEvent, Engagement, Resident
from app.services.appointment_rows import open_call_task, window_minutes
from app.services.catalogue import Catalogue
from app.services.desk_reminder import open_reminder
from app.services.journal import note
from app.services.links import Links, first_version, hash_token
from app.services.outbox import write_message

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking as it was decided, before it is rows."""

    request: BookingRequest
    slot: Slot
    at: datetime
    reference: int
    """Six digits, held by no live appointment."""
    uid: UUID = field(default_factory=uuid4)
    hold_id: int | None = None
    """The engagement of the offer that they accept: it becomes the appointment's."""
    resident_id: int | None = None
    """The card that waited for it; None: as the request says."""

    @property
    def is_visit(self) -> bool:
        return self.slot.kind is AvailabilityKind.HOME_VISITS


@dataclass(frozen=True, slots=True)
class Booked:
    """The row that was written, and the token of its link."""

    id: int
    token: str


def draw_reference() -> int:
    """Drawn, so that nobody can guess the next one. Odd: a registration's is even, so that two
    drawn at the same instant are never the same.
    """
    return 100_001 + 2 * secrets.randbelow(450_000)


def digest_of(request: BookingRequest, links: Links) -> str:
    """What tells whether the same form comes again with the same answers."""
    return links.digest(repr(request))


def write_appointment(session: Session, catalogue: Catalogue, draft: Draft, links: Links) -> Booked:
    """The card, the engagement, the appointment, and all that follows from them."""
    connection = session.connection()
    row = _appointment(catalogue, draft)
    row["form_digest"] = digest_of(draft.request, links)
    row["engagement_id"] = _engage(connection, draft)
    row["resident_id"] = _recognised(draft) or _id(
        connection, _NEW_CARD, _card(draft, row["commune_id"])
    )
    appointment_id = _id(connection, _NEW_APPOINTMENT, row)
    token = links.token(appointment_id, row["link_version"])
    connection.execute(_LINKED, {"appointment": appointment_id, "hash": hash_token(token)})
    connection.execute(_NEW_EVENT, _event(draft, appointment_id))
    _announce(session, draft, appointment_id)
    _journal(session, draft, appointment_id)
    if draft.is_visit:
        reason, starts_at = CallReason.BEFORE_HOME_VISIT, draft.slot.starts_at
        open_call_task(session, appointment_id, reason, starts_at=starts_at, now=draft.at)
    starts_at = draft.slot.starts_at
    open_reminder(session, appointment_id, draft.request, starts_at=starts_at, now=draft.at)
    return Booked(appointment_id, token)


def _id(connection: Connection, new: Any, row: Row) -> int:
    primary_key: Any = connection.execute(new, row).inserted_primary_key
    return int(primary_key[0])


def _engage(connection: Connection, draft: Draft) -> int:
    """The id of the engagement: a new one, or the hold, for good from now on."""
    if draft.hold_id is None:
        return _id(connection, _NEW_ENGAGEMENT, _engagement(draft))
    kept = {"hold": draft.hold_id, "held_until": None, **_engagement(draft)}
    connection.execute(_KEPT, kept)
    return draft.hold_id


def _engagement(draft: Draft) -> Row:
    slot = draft.slot
    return {
        "counsellor_id": slot.counsellor_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "kind": EngagementKind.APPOINTMENT,
        "commune_id": slot.place.commune_id,
        "venue_id": slot.place.venue_id,
        "occupies": True,
    }


def _recognised(draft: Draft) -> int | None:
    """The card that waited, or that a clerk chose: neither corrected nor merged by a booking."""
    desk = draft.request.desk
    return draft.resident_id or (desk.resident_id if desk else None)


def _card(draft: Draft, commune_id: int | None) -> Row:
    """A new card each time: an anonymous booking neither reads nor changes an existing one (T2)."""
    person = draft.request.person
    phone = person.phone.number if person.phone else None
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": phone,
        "email": person.email,
        "commune_id": commune_id,
        **search_keys(person.first_name, person.last_name, phone),
        "language": draft.request.language,
        "to_reconcile": draft.request.desk is None,
        "created_at": draft.at,
    }


def _appointment(catalogue: Catalogue, draft: Draft) -> Row:
    request = draft.request
    # What was offered stays theirs, even when that need is asked no more.
    is_offered = draft.hold_id is not None
    topic = catalogue.topic(request.choice.topic_code, even_retired=is_offered)
    commune_slug = request.choice.commune_slug
    is_from_elsewhere = commune_slug == OTHER_COMMUNE
    return {
        "uid": draft.uid,
        "reference": draft.reference,
        "commune_id": None if is_from_elsewhere else catalogue.commune(commune_slug).id,
        "topic_id": topic.id,
        "topic_minutes": topic.minutes,
        "place_kind": PlaceKind.HOME if draft.is_visit else PlaceKind.VENUE,
        "window_minutes": window_minutes(draft.slot),
        "status": AppointmentStatus.BOOKED,
        "channel": request.channel,
        "language": request.language,
        "booked_at": draft.at,
        "updated_at": draft.at,
        "sequence": 0,
        "link_version": first_version(draft.at),
        "form_key": request.form_key,
        "message_channel": request.message_channel,
        "message_to": request.message_to,
        **_answers(request),
    }


def _answers(request: BookingRequest) -> Row:
    """What only who books for another, is visited, or calls the desk, was asked."""
    helper, home, desk = request.helper, request.home, request.desk
    return {
        "helper_name": helper.name if helper else None,
        "helper_phone": helper.phone.number if helper else None,
        "helper_relation": helper.relation if helper else None,
        "address_line1": home.line1 if home else None,
        "address_line2": home.line2 if home else None,
        "call_time": home.call_time if home else None,
        "booked_by_id": desk.user_id if desk else None,
        "caller": desk.caller if desk else None,
        "deadline": desk.deadline if desk else None,
        "note": desk.note if desk else None,
    }


def _event(draft: Draft, appointment_id: int) -> Row:
    slot, channel, desk = draft.slot, draft.request.channel, draft.request.desk
    return {
        "appointment_id": appointment_id,
        "at": draft.at,
        "kind": EventKind.BOOKED,
        "actor": Actor.RESIDENT if channel is Channel.WEB else Actor.STAFF,
        "channel": channel,
        "user_id": desk.user_id if desk else None,
        "new_starts_at": slot.starts_at,
        "new_counsellor_id": slot.counsellor_id,
        "new_venue_id": slot.place.venue_id,
    }


def _journal(session: Session, draft: Draft, appointment_id: int) -> None:
    if desk := draft.request.desk:
        subject = JournalSubject.APPOINTMENT, appointment_id
        note(session, JournalAction.APPOINTMENT_BOOKED, subject, by=desk.user_id, now=draft.at)


def _announce(session: Session, draft: Draft, appointment_id: int) -> None:
    request = draft.request
    notice = notice_for(
        MessageKind.CONFIRMATION,
        request.message_channel,
        request.message_to,
        starts_at=draft.slot.starts_at,
        now=draft.at,
    )
    if notice:
        write_message(session, notice, appointment_id, version=0, now=draft.at)


_appointments: Any = Appointment.__table__
_NEW_CARD = insert(Resident.__table__)  # type: ignore[arg-type]
_NEW_ENGAGEMENT = insert(Engagement.__table__)  # type: ignore[arg-type]
_KEPT = update(Engagement.__table__).where(  # type: ignore[arg-type]
    Engagement.__table__.c.id == bindparam("hold")
)
_NEW_EVENT = insert(AppointmentEvent.__table__)  # type: ignore[arg-type]
_NEW_APPOINTMENT = insert(_appointments)
_LINKED = (
    update(_appointments)
    .where(_appointments.c.id == bindparam("appointment"))
    .values(link_token_hash=bindparam("hash"))
)
"""The token is made of the number of the row, so its hash comes after."""
