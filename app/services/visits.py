"""Safety of who visits alone (product §15): the end of a visit is said, or the team is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, PlaceKind
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import OutcomeTooEarly, StateRefused, SubjectUnknown
from app.models.accounts import User
from app.models.appointment import Appointment, Engagement
from app.services.agenda import ENTRIES, IN_ORDER, Entry, entry_of
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.transaction import write_transaction

TOLD_FOR = timedelta(days=1)
"""After a day the alert says nothing any more: who is missing so long is searched for by others."""
LONGEST = timedelta(days=2)
EXPECTED = (AppointmentStatus.BOOKED, AppointmentStatus.ATTENDED)
"""« Absent » is said by somebody who stands before a closed door: no end of a visit is awaited."""


@dataclass(frozen=True, slots=True)
class SilentVisit:
    """A visit whose end nobody said in time."""

    entry: Entry
    phone: str | None
    """Of the counsellor, at work."""


def end_visit(session: Session, appointment_id: int, *, by: int, now: datetime) -> None:
    """« Visite terminée »: noted once, from the hour of the visit on.

    Raises SubjectUnknown; StateRefused for what is no visit, or was cancelled; OutcomeTooEarly.
    """
    query = select(Appointment).where(Appointment.id == appointment_id)
    with write_transaction(session):
        row = session.scalars(query.with_for_update(of=Appointment)).one_or_none()
        if row is None:
            raise SubjectUnknown
        if row.place_kind is not PlaceKind.HOME or row.status not in EXPECTED:
            raise StateRefused
        if row.engagement.starts_at > now:
            raise OutcomeTooEarly
        if row.visit_ended_at is not None:
            return
        row.visit_ended_at = now
        subject = JournalSubject.APPOINTMENT, appointment_id
        note(session, JournalAction.VISIT_ENDED, subject, by=by, now=now)


def find_silent_visits(
    session: Session, catalogue: Catalogue, *, now: datetime, apart_from: int | None = None
) -> list[SilentVisit]:
    """The visits that were to be over `visit_alert_minutes` ago and of which nobody said so.

    `apart_from`: a counsellor, who knows of their own. Nothing where the territory does without.
    """
    minutes = catalogue.settings.visit_alert_minutes
    if minutes is None:
        return []
    account: Any = User.counsellor_id == Engagement.counsellor_id
    query = (
        ENTRIES.add_columns(User.phone.label("work_phone"))
        .outerjoin(User, account)
        .where(
            Engagement.starts_at > now - LONGEST,
            Engagement.starts_at < now,
            Engagement.ends_at > now - TOLD_FOR,
            Engagement.ends_at <= now - timedelta(minutes=minutes),
            Appointment.place_kind == PlaceKind.HOME,
            Appointment.status.in_(EXPECTED),
            Appointment.visit_ended_at.is_(None),
        )
    )
    if apart_from is not None:
        query = query.where(Engagement.counsellor_id != apart_from)
    rows = session.execute(query.order_by(*IN_ORDER))
    return [SilentVisit(entry_of(row, catalogue), row.work_phone) for row in rows]
