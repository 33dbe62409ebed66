"""Agendas that leave as a file: each download is told in the journal, as a look at cards is."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.services.agenda import Entry, Period, find_entries
from app.services.catalogue import Catalogue
from app.services.journal import note
from app.services.transaction import write_transaction


def save_period(
    session: Session, catalogue: Catalogue, period: Period, *, by: int, now: datetime
) -> list[Entry]:
    """The appointments of the period, by start; that somebody took them away is journalled."""
    entries = find_entries(session, catalogue, period)
    facts = {"lines": len(entries), "since": period.first.isoformat()}
    action = JournalAction.AGENDA_SAVED
    note_saved(session, action, period.counsellor_id, by=by, now=now, **facts)
    return entries


def note_saved(
    session: Session,
    action: JournalAction,
    counsellor_id: int | None,
    *,
    by: int,
    now: datetime,
    **facts: Any,
) -> None:
    """WEEK_SAVED or AGENDA_SAVED, of a counsellor's agenda or (None) of several."""
    kind = JournalSubject.COUNSELLOR if counsellor_id else JournalSubject.TERRITORY
    with write_transaction(session):
        note(session, action, (kind, counsellor_id), by=by, now=now, **facts)
