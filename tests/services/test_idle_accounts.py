"""Accounts that nobody uses close by themselves; somebody can always open them again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.access import LinkPurpose, Role
from app.domain.staff_errors import AccountLinkDead
from app.models.accounts import User
from app.models.journal import JournalEntry
from app.services.account_links import issue_link, link_holder
from app.services.accounts import open_session, signed_in
from app.services.idle_accounts import close_idle_accounts
from app.services.team import AccountRequest, create_user, enable_user
from app.services.team_list import read_member
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, territory

LATER = NOW + timedelta(days=90)
MINUTE = timedelta(minutes=1)


def account(stage: Stage, name: str, role: Role = Role.COMMITTEE, *, has_password: bool) -> int:
    request = AccountRequest(f"{name}@equipe.invalid", name, "Essai", role)
    user_id = create_user(stage.session, request, by=None, now=NOW)
    stage.session.get_one(User, user_id).password_hash = "x" if has_password else None
    stage.session.commit()
    return user_id


def is_open(stage: Stage, user_id: int) -> bool:
    stage.session.rollback()
    return stage.session.get_one(User, user_id, populate_existing=True).active


def test_an_idle_account_closes_with_its_sessions_and_opens_again(stage: Stage) -> None:
    idle, used = (account(stage, name, has_password=True) for name in ("rose", "paul"))
    open_session(stage.session, used, "Firefox", now=NOW + MINUTE)
    assert close_idle_accounts(stage.session, LATER - MINUTE, 50) == 0
    key = open_session(stage.session, idle, "Firefox", now=NOW)
    token = issue_link(stage.session, idle, LinkPurpose.RESET, by=None, now=LATER)
    assert close_idle_accounts(stage.session, LATER, 50) == 1
    assert (is_open(stage, idle), is_open(stage, used)) == (False, True)
    assert signed_in(stage.session, key, now=NOW) is None
    with pytest.raises(AccountLinkDead):
        link_holder(stage.session, token, now=LATER)
    newest = select(JournalEntry).order_by(JournalEntry.id.desc())
    last = stage.session.scalars(newest).first()
    assert last is not None
    assert (last.action.value, last.user_id, last.facts) == (
        "USER_DISABLED", None, {"idle_days": 90},
    )  # fmt: skip
    assert read_member(stage.session, idle).idle_days == 90
    enable_user(stage.session, idle, by=used, now=LATER)
    assert close_idle_accounts(stage.session, LATER + 2 * MINUTE, 50) == 1, "the other one, now"
    assert is_open(stage, idle), "its days begin anew"
    assert read_member(stage.session, idle).idle_days is None
    assert close_idle_accounts(stage.session, LATER + timedelta(days=91), 50) == 1


def test_the_last_coordinator_who_could_sign_in_stays(stage: Stage) -> None:
    first = account(stage, "rose", Role.COORDINATOR, has_password=True)
    second = account(stage, "paul", Role.COORDINATOR, has_password=True)
    account(stage, "zoe", Role.COORDINATOR, has_password=False)
    open_session(stage.session, second, "Firefox", now=NOW + MINUTE)
    assert close_idle_accounts(stage.session, LATER + timedelta(days=9), 50) == 2
    assert (is_open(stage, first), is_open(stage, second)) == (False, True)


def test_a_territory_may_do_without(stage: Stage) -> None:
    idle = account(stage, "rose", has_password=True)
    stage.change_territory(territory(account_idle_days=False))
    assert close_idle_accounts(stage.session, LATER, 50) == 0
    assert is_open(stage, idle)
