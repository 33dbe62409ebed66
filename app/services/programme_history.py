"""What the team did to a workshop, and who read the names of those who come (law B22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.journal import JournalEntry
from app.services.journal import note
from app.services.transaction import write_transaction

TOLD = (
    JournalAction.WORKSHOP_PLANNED,
    JournalAction.WORKSHOP_CHANGED,
    JournalAction.WORKSHOP_CANCELLED,
    JournalAction.WORKSHOP_UPHELD,
)
SEEN_AGAIN_AFTER = timedelta(days=1)
"""A page opened again and again within it is one line."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of the team."""

    at: datetime
    by: str
    """A first name."""
    action: JournalAction


def read_history(session: Session, workshop_id: int) -> Sequence[Deed]:
    """The newest first."""
    rows = session.execute(
        _of(workshop_id)
        .add_columns(User.first_name)
        .outerjoin(User, User.id == JournalEntry.user_id)
        .where(JournalEntry.action.in_(TOLD))
        .order_by(JournalEntry.id.desc())
    )
    return [Deed(entry.at, name or "Le service", entry.action) for entry, name in rows]


def note_seen(session: Session, workshop_id: int, *, by: int, now: datetime) -> None:
    """Somebody has read the names of those who come: a line of the journal, once a day."""
    last = session.scalar(
        _of(workshop_id)
        .with_only_columns(JournalEntry.at)
        .where(JournalEntry.action == JournalAction.SHEET_SEEN, JournalEntry.user_id == by)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    if last is not None and now - last < SEEN_AGAIN_AFTER:
        return
    with write_transaction(session):
        note(
            session,
            JournalAction.SHEET_SEEN,
            (JournalSubject.WORKSHOP, workshop_id),
            by=by,
            now=now,
        )


def _of(workshop_id: int) -> Any:
    return select(JournalEntry).where(
        JournalEntry.subject_kind == JournalSubject.WORKSHOP,
        JournalEntry.subject_id == workshop_id,
    )
