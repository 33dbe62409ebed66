"""What became of a call about a registration."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import CallOutcome, CallReason
from app.domain.journal import JournalSubject
from app.domain.staff_errors import SubjectUnknown
from app.models.appointment import CallTask
from app.models.workshops import Registration
from app.services.calls import settle_call
from app.services.catalogue import read_catalogue
from app.services.registration_call_list import (
    its_date_has_begun,
    needs_a_call,
    unreminded,
)
from app.services.registration_people import reached
from app.services.transaction import Locks, write_transaction


def record_registration_call(
    session: Session,
    registration_id: int,
    reason: CallReason,
    outcome: CallOutcome,
    *,
    by: int,
    now: datetime,
) -> bool:
    """What became of a call; whether something was noted: a call that is closed stays as it is.

    « Pas de réponse » leaves it open. A reminder has no task before its first call. Raises
    SubjectUnknown where nobody asked for that call.
    """
    with write_transaction(session, Locks.of(keys={f"call:registration:{registration_id}"})):
        task = _task(session, registration_id, reason, now)
        return settle_call(
            session, task, (JournalSubject.REGISTRATION, registration_id), outcome, by=by, now=now
        )


def _task(session: Session, registration_id: int, reason: CallReason, now: datetime) -> CallTask:
    """The open task of that reason; a reminder of another date is a new one. Raises SubjectUnknown.

    A task that is closed, or a reminder of a date that has begun, is given where there is no other.
    """
    found = session.execute(
        select(CallTask, its_date_has_begun(now).label("is_past"))
        .where(CallTask.registration_id == registration_id, CallTask.reason == reason)
        .order_by(CallTask.closed_at.is_not(None), CallTask.id.desc())
        .limit(1)
    ).one_or_none()
    task: CallTask | None = found.CallTask if found else None
    is_reminder = reason is CallReason.REMINDER
    if task and task.closed_at is None and not (is_reminder and found and found.is_past):
        return task
    if is_reminder and _asks_reminder(session, registration_id, now):
        task = CallTask(registration_id=registration_id, reason=reason, created_at=now, due_at=now)
        session.add(task)
    if task is None:
        raise SubjectUnknown
    return task


def _asks_reminder(session: Session, registration_id: int, now: datetime) -> bool:
    own = Registration.id == registration_id
    if not unreminded(session, read_catalogue(session), now, own):
        return False
    return needs_a_call(reached(session, registration_id))
