"""Rows that go whole when their period is over: which tables, counted from what (law B20, B21)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from app.domain.half_year import HalfYear
from app.models.accounts import AccountLink, RecoveryCode, User, UserSession
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement
from app.models.attendance import AttendanceRow, Erasure, HalfYearClosing
from app.models.base import Base
from app.models.erasure import ErasureRequest
from app.models.journal import JournalEntry, TimetableChange
from app.models.outbox import SendingPause
from app.models.workshops import Registration, Workshop, WorkshopNews
from app.services.half_years import HALF_YEARS
from app.services.retention import (
    CALL,
    CODES,
    ERASURE,
    ERASURE_REQUEST,
    HISTORY,
    JOURNAL,
    LINK,
    NEWS,
    RECORD,
    SESSION,
    Policy,
)
from app.services.transaction import Locks, write_transaction


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows of one table, and which of them are older than an instant."""

    name: str
    table: type[Base]
    policy: Policy
    is_older: Callable[[datetime], ColumnElement[bool]]

    def step(self, session: Session, now: datetime, limit: int) -> int:
        """Remove some whose period is over; how many.

        They are looked for outside the write transaction: nobody waits behind a long search.
        """
        is_over = self.is_older(now - self.policy.period)
        return remove_some(session, self.table, is_over, limit)


def remove_some(
    session: Session,
    table: type[Base],
    is_over: ColumnElement[bool],
    limit: int,
    lock: Locks | None = None,
) -> int:
    """Remove some rows of a table of one key, in a transaction of their own; how many."""
    model: Any = table
    [key] = model.__table__.primary_key.columns
    due = session.scalars(select(key).where(is_over).limit(limit)).all()
    if due:
        with write_transaction(session, lock):
            gone = delete(model).where(key.in_(due), is_over)
            session.execute(gone.execution_options(synchronize_session=False))
    return len(due)


def _past_call(cutoff: datetime) -> ColumnElement[bool]:
    registered = (
        select(Registration.id)
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .where(Registration.id == CallTask.registration_id, Workshop.last_at <= cutoff)
    )
    return or_(_ended(CallTask.appointment_id, cutoff), registered.correlate(CallTask).exists())


def _ended(appointment_id: Any, cutoff: datetime) -> ColumnElement[bool]:
    """Whether that appointment ended by then."""
    ended = (
        select(Appointment.id)
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .where(Appointment.id == appointment_id, Engagement.ends_at <= cutoff)
    )
    return ended.correlate(appointment_id.class_).exists()


def _of_closed_account(cutoff: datetime) -> ColumnElement[bool]:
    """Codes of accounts that `erase_old_accounts` has emptied: it decides when."""
    empty = select(User.id).where(
        User.id == RecoveryCode.user_id,
        User.last_name == "",
        ~User.active,
        User.created_at <= cutoff,
    )
    return empty.correlate(RecoveryCode).exists()


def remove_old_records(session: Session, now: datetime, limit: int) -> int:
    """Remove some attendance lines of closed half-years: from then on they are only counted.

    A half-year that nobody has closed keeps its lines: its figures would be lost with them.
    """
    halves = [HalfYear.parse(code) for code in session.scalars(select(HalfYearClosing.half_year))]
    if not halves:
        return 0
    is_closed = or_(*(AttendanceRow.counted_on.between(half.first, half.last) for half in halves))
    is_old = AttendanceRow.counted_on < (now - RECORD.period).date()
    alone = Locks.of(keys={HALF_YEARS})  # blending writes again all the lines that it read
    return remove_some(session, AttendanceRow, and_(is_closed, is_old), limit, alone)


REMOVALS: tuple[Removal, ...] = (
    Removal("calls", CallTask, CALL, _past_call),
    Removal(
        "histories",
        AppointmentEvent,
        HISTORY,
        lambda cutoff: _ended(AppointmentEvent.appointment_id, cutoff),
    ),
    Removal("codes", RecoveryCode, CODES, _of_closed_account),
    Removal("sessions", UserSession, SESSION, lambda cutoff: UserSession.seen_at <= cutoff),
    Removal("links", AccountLink, LINK, lambda cutoff: AccountLink.expires_at <= cutoff),
    Removal("journal", JournalEntry, JOURNAL, lambda cutoff: JournalEntry.at <= cutoff),
    Removal(
        "timetable_changes", TimetableChange, JOURNAL, lambda cutoff: TimetableChange.at <= cutoff
    ),
    Removal("pauses", SendingPause, JOURNAL, lambda cutoff: SendingPause.resumed_at <= cutoff),
    Removal("news", WorkshopNews, NEWS, lambda cutoff: WorkshopNews.consented_at <= cutoff),
    Removal(
        "erasure_requests",
        ErasureRequest,
        ERASURE_REQUEST,
        lambda cutoff: ErasureRequest.asked_at <= cutoff,
    ),
    Removal("erasures", Erasure, ERASURE, lambda cutoff: Erasure.erased_on < cutoff.date()),
)
"""What goes whole and only counts the days; a pause that nobody ended is no past act."""
