"""Read the journal: the latest lines first, a page at a time, or as a table to keep."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import ExportTooLong
from app.models.accounts import User
from app.models.journal import JournalEntry
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.transaction import write_transaction

PAGE = 50
MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which lines: of whom, which act, between which local days (both included)."""

    user_id: int | None = None
    action: JournalAction | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None
    """Only lines older than the one of that id: the page after it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    id: int
    at: datetime
    who: str | None
    """None: a command of the operator, or somebody who could not sign in."""
    action: JournalAction
    subject_kind: JournalSubject
    subject_id: int | None
    facts: dict[str, Any]


def read_lines(
    session: Session, catalogue: Catalogue, wanted: JournalFilter
) -> tuple[list[Line], int | None]:
    """A page of lines, and the id to go on from; None where there are no more."""
    lines = _lines(session, _query(catalogue, wanted).limit(PAGE + 1))
    has_more = len(lines) > PAGE
    return lines[:PAGE], lines[PAGE - 1].id if has_more else None


def export_lines(
    session: Session, catalogue: Catalogue, wanted: JournalFilter, *, by: int, now: datetime
) -> list[Line]:
    """All lines of the filter, and one more act in the journal. Raises ExportTooLong."""
    query = _query(catalogue, replace(wanted, before=None))
    lines = _lines(session, query.limit(MOST_EXPORTED + 1))
    if len(lines) > MOST_EXPORTED:
        raise ExportTooLong
    with write_transaction(session):
        subject = JournalSubject.TERRITORY, None
        action = JournalAction.JOURNAL_EXPORTED
        note(session, action, subject, by=by, now=now, lines=len(lines))
    return lines


def _query(catalogue: Catalogue, wanted: JournalFilter) -> Any:
    conditions = []
    if wanted.user_id is not None:
        conditions.append(JournalEntry.user_id == wanted.user_id)
    if wanted.action is not None:
        conditions.append(JournalEntry.action == wanted.action)
    if wanted.first is not None:
        conditions.append(JournalEntry.at >= start_of_day(wanted.first, catalogue.timezone))
    if wanted.last is not None:
        end = start_of_day(wanted.last + ONE_DAY, catalogue.timezone)
        conditions.append(JournalEntry.at < end)
    if wanted.before is not None:
        conditions.append(JournalEntry.id < wanted.before)
    columns = select(JournalEntry, User.first_name, User.last_name)
    of_whom = columns.outerjoin(User, User.id == JournalEntry.user_id)
    return of_whom.where(*conditions).order_by(JournalEntry.id.desc())


def _lines(session: Session, query: Any) -> list[Line]:
    return [
        Line(
            id=row.JournalEntry.id,
            at=row.JournalEntry.at,
            who=f"{row.first_name} {row.last_name}" if row.first_name is not None else None,
            action=row.JournalEntry.action,
            subject_kind=row.JournalEntry.subject_kind,
            subject_id=row.JournalEntry.subject_id,
            facts=row.JournalEntry.facts,
        )
        for row in session.execute(query)
    ]
