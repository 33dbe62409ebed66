"""The rows that a booking writes. Called inside the booking transaction only; commits nothing."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    ChangeReason,
    Channel,
    EngagementKind,
    EventKind,
    PlaceKind,
)
from app.domain.booking import OTHER_COMMUNE, BookingRequest
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import MessageKind
from app.domain.schedule import AvailabilityKind
from app.domain.search_keys import search_keys
from app.domain.slots import Slot
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement, Resident
from app.services.agenda_edits import refuse_if_edited
from app.services.catalogue import Catalogue
from app.services.desk_reminder import open_reminder, postpone_reminder
from app.services.journal import note
from app.services.links import Links, hash_token
from app.services.outbox import announce

_OF_REFERENCE = select(Appointment.id).where(Appointment.reference == bindparam("reference"))
_event: Any = AppointmentEvent.__table__
_NEW_EVENT = insert(_event)
"""Plain statements: nobody needs these rows as objects, and a booking holds its locks meanwhile."""
ONE_MINUTE = timedelta(minutes=1)
CALL_BEFORE_VISIT = timedelta(days=1)
"""A visit is prepared by telephone at least a day before it."""
JOURNALLED = {
    EventKind.BOOKED: JournalAction.APPOINTMENT_BOOKED,
    EventKind.MOVED: JournalAction.APPOINTMENT_MOVED,
    EventKind.CANCELLED: JournalAction.APPOINTMENT_CANCELLED,
    EventKind.ATTENDED: JournalAction.ATTENDED,
    EventKind.NO_SHOW: JournalAction.NO_SHOW,
}
"""What the team does is in the journal by the same commit; `handover` tells its own act there."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes an appointment, by which way, when (UTC), and why."""

    at: datetime
    actor: Actor = Actor.RESIDENT
    channel: Channel = Channel.WEB
    user_id: int | None = None
    """Who of the team."""
    reason: ChangeReason | None = None
    sequence: int | None = None
    """Of the appointment on the page that was answered; another one now: EditedMeanwhile."""


def new_appointment(
    session: Session, catalogue: Catalogue, request: BookingRequest, slot: Slot, now: datetime
) -> Appointment:
    """The card, the engagement, the appointment, and all that follows from them."""
    is_visit = slot.kind is AvailabilityKind.HOME_VISITS
    appointment = _appointment(catalogue, request, now)
    appointment.resident = _recognised(session, request) or _card(
        request, appointment.commune_id, now
    )
    appointment.engagement = Engagement(kind=EngagementKind.APPOINTMENT)
    seat(appointment, slot)
    appointment.place_kind = PlaceKind.HOME if is_visit else PlaceKind.VENUE
    appointment.reference = _free_reference(session)
    session.add(appointment)
    session.flush()
    _note_booking(session, appointment, now)
    announce(session, appointment, MessageKind.CONFIRMATION, now)
    if is_visit:
        open_call_task(session, appointment, CallReason.BEFORE_HOME_VISIT, now)
    open_reminder(session, appointment, request, now)
    return appointment


def _recognised(session: Session, request: BookingRequest) -> Resident | None:
    """The card that a clerk chose. It is neither corrected nor merged by a booking."""
    chosen = request.desk.resident_id if request.desk else None
    return session.get_one(Resident, chosen) if chosen else None


def _card(request: BookingRequest, commune_id: int | None, now: datetime) -> Resident:
    """A new card each time: an anonymous booking neither reads nor changes an existing one (T2)."""
    person = request.person
    phone = person.phone.number if person.phone else None
    return Resident(
        first_name=person.first_name,
        last_name=person.last_name,
        phone=phone,
        email=person.email,
        commune_id=commune_id,
        **search_keys(person.first_name, person.last_name, phone),
        language=request.language,
        to_reconcile=request.desk is None,
        created_at=now,
    )


def _appointment(catalogue: Catalogue, request: BookingRequest, now: datetime) -> Appointment:
    topic = catalogue.topic(request.choice.topic_code)
    helper, home, commune_slug = request.helper, request.home, request.choice.commune_slug
    desk = request.desk
    is_from_elsewhere = commune_slug == OTHER_COMMUNE
    return Appointment(
        commune_id=None if is_from_elsewhere else catalogue.commune(commune_slug).id,
        topic_id=topic.id,
        topic_minutes=topic.minutes,
        status=AppointmentStatus.BOOKED,
        channel=request.channel,
        language=request.language,
        booked_at=now,
        updated_at=now,
        sequence=0,
        link_version=1,
        form_key=request.form_key,
        message_channel=request.message_channel,
        message_to=request.message_to,
        helper_name=helper.name if helper else None,
        helper_phone=helper.phone.number if helper else None,
        helper_relation=helper.relation if helper else None,
        address_line1=home.line1 if home else None,
        address_line2=home.line2 if home else None,
        call_time=home.call_time if home else None,
        booked_by_id=desk.user_id if desk else None,
        caller=desk.caller if desk else None,
        deadline=desk.deadline if desk else None,
        note=desk.note if desk else None,
    )


def _free_reference(session: Session) -> int:
    """Six digits that no live appointment has; drawn, so that nobody can guess the next one."""
    while True:
        reference = 100_000 + secrets.randbelow(900_000)
        if session.scalar(_OF_REFERENCE, {"reference": reference}) is None:
            return reference


def open_link(appointment: Appointment, links: Links) -> str:
    """Make the token of this version of the link; any older one is dead from now on."""
    token = links.token(appointment.id, appointment.link_version)
    appointment.link_token_hash = hash_token(token)
    return token


def seat(appointment: Appointment, slot: Slot) -> None:
    """Put the appointment where the slot is: counsellor, hours, place, window of a visit."""
    engagement, window = appointment.engagement, slot.window_ends_at
    appointment.window_minutes = (window - slot.starts_at) // ONE_MINUTE if window else None
    engagement.counsellor_id = slot.counsellor_id
    engagement.starts_at, engagement.ends_at = slot.starts_at, slot.ends_at
    engagement.commune_id, engagement.venue_id = slot.place.commune_id, slot.place.venue_id


def touch(appointment: Appointment, now: datetime) -> None:
    """Calendars see the change: SEQUENCE grows, and so does the instant of revision."""
    appointment.sequence += 1
    appointment.updated_at = now


@contextmanager
def note_event(
    session: Session,
    appointment: Appointment,
    kind: EventKind,
    act: Act,
) -> Iterator[None]:
    """Write the history row of the change made in the block: where it was, where it is.

    A cancelled appointment is nowhere any more. Raises EditedMeanwhile where the act answers a page
    that somebody else has made out of date.
    """
    refuse_if_edited(session, appointment, act.user_id, act.sequence)
    held = appointment.engagement
    event = AppointmentEvent(
        appointment_id=appointment.id,
        at=act.at,
        kind=kind,
        actor=act.actor,
        channel=act.channel,
        user_id=act.user_id,
        reason=act.reason,
        old_starts_at=held.starts_at,
        old_counsellor_id=held.counsellor_id,
        old_venue_id=held.venue_id,
    )
    yield
    if held.occupies:
        event.new_starts_at = held.starts_at
        event.new_counsellor_id = held.counsellor_id
        event.new_venue_id = held.venue_id
    session.add(event)
    _journal(session, appointment, kind, act)


def _journal(session: Session, appointment: Appointment, kind: EventKind, act: Act) -> None:
    if act.user_id is None or kind not in JOURNALLED:
        return
    subject = JournalSubject.APPOINTMENT, appointment.id
    why = {"reason": act.reason.value} if act.reason else {}
    note(session, JOURNALLED[kind], subject, by=act.user_id, now=act.at, **why)


def _note_booking(session: Session, appointment: Appointment, now: datetime) -> None:
    held = appointment.engagement
    session.execute(
        _NEW_EVENT,
        {
            "appointment_id": appointment.id,
            "at": now,
            "kind": EventKind.BOOKED,
            "actor": Actor.RESIDENT if appointment.channel is Channel.WEB else Actor.STAFF,
            "channel": appointment.channel,
            "user_id": appointment.booked_by_id,
            "new_starts_at": held.starts_at,
            "new_counsellor_id": held.counsellor_id,
            "new_venue_id": held.venue_id,
        },
    )
    _journal(session, appointment, EventKind.BOOKED, Act(now, user_id=appointment.booked_by_id))


def open_call_task(
    session: Session, appointment: Appointment, reason: CallReason, now: datetime
) -> None:
    """Ask the team to call: the day before a visit, at once for anything else."""
    before_visit = reason is CallReason.BEFORE_HOME_VISIT
    session.add(
        CallTask(
            appointment_id=appointment.id,
            reason=reason,
            created_at=now,
            due_at=_call_before_visit_at(appointment, now) if before_visit else now,
        )
    )


def postpone_call_tasks(session: Session, appointment: Appointment, now: datetime) -> None:
    """A moved visit is prepared before its new time; a call already made stays made."""
    session.execute(
        _open_call_tasks(appointment)
        .where(CallTask.reason == CallReason.BEFORE_HOME_VISIT)
        .values(due_at=_call_before_visit_at(appointment, now))
    )
    postpone_reminder(session, appointment, now)


def close_call_tasks(
    session: Session,
    appointment: Appointment,
    outcome: CallOutcome,
    now: datetime,
    *,
    reason: CallReason | None = None,
) -> None:
    """Nobody is called any more for this appointment (for that reason, where one is given)."""
    tasks = _open_call_tasks(appointment)
    if reason is not None:
        tasks = tasks.where(CallTask.reason == reason)
    session.execute(tasks.values(outcome=outcome, closed_at=now))


def _open_call_tasks(appointment: Appointment) -> Update:
    is_open = CallTask.appointment_id == appointment.id, CallTask.closed_at.is_(None)
    return update(CallTask).where(*is_open)


def _call_before_visit_at(appointment: Appointment, now: datetime) -> datetime:
    return max(appointment.engagement.starts_at - CALL_BEFORE_VISIT, now)
