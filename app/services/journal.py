"""The journal: one line for each act of the team, in the same commit as the act (law B22)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.models.journal import JournalEntry


def note(
    session: Session,
    action: JournalAction,
    subject: tuple[JournalSubject, int | None],
    *,
    by: int | None,
    now: datetime,
    **facts: Any,
) -> None:
    """Add a line: who (`by`, a user id; None: a command), what, to what, when (UTC).

    `facts` are codes, counts and dates; never a name, a number or what somebody typed. Called
    inside a write transaction.
    """
    kind, subject_id = subject
    session.add(
        JournalEntry(
            at=now, user_id=by, action=action, subject_kind=kind, subject_id=subject_id, facts=facts
        )
    )
