"""« Je n’ai plus mon numéro »: sent again by SMS to the telephone that was given, nowhere else.

Nobody learns whether a telephone has an appointment: the page says the same, and the same questions
are asked of the database (slots-calendar-threats T10, T17).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, MessageChannel, Recipient
from app.domain.booking import Phone
from app.domain.messages import MessageKind, Notice, SubjectKind
from app.domain.settings import Settings
from app.models.appointment import Appointment, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.services.announcing import next_round, refuses
from app.services.catalogue import read_catalogue
from app.services.outbox import write_message
from app.services.registration_numbers import (
    most_often_told,
    upcoming_registrations,
    write_number,
)
from app.services.transaction import Locks, write_transaction

MOST_A_DAY = 3
"""Of one telephone, whatever the number of its appointments: nobody is flooded by a prankster."""
ONE_DAY = timedelta(days=1)
LOST, SMS = MessageKind.LOST_NUMBER, MessageChannel.SMS


def send_numbers(session: Session, phone: Phone, *, now: datetime) -> None:
    """Write one SMS for each appointment and workshop to come of that mobile, three times a day.

    It goes to whoever gave that number, the person or their helper; nothing for a landline, nor
    for a card that refuses text messages.
    """
    with write_transaction(session, Locks.of(keys={f"lost:{phone.number}"})):
        rows = _upcoming(session, phone.number, now)
        places = upcoming_registrations(session, phone.number, now)
        told = _most_often(session, [each.id for each in rows], now)
        told = max(told, most_often_told(session, places, now - ONE_DAY))
        if told >= MOST_A_DAY or not _takes_sms(phone, read_catalogue(session).settings):
            return
        for each in rows:
            if not refuses(each.resident, LOST, SMS):
                _write(session, each, phone.number, now)
        for place in places:
            if not refuses(place.resident, LOST, SMS):
                write_number(session, place, phone.number, now)


def _upcoming(session: Session, number: str, now: datetime) -> list[Appointment]:
    """The appointments to come that were booked with that telephone, by hour."""
    given = or_(Resident.phone == number, Appointment.helper_phone == number)
    query = (
        select(Appointment)
        .join(Appointment.engagement)
        .join(Appointment.resident)
        .where(
            given,
            Engagement.starts_at > now,
            Appointment.status == AppointmentStatus.BOOKED,
            Appointment.reference.is_not(None),
        )
        .order_by(Engagement.starts_at)
    )
    return list(session.scalars(query))


def _most_often(session: Session, appointment_ids: list[int], now: datetime) -> int:
    """How often at most one of them was told within a day."""
    told: Any = select(OutboxMessage.subject_id).where(
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id.in_(appointment_ids),
        OutboxMessage.kind == LOST,
        OutboxMessage.created_at > now - ONE_DAY,
    )
    found = list(session.scalars(told))
    return max(map(found.count, found), default=0)


def _takes_sms(phone: Phone, settings: Settings) -> bool:
    return phone.is_mobile and (settings.foreign_sms or not phone.is_foreign)


def _write(session: Session, appointment: Appointment, number: str, now: datetime) -> None:
    is_own = appointment.resident.phone == number
    recipient = Recipient.PERSON if is_own else Recipient.HELPER
    write_message(
        session,
        Notice(LOST, SMS, recipient, appointment.engagement.starts_at),
        appointment.id,
        version=appointment.sequence,
        now=now,
        round=next_round(session, appointment, LOST, SMS, recipient),
    )
