"""The call that has just ended: what was booked, for whom it may be shown, what to know of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.access import Action, Actor, Subject, can
from app.domain.appointment import CallReason
from app.domain.calendar import local_day, start_of_day
from app.models.appointment import Appointment, CallTask, Engagement, Resident
from app.services.catalogue import Catalogue, VenueEntry
from app.services.links import hash_token

WHILE_ON_THE_LINE = timedelta(hours=1)
"""Who booked it reads it aloud, wherever the person lives: they have just typed it."""


@dataclass(frozen=True, slots=True)
class Call:
    """An appointment as the desk leaves it."""

    appointment_id: int
    subject: Subject
    booked_by_id: int | None
    booked_at: datetime
    starts_at: datetime
    commune_id: int | None
    """Where the person lives; None: in another commune."""
    venue: VenueEntry | None
    is_same_week: bool
    """The same card, or the same phone, has another appointment that week."""
    reminder_at: datetime | None
    """A call is to be made then, since no message goes."""

    def is_shown_to(self, actor: Actor, now: datetime) -> bool:
        """Whether that actor may see it: by the table of rights, or as who has just booked it."""
        is_own = self.booked_by_id == actor.user_id and now < self.booked_at + WHILE_ON_THE_LINE
        return is_own or can(actor, Action.SEE_APPOINTMENT, self.subject, now)


def appointment_of(session: Session, token: str) -> int:
    """The id of the appointment that this link opens; the link was made just before."""
    found = select(Appointment.id).where(Appointment.link_token_hash == hash_token(token))
    return session.scalars(found).one()


def read_call(session: Session, catalogue: Catalogue, appointment_id: int) -> Call | None:
    """The call that ended in that appointment; None where there is none."""
    row = session.execute(
        select(Appointment, Engagement, Resident.phone)
        .join(Appointment.engagement)
        .join(Appointment.resident)
        .where(Appointment.id == appointment_id)
    ).one_or_none()
    if row is None:
        return None
    appointment, held, phone = row
    homes = frozenset() if appointment.commune_id is None else frozenset({appointment.commune_id})
    return Call(
        appointment_id=appointment.id,
        subject=Subject(homes, frozenset({held.counsellor_id}), held.commune_id, held.ends_at),
        booked_by_id=appointment.booked_by_id,
        booked_at=appointment.booked_at,
        starts_at=held.starts_at,
        commune_id=appointment.commune_id,
        venue=catalogue.venue_by_id(held.venue_id) if held.venue_id is not None else None,
        is_same_week=_is_same_week(session, catalogue, appointment, held, phone),
        reminder_at=_reminder_at(session, appointment),
    )


def _is_same_week(
    session: Session,
    catalogue: Catalogue,
    appointment: Appointment,
    held: Engagement,
    phone: str | None,
) -> bool:
    day = local_day(held.starts_at, catalogue.timezone)
    monday = day - timedelta(days=day.weekday())
    same = [Appointment.resident_id == appointment.resident_id]
    same += [Resident.phone == phone] if phone else []
    others = (
        select(func.count())
        .select_from(Appointment)
        .join(Appointment.engagement)
        .join(Appointment.resident)
        .where(
            or_(*same),
            Appointment.id != appointment.id,
            Engagement.occupies,
            Engagement.starts_at >= start_of_day(monday, catalogue.timezone),
            Engagement.starts_at < start_of_day(monday + timedelta(days=7), catalogue.timezone),
        )
    )
    return session.scalars(others).one() > 0


def _reminder_at(session: Session, appointment: Appointment) -> datetime | None:
    open_reminder = select(CallTask.due_at).where(
        CallTask.appointment_id == appointment.id,
        CallTask.reason == CallReason.REMINDER,
        CallTask.closed_at.is_(None),
    )
    return session.scalars(open_reminder).first()
