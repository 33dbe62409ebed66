"""Accounts that nobody used for so long are closed by themselves (product §19): nobody notices an
account that its holder left behind.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.journal import JournalEntry
from app.models.places import Territory
from app.services.account_links import end_links
from app.services.accounts import end_sessions, locked
from app.services.catalogue import read_catalogue
from app.services.journal import note
from app.services.team import TEAM
from app.services.team_list import IDLE_DAYS
from app.services.transaction import write_transaction


def close_idle_accounts(session: Session, now: datetime, limit: int) -> int:
    """Close some accounts without a sign-in since `account_idle_days`, the longest idle first.

    An account counts from its opening, and anew from the day when somebody opened it again. Its
    sessions and links end. A coordinator is kept while no other one could sign in. Returns how many
    were closed.
    """
    days = _days(session)
    if days is None:
        return 0
    since = now - timedelta(days=days)
    due, closed = _idle(session, since, limit), 0
    if not due:
        return 0
    with write_transaction(session, TEAM):
        for user_id in due:
            user = locked(session, user_id)
            if _is_idle(user, since) and not _is_needed(session, user):
                _close(session, user, days, now)
                closed += 1
    return closed


def _close(session: Session, user: User, days: int, now: datetime) -> None:
    user.active = False
    end_sessions(user)
    end_links(session, user.id, now)
    subject, facts = (JournalSubject.USER, user.id), {IDLE_DAYS: days}
    note(session, JournalAction.USER_DISABLED, subject, by=None, now=now, **facts)
    session.flush()


def _is_idle(user: User, since: datetime) -> bool:
    """Still, under the lock: somebody may have signed in meanwhile."""
    return user.active and (user.signed_in_at or user.created_at) <= since


def _days(session: Session) -> int | None:
    """None: off, or no territory yet."""
    if session.get(Territory, 1) is None:
        return None
    return read_catalogue(session).settings.account_idle_days


def _idle(session: Session, since: datetime, limit: int) -> list[int]:
    reopened: Any = (
        select(JournalEntry.id)
        .where(
            JournalEntry.subject_kind == JournalSubject.USER,
            JournalEntry.subject_id == User.id,
            JournalEntry.action == JournalAction.USER_ENABLED,
            JournalEntry.at > since,
        )
        .exists()
    )
    used_at = func.coalesce(User.signed_in_at, User.created_at)
    query = select(User.id).where(User.active, used_at <= since, ~reopened)
    return list(session.scalars(query.order_by(used_at, User.id).limit(limit)))


def _is_needed(session: Session, user: User) -> bool:
    """Whether nobody else could open this account again: no other coordinator with a password."""
    if user.role is not Role.COORDINATOR:
        return False
    others = select(User.id).where(
        User.role == Role.COORDINATOR,
        User.active,
        User.password_hash.is_not(None),
        User.id != user.id,
    )
    return session.scalars(others.limit(1)).first() is None
