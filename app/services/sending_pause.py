"""The switch that stops all sending: what is due waits in the outbox until somebody resumes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.outbox import SendingPause
from app.services.journal import note
from app.services.transaction import Locks, write_transaction

_LOCK = Locks.of(keys={"sending_pause"})
_SUBJECT = JournalSubject.TERRITORY, 1


@dataclass(frozen=True, slots=True)
class OpenPause:
    """Since when (UTC) nothing leaves, and who of the team decided it."""

    paused_at: datetime
    first_name: str


def is_paused(session: Session) -> bool:
    """Whether nothing may leave now."""
    return session.scalar(_open_pause().with_only_columns(SendingPause.id)) is not None


def open_pause(session: Session) -> OpenPause | None:
    """The pause in force, or None while messages leave."""
    row = session.execute(
        _open_pause()
        .with_only_columns(SendingPause.paused_at, User.first_name)
        .join(User, User.id == SendingPause.paused_by_id)
    ).one_or_none()
    return OpenPause(row.paused_at, row.first_name or "") if row else None


def pause(session: Session, *, by: int, now: datetime) -> None:
    """Stop all sending; nothing more where it is stopped already."""
    with write_transaction(session, _LOCK):
        if is_paused(session):
            return
        session.add(SendingPause(paused_at=now, paused_by_id=by))
        note(session, JournalAction.SENDING_PAUSED, _SUBJECT, by=by, now=now)


def resume(session: Session, *, by: int, now: datetime) -> None:
    """Let messages leave again; nothing where nobody had stopped them."""
    with write_transaction(session, _LOCK):
        for row in session.scalars(_open_pause()):
            row.resumed_at, row.resumed_by_id = now, by
            note(session, JournalAction.SENDING_RESUMED, _SUBJECT, by=by, now=now)


def _open_pause() -> Select[SendingPause]:
    return select(SendingPause).where(SendingPause.resumed_at.is_(None)).limit(1)


PAUSED = _open_pause().with_only_columns(SendingPause.id).exists()
"""`is_paused`, as a part of the question which message is next."""
