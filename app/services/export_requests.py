"""« Demander tout ce qui est gardé »: a referent passes it on, the coordination answers it.

The journal is the whole record: what was asked for, and the export (or erasure) that answers it.
The law gives a month (law B23).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.appointment import Resident
from app.models.journal import JournalEntry
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.transaction import write_transaction

KEPT_IN_VIEW = timedelta(days=93)
"""A request is shown that long: three times what the law gives for the answer."""


@dataclass(frozen=True, slots=True)
class AskedExport:
    """A request that waits for its answer."""

    resident_id: int
    name: str
    asked_at: datetime
    asked_by: str
    """First name of whoever passed it on."""


def ask_export(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """Pass the request on, once. Raises SubjectUnknown, also for a card that is erased."""
    with write_transaction(session):
        locked_card(session, resident_id)
        if not is_export_asked(session, resident_id, now=now):
            _note(session, resident_id, by, now)


def move_export_request(session: Session, kept_id: int, other_id: int, *, now: datetime) -> None:
    """Two cards become one: what was asked for the other is asked for the kept one, since then.

    In the caller's transaction, while both cards are there.
    """
    asked = next(_asked(session, now, JournalEntry.subject_id == other_id), None)
    if asked and not is_export_asked(session, kept_id, now=now):
        made_at = session.get_one(Resident, kept_id).created_at
        _note(session, kept_id, asked.user_id, asked.at, made_at=made_at.isoformat())


def is_export_asked(session: Session, resident_id: int, *, now: datetime) -> bool:
    """Whether that card has a request without an answer."""
    own = JournalEntry.subject_id == resident_id
    return next(_asked(session, now, own), None) is not None


def asked_exports(session: Session, *, now: datetime) -> list[AskedExport]:
    """All that wait, the oldest first."""
    return [
        AskedExport(row.id, f"{row.first_name} {row.last_name}", row.at, row.by)
        for row in _asked(session, now)
    ]


def _asked(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> Iterator[Any]:
    """The requests without an answer, of cards that are there: the oldest first.

    A number may be given again after a restore: a request from before the card was made is of
    another one, unless it came with a merge into this very card.
    """
    for row in session.execute(_open(now).where(*conditions).order_by(JournalEntry.id)):
        if row.at >= row.created_at or row.facts.get("made_at") == row.created_at.isoformat():
            yield row


def _open(now: datetime) -> Any:
    answer = aliased(JournalEntry)
    is_answered = (
        select(answer.id)
        .where(
            answer.subject_kind == JournalSubject.RESIDENT,
            answer.subject_id == JournalEntry.subject_id,
            answer.action == JournalAction.PERSON_EXPORTED,
            answer.id > JournalEntry.id,
        )
        .exists()
    )
    return (
        select(
            Resident.id,
            Resident.first_name,
            Resident.last_name,
            Resident.created_at,
            JournalEntry.at,
            JournalEntry.facts,
            JournalEntry.user_id,
            User.first_name.label("by"),
        )
        .join(Resident, Resident.id == JournalEntry.subject_id)
        .join(User, User.id == JournalEntry.user_id)
        .where(
            JournalEntry.at > now - KEPT_IN_VIEW,
            JournalEntry.action == JournalAction.EXPORT_ASKED,
            Resident.last_name != "",
            ~is_answered,
        )
    )


def _note(session: Session, resident_id: int, by: int, now: datetime, **facts: str) -> None:
    subject = JournalSubject.RESIDENT, resident_id
    note(session, JournalAction.EXPORT_ASKED, subject, by=by, now=now, **facts)
