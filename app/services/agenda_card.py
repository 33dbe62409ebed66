"""One appointment with all that the team knows of it, and its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from app.domain.access import Subject
from app.domain.appointment import (
    Actor,
    Caller,
    CallTime,
    ChangeReason,
    Channel,
    Deadline,
    EventKind,
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.booking import NOTE_LENGTH
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import NoteTooLong, SubjectUnknown
from app.models.accounts import Counsellor, User
from app.models.appointment import Appointment, AppointmentEvent
from app.models.journal import JournalEntry
from app.services.agenda import ENTRIES, Entry, entry_of
from app.services.catalogue import Catalogue, read_catalogue
from app.services.journal import note, refuse_edited
from app.services.transaction import write_transaction


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: who, by which way, why, when, from what to what."""

    at: datetime
    kind: EventKind
    actor: Actor
    user: str | None
    """First name of whoever of the team did it."""
    channel: Channel
    reason: ChangeReason | None
    old_starts_at: datetime | None
    new_starts_at: datetime | None
    old_venue_id: int | None
    new_venue_id: int | None
    old_counsellor: str | None
    new_counsellor: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the page of an appointment is made of; rights are asked of `entry.subject`."""

    entry: Entry
    engagement_id: int
    resident_id: int
    reference: int | None
    topic_minutes: int
    booked_at: datetime
    booked_by: str | None
    """First name of whoever of the team booked it; None: the person did, online."""
    caller: Caller | None
    deadline: Deadline | None
    note: str | None
    note_key: str
    """Which note the page shows: what a second writer is compared with."""
    message_channel: MessageChannel
    message_to: Recipient
    helper_relation: HelperRelation | None
    call_time: CallTime | None
    changes: tuple[Change, ...]


def read_card(session: Session, catalogue: Catalogue, appointment_id: int) -> Card:
    """The appointment of that id. Raises SubjectUnknown where there is none."""
    query = ENTRIES.add_columns(User.first_name.label("booked_by")).outerjoin(
        User, User.id == Appointment.booked_by_id
    )
    row = session.execute(query.where(Appointment.id == appointment_id)).one_or_none()
    if row is None:
        raise SubjectUnknown
    appointment = row.Appointment
    return Card(
        entry=entry_of(row, catalogue),
        engagement_id=appointment.engagement_id,
        resident_id=appointment.resident_id,
        reference=appointment.reference,
        topic_minutes=appointment.topic_minutes,
        booked_at=appointment.booked_at,
        booked_by=row.booked_by,
        caller=appointment.caller,
        deadline=appointment.deadline,
        note=appointment.note,
        note_key=_note_key(session, appointment_id),
        message_channel=appointment.message_channel,
        message_to=appointment.message_to,
        helper_relation=appointment.helper_relation,
        call_time=appointment.call_time,
        changes=tuple(_changes(session, appointment_id)),
    )


def subject_of(session: Session, catalogue: Catalogue, appointment_id: int) -> Subject:
    """What rights over that appointment are asked about. Raises SubjectUnknown."""
    return read_entry(session, catalogue, appointment_id).subject


def read_entry(session: Session, catalogue: Catalogue, appointment_id: int) -> Entry:
    """The appointment as an agenda shows it. Raises SubjectUnknown."""
    row = session.execute(ENTRIES.where(Appointment.id == appointment_id)).one_or_none()
    if row is None:
        raise SubjectUnknown
    return entry_of(row, catalogue)


def _changes(session: Session, appointment_id: int) -> list[Change]:
    old, new = aliased(Counsellor), aliased(Counsellor)
    rows = session.execute(
        select(
            AppointmentEvent,
            User.first_name.label("user"),
            old.first_name.label("old_counsellor"),
            new.first_name.label("new_counsellor"),
        )
        .outerjoin(User, User.id == AppointmentEvent.user_id)
        .outerjoin(old, old.id == AppointmentEvent.old_counsellor_id)
        .outerjoin(new, new.id == AppointmentEvent.new_counsellor_id)
        .where(AppointmentEvent.appointment_id == appointment_id)
        .order_by(AppointmentEvent.id.desc())
    )
    return [
        Change(
            at=row.AppointmentEvent.at,
            kind=row.AppointmentEvent.kind,
            actor=row.AppointmentEvent.actor,
            user=row.user,
            channel=row.AppointmentEvent.channel,
            reason=row.AppointmentEvent.reason,
            old_starts_at=row.AppointmentEvent.old_starts_at,
            new_starts_at=row.AppointmentEvent.new_starts_at,
            old_venue_id=row.AppointmentEvent.old_venue_id,
            new_venue_id=row.AppointmentEvent.new_venue_id,
            old_counsellor=row.old_counsellor,
            new_counsellor=row.new_counsellor,
        )
        for row in rows
    ]


def note_seen(session: Session, appointment_id: int, *, by: int, now: datetime) -> None:
    """The journal tells who looked at whose appointment: once a day for each (law B22)."""
    today = read_catalogue(session).today(now)
    last = session.scalar(_of_journal(appointment_id, JournalAction.APPOINTMENT_SEEN, by=by))
    if last is not None and read_catalogue(session).today(last) == today:
        return
    with write_transaction(session):
        subject = JournalSubject.APPOINTMENT, appointment_id
        note(session, JournalAction.APPOINTMENT_SEEN, subject, by=by, now=now)


def write_note(
    session: Session, appointment_id: int, text: str, note_key: str, *, by: int, now: datetime
) -> None:
    """The few words that the counsellor needs, 200 characters at most; the journal keeps none.

    Raises NoteTooLong, or EditedMeanwhile where somebody else wrote since the page with that
    `note_key`; SubjectUnknown.
    """
    wanted = text.strip() or None
    if wanted and len(wanted) > NOTE_LENGTH:
        raise NoteTooLong
    with write_transaction(session):
        query = select(Appointment).where(Appointment.id == appointment_id)
        appointment = session.scalars(query.with_for_update(of=Appointment)).one_or_none()
        if appointment is None:
            raise SubjectUnknown
        if appointment.note == wanted:
            return
        _refuse_rewritten(session, appointment_id, note_key, by)
        appointment.note = wanted
        subject = JournalSubject.APPOINTMENT, appointment_id
        note(session, JournalAction.NOTE_WRITTEN, subject, by=by, now=now)


def _refuse_rewritten(session: Session, appointment_id: int, note_key: str, by: int) -> None:
    if _note_key(session, appointment_id) == note_key:
        return
    subject = JournalSubject.APPOINTMENT, appointment_id
    refuse_edited(session, subject, [JournalAction.NOTE_WRITTEN], user_id=by)


def _note_key(session: Session, appointment_id: int) -> str:
    """When the note was written last, from the journal; empty before that."""
    last = session.scalar(_of_journal(appointment_id, JournalAction.NOTE_WRITTEN))
    return last.isoformat() if last else ""


def _of_journal(appointment_id: int, action: JournalAction, by: int | None = None) -> Any:
    """When that was done last to that appointment (by somebody)."""
    about = _about(appointment_id, action)
    who = [JournalEntry.user_id == by] if by is not None else []
    return select(JournalEntry.at).where(*about, *who).order_by(JournalEntry.id.desc()).limit(1)


def _about(appointment_id: int, action: JournalAction) -> tuple[ColumnElement[bool], ...]:
    return (
        JournalEntry.subject_kind == JournalSubject.APPOINTMENT,
        JournalEntry.subject_id == appointment_id,
        JournalEntry.action == action,
    )
