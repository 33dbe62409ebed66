"""What closing the sheet of a workshop writes: the three questions, to who came, the next day.

Called inside the transaction of the closing, under `afterwards.ONE_AT_A_TIME`; commits nothing.
After a cycle they are asked once, of who came to its last date: until then it is not over.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.domain.afterwards import Afterword, half_year_start, questions
from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.workshops import ParticipationState, RegistrationStatus
from app.models.outbox import OutboxMessage
from app.models.workshops import Participation, Registration, WorkshopSession
from app.services.afterwards import was_asked
from app.services.announcing import refuses
from app.services.catalogue import read_catalogue
from app.services.hours import open_hours
from app.services.outbox import write_message
from app.services.programme_rows import standing

QUESTIONS = MessageKind.SATISFACTION


def write_questions(session: Session, date: WorkshopSession, now: datetime) -> None:
    """To each who came and wants messages: once, and nobody twice in a half-year by any address.

    Nothing before the last date of a cycle that stands, nor where it is too late to remember
    (domain).
    """
    if any(each.starts_at > date.starts_at for each in standing(date.workshop)):
        return
    hours = open_hours(read_catalogue(session), now)
    plan = questions(date.starts_at, now, hours)
    if plan is None:
        return
    since = half_year_start(now, hours)
    for row in session.scalars(_came(date)).all():
        if _may_be_asked(session, row, since):
            _write(session, row, date, plan, now)


def _came(date: WorkshopSession) -> Any:
    return (
        select(Registration)
        .join(Registration.resident)
        .join(Participation, Participation.registration_id == Registration.id)
        .where(
            Participation.session_id == date.id,
            Participation.state == ParticipationState.ATTENDED,
            Registration.status == RegistrationStatus.REGISTERED,
            Registration.message_channel.in_(SENT_CHANNELS),
        )
        .options(contains_eager(Registration.resident))
        .order_by(Registration.id)
    )


def _may_be_asked(session: Session, row: Registration, since: datetime) -> bool:
    card = row.resident
    if refuses(card, QUESTIONS, row.message_channel):
        return False
    return not (
        _is_written(session, row)
        or was_asked(session, (card.phone, row.helper_phone), card.email, since)
    )


def _is_written(session: Session, row: Registration) -> bool:
    """A sheet may be closed, opened and closed again: it is written once."""
    written = select(OutboxMessage.id).where(
        OutboxMessage.subject_kind == SubjectKind.REGISTRATION,
        OutboxMessage.subject_id == row.id,
        OutboxMessage.kind == QUESTIONS,
    )
    return session.scalar(written.limit(1)) is not None


def _write(
    session: Session, row: Registration, date: WorkshopSession, plan: Afterword, now: datetime
) -> None:
    notice = Notice(QUESTIONS, row.message_channel, row.message_to, plan.expires_at)
    write_message(
        session,
        notice,
        row.id,
        version=row.sequence,
        now=now,
        subject_kind=SubjectKind.REGISTRATION,
        due_at=plan.due_at,
        session_id=date.id,
    )
