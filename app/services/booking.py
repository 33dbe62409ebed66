"""THE booking transaction: book, reschedule, cancel. Each is one commit, under one set of locks.

A refusal changes nothing. The facts are read again under the lock; the database wall stands behind.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CancelledBy,
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
from app.domain.errors import (
    AppointmentCancelled,
    AppointmentPast,
    DomainError,
    FormAlreadyUsed,
    OutcomeUnknown,
)
from app.domain.messages import MessageKind
from app.domain.slots import Slot
from app.models.appointment import Appointment, Engagement
from app.services import throttle
from app.services.announcing import announce, call_instead, is_own
from app.services.appointment_rows import (
    Act,
    close_call_tasks,
    note_event,
    open_call_task,
    postpone_call_tasks,
    seat,
    touch,
)
from app.services.card_wishes import lift_refusal
from app.services.catalogue import Catalogue, read_catalogue
from app.services.choosing import Terms, candidate_counsellors, choose_slot
from app.services.holds import remove_dead_holds
from app.services.links import Links
from app.services.new_appointment import Draft, digest_of, draw_reference, write_appointment
from app.services.offers import refill
from app.services.standing import Standing, read_standing
from app.services.throttle import Quota
from app.services.transaction import Locks, answering, write_transaction
from app.services.wall import walled

ABOUT_ITS_HOUR = frozenset({CallReason.TO_MOVE, CallReason.RUNNING_LATE})
"""Nothing to say any more once it has another hour."""
KNOWN_BY_WHO_MOVES = frozenset({CallReason.MOVED_BY_SERVICE, CallReason.UNDELIVERED})
"""Who moves it themselves has learned what was to be said. After one more move by the team it still
is, and undoing that move leaves it so.
"""

TRIES = 3
"""A number drawn twice, or one form sent twice at once: the second try sees the first's row."""


def book(
    session: Session,
    request: BookingRequest,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
    seen: Catalogue | None = None,
) -> str:
    """Book the chosen time for somebody, and return the token of the appointment's link.

    The same form sent again returns the same token and books nothing more, whatever has changed
    since. A booking counts once in each quota, in its own commit. `seen` is the territory as the
    page has just read it: it only tells whom to lock. Raises a DomainError: the choice
    (CommuneDeparted, TopicUnknown, SlotTaken, SlotNotOffered, SlotTooSoon, SlotTooFar), the contact
    (PhoneMissing, SmsToLandline, …), LimitReached, FormAlreadyUsed, the refusal of a quota, or
    those of `write_transaction`; OutcomeUnknown also where rows collide again and again: the page
    is kept, and the same form settles it.
    """
    with answering(session):
        try:
            catalogue = seen or read_catalogue(session)
            check_contact(request, catalogue.settings)
            counsellors = candidate_counsellors(catalogue, request.choice, now)
        except DomainError:
            standing = read_standing(session, request.form_key, now=now)
            if token := _token_of_form(standing, request, links):
                return token
            raise
    lock = Locks.of(counsellors, _keys(request))

    for _ in range(TRIES):
        try:
            with walled(), write_transaction(session, lock):
                standing, reference = _standing(session, request, now)
                if token := _token_of_form(standing, request, links):
                    return token
                catalogue = standing.catalogue
                remove_dead_holds(session, counsellors, now)
                slot = choose_slot(
                    session, catalogue, request.choice, counsellors, now, terms=_terms(request)
                )
                if request.limited_phone:
                    with throttle.unless_spent(session, quotas, now=now):
                        check_limit(standing.upcoming, catalogue.settings)
                draft = Draft(request, slot, now, reference)
                token = write_appointment(session, catalogue, draft, links).token
                lift_refusal(session, request, now)
                throttle.spend_within(session, quotas, now=now)
                return token
        except IntegrityError as collision:
            last_collision = collision
    raise OutcomeUnknown from last_collision


def _keys(request: BookingRequest) -> set[str]:
    """What is held alone beside the counsellors: the form, and the phone whose bookings count."""
    keys = {f"form:{request.form_key}"}
    return keys | {f"phone:{request.limited_phone}"} if request.limited_phone else keys


def _terms(request: BookingRequest) -> Terms:
    desk = request.desk
    if desk is None:
        return Terms()
    return Terms(for_desk=True, has_deadline=desk.deadline is not None, prefers=desk.counsellor_id)


def _standing(session: Session, request: BookingRequest, now: datetime) -> tuple[Standing, int]:
    """How things stand under the lock, and a reference that no live appointment has."""
    form_key, phone = request.form_key, request.limited_phone
    while True:
        reference = draw_reference()
        standing = read_standing(session, form_key, now=now, phone=phone, reference=reference)
        if not standing.is_reference_taken:
            return standing, reference


def _token_of_form(standing: Standing, request: BookingRequest, links: Links) -> str | None:
    """The token that this form was given before. Raises FormAlreadyUsed for other answers."""
    earlier = standing.earlier
    if earlier is None:
        return None
    if earlier.digest != digest_of(request, links):
        raise FormAlreadyUsed
    return links.token(earlier.appointment_id, earlier.link_version)


def reschedule(
    session: Session,
    appointment_id: int,
    choice: Choice,
    *,
    now: datetime,
    by: Act | None = None,
    quotas: Iterable[Quota] = (),
) -> bool:
    """Move an appointment; its old time is free again only when the new one is saved, and then
    offered at once to who waits.

    Whether the person learns of it as they wished, by a message or by none.

    `by` is who of the team does it, and why; None: the person, online. The team has no notice and
    no last hour to respect.

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
    with walled(), write_transaction(session, Locks.of({*counsellors, held})):
        appointment = locked_appointment(session, appointment_id)
        engagement = appointment.engagement
        catalogue = read_catalogue(session)
        if by is None:
            check_can_change(appointment.status, engagement.starts_at, now, catalogue.settings)
        else:
            _check_not_closed(appointment, AppointmentStatus.BOOKED, now)
        if engagement.starts_at == choice.starts_at and choice.venue_slug == (
            engagement.venue.slug if engagement.venue else None
        ):
            return True
        for_desk = by is not None
        terms = Terms(engagement.id, minutes, for_desk, has_deadline=for_desk)
        slot = choose_slot(session, catalogue, choice, counsellors, now, terms=terms)
        remove_dead_holds(session, counsellors, now)
        act = by or Act(now)
        is_told = move_to(session, appointment, slot, act)
        call_instead(session, appointment, act, is_told=is_told)
        throttle.spend_within(session, quotas, now=now)
    refill(session, now)
    return is_told


def move_to(session: Session, appointment: Appointment, slot: Slot, act: Act) -> bool:
    """Seat it there, and tell the person. Inside a write transaction, the slot looked at again.

    False where they count on a message that cannot reach them: somebody must call.
    """
    with note_event(session, appointment, EventKind.MOVED, act):
        seat(appointment, slot)
    touch(appointment, act.at)
    postpone_call_tasks(session, appointment, act.at)
    about_old_hour = ABOUT_ITS_HOUR | KNOWN_BY_WHO_MOVES if is_own(act) else ABOUT_ITS_HOUR
    close_call_tasks(session, appointment, CallOutcome.NOT_NEEDED, act.at, reasons=about_old_hour)
    return announce(session, appointment, MessageKind.CHANGED, act)


def cancel(
    session: Session,
    appointment_id: int,
    *,
    now: datetime,
    by: Act | None = None,
) -> None:
    """Cancel an appointment; its time is free at once. Cancelling twice is cancelling once.

    `by` is who of the team does it, and why; None: the person, online. Where the person asked for
    it (ChangeReason.PERSON_ASKED), it is theirs: nobody calls them back.

    Raises TooLateToCancel, or AppointmentPast for a resident whose appointment has begun and for
    anybody once it is known whether the person came.
    """
    catalogue = read_catalogue(session)
    held = session.scalars(
        select(Engagement.counsellor_id).join(Appointment).where(Appointment.id == appointment_id)
    ).one()
    with write_transaction(session, Locks.of({held})):
        appointment = locked_appointment(session, appointment_id)
        if appointment.status is AppointmentStatus.CANCELLED:
            return
        if by is None:
            check_can_cancel(
                appointment.status, appointment.engagement.starts_at, now, catalogue.settings
            )
        _check_not_closed(appointment, AppointmentStatus.CANCELLED, now)
        _cancel_locked(session, appointment, by or Act(now))
    refill(session, now)


def _check_not_closed(appointment: Appointment, wanted: AppointmentStatus, now: datetime) -> None:
    ended_at = appointment.engagement.ends_at
    if appointment.status is AppointmentStatus.CANCELLED:
        raise AppointmentCancelled
    if not can_become(appointment.status, wanted, ended_at=ended_at, now=now):
        raise AppointmentPast


def _cancel_locked(session: Session, appointment: Appointment, act: Act) -> None:
    by_person = is_own(act)
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_by = CancelledBy.PERSON if by_person else CancelledBy.SERVICE
    with note_event(session, appointment, EventKind.CANCELLED, act):
        appointment.engagement.occupies = False
    touch(appointment, act.at)
    close_call_tasks(session, appointment, CallOutcome.NOT_NEEDED, act.at)
    kind = MessageKind.CANCELLED_BY_PERSON if by_person else MessageKind.CANCELLED_BY_SERVICE
    announce(session, appointment, kind, act)
    if not by_person:
        reason, starts_at = CallReason.CANCELLED_BY_SERVICE, appointment.engagement.starts_at
        open_call_task(session, appointment.id, reason, starts_at=starts_at, now=act.at)


def locked_appointment(session: Session, appointment_id: int) -> Appointment:
    """The appointment as it is under the lock, not as the page saw it before."""
    return session.scalars(
        select(Appointment).where(Appointment.id == appointment_id).with_for_update(of=Appointment)
    ).one()
