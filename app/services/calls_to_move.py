"""Calls to find another time: asked for while an appointment has lost its place."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallOutcome, CallReason
from app.models.appointment import Appointment, CallTask
from app.services.undelivered import call_once

TO_MOVE = CallTask.reason == CallReason.TO_MOVE
IS_OPEN = CallTask.closed_at.is_(None)


def ask_to_move(session: Session, appointment: Appointment, now: datetime) -> None:
    """Somebody calls to find another time; who is on the list already is there once."""
    starts_at, reason = appointment.engagement.starts_at, CallReason.TO_MOVE
    call_once(session, appointment.id, starts_at=starts_at, now=now, reason=reason)


def ask_no_more(session: Session, held_again: Set[int], now: datetime) -> None:
    """These appointments stand again: nobody calls for another time."""
    session.execute(
        update(CallTask)
        .where(CallTask.appointment_id.in_(held_again), TO_MOVE, IS_OPEN)
        .values(outcome=CallOutcome.NOT_NEEDED, closed_at=now)
    )


def ask_again(session: Session, stood_at: datetime) -> None:
    """What stood again since that change lost its place anew: who was to be called is again.

    Only where the appointment is still what it was then.
    """
    asked = select(CallTask.appointment_id).where(
        TO_MOVE, IS_OPEN, CallTask.appointment_id.is_not(None)
    )
    unchanged = select(Appointment.id).where(
        Appointment.status == AppointmentStatus.BOOKED,
        Appointment.updated_at < stood_at,
        Appointment.id.not_in(asked),
    )
    closed = select(CallTask.id).where(
        TO_MOVE,
        CallTask.outcome == CallOutcome.NOT_NEEDED,
        CallTask.closed_at == stood_at,
        CallTask.appointment_id.in_(unchanged),
    )
    tasks = session.scalars(closed).all()
    session.execute(
        update(CallTask).where(CallTask.id.in_(tasks)).values(outcome=None, closed_at=None)
    )
