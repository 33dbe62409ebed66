"""Correct a card: what upcoming appointments say follows in the same commit.

A link is worth its person and phone: where either changes, the old link is dead (T8).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, MessageChannel, Recipient
from app.domain.booking import Phone
from app.domain.journal import JournalAction, JournalSubject
from app.domain.search_keys import search_keys
from app.domain.staff_errors import SubjectUnknown
from app.models.appointment import Appointment, Resident
from app.models.waiting import WaitingEntry
from app.models.workshops import Registration
from app.services.journal import note, refuse_edited
from app.services.links import Links, hash_token
from app.services.people import version_of
from app.services.registration_cards import (
    live_registrations,
    renew_registrations,
    tell_registration_otherwise,
)
from app.services.transaction import write_transaction
from app.services.waiting_cards import entries_of, locks_of, renew_entries, tell_otherwise

ACTS = (
    JournalAction.PERSON_CORRECTED,
    JournalAction.CHANNELS_REFUSED,
    JournalAction.STOP_RECORDED,
    JournalAction.PERSON_MERGED,
    JournalAction.PERSON_ERASED,
)
"""What changes a card, and so makes a page of it out of date."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the card is to say."""

    first_name: str
    last_name: str
    phone: Phone | None
    email: str | None
    commune_id: int | None
    language: str

    def columns(self) -> dict[str, Any]:
        number = self.phone.number if self.phone else None
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "phone": number,
            "email": self.email,
            "commune_id": self.commune_id,
            "language": self.language,
        }


def correct_person(
    session: Session,
    resident_id: int,
    wanted: Correction,
    version: str,
    *,
    by: int,
    now: datetime,
    links: Links,
) -> None:
    """Correct the card, and with it where its upcoming appointments' messages go.

    Raises SubjectUnknown, or EditedMeanwhile where the page of `version` is out of date.
    """
    with write_transaction(session, locks_of(session, [resident_id])):
        row = locked_card(session, resident_id)
        changed = {
            name: value for name, value in wanted.columns().items() if getattr(row, name) != value
        }
        if not changed:
            return
        refuse_out_of_date(session, row, version)
        _follow(session, row, wanted)
        _follow_registrations(session, row, wanted, now)
        for name, value in changed.items():
            setattr(row, name, value)
        for name, key in search_keys(row.first_name, row.last_name, row.phone).items():
            setattr(row, name, key)
        row.updated_at = now
        if {"first_name", "last_name", "phone"} & changed.keys():
            renew_links(session, resident_id, links)
            renew_entries(session, resident_id, links, now)
            renew_registrations(session, resident_id, links, now)
        subject = JournalSubject.RESIDENT, resident_id
        fields = sorted(changed)
        note(session, JournalAction.PERSON_CORRECTED, subject, by=by, now=now, fields=fields)


def locked_card(session: Session, resident_id: int) -> Resident:
    """The card under the lock of its row. Raises SubjectUnknown, also for one that was erased."""
    query = select(Resident).where(Resident.id == resident_id).with_for_update(of=Resident)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or not row.last_name:
        raise SubjectUnknown
    return row


def renew_links(session: Session, resident_id: int, links: Links) -> None:
    """Old links of the person's appointments are dead; the next message carries the new one."""
    held = Appointment.resident_id == resident_id, Appointment.link_token_hash.is_not(None)
    for appointment in session.scalars(select(Appointment).where(*held)):
        appointment.link_version += 1
        token = links.token(appointment.id, appointment.link_version)
        appointment.link_token_hash = hash_token(token)


def refuse_out_of_date(session: Session, row: Resident, version: str) -> None:
    """Raises EditedMeanwhile, with who and when, for a page of another state of the card."""
    if version != version_of(row):
        refuse_edited(session, (JournalSubject.RESIDENT, row.id), ACTS)


def _follow(session: Session, row: Resident, wanted: Correction) -> None:
    """Booked appointments take over what was said of the person: commune, language, messages.

    So do places on the waiting list, but for the commune where they wait.
    """
    for entry in entries_of(session, row.id):
        tell_otherwise(entry, wanted.language, is_reachable=_reaches(entry, wanted))
    booked = session.scalars(
        select(Appointment).where(
            Appointment.resident_id == row.id, Appointment.status == AppointmentStatus.BOOKED
        )
    )
    for appointment in booked:
        if appointment.commune_id == row.commune_id:
            appointment.commune_id = wanted.commune_id
        appointment.language = wanted.language
        if not _reaches(appointment, wanted):
            is_called = _has_phone(appointment, wanted)
            by = MessageChannel.VOICE if is_called else MessageChannel.NONE
            appointment.message_channel = by


def _follow_registrations(
    session: Session, row: Resident, wanted: Correction, now: datetime
) -> None:
    """So do registrations; where they live decides on places kept for the host commune."""
    for each in live_registrations(session, row.id, now):
        if each.commune_id == row.commune_id:
            each.commune_id = wanted.commune_id
        is_reachable, has_phone = _reaches(each, wanted), _has_phone(each, wanted)
        tell_registration_otherwise(
            each, wanted.language, is_reachable=is_reachable, has_phone=has_phone
        )


def _has_phone(held: Appointment | Registration, wanted: Correction) -> bool:
    """Whether a telephone is left, theirs or their helper's: whom no machine tells is called."""
    return wanted.phone is not None or held.helper_phone is not None


def _reaches(appointment: Appointment | WaitingEntry | Registration, wanted: Correction) -> bool:
    """Whether a message about that still has somewhere to go."""
    if appointment.message_channel is MessageChannel.EMAIL:
        return wanted.email is not None
    to_person = appointment.message_to is Recipient.PERSON
    if appointment.message_channel is MessageChannel.SMS and to_person:
        return wanted.phone is not None and wanted.phone.is_mobile
    return True
