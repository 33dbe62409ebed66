"""THE booking transaction: book, reschedule, cancel. Each is one commit, under one set of locks.

A refusal changes nothing. The facts are read again under the lock; the database wall stands behind.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CancelledBy,
    Channel,
    EventKind,
    can_become,
)
from app.domain.booking import (
    BookingRequest,
    Choice,
    check_can_cancel,
    check_can_change,
    check_contact,
    check_limit,
)
from app.domain.errors import AppointmentPast, DomainError, FormAlreadyUsed, SlotTaken
from app.domain.messages import MessageKind
from app.models.appointment import Appointment, Engagement, Resident
from app.services import throttle
from app.services.appointment_rows import (
    Act,
    close_call_tasks,
    new_appointment,
    note_event,
    open_call_task,
    open_link,
    postpone_call_tasks,
    seat,
    touch,
)
from app.services.catalogue import read_catalogue
from app.services.choosing import candidate_counsellors, choose_slot
from app.services.links import Links
from app.services.outbox import announce
from app.services.throttle import Quota
from app.services.transaction import Locks, answering, write_transaction

WALL = "no_overlap"
"""What both databases say when two engagements of one counsellor would overlap."""
_OF_FORM = select(Appointment.id, Appointment.link_version, Appointment.form_digest).where(
    Appointment.form_key == bindparam("form_key")
)
_UPCOMING = (
    select(func.count())
    .select_from(Appointment)
    .join(Resident)
    .join(Engagement)
    .where(
        Engagement.occupies,
        Engagement.starts_at > bindparam("now"),
        or_(Resident.phone == bindparam("phone"), Appointment.helper_phone == bindparam("phone")),
    )
)
"""Asked under the lock of each booking, so put together once."""
TRIES = 3
"""A number drawn twice, or one form sent twice at once: the second try sees the first's row."""


def book(
    session: Session,
    request: BookingRequest,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
) -> str:
    """Book the chosen time for somebody, and return the token of the appointment's link.

    The same form sent again returns the same token and books nothing more, whatever has changed
    since. A booking counts once in each quota, in its own commit. Raises a DomainError: the choice
    (CommuneDeparted, TopicUnknown, SlotTaken, SlotNotOffered, SlotTooSoon, SlotTooFar), the contact
    (PhoneMissing, SmsToLandline, …), LimitReached, FormAlreadyUsed, the refusal of a quota, or
    those of `write_transaction`.
    """
    with answering(session):
        try:
            catalogue = read_catalogue(session)
            check_contact(request, catalogue.settings)
            counsellors = candidate_counsellors(catalogue, request.choice, now)
        except DomainError:
            if token := _token_of_form(session, request, links):
                return token
            raise
    lock = Locks.of(counsellors, {f"form:{request.form_key}", f"phone:{request.limit_phone}"})

    for _ in range(TRIES):
        try:
            with _walled(), write_transaction(session, lock):
                if token := _token_of_form(session, request, links):
                    return token
                token = _book_locked(session, request, counsellors, now, links)
                throttle.spend_within(session, quotas, now=now)
                return token
        except IntegrityError as collision:
            last_collision = collision
    raise last_collision


def _book_locked(
    session: Session,
    request: BookingRequest,
    counsellors: frozenset[int],
    now: datetime,
    links: Links,
) -> str:
    catalogue = read_catalogue(session)
    slot = choose_slot(session, catalogue, request.choice, counsellors, now)
    check_limit(count_upcoming(session, request.limit_phone, now), catalogue.settings)
    appointment = new_appointment(session, catalogue, request, slot, now)
    appointment.form_digest = _digest(request, links)
    return open_link(appointment, links)


def _token_of_form(session: Session, request: BookingRequest, links: Links) -> str | None:
    """The token that this form was given before. Raises FormAlreadyUsed for other answers."""
    earlier = session.execute(_OF_FORM, {"form_key": request.form_key}).one_or_none()
    if earlier is None:
        return None
    if earlier.form_digest != _digest(request, links):
        raise FormAlreadyUsed
    return links.token(earlier.id, earlier.link_version)


def _digest(request: BookingRequest, links: Links) -> str:
    return links.digest(repr(request))


def reschedule(
    session: Session,
    appointment_id: int,
    choice: Choice,
    *,
    now: datetime,
    actor: Actor = Actor.RESIDENT,
    channel: Channel = Channel.WEB,
    quotas: Iterable[Quota] = (),
) -> None:
    """Move an appointment; its old time is free again only when the new one is saved.

    Moving to the time it already has changes nothing. A move counts once in each quota, in its own
    commit. Raises TooLateToChange, AppointmentCancelled, AppointmentPast, the refusal of a quota,
    or the refusals of the choice as `book` does.
    """
    catalogue = read_catalogue(session)
    held, minutes = session.execute(
        select(Engagement.counsellor_id, Appointment.topic_minutes)
        .join(Appointment)
        .where(Appointment.id == appointment_id)
    ).one()
    counsellors = candidate_counsellors(catalogue, choice, now, minutes)
    with _walled(), write_transaction(session, Locks.of({*counsellors, held})):
        appointment = _locked(session, appointment_id)
        engagement = appointment.engagement
        catalogue = read_catalogue(session)
        check_can_change(appointment.status, engagement.starts_at, now, catalogue.settings)
        if engagement.starts_at == choice.starts_at and choice.venue_slug == (
            engagement.venue.slug if engagement.venue else None
        ):
            return
        slot = choose_slot(
            session,
            catalogue,
            choice,
            counsellors,
            now,
            apart_from=engagement.id,
            minutes=minutes,
        )
        with note_event(session, appointment, EventKind.MOVED, Act(now, actor, channel)):
            seat(appointment, slot)
        touch(appointment, now)
        postpone_call_tasks(session, appointment, now)
        announce(session, appointment, MessageKind.CHANGED, now)
        throttle.spend_within(session, quotas, now=now)


def cancel(
    session: Session,
    appointment_id: int,
    *,
    now: datetime,
    actor: Actor = Actor.RESIDENT,
    channel: Channel = Channel.WEB,
) -> None:
    """Cancel an appointment; its time is free at once. Cancelling twice is cancelling once.

    Raises TooLateToCancel, or AppointmentPast for a resident whose appointment has begun and for
    anybody once it is known whether the person came.
    """
    catalogue = read_catalogue(session)
    held = session.scalars(
        select(Engagement.counsellor_id).join(Appointment).where(Appointment.id == appointment_id)
    ).one()
    with write_transaction(session, Locks.of({held})):
        appointment = _locked(session, appointment_id)
        if appointment.status is AppointmentStatus.CANCELLED:
            return
        if actor is Actor.RESIDENT:
            check_can_cancel(
                appointment.status, appointment.engagement.starts_at, now, catalogue.settings
            )
        _check_not_closed(appointment, now)
        _cancel_locked(session, appointment, Act(now, actor, channel))


def _check_not_closed(appointment: Appointment, now: datetime) -> None:
    ended_at, wanted = appointment.engagement.ends_at, AppointmentStatus.CANCELLED
    if not can_become(appointment.status, wanted, ended_at=ended_at, now=now):
        raise AppointmentPast


def _cancel_locked(session: Session, appointment: Appointment, act: Act) -> None:
    by_person = act.actor is Actor.RESIDENT
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_by = CancelledBy.PERSON if by_person else CancelledBy.SERVICE
    with note_event(session, appointment, EventKind.CANCELLED, act):
        appointment.engagement.occupies = False
    touch(appointment, act.at)
    close_call_tasks(session, appointment, CallOutcome.NOT_NEEDED, act.at)
    kind = MessageKind.CANCELLED_BY_PERSON if by_person else MessageKind.CANCELLED_BY_SERVICE
    announce(session, appointment, kind, act.at)
    if not by_person:
        open_call_task(session, appointment, CallReason.CANCELLED_BY_SERVICE, act.at)


def count_upcoming(session: Session, phone: str, now: datetime) -> int:
    """How many upcoming appointments that phone has, as the person's own or as the helper's."""
    return int(session.execute(_UPCOMING, {"phone": phone, "now": now}).scalar_one())


def _locked(session: Session, appointment_id: int) -> Appointment:
    """The appointment as it is under the lock, not as the page saw it before."""
    return session.scalars(
        select(Appointment).where(Appointment.id == appointment_id).with_for_update(of=Appointment)
    ).one()


@contextmanager
def _walled() -> Iterator[None]:
    """The wall of the database speaks the same word as the rule in front of it."""
    try:
        yield
    except IntegrityError as refusal:
        if WALL in str(refusal.orig):
            raise SlotTaken from refusal
        raise
