"""Two people change the same appointment: the second is told who changed it, and when."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import EventKind
from app.domain.staff_errors import EditedByPerson, EditedMeanwhile
from app.models.accounts import User
from app.models.appointment import Appointment, AppointmentEvent

CHANGES = (EventKind.MOVED, EventKind.REASSIGNED, EventKind.CANCELLED)
"""The events that make SEQUENCE grow."""


def refuse_if_edited(
    session: Session, appointment: Appointment, user_id: int | None, sequence: int | None
) -> None:
    """Raises EditedMeanwhile where somebody else changed it since the page with that `sequence`.

    None: no page is answered. One's own last change is no conflict: a button pressed twice is
    pressed once. To be sure, call it under the lock of the act.
    """
    if sequence in (None, appointment.sequence):
        return
    last = session.execute(
        select(AppointmentEvent.user_id, AppointmentEvent.at, User.first_name)
        .outerjoin(User, User.id == AppointmentEvent.user_id)
        .where(
            AppointmentEvent.appointment_id == appointment.id, AppointmentEvent.kind.in_(CHANGES)
        )
        .order_by(AppointmentEvent.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        raise EditedMeanwhile(by=None, at=None)
    if last.user_id is None:
        raise EditedByPerson(at=last.at)
    if last.user_id != user_id:
        raise EditedMeanwhile(by=last.first_name, at=last.at)


def check_not_edited(
    session: Session, appointment_id: int, user_id: int | None, sequence: int | None
) -> None:
    """The same before an act, so that its own refusals do not hide the reason of them all."""
    refuse_if_edited(session, session.get_one(Appointment, appointment_id), user_id, sequence)
