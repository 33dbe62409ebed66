"""What did not leave, or was lost on the way: somebody of the team looks, calls, or tries again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.journal import JournalAction, JournalSubject
from app.domain.message_errors import MessageTooLate
from app.domain.messages import TOLD_BY_US, OutboxState, Receipt, SubjectKind
from app.domain.sending import UNREACHED
from app.models.outbox import OutboxMessage
from app.services.catalogue import read_catalogue
from app.services.departures import initialled
from app.services.hours import open_hours
from app.services.journal import note
from app.services.message_log import Logged, logged
from app.services.message_people import about_columns, with_people
from app.services.transaction import Locks, write_transaction

LOOKED_BACK = timedelta(days=30)
"""An older failure can no longer be repaired."""
MOST_SHOWN = 100
SAME = ("subject_kind", "subject_id", "kind", "version", "channel", "recipient")
"""What the tries of one message share."""
_UNREACHED = [reason.value for reason in UNREACHED]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that the person did not get, and about what."""

    message: Logged
    appointment_id: int | None
    """None for an offered place, where there is no appointment yet, and for workshops."""
    registration_id: int | None
    reference: int | None
    name: str
    """First name and initial; empty once the person is erased."""
    starts_at: datetime
    may_retry: bool
    """Sending it again still makes sense: its hour is not over."""


def find_unsent(session: Session, now: datetime) -> list[Unsent]:
    """Given up, lost on the way, or with nowhere to go, in the last 30 days; the latest first.

    A message that was tried again is its new try, and no longer on the list.
    """
    query: Any = (
        with_people(select(OutboxMessage, *about_columns()))
        .where(
            OutboxMessage.closed_at >= now - LOOKED_BACK,
            _failed(),
            ~_tried_again().exists(),
        )
        .order_by(OutboxMessage.closed_at.desc(), OutboxMessage.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_unsent(row, now) for row in session.execute(query)]


def _failed() -> ColumnElement[bool]:
    return or_(
        OutboxMessage.state == OutboxState.DEAD,
        OutboxMessage.receipt == Receipt.LOST,
        and_(OutboxMessage.state == OutboxState.SKIPPED, OutboxMessage.outcome.in_(_UNREACHED)),
    )


def _tried_again() -> Any:
    """A later round of the same message."""
    later = aliased(OutboxMessage)
    alike = [getattr(later, name) == getattr(OutboxMessage, name) for name in SAME]
    of_date = later.session_id.is_not_distinct_from(OutboxMessage.session_id)
    return select(later.id).where(*alike, of_date, later.round > OutboxMessage.round)


def _unsent(row: Any, now: datetime) -> Unsent:
    message = row.OutboxMessage
    return Unsent(
        message=logged(message),
        appointment_id=row.appointment_id,
        registration_id=row.registration_id,
        reference=row.reference,
        name=initialled(row.first_name, row.last_name),
        starts_at=row.starts_at or message.expires_at,
        may_retry=message.expires_at > now,
    )


def count_unsent(session: Session, now: datetime) -> int:
    """How many are on the list."""
    counted = select(func.count()).select_from(OutboxMessage)
    recent = OutboxMessage.closed_at >= now - LOOKED_BACK
    return session.scalars(counted.where(recent, _failed(), ~_tried_again().exists())).one()


def try_again(session: Session, message_id: int, *, by: int, now: datetime) -> None:
    """Write the same message once more: a new round, so that the old try is kept. Due at once, but
    for news of the team that can wait for the open hours (law B30).

    Pressed twice, it is written once; nothing happens to one that did not fail. Raises
    MessageTooLate where its hour is over.
    """
    with write_transaction(session, _one_family(session, message_id)):
        failed = select(OutboxMessage).where(OutboxMessage.id == message_id, _failed())
        row = session.scalars(failed).one_or_none()
        if row is None:
            return
        if session.scalar(_tried_again().where(OutboxMessage.id == message_id)) is not None:
            return
        if row.expires_at <= now:
            raise MessageTooLate
        due_at = _due_at(session, row, now)
        session.add(_next_round(row, _last_round(session, row) + 1, now, due_at))
        facts = {"kind": row.kind.value, "channel": row.channel.value}
        note(session, JournalAction.MESSAGE_RETRIED, _subject_of(row), by=by, now=now, **facts)


def _one_family(session: Session, message_id: int) -> Locks:
    """One at a time of all that is about the same: messages of two dates share their rounds."""
    row = session.get(OutboxMessage, message_id)
    about = f"{row.subject_kind.value}:{row.subject_id}" if row else "none"
    return Locks.of(keys={f"messages:{about}"})


def _due_at(session: Session, row: OutboxMessage, now: datetime) -> datetime:
    """At once in the open hours, for what somebody waits for, and for a time that is today or that
    begins before they open; what we start waits by itself.
    """
    if row.kind not in TOLD_BY_US:
        return now
    about = with_people(select(*about_columns()).select_from(OutboxMessage))
    starts_at = session.execute(about.where(OutboxMessage.id == row.id)).one().starts_at
    hours = open_hours(read_catalogue(session), now)
    return hours.in_time(now, [each for each in (starts_at, row.expires_at) if each])


def _subject_of(row: OutboxMessage) -> tuple[JournalSubject, int]:
    """The appointment or registration; an offered place is nobody's page."""
    if row.subject_kind is SubjectKind.APPOINTMENT:
        return JournalSubject.APPOINTMENT, row.subject_id
    if row.subject_kind is SubjectKind.REGISTRATION:
        return JournalSubject.REGISTRATION, row.subject_id
    return JournalSubject.TERRITORY, 1


def _last_round(session: Session, row: OutboxMessage) -> int:
    """Of that very kind and version: two dates of a workshop may be reminded of in two rounds."""
    alike = [getattr(OutboxMessage, name) == getattr(row, name) for name in SAME]
    return session.scalars(select(func.max(OutboxMessage.round)).where(*alike)).one() or 0


def _next_round(
    row: OutboxMessage, next_round: int, now: datetime, due_at: datetime
) -> OutboxMessage:
    return OutboxMessage(
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        kind=row.kind,
        version=row.version,
        channel=row.channel,
        recipient=row.recipient,
        round=next_round,
        minutes=row.minutes,
        session_id=row.session_id,
        created_at=now,
        due_at=due_at,
        expires_at=row.expires_at,
        state=OutboxState.PENDING,
        attempts=0,
    )
