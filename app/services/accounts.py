"""Signing in and staying signed in: accounts, sessions, the second step."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import CodeWrong, CurrentPasswordWrong, SignInRefused
from app.gateways import totp
from app.gateways.passwords import is_password
from app.models.accounts import RecoveryCode, User, UserSession
from app.services import throttle
from app.services.journal import note
from app.services.links import hash_token
from app.services.throttle import Quota
from app.services.transaction import write_transaction

IDLE = timedelta(minutes=30)
"""A browser left alone is signed out (law B25)."""
WHOLE_SESSION = timedelta(hours=12)
"""Nobody stays signed in from one day to the next (law B21)."""
SEEN_EVERY = timedelta(minutes=1)
"""How often a session notes that it is alive: not at each page."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody whose session is good at this moment."""

    actor: Actor
    session_id: int
    first_name: str
    last_name: str
    email: str
    has_second_step: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """The current password, typed once more, and what a wrong one counts against."""

    password: str
    quotas: list[Quota]


def check_password(
    session: Session, email: str, password: str, quotas: list[Quota], *, now: datetime
) -> tuple[int, bool]:
    """The id of the account that this opens, and whether a code is asked next.

    A try is counted before it is judged, and given back when it was right. An unknown address costs
    the same time. Raises SignInRefused, or the refusal of a quota.
    """
    throttle.spend(session, quotas, now=now)
    user = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    is_right = is_password(user.password_hash if user else None, password)
    if not (user and user.active and is_right):
        _note_refusal(session, user.id if user else None, now)
        raise SignInRefused
    user_id, asks_code = user.id, user.totp_secret is not None
    throttle.give_back(session, quotas)
    return user_id, asks_code


def nonce_of(session: Session, email: str) -> str:
    """What each ending of all sessions changes (another password too); "" for an unknown address.

    To be read before the password is checked: what that opens is good for this state alone.
    """
    found = session.scalars(select(User.nonce).where(User.email == email.strip().lower()))
    return found.one_or_none() or ""


def _note_refusal(session: Session, user_id: int | None, now: datetime, **facts: str) -> None:
    """The journal tells tries, whether the address is known or not: neither costs more time."""
    with write_transaction(session):
        subject = JournalSubject.USER, user_id
        note(session, JournalAction.SIGN_IN_REFUSED, subject, by=None, now=now, **facts)


def check_proof(session: Session, user_id: int, proof: Proof, *, now: datetime) -> None:
    """Whoever sits before an open session is its owner. Called before any lock: a hash is slow.

    Raises CurrentPasswordWrong, or the refusal of a quota.
    """
    throttle.spend(session, proof.quotas, now=now)
    if not is_password(session.get_one(User, user_id).password_hash, proof.password):
        raise CurrentPasswordWrong
    throttle.give_back(session, proof.quotas)


def check_code(
    session: Session, user_id: int, code: str, quotas: list[Quota], *, now: datetime
) -> None:
    """The second step: a code of the application, or a recovery code; each serves once.

    The journal tells a wrong one, and a recovery code that was used. Raises CodeWrong, or the
    refusal of a quota.
    """
    throttle.spend(session, quotas, now=now)
    with write_transaction(session):
        is_taken = _takes_code(session, locked(session, user_id), code, now)
    if not is_taken:
        _note_refusal(session, user_id, now, step="code")
        raise CodeWrong
    throttle.give_back(session, quotas)


def _takes_code(session: Session, user: User, code: str, now: datetime) -> bool:
    if not user.active or user.totp_secret is None:
        return False
    step = totp.matching_step(user.totp_secret, code, now, user.totp_step)
    if step is not None:
        user.totp_step = step
        return True
    spent = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.used_at.is_(None),
            RecoveryCode.code_hash == hash_token(recovery_letters(code)),
        )
        .values(used_at=now)
    )
    if not spent.rowcount:  # type: ignore[attr-defined]
        return False
    subject, left = (JournalSubject.USER, user.id), codes_left(session, user.id)
    note(session, JournalAction.RECOVERY_CODE_USED, subject, by=user.id, now=now, left=left)
    return True


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes were not used yet."""
    unused = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalars(unused).one()


def recovery_letters(typed: str) -> str:
    """A recovery code as it was given, whatever spaces or dashes it is typed with."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def open_session(
    session: Session, user_id: int, device: str, *, now: datetime, nonce: str | None = None
) -> str:
    """Sign in, after every check: the key that the browser's cookie will hold.

    `nonce`: of the account when its password was checked. Raises SignInRefused where the account
    was disabled meanwhile, or its password changed.
    """
    key = secrets.token_urlsafe(32)
    with write_transaction(session):
        user = locked(session, user_id)
        if not user.active or nonce not in (None, user.nonce):
            raise SignInRefused
        _tidy_sessions(session, now)
        user.signed_in_at = now
        session.add(
            UserSession(
                user_id=user.id,
                key_hash=hash_token(key),
                nonce=user.nonce,
                created_at=now,
                seen_at=now,
                device=device,
            )
        )
        note(session, JournalAction.SIGNED_IN, (JournalSubject.USER, user.id), by=user.id, now=now)
    return key


def signed_in(session: Session, key: str, *, now: datetime) -> SignedIn | None:
    """Who that key stands for; None where the session is over, idle, or was ended elsewhere."""
    row = _alive(session, key, now)
    if row is None:
        return None
    if now - row.seen_at >= SEEN_EVERY:
        _note_seen(session, row.id, now)
        row = session.get_one(UserSession, row.id)
    user = row.user
    return SignedIn(
        actor=actor_of(user),
        session_id=row.id,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        has_second_step=user.totp_secret is not None,
    )


def seconds_left(session: Session, key: str, *, now: datetime) -> int:
    """How long that session lasts if nothing more is asked of it; 0 where it is over.

    This question is none that keeps it alive: an open tab may ask for ever.
    """
    row = _alive(session, key, now)
    if row is None:
        return 0
    ends_at = min(row.seen_at + IDLE, row.created_at + WHOLE_SESSION)
    return int((ends_at - now).total_seconds())


def _alive(session: Session, key: str, now: datetime) -> UserSession | None:
    query = select(UserSession).where(UserSession.key_hash == hash_token(key))
    row = session.scalars(query).one_or_none()
    return row if row and _is_alive(row, now) else None


def _is_alive(row: UserSession, now: datetime) -> bool:
    return (
        row.user.active
        and secrets.compare_digest(row.nonce, row.user.nonce)
        and now - row.seen_at < IDLE
        and now - row.created_at < WHOLE_SESSION
    )


def _note_seen(session: Session, session_id: int, now: datetime) -> None:
    with write_transaction(session):
        session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def actor_of(user: User) -> Actor:
    """The account as far as rights go."""
    return Actor(
        user_id=user.id,
        role=user.role,
        commune_ids=frozenset(each.commune_id for each in user.communes),
        counsellor_id=user.counsellor_id,
    )


def own_sessions(session: Session, user_id: int, *, now: datetime) -> Sequence[UserSession]:
    """The browsers where this account is signed in, the last used first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.seen_at.desc(), UserSession.id)
    )
    return [row for row in rows if _is_alive(row, now)]


def close_session(session: Session, session_id: int, user_id: int, *, now: datetime) -> None:
    """Sign one browser out. A session of somebody else stays as it is."""
    with write_transaction(session):
        ended = session.execute(
            delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
        )
        if ended.rowcount:  # type: ignore[attr-defined]
            subject = JournalSubject.USER, user_id
            note(session, JournalAction.SIGNED_OUT, subject, by=user_id, now=now)


def close_all_sessions(session: Session, user_id: int, *, now: datetime) -> None:
    """« Tout déconnecter »: every browser, this one too."""
    with write_transaction(session):
        end_sessions(locked(session, user_id))
        subject = JournalSubject.USER, user_id
        note(session, JournalAction.SIGNED_OUT_EVERYWHERE, subject, by=user_id, now=now)


def end_sessions(user: User) -> None:
    """From this commit on no session of the account is good any more."""
    user.nonce = secrets.token_hex(16)


def locked(session: Session, user_id: int) -> User:
    """The account as it is under the lock of its row."""
    query = select(User).where(User.id == user_id).with_for_update(of=User)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _tidy_sessions(session: Session, now: datetime) -> None:
    """Sessions of yesterday go away by themselves."""
    session.execute(delete(UserSession).where(UserSession.seen_at < now - WHOLE_SESSION))
