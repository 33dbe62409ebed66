"""A coordinator with a password, and the ways in that her tests try."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.access import LinkPurpose, Role
from app.domain.staff_errors import TooManySignIns
from app.services import account_links, accounts, team
from app.services.accounts import Proof
from app.services.team import AccountRequest
from app.services.throttle import Quota
from tests.support.stage_plan import NOW

EMAIL, PASSWORD = "anne@equipe.invalid", "Mouette-rieuse-17"
MINUTE = timedelta(minutes=1)
ANNE = AccountRequest(EMAIL, "Anne", "Essai", Role.COORDINATOR)


@pytest.fixture
def anne(session: Session) -> int:
    """A coordinator with a password."""
    user_id = team.create_user(session, ANNE, by=None, now=NOW)
    token = account_links.issue_link(session, user_id, LinkPurpose.INVITATION, by=None, now=NOW)
    account_links.set_password(session, token, PASSWORD, PASSWORD, now=NOW)
    return user_id


def sign_in(session: Session, email: str = EMAIL, password: str = PASSWORD) -> tuple[int, bool]:
    quotas = [Quota(f"sign-in:{email}", 3, 15, TooManySignIns)]
    return accounts.check_password(session, email, password, quotas, now=NOW)


def proof(password: str = PASSWORD) -> Proof:
    return Proof(password, [Quota("proof", 3, 15, TooManySignIns)])
