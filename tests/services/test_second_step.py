"""The second step: codes that serve once, started and stopped with the password; both databases."""

from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import LinkPurpose
from app.domain.journal import JournalAction
from app.domain.own_account_errors import OwnPasswordNeeded
from app.domain.staff_errors import (
    CodeWrong,
    CurrentPasswordWrong,
    SecondStepActive,
    TooManySignIns,
)
from app.gateways import totp
from app.models.journal import JournalEntry
from app.services import account_links, accounts, second_step, team
from app.services.throttle import Quota
from tests.support.anne import ANNE, MINUTE, anne, proof, sign_in
from tests.support.stage_plan import NOW

__all__ = ["anne"]


def enable(session: Session, user_id: int, secret: str, code: str) -> list[str]:
    return second_step.enable_second_step(session, user_id, proof(), secret, code, now=NOW)


def code_at(secret: str, at: object) -> str:
    return pyotp.TOTP(secret).at(at)  # type: ignore[arg-type]


def with_code(session: Session, user_id: int, code: str, minutes: int = 0) -> None:
    quotas = [Quota("code", 20, 15, TooManySignIns)]
    accounts.check_code(session, user_id, code, quotas, now=NOW + minutes * MINUTE)


def test_a_code_serves_once_and_a_recovery_code_too(session: Session, anne: int) -> None:
    secret = totp.new_secret()
    with pytest.raises(CodeWrong):
        enable(session, anne, secret, "000000")
    with pytest.raises(CodeWrong):
        enable(session, anne, "short", "000000")
    codes = enable(session, anne, secret, code_at(secret, NOW))
    assert sign_in(session) == (anne, True)
    with pytest.raises(CodeWrong):  # the code that enabled it was used
        with_code(session, anne, code_at(secret, NOW))
    later = code_at(secret, NOW + MINUTE)
    with_code(session, anne, later[:3] + " " + later[3:], minutes=1)
    with pytest.raises(CodeWrong):
        with_code(session, anne, later, minutes=1)
    with_code(session, anne, codes[0].upper().replace("-", " "), minutes=5)
    with pytest.raises(CodeWrong):
        with_code(session, anne, codes[0], minutes=5)
    assert accounts.codes_left(session, anne) == 9


def test_an_active_second_step_is_never_replaced(session: Session, anne: int) -> None:
    """Pressed twice, or by whoever finds a session open: the codes on paper stay good."""
    secret, other = totp.new_secret(), totp.new_secret()
    codes = enable(session, anne, secret, code_at(secret, NOW))
    for again in (secret, other):
        with pytest.raises(SecondStepActive):
            enable(session, anne, again, code_at(again, NOW))
    with_code(session, anne, codes[0])
    with_code(session, anne, code_at(secret, NOW + MINUTE), minutes=1)


def test_the_journal_tells_wrong_codes_and_recovery_codes(session: Session, anne: int) -> None:
    secret = totp.new_secret()
    codes = enable(session, anne, secret, code_at(secret, NOW))
    with pytest.raises(CodeWrong):
        with_code(session, anne, "000000")
    with_code(session, anne, codes[0])
    last = select(JournalEntry).order_by(JournalEntry.id.desc()).limit(2)
    used, refused = session.scalars(last)
    told = JournalAction.RECOVERY_CODE_USED, anne, {"left": 9}
    assert (used.action, used.user_id, used.facts) == told
    assert (refused.action, refused.facts) == (JournalAction.SIGN_IN_REFUSED, {"step": "code"})


def test_an_open_session_alone_weakens_no_account_of_its_own(session: Session, anne: int) -> None:
    secret = totp.new_secret()
    enable(session, anne, secret, code_at(secret, NOW))
    with pytest.raises(OwnPasswordNeeded):
        second_step.disable_second_step(session, anne, None, by=anne, now=NOW)
    with pytest.raises(OwnPasswordNeeded):
        account_links.issue_link(session, anne, LinkPurpose.RESET, by=anne, now=NOW)
    assert sign_in(session) == (anne, True)


def test_the_second_step_stops_with_the_password_or_by_a_coordinator(
    session: Session, anne: int
) -> None:
    secret = totp.new_secret()
    codes = enable(session, anne, secret, code_at(secret, NOW))
    with pytest.raises(CurrentPasswordWrong):
        second_step.disable_second_step(session, anne, proof("other"), by=anne, now=NOW)
    second_step.disable_second_step(session, anne, proof(), by=anne, now=NOW)
    assert sign_in(session) == (anne, False)
    with pytest.raises(CodeWrong):
        with_code(session, anne, codes[0])
    enable(session, anne, secret, code_at(secret, NOW))
    boss = team.create_user(session, replace(ANNE, email="boss@equipe.invalid"), by=None, now=NOW)
    second_step.disable_second_step(session, anne, None, by=boss, now=NOW)
    assert sign_in(session) == (anne, False)
