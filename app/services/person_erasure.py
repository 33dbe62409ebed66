"""Erase a person at once: what the retention would empty in time is emptied now (law B20, B23).

The rows stay for the figures; nothing in them leads to anybody. Which columns is the manifest's
matter (services.retention): a new column of a person is erased here without another line.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallOutcome
from app.domain.journal import JournalAction, JournalSubject
from app.domain.messages import OutboxState
from app.domain.sending import SkipReason
from app.domain.staff_errors import StillExpected
from app.models.appointment import Appointment, CallTask, Engagement, Resident
from app.models.base import Base
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer, Registration
from app.services.appointment_rows import messages_of
from app.services.erasure_register import ErasureRegister, register_erased
from app.services.erasure_requests import forget_request
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.registration_cards import (
    forget_registrations,
    is_expected,
    messages_of_registrations,
)
from app.services.retention import AFTER_WORKSHOP, PERSON, THIRTY_DAYS, emptied
from app.services.transaction import write_transaction
from app.services.waiting_cards import forget_entries, locks_of


def erase_person(
    session: Session, resident_id: int, *, by: int, now: datetime, register: ErasureRegister
) -> None:
    """Empty the card and what its appointments say of the person; nobody calls or writes any more.

    The register keeps the number of the card, so that no restored backup brings the person back.
    Raises StillExpected while an appointment is to come, or a workshop that has not begun: it is
    cancelled first, by the page that tells the person and the counsellor. Raises SubjectUnknown,
    RegisterUnwritable.
    """
    with write_transaction(session, locks_of(session, [resident_id])):
        row = locked_card(session, resident_id)
        _refuse_expected(session, resident_id, now)
        empty_card(session, row, now)
        subject = JournalSubject.RESIDENT, resident_id
        note(session, JournalAction.PERSON_ERASED, subject, by=by, now=now)
        register_erased(session, register, [(resident_id, row.created_at)], now)


def empty_card(session: Session, row: Resident, now: datetime) -> None:
    """Empty this card and all that leads from it to the person, under `locks_of`; no commit."""
    resident_id = row.id
    forget_entries(session, resident_id, now)
    forget_request(session, resident_id)
    forget_registrations(session, row, now)
    _stop_messages_and_calls(session, resident_id, now)
    for table in (Appointment, Registration):
        held = table.resident_id == resident_id
        session.execute(update(table).where(held).values(_emptied(table)))
    _kill_offers(session, resident_id)
    for name, value in _emptied(Resident).items():
        setattr(row, name, value)
    row.to_reconcile, row.updated_at = False, now


def _refuse_expected(session: Session, resident_id: int, now: datetime) -> None:
    awaited = session.scalars(
        select(func.count())
        .select_from(Appointment)
        .join(Appointment.engagement)
        .where(
            Appointment.resident_id == resident_id,
            Appointment.status == AppointmentStatus.BOOKED,
            Engagement.ends_at > now,
        )
    ).one()
    if awaited or is_expected(session, resident_id, now):
        raise StillExpected


def _emptied(model: type[Base]) -> dict[str, Any]:
    return emptied(model, PERSON, THIRTY_DAYS, AFTER_WORKSHOP)


def _stop_messages_and_calls(session: Session, resident_id: int, now: datetime) -> None:
    own = select(Appointment.id).where(Appointment.resident_id == resident_id)
    registered = select(Registration.id).where(Registration.resident_id == resident_id)
    session.execute(
        update(OutboxMessage)
        .where(
            or_(and_(*messages_of(own)), messages_of_registrations(registered)),
            OutboxMessage.state == OutboxState.PENDING,
        )
        .values(state=OutboxState.SKIPPED, outcome=SkipReason.ERASED.value, closed_at=now)
    )
    session.execute(
        update(CallTask)
        .where(
            or_(CallTask.appointment_id.in_(own), CallTask.registration_id.in_(registered)),
            CallTask.closed_at.is_(None),
        )
        .values(outcome=CallOutcome.NOT_NEEDED, closed_at=now)
    )


def _kill_offers(session: Session, resident_id: int) -> None:
    own = select(Registration.id).where(Registration.resident_id == resident_id)
    theirs = update(PlacesOffer).where(PlacesOffer.registration_id.in_(own))
    session.execute(theirs.values(link_token_hash=None))
