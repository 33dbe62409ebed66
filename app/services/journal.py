"""The journal: one line for each act of the team, in the same commit as the act (law B22)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import EditedMeanwhile
from app.models.accounts import User
from app.models.journal import JournalEntry

NO_FACTS: Mapping[str, str] = MappingProxyType({})


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


def last_change(
    session: Session,
    subject: tuple[JournalSubject, int | None],
    actions: Iterable[JournalAction],
    facts: Mapping[str, str] = NO_FACTS,
) -> str:
    """Which of these acts was done last to the subject: a name for its state; "" before any.

    With `facts`, only acts whose line says the same: a part of a subject that has no id.
    """
    query = _last_of(subject, actions, facts)
    found = session.scalar(query.with_only_columns(JournalEntry.id))
    return "" if found is None else str(found)


def refuse_edited(
    session: Session,
    subject: tuple[JournalSubject, int | None],
    actions: Iterable[JournalAction],
    facts: Mapping[str, str] = NO_FACTS,
    *,
    user_id: int | None = None,
) -> None:
    """Raises EditedMeanwhile, naming who did one of these acts to the subject last, and when.

    Where that was `user_id`, it is no conflict: a button pressed twice is pressed once.
    """
    last = session.execute(_last_of(subject, actions, facts)).one_or_none()
    if last is None:
        raise EditedMeanwhile(by=None, at=None)
    if user_id is None or last.user_id != user_id:
        raise EditedMeanwhile(by=last.first_name, at=last.at)


def author_at(
    session: Session, subject: tuple[JournalSubject, int | None], at: datetime
) -> str | None:
    """The first name of who did something to the subject at that very instant; None: unknown."""
    kind, subject_id = subject
    done = select(User.first_name).join(JournalEntry, JournalEntry.user_id == User.id)
    return session.scalar(
        done.where(
            JournalEntry.subject_kind == kind,
            JournalEntry.subject_id == subject_id,
            JournalEntry.at == at,
        ).limit(1)
    )


def _last_of(
    subject: tuple[JournalSubject, int | None],
    actions: Iterable[JournalAction],
    facts: Mapping[str, str],
) -> Any:
    kind, subject_id = subject
    told = (JournalEntry.facts[name].as_string() == value for name, value in facts.items())
    return (
        select(JournalEntry.at, JournalEntry.user_id, User.first_name)
        .outerjoin(User, User.id == JournalEntry.user_id)
        .where(
            JournalEntry.subject_kind == kind,
            JournalEntry.subject_id == subject_id,
            JournalEntry.action.in_(list(actions)),
            *told,
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
