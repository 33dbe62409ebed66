"""Who came: arrived, present, absent, without an appointment. Each is one press, twice is once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallOutcome,
    CallReason,
    CancelledBy,
    ChangeReason,
    Channel,
    EngagementKind,
    EventKind,
    MessageChannel,
    PlaceKind,
    Recipient,
    can_become,
)
from app.domain.attendance_errors import RecordExists
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import search_keys
from app.domain.staff_errors import (
    NoSessionToday,
    OutcomeTooEarly,
    StateRefused,
    SubjectUnknown,
)
from app.domain.travel import Place
from app.models.appointment import Appointment, AppointmentEvent, Engagement, Resident
from app.services.afterwards import ONE_AT_A_TIME, write_afterword
from app.services.agenda import Period, find_openings, session_of_now
from app.services.appointment_rows import Act, close_call_tasks, note_event
from app.services.catalogue import Catalogue, TopicEntry, read_catalogue
from app.services.figures_outcomes import tell_late_outcome
from app.services.half_years import HALF_YEARS
from app.services.journal import note
from app.services.transaction import Locks, write_transaction

WALK_IN_LENGTH = timedelta(minutes=30)
OUTCOME = Locks(keys=ONE_AT_A_TIME.keys | {HALF_YEARS})
"""One message a person, and no outcome is told under a half-year while it is being closed."""
EVENTS = {
    AppointmentStatus.ATTENDED: EventKind.ATTENDED,
    AppointmentStatus.NO_SHOW: EventKind.NO_SHOW,
}


def mark_arrived(session: Session, appointment_id: int, *, by: int, now: datetime) -> None:
    """Somebody sits in the waiting room: a fact beside the state, noted once.

    Nobody calls any more to say that the counsellor is late.

    Raises StateRefused where the appointment is not of today or no longer expected.
    """
    with write_transaction(session):
        appointment = lock_appointment(session, appointment_id)
        if appointment.arrived_at is not None:
            return
        catalogue = read_catalogue(session)
        is_today = catalogue.today(appointment.engagement.starts_at) == catalogue.today(now)
        if appointment.status is not AppointmentStatus.BOOKED or not is_today:
            raise StateRefused
        appointment.arrived_at = now
        late = CallReason.RUNNING_LATE
        close_call_tasks(session, appointment, CallOutcome.NOT_NEEDED, now, reasons=[late])
        note(session, JournalAction.ARRIVED, _subject(appointment), by=by, now=now)


def record_outcome(
    session: Session, appointment_id: int, came: bool, *, by: int, now: datetime
) -> None:
    """« Présent » or « Absent »; the other one within seven days takes it back.

    Whatever somebody was to be called for is over.

    Raises StateRefused where `can_become` says no, OutcomeTooEarly before the hour (product §10),
    RecordExists where a record already counts the person as present.
    """
    wanted = AppointmentStatus.ATTENDED if came else AppointmentStatus.NO_SHOW
    with write_transaction(session, OUTCOME):
        settle_outcome(session, lock_appointment(session, appointment_id), wanted, by=by, now=now)


def settle_outcome(
    session: Session,
    appointment: Appointment,
    wanted: AppointmentStatus,
    *,
    by: int,
    now: datetime,
) -> None:
    """The same inside a transaction that holds OUTCOME and the row.

    Told after the closing of its half-year, it counts in the one that is open.
    Raises RecordExists where an attendance record already counts the person as present.
    """
    if appointment.status is wanted:
        return
    if appointment.is_recorded:
        raise RecordExists
    catalogue = read_catalogue(session)
    _check_outcome(appointment, wanted, now)
    is_first = appointment.status is AppointmentStatus.BOOKED
    act = Act(now, Actor.STAFF, Channel.DESK, by)
    with note_event(session, appointment, EVENTS[wanted], act):
        appointment.status = wanted
    if is_first:
        tell_late_outcome(session, catalogue, appointment, catalogue.today(now))
    close_call_tasks(session, appointment, CallOutcome.NOT_NEEDED, now)
    write_afterword(session, catalogue, appointment, now)


def _check_outcome(appointment: Appointment, wanted: AppointmentStatus, now: datetime) -> None:
    held = appointment.engagement
    if not can_become(appointment.status, wanted, ended_at=held.ends_at, now=now):
        raise StateRefused
    if held.starts_at > now:
        raise OutcomeTooEarly


def add_walk_in(
    session: Session, counsellor_id: int, form_key: str, *, by: int, now: datetime
) -> int:
    """« Venu sans rendez-vous »: present, from now for 30 minutes, without name nor telephone.

    It occupies nobody: the counsellor is there already. The same form sent again adds nothing.
    Where somebody lives is not asked: they count in the commune where they came. Returns the id of
    the appointment. Raises NoSessionToday where the counsellor holds no permanence today.
    """
    with write_transaction(session, Locks.of({counsellor_id}, {f"form:{form_key}"})):
        query = select(Appointment.id).where(Appointment.form_key == form_key)
        known = session.scalars(query).one_or_none()
        if known is not None:
            return known
        catalogue = read_catalogue(session)
        today = catalogue.today(now)
        openings = find_openings(catalogue, Period(today, today, counsellor_id))
        opening = session_of_now(openings, now)
        if opening is None or opening.place is None:
            raise NoSessionToday
        appointment = _walk_in(catalogue, opening.counsellor_id, opening.place, now)
        appointment.form_key, appointment.booked_by_id = form_key, by
        session.add(appointment)
        session.flush()
        _tell(session, appointment, by, now)
        return appointment.id


def _walk_in(catalogue: Catalogue, counsellor_id: int, place: Place, now: datetime) -> Appointment:
    starts_at = now.replace(second=0, microsecond=0)
    topic = _topic_of_anything(catalogue)
    return Appointment(
        resident=Resident(
            first_name="",
            last_name="",
            commune_id=place.commune_id,
            **search_keys("", "", None),
            language="fr",
            to_reconcile=False,
            created_at=now,
        ),
        engagement=Engagement(
            counsellor_id=counsellor_id,
            starts_at=starts_at,
            ends_at=starts_at + WALK_IN_LENGTH,
            kind=EngagementKind.APPOINTMENT,
            commune_id=place.commune_id,
            venue_id=place.venue_id,
            occupies=False,
        ),
        commune_id=place.commune_id,
        topic_id=topic.id,
        topic_minutes=WALK_IN_LENGTH // timedelta(minutes=1),
        place_kind=PlaceKind.VENUE,
        status=AppointmentStatus.ATTENDED,
        channel=Channel.WALK_IN,
        language="fr",
        booked_at=now,
        updated_at=now,
        arrived_at=now,
        message_channel=MessageChannel.NONE,
        message_to=Recipient.PERSON,
    )


def _topic_of_anything(catalogue: Catalogue) -> TopicEntry:
    """The last of the list, « Autre chose, ou je ne sais pas », until it is known better."""
    return catalogue.offered_topics()[-1]


def _tell(session: Session, appointment: Appointment, by: int, now: datetime) -> None:
    held = appointment.engagement
    session.add(
        AppointmentEvent(
            appointment_id=appointment.id,
            at=now,
            kind=EventKind.BOOKED,
            actor=Actor.STAFF,
            channel=Channel.WALK_IN,
            user_id=by,
            new_starts_at=held.starts_at,
            new_counsellor_id=held.counsellor_id,
            new_venue_id=held.venue_id,
        )
    )
    note(session, JournalAction.ATTENDED, _subject(appointment), by=by, now=now, walk_in=True)


def remove_walk_in(session: Session, appointment_id: int, *, by: int, now: datetime) -> None:
    """Take back « Venu sans rendez-vous », pressed by mistake, on the same day.

    The one way out of « présent » to « annulé »: nobody was expected, nobody is told. Raises
    StateRefused for any other appointment, or another day; RecordExists once it is recorded.
    """
    with write_transaction(session):
        appointment = lock_appointment(session, appointment_id)
        if appointment.status is AppointmentStatus.CANCELLED:
            return
        catalogue = read_catalogue(session)
        is_today = catalogue.today(appointment.engagement.starts_at) == catalogue.today(now)
        if appointment.channel is not Channel.WALK_IN or not is_today:
            raise StateRefused
        if appointment.is_recorded:
            raise RecordExists
        act = Act(now, Actor.STAFF, Channel.DESK, by, ChangeReason.MISTAKE)
        with note_event(session, appointment, EventKind.CANCELLED, act):
            appointment.status = AppointmentStatus.CANCELLED
            appointment.cancelled_by = CancelledBy.SERVICE
        appointment.updated_at = now


def _subject(appointment: Appointment) -> tuple[JournalSubject, int]:
    return JournalSubject.APPOINTMENT, appointment.id


def lock_appointment(session: Session, appointment_id: int) -> Appointment:
    """The row under its lock. Raises SubjectUnknown where there is none."""
    query = select(Appointment).where(Appointment.id == appointment_id)
    appointment = session.scalars(query.with_for_update(of=Appointment)).one_or_none()
    if appointment is None:
        raise SubjectUnknown
    return appointment
