"""Invitations and resets: a link that sets a password once, within an hour."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.access import LinkPurpose
from app.domain.journal import JournalAction, JournalSubject
from app.domain.own_account_errors import OwnPasswordNeeded
from app.domain.passwords import check_new_password
from app.domain.staff_errors import AccountLinkDead, SubjectUnknown
from app.gateways.passwords import hash_password
from app.models.accounts import AccountLink, User
from app.services.accounts import Proof, check_proof, end_sessions, locked
from app.services.journal import note
from app.services.links import hash_token
from app.services.transaction import write_transaction

LINK_LIFE = timedelta(hours=1)
ASKED_AN_HOUR = 3
"""Of one account, by whoever types its address: nobody's mailbox is flooded by a prankster."""


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whose password a link sets."""

    user_id: int
    first_name: str
    email: str
    purpose: LinkPurpose


def issue_link(
    session: Session, user_id: int, purpose: LinkPurpose, *, by: int | None, now: datetime
) -> str:
    """A new link for that account; any older one is dead from now on. Returns its token.

    Raises SubjectUnknown for an account that does not exist or is disabled; OwnPasswordNeeded for
    one's own (`by`): an open session alone never sets its password.
    """
    if by == user_id:
        raise OwnPasswordNeeded
    with write_transaction(session):
        user = session.get(User, user_id)
        if user is None or not user.active:
            raise SubjectUnknown
        end_links(session, user_id, now)
        return _new_link(session, user_id, purpose, by, now)


def ask_reset(session: Session, email: str, *, now: datetime) -> tuple[str, str] | None:
    """« Mot de passe oublié »: the address of the open account and the token to mail there.

    None where nothing is to be mailed: no open account of that address, or asked too often. Links
    that were given before stay alive: a stranger who types the address takes none of them away.
    """
    query = select(User).where(User.email == email.strip().lower(), User.active)
    with write_transaction(session):
        user = session.scalars(query.with_for_update(of=User)).one_or_none()
        if user is None or _asked_lately(session, user.id, now) >= ASKED_AN_HOUR:
            return None
        return user.email, _new_link(session, user.id, LinkPurpose.RESET, None, now)


def _asked_lately(session: Session, user_id: int, now: datetime) -> int:
    asked = select(func.count(AccountLink.id)).where(
        AccountLink.user_id == user_id,
        AccountLink.purpose == LinkPurpose.RESET,
        AccountLink.created_at > now - LINK_LIFE,
    )
    return session.scalars(asked).one()


def _new_link(
    session: Session, user_id: int, purpose: LinkPurpose, by: int | None, now: datetime
) -> str:
    token = secrets.token_urlsafe(24)
    session.add(
        AccountLink(
            user_id=user_id,
            purpose=purpose,
            token_hash=hash_token(token),
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
    )
    subject = JournalSubject.USER, user_id
    note(session, JournalAction.LINK_ISSUED, subject, by=by, now=now, purpose=purpose)
    return token


def link_holder(session: Session, token: str, *, now: datetime) -> LinkHolder:
    """Whose link it is; looking at it uses nothing up. Raises AccountLinkDead."""
    row = _live_link(session, token, now)
    user = session.get_one(User, row.user_id)
    return LinkHolder(user.id, user.first_name, user.email, row.purpose)


def set_password(session: Session, token: str, typed: str, again: str, *, now: datetime) -> None:
    """Use the link: the password is set, every session of the account ends.

    Raises AccountLinkDead, or the refusals of `check_new_password`, which leave the link alive.
    """
    _live_link(session, token, now)
    password_hash = hash_password(check_new_password(typed, again))
    with write_transaction(session):
        row = _live_link(session, token, now)
        _keep_password(session, locked(session, row.user_id), password_hash, now)
        end_links(session, row.user_id, now)


def change_password(
    session: Session, user_id: int, proof: Proof, typed: str, again: str, *, now: datetime
) -> None:
    """« Mon compte »: every session ends, the one of this browser too.

    Raises the refusals of `check_proof` and of `check_new_password`.
    """
    check_proof(session, user_id, proof, now=now)
    password_hash = hash_password(check_new_password(typed, again))
    with write_transaction(session):
        _keep_password(session, locked(session, user_id), password_hash, now)
        end_links(session, user_id, now)


def _keep_password(session: Session, user: User, password_hash: str, now: datetime) -> None:
    user.password_hash = password_hash
    end_sessions(user)
    note(
        session, JournalAction.PASSWORD_CHANGED, (JournalSubject.USER, user.id), by=user.id, now=now
    )


def _live_link(session: Session, token: str, now: datetime) -> AccountLink:
    row = session.scalars(
        select(AccountLink)
        .join(User, User.id == AccountLink.user_id)
        .where(
            AccountLink.token_hash == hash_token(token),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
            User.active,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise AccountLinkDead
    return row


def end_links(session: Session, user_id: int, now: datetime) -> None:
    """No link that was given for that account sets a password any more."""
    session.execute(
        update(AccountLink)
        .where(AccountLink.user_id == user_id, AccountLink.used_at.is_(None))
        .values(used_at=now)
    )
