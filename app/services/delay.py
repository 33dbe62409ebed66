"""« J’ai du retard »: the people of today who are kept waiting are told, by a message or a call.

A text message leaves at once, within the working day; an e-mail would not be read in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.domain.agenda import AGAIN_AFTER, DELAYS, MOST_ROUNDS, delayed
from app.domain.appointment import AppointmentStatus, CallReason, MessageChannel
from app.domain.calendar import ONE_DAY
from app.domain.messages import MessageKind, Notice, OutboxState, SubjectKind
from app.domain.staff_errors import DelayMissing
from app.models.appointment import Appointment, CallTask
from app.models.outbox import OutboxMessage
from app.services.agenda import Period, find_entries
from app.services.announcing import next_round, refuses
from app.services.catalogue import read_catalogue
from app.services.offer_telling import ARRIVED
from app.services.outbox import write_message
from app.services.sending_pause import is_paused
from app.services.transaction import Locks, write_transaction

LATE, SMS = MessageKind.LATE, MessageChannel.SMS


@dataclass(frozen=True, slots=True)
class KeptWaiting:
    """Whom a delay touches, by hour: ids of appointments."""

    by_message: tuple[int, ...]
    by_call: tuple[int, ...]


def announce_delay(
    session: Session, counsellor_id: int, late_minutes: int, *, now: datetime, sms_leaves: bool
) -> KeptWaiting:
    """Tell each of the next people of today who is kept waiting.

    A message to who wants text messages, each time, up to `MOST_ROUNDS` a day, and none where the
    same was said just before; a call for anybody else, once: whoever is on the list stays there.
    `sms_leaves`: whether this installation sends any; while all sending is
    paused, everybody is called. Raises DelayMissing for another length than those of `DELAYS`.
    """
    if late_minutes not in DELAYS:
        raise DelayMissing
    with write_transaction(session, Locks.of({counsellor_id})):
        waiting = _waiting(session, counsellor_id, late_minutes, now)
        can_write = sms_leaves and not is_paused(session)
        said = _said_today(session, [each.id for each in waiting], now)
        known = {key for key, of_each in said.items() if _is_known(of_each[-1], late_minutes, now)}
        spent = {key for key, of_each in said.items() if len(of_each) >= MOST_ROUNDS} - known
        writable = [each for each in waiting if can_write and _is_written_to(each)]
        told = [each for each in writable if each.id not in spent]
        for each in told:
            if each.id not in known:
                _write(session, each, late_minutes, now)
        to_call = [each for each in waiting if each not in told]
        _ask_for_calls(session, [each.id for each in to_call], now)
        return KeptWaiting(*(tuple(each.id for each in part) for part in (told, to_call)))


def _waiting(
    session: Session, counsellor_id: int, late_minutes: int, now: datetime
) -> list[Appointment]:
    catalogue = read_catalogue(session)
    today = catalogue.today(now)
    to_come = [
        each
        for each in find_entries(session, catalogue, Period(today, today, counsellor_id))
        if each.status is AppointmentStatus.BOOKED
        and each.arrived_at is None
        and each.starts_at >= now
    ]
    ids = [each.appointment_id for each in delayed(to_come, late_minutes, catalogue.travel)]
    rows = session.scalars(select(Appointment).where(Appointment.id.in_(ids)))
    return sorted(rows, key=lambda each: ids.index(each.id))


def _said_today(
    session: Session, appointment_ids: list[int], now: datetime
) -> dict[int, list[OutboxMessage]]:
    """What was written of a delay since the same hour of yesterday, by appointment, the last last.

    Nobody is received so long after a delay that an earlier one would still count.
    """
    found: dict[int, list[OutboxMessage]] = {}
    rows = session.scalars(
        select(OutboxMessage)
        .where(*_late_messages(appointment_ids), OutboxMessage.created_at > now - ONE_DAY)
        .order_by(OutboxMessage.id)
    )
    for each in rows:
        found.setdefault(each.subject_id, []).append(each)
    return found


def _late_messages(appointment_ids: Iterable[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id.in_(list(appointment_ids)),
        OutboxMessage.kind == LATE,
    )


def _is_known(last: OutboxMessage, late_minutes: int, now: datetime) -> bool:
    return last.minutes == late_minutes and now - last.created_at < AGAIN_AFTER


def _is_written_to(appointment: Appointment) -> bool:
    wants_sms = appointment.message_channel is SMS
    return wants_sms and not refuses(appointment.resident, LATE, SMS)


def _write(session: Session, appointment: Appointment, late_minutes: int, now: datetime) -> None:
    """Of use until the person would be received; said again, it is another message."""
    recipient = appointment.message_to
    expires_at = appointment.engagement.starts_at + timedelta(minutes=late_minutes)
    write_message(
        session,
        Notice(LATE, SMS, recipient, expires_at),
        appointment.id,
        version=appointment.sequence,
        now=now,
        round=next_round(session, appointment, LATE, SMS, recipient),
        minutes=late_minutes,
    )


def _ask_for_calls(session: Session, appointment_ids: list[int], now: datetime) -> None:
    reason = CallReason.RUNNING_LATE
    known = session.scalars(
        select(CallTask.appointment_id).where(
            CallTask.appointment_id.in_(appointment_ids),
            CallTask.reason == reason,
            CallTask.closed_at.is_(None),
        )
    ).all()
    for appointment_id in appointment_ids:
        if appointment_id not in known:
            task = CallTask(
                appointment_id=appointment_id, reason=reason, created_at=now, due_at=now
            )
            session.add(task)


def told_of_delay(session: Session, appointment_ids: Iterable[int]) -> dict[int, int]:
    """The appointments of those whose people got (or will get) that message: minutes by id.

    The last one said counts; one that failed or was lost told them nothing.
    """
    will_know = or_(OutboxMessage.state == OutboxState.PENDING, ARRIVED)
    rows = session.execute(
        select(OutboxMessage.subject_id, OutboxMessage.minutes)
        .where(*_late_messages(appointment_ids), OutboxMessage.minutes.is_not(None), will_know)
        .order_by(OutboxMessage.id)
    )
    return {row.subject_id: row.minutes for row in rows}
