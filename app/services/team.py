"""The accounts of the team: opened, changed, disabled; never deleted, the journal names them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import (
    CommunesMissing,
    CounsellorMissing,
    EmailTaken,
    LastCoordinator,
    SubjectUnknown,
)
from app.models.accounts import User, UserCommune
from app.services.account_links import end_links
from app.services.accounts import end_sessions, locked
from app.services.journal import note, refuse_edited
from app.services.team_list import ACTS, version_of
from app.services.transaction import Locks, write_transaction

TEAM = Locks.of(keys={"team"})
"""One change of the team at a time: the last coordinator cannot leave twice at once."""
OF_COMMUNES = frozenset({Role.CCAS_AGENT, Role.REFERENT})


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """What an account is to be."""

    email: str
    first_name: str
    last_name: str
    role: Role
    commune_ids: frozenset[int] = frozenset()
    deputy_of: frozenset[int] = frozenset()
    """Among them, where somebody stands in for the referent."""
    counsellor_id: int | None = None
    phone: str | None = None
    """At work; a number, or nothing."""

    def check(self) -> None:
        """Raises CommunesMissing or CounsellorMissing where the role asks for one."""
        if self.role in OF_COMMUNES and not self.commune_ids:
            raise CommunesMissing
        if (self.role is Role.COUNSELLOR) != (self.counsellor_id is not None):
            raise CounsellorMissing


def create_user(session: Session, request: AccountRequest, *, by: int | None, now: datetime) -> int:
    """Open an account without a password: its holder sets one by a link. Returns its id.

    Raises CommunesMissing, CounsellorMissing (also where that agenda has an account already) or
    EmailTaken.
    """
    request.check()
    with write_transaction(session, TEAM):
        _refuse_taken(session, request, None)
        user = User(nonce=secrets.token_hex(16), active=True, created_at=now)
        _fill(user, request)
        session.add(user)
        session.flush()
        note(
            session,
            JournalAction.USER_INVITED,
            (JournalSubject.USER, user.id),
            by=by,
            now=now,
            role=request.role,
        )
        return user.id


def account_id(session: Session, email: str) -> int | None:
    """The id of the open account with that address; None where there is none."""
    query = select(User.id).where(User.email == email.strip().lower(), User.active)
    return session.scalars(query).one_or_none()


def change_user(
    session: Session,
    user_id: int,
    request: AccountRequest,
    *,
    by: int,
    now: datetime,
    version: str | None = None,
) -> None:
    """Correct an account. Another role or commune counts from the next page on.

    Another address ends the links that were given for it, and its sessions.

    Raises as `create_user`, SubjectUnknown, LastCoordinator, or EditedMeanwhile where the page of
    `version` is out of date.
    """
    request.check()
    with write_transaction(session, TEAM):
        user = _known(session, user_id)
        if version is not None and version != version_of(session, user_id):
            refuse_edited(session, (JournalSubject.USER, user_id), ACTS)
        _refuse_taken(session, request, user_id)
        if request.role is not Role.COORDINATOR:
            _refuse_last_coordinator(session, user)
        address = user.email
        _fill(user, request)
        if user.email != address:  # what was sent to the address before may be read by a stranger
            end_links(session, user_id, now)
            end_sessions(user)
        subject = JournalSubject.USER, user_id
        note(session, JournalAction.USER_CHANGED, subject, by=by, now=now, role=request.role)


def disable_user(session: Session, user_id: int, *, by: int | None, now: datetime) -> None:
    """From this commit on the account opens nothing, and its links never again.

    Raises SubjectUnknown, LastCoordinator.
    """
    with write_transaction(session, TEAM):
        user = _known(session, user_id)
        _refuse_last_coordinator(session, user)
        user.active = False
        end_sessions(user)
        end_links(session, user_id, now)
        note(session, JournalAction.USER_DISABLED, (JournalSubject.USER, user_id), by=by, now=now)


def enable_user(session: Session, user_id: int, *, by: int, now: datetime) -> None:
    """Open a disabled account again. Raises SubjectUnknown."""
    with write_transaction(session, TEAM):
        _known(session, user_id).active = True
        note(session, JournalAction.USER_ENABLED, (JournalSubject.USER, user_id), by=by, now=now)


def _known(session: Session, user_id: int) -> User:
    if session.get(User, user_id) is None:
        raise SubjectUnknown
    return locked(session, user_id)


def _fill(user: User, request: AccountRequest) -> None:
    user.email = request.email.strip().lower()
    user.first_name, user.last_name = request.first_name, request.last_name
    user.phone = request.phone
    user.role, user.counsellor_id = request.role, request.counsellor_id
    wanted = request.commune_ids if request.role in OF_COMMUNES else frozenset()
    user.communes = list(_communes(wanted, request.deputy_of))


def _communes(commune_ids: Iterable[int], deputy_of: frozenset[int]) -> Iterable[UserCommune]:
    return (
        UserCommune(commune_id=each, is_deputy=each in deputy_of) for each in sorted(commune_ids)
    )


def _refuse_taken(session: Session, request: AccountRequest, apart_from: int | None) -> None:
    others = select(User.id).where(User.id != apart_from) if apart_from else select(User.id)
    email = request.email.strip().lower()
    if session.scalars(others.where(User.email == email)).first() is not None:
        raise EmailTaken
    agenda = request.counsellor_id
    if agenda and session.scalars(others.where(User.counsellor_id == agenda)).first() is not None:
        raise CounsellorMissing


def _refuse_last_coordinator(session: Session, user: User) -> None:
    others = select(User.id).where(
        User.role == Role.COORDINATOR,
        User.active,
        User.id != user.id,
        User.password_hash.is_not(None),  # who never signed in may never do
    )
    if user.role is Role.COORDINATOR and session.scalars(others).first() is None:
        raise LastCoordinator
