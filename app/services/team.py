"""The accounts of the team: opened, changed, disabled; never deleted, the journal names them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.journal import JournalAction, JournalSubject
from app.domain.own_account_errors import OwnPasswordNeeded, SameAddress
from app.domain.staff_errors import (
    CommunesMissing,
    CounsellorMissing,
    EmailTaken,
    LastCoordinator,
    SubjectUnknown,
)
from app.models.accounts import User, UserCommune
from app.services.account_links import end_links
from app.services.accounts import Proof, check_proof, end_sessions, locked
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
    query = select(User.id).where(User.email == _kept(email), User.active)
    return session.scalars(query).one_or_none()


def change_user(
    session: Session,
    user_id: int,
    request: AccountRequest,
    *,
    by: int,
    now: datetime,
    version: str | None = None,
) -> bool:
    """Correct an account. Another role or commune counts from the next page on.

    Another address ends the links that were given for it, and its sessions: whether it is another.

    Raises as `create_user`, SubjectUnknown, LastCoordinator, EditedMeanwhile where the page of
    `version` is out of date, or OwnPasswordNeeded for one's own address (`change_own_address`).
    """
    request.check()
    with write_transaction(session, TEAM):
        user = _known(session, user_id)
        if version is not None and version != version_of(session, user_id):
            refuse_edited(session, (JournalSubject.USER, user_id), ACTS)
        _refuse_taken(session, request, user_id)
        if request.role is not Role.COORDINATOR:
            _refuse_last_coordinator(session, user)
        is_moved = _kept(request.email) != user.email
        if is_moved and by == user_id:
            raise OwnPasswordNeeded
        _fill(user, request)
        if is_moved:
            _leave_address(session, user, now)
        subject = JournalSubject.USER, user_id
        note(session, JournalAction.USER_CHANGED, subject, by=by, now=now, role=request.role)
    return is_moved


def change_own_address(
    session: Session, user_id: int, proof: Proof, email: str, *, now: datetime
) -> str:
    """« Mon compte »: sign in with another e-mail from now on; every session ends, this one too.

    Returns the address as it is kept. Raises the refusals of `check_proof`, EmailTaken, or
    SameAddress: nothing ends then.
    """
    check_proof(session, user_id, proof, now=now)
    with write_transaction(session, TEAM):
        user, kept = locked(session, user_id), _kept(email)
        if kept == user.email:
            raise SameAddress
        _refuse_taken_address(session, email, user_id)
        user.email = kept
        _leave_address(session, user, now)
        subject = JournalSubject.USER, user_id
        note(session, JournalAction.USER_CHANGED, subject, by=user_id, now=now, role=user.role)
    return kept


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


def _leave_address(session: Session, user: User, now: datetime) -> None:
    """What was sent to the address before may be read by a stranger."""
    end_links(session, user.id, now)
    end_sessions(user)


def _kept(email: str) -> str:
    """As it is written in its row: a mailbox is one whatever its case."""
    return email.strip().lower()


def _fill(user: User, request: AccountRequest) -> None:
    user.email = _kept(request.email)
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
    _refuse_taken_address(session, request.email, apart_from)
    agenda = request.counsellor_id
    others = _others(apart_from).where(User.counsellor_id == agenda)
    if agenda and session.scalars(others).first() is not None:
        raise CounsellorMissing


def _refuse_taken_address(session: Session, email: str, apart_from: int | None) -> None:
    if session.scalars(_others(apart_from).where(User.email == _kept(email))).first() is not None:
        raise EmailTaken


def _others(apart_from: int | None) -> Select[int]:
    return select(User.id).where(User.id != apart_from) if apart_from else select(User.id)


def _refuse_last_coordinator(session: Session, user: User) -> None:
    others = select(User.id).where(
        User.role == Role.COORDINATOR,
        User.active,
        User.id != user.id,
        User.password_hash.is_not(None),  # who never signed in may never do
    )
    if user.role is Role.COORDINATOR and session.scalars(others).first() is None:
        raise LastCoordinator
