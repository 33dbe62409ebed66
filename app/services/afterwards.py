"""What the tick « présent » or « absent » writes: the three questions, or « we missed you ».

Called inside the transaction of the tick, under its lock; commits nothing. A tick that is corrected
drops what has not left: it is looked at again at the instant of sending.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.afterwards import half_year_start, missed, questions
from app.domain.appointment import AppointmentStatus
from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, OutboxState, SubjectKind
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.announcing import refuses
from app.services.catalogue import Catalogue
from app.services.hours import open_hours
from app.services.outbox import write_message
from app.services.transaction import Locks

ONE_AT_A_TIME = Locks.of(keys={"afterwords"})
"""Two ticks at once for one telephone would ask it twice."""
PLANS = {AppointmentStatus.NO_SHOW: missed, AppointmentStatus.ATTENDED: questions}
ASKED = (OutboxState.PENDING, OutboxState.SENT)
ASKED_ABOUT: dict[SubjectKind, Any] = {
    SubjectKind.APPOINTMENT: Appointment,
    SubjectKind.REGISTRATION: Registration,
}
"""What the three questions are asked about."""


def write_afterword(
    session: Session, catalogue: Catalogue, appointment: Appointment, now: datetime
) -> None:
    """Write the message that this tick deserves, if any: once, and to who wants messages.

    Who refuses reminders is asked nothing, and nobody twice in a half-year, by any address.
    """
    hours = open_hours(catalogue, now)
    starts_at = appointment.engagement.starts_at
    plan = PLANS[appointment.status](starts_at, now, hours)
    channel, card = appointment.message_channel, appointment.resident
    if plan is None or channel not in SENT_CHANNELS or refuses(card, plan.kind, channel):
        return
    since = half_year_start(now, hours)
    if plan.kind is MessageKind.SATISFACTION and _was_asked(session, appointment, since):
        return
    if not _is_written(session, appointment, plan.kind):
        notice = Notice(plan.kind, channel, appointment.message_to, plan.expires_at)
        version = appointment.sequence
        write_message(session, notice, appointment.id, version=version, now=now, due_at=plan.due_at)


def _was_asked(session: Session, appointment: Appointment, since: datetime) -> bool:
    card = appointment.resident
    return was_asked(session, (card.phone, appointment.helper_phone), card.email, since)


def was_asked(
    session: Session, phones: Iterable[str | None], email: str | None, since: datetime
) -> bool:
    """Whether one of these telephones or the e-mail was asked since then (UTC), whatever about."""
    numbers = [each for each in phones if each]
    same = or_(Resident.phone.in_(numbers), Resident.email.in_([email] if email else []))
    return any(
        session.scalar(_asked_about(kind, table, same, numbers, since)) is not None
        for kind, table in ASKED_ABOUT.items()
    )


def _asked_about(
    kind: SubjectKind, table: Any, same: Any, numbers: list[str], since: datetime
) -> Any:
    theirs = select(table.id).join(table.resident).where(same)
    helped = select(table.id).where(table.helper_phone.in_(numbers))
    asked = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == kind,
        or_(OutboxMessage.subject_id.in_(theirs), OutboxMessage.subject_id.in_(helped)),
        OutboxMessage.kind == MessageKind.SATISFACTION,
        OutboxMessage.state.in_(ASKED),
        OutboxMessage.created_at >= since,
    )
    return asked.limit(1)


def _is_written(session: Session, appointment: Appointment, kind: MessageKind) -> bool:
    """« Absent » may be said, corrected, and said again: it is written once."""
    written = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id == appointment.id,
        OutboxMessage.kind == kind,
    )
    return session.scalars(written.limit(1)).first() is not None
