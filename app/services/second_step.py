"""The second step of signing in: an authenticator application, and codes for when it is lost."""

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.domain.own_account_errors import OwnPasswordNeeded
from app.domain.staff_errors import CodeWrong, SecondStepActive
from app.gateways import totp
from app.models.accounts import RecoveryCode
from app.services.accounts import Proof, check_proof, locked, recovery_letters
from app.services.journal import note
from app.services.links import hash_token
from app.services.transaction import write_transaction

RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another when read on paper."""


def enable_second_step(
    session: Session, user_id: int, proof: Proof, secret: str, code: str, *, now: datetime
) -> list[str]:
    """From now on a code is asked. Returns the recovery codes, which are shown once.

    Raises the refusals of `check_proof`; CodeWrong where the application does not give the code of
    this secret; SecondStepActive where there is one already: its codes stay good. Nothing changes.
    """
    check_proof(session, user_id, proof, now=now)
    step = totp.matching_step(secret, code, now, None) if totp.is_secret(secret) else None
    if step is None:
        raise CodeWrong
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    with write_transaction(session):
        user = locked(session, user_id)
        if user.totp_secret is not None:
            raise SecondStepActive
        user.totp_secret, user.totp_step = secret, step
        _forget_codes(session, user_id)
        session.add_all(
            RecoveryCode(user_id=user_id, code_hash=hash_token(recovery_letters(each)))
            for each in codes
        )
        note(
            session, JournalAction.TOTP_ENABLED, (JournalSubject.USER, user_id), by=user_id, now=now
        )
    return codes


def disable_second_step(
    session: Session, user_id: int, proof: Proof | None, *, by: int, now: datetime
) -> None:
    """Signing in asks for the password alone again.

    One's own needs the password; for a colleague who lost everything (`by` another), None.
    Raises the refusals of `check_proof`; OwnPasswordNeeded for one's own without a proof.
    """
    if proof is not None:
        check_proof(session, user_id, proof, now=now)
    elif by == user_id:
        raise OwnPasswordNeeded
    with write_transaction(session):
        user = locked(session, user_id)
        user.totp_secret = user.totp_step = None
        _forget_codes(session, user_id)
        note(session, JournalAction.TOTP_DISABLED, (JournalSubject.USER, user_id), by=by, now=now)


def _new_code() -> str:
    """« k7mp-3xwd »: 40 bits."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _forget_codes(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
