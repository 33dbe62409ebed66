"""Signing in, staying signed in, and being signed out everywhere; on both databases."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.domain.access import LinkPurpose, Role
from app.domain.errors import DomainError
from app.domain.journal import JournalAction
from app.domain.own_account_errors import OwnPasswordNeeded, SameAddress
from app.domain.staff_errors import (
    AccountLinkDead,
    CodeWrong,
    CommunesMissing,
    CounsellorMissing,
    CurrentPasswordWrong,
    EmailTaken,
    LastCoordinator,
    PasswordWeak,
    SignInRefused,
    SubjectUnknown,
    TooManySignIns,
)
from app.models.accounts import User, UserSession
from app.models.journal import JournalEntry
from app.services import account_links, accounts, second_step, team
from app.services.team import AccountRequest
from app.services.transaction import write_transaction
from tests.support.anne import EMAIL, MINUTE, PASSWORD, anne, proof, sign_in
from tests.support.stage_plan import NOW

pytestmark = pytest.mark.usefixtures("quick_hashes")
__all__ = ["anne"]


def acts(session: Session) -> list[JournalAction]:
    return list(session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


def test_the_right_password_opens_a_session(session: Session, anne: int) -> None:
    assert sign_in(session, " ANNE@equipe.invalid ") == (anne, False)
    key = accounts.open_session(session, anne, "Firefox, Linux", now=NOW)
    found = accounts.signed_in(session, key, now=NOW)
    assert found is not None
    assert (found.actor.user_id, found.actor.role) == (anne, Role.COORDINATOR)
    assert accounts.signed_in(session, key + "x", now=NOW) is None
    assert acts(session)[-1] is JournalAction.SIGNED_IN


def test_no_refusal_tells_which_part_was_wrong(session: Session, anne: int) -> None:
    for email, password in ((EMAIL, "other"), ("nobody@equipe.invalid", PASSWORD)):
        with pytest.raises(SignInRefused):
            sign_in(session, email, password)
    team.create_user(
        session, AccountRequest("b@equipe.invalid", "B", "B", Role.COMMITTEE), by=None, now=NOW
    )
    with pytest.raises(SignInRefused):
        sign_in(session, "b@equipe.invalid", "")


def test_failures_are_counted_and_a_success_costs_nothing(session: Session, anne: int) -> None:
    for _ in range(5):
        sign_in(session)
    for _ in range(3):
        with pytest.raises(SignInRefused):
            sign_in(session, password="other")
    with pytest.raises(TooManySignIns):
        sign_in(session)


def test_a_session_ends_when_idle_and_after_a_day(session: Session, anne: int) -> None:
    key = accounts.open_session(session, anne, "x", now=NOW)
    at = NOW
    for _ in range(25):
        at += 29 * MINUTE
        alive = accounts.signed_in(session, key, now=at) is not None
        assert alive == (at - NOW < accounts.WHOLE_SESSION)
    other = accounts.open_session(session, anne, "x", now=NOW)
    assert accounts.signed_in(session, other, now=NOW + accounts.IDLE) is None


def test_old_sessions_are_tidied_by_the_next_sign_in(session: Session, anne: int) -> None:
    accounts.open_session(session, anne, "old", now=NOW)
    accounts.open_session(session, anne, "new", now=NOW + timedelta(days=1))
    assert list(session.scalars(select(UserSession.device))) == ["new"]


def test_each_end_of_all_sessions(session: Session, anne: int) -> None:
    def ended_by(act: object) -> bool:
        key = accounts.open_session(session, anne, "x", now=NOW)
        assert accounts.signed_in(session, key, now=NOW)
        act()  # type: ignore[operator]
        return accounts.signed_in(session, key, now=NOW) is None

    assert ended_by(lambda: accounts.close_all_sessions(session, anne, now=NOW))
    new = "Autre-mot-2026"
    assert ended_by(
        lambda: account_links.change_password(session, anne, proof(), new, new, now=NOW)
    )
    other = AccountRequest("c@equipe.invalid", "C", "C", Role.COORDINATOR)
    by = team.create_user(session, other, by=anne, now=NOW)
    with pytest.raises(LastCoordinator):  # who never signed in may never do
        team.disable_user(session, anne, by=by, now=NOW)
    with write_transaction(session):
        session.get_one(User, by).password_hash = "a hash"
    assert ended_by(lambda: team.disable_user(session, anne, by=by, now=NOW))
    with pytest.raises(SignInRefused):
        sign_in(session, password=new)
    with pytest.raises(SignInRefused):
        accounts.open_session(session, anne, "x", now=NOW)
    team.enable_user(session, anne, by=by, now=NOW)
    assert sign_in(session, password=new) == (anne, False)


def test_one_browser_is_signed_out_and_nobody_elses(session: Session, anne: int) -> None:
    key = accounts.open_session(session, anne, "here", now=NOW)
    accounts.open_session(session, anne, "there", now=NOW)
    _here, there = sorted(accounts.own_sessions(session, anne, now=NOW), key=lambda each: each.id)
    accounts.close_session(session, there.id, anne + 1, now=NOW)
    assert len(accounts.own_sessions(session, anne, now=NOW)) == 2
    accounts.close_session(session, there.id, anne, now=NOW)
    assert accounts.signed_in(session, key, now=NOW)
    assert [each.device for each in accounts.own_sessions(session, anne, now=NOW)] == ["here"]


# ---- links


def test_a_link_dies_with_the_address_that_it_was_given_for(session: Session, anne: int) -> None:
    request = AccountRequest("anne.b@equipe.invalid", "Anne", "Essai", Role.COORDINATOR)
    renamed = AccountRequest("anne.b@equipe.invalid", "Anna", "Essai", Role.COORDINATOR)

    def link() -> str:
        return account_links.issue_link(session, anne, LinkPurpose.RESET, by=None, now=NOW)

    token = link()
    team.change_user(session, anne, request, by=None, now=NOW)
    with pytest.raises(AccountLinkDead):
        account_links.link_holder(session, token, now=NOW)
    token = link()
    team.change_user(session, anne, renamed, by=anne, now=NOW)
    assert account_links.link_holder(session, token, now=NOW).user_id == anne


def test_ones_own_address_asks_for_the_password(session: Session, anne: int) -> None:
    elsewhere = AccountRequest("anne.b@equipe.invalid", "Anne", "Essai", Role.COORDINATOR)
    with pytest.raises(OwnPasswordNeeded):
        team.change_user(session, anne, elsewhere, by=anne, now=NOW)
    other = replace(elsewhere, email="boss@equipe.invalid")
    team.create_user(session, other, by=None, now=NOW)
    for password, email, refusal in (
        ("other", elsewhere.email, CurrentPasswordWrong),
        (PASSWORD, "Boss@equipe.invalid", EmailTaken),
        (PASSWORD, EMAIL.title(), SameAddress),
    ):
        with pytest.raises(refusal):
            team.change_own_address(session, anne, proof(password), email, now=NOW)
    token = account_links.issue_link(session, anne, LinkPurpose.RESET, by=None, now=NOW)
    nonce = session.get_one(User, anne).nonce
    given = proof(), "Anne.B@equipe.invalid "
    assert team.change_own_address(session, anne, *given, now=NOW) == elsewhere.email
    assert team.account_id(session, elsewhere.email) == anne
    assert session.get_one(User, anne).nonce != nonce, "every session has ended"
    with pytest.raises(AccountLinkDead):
        account_links.link_holder(session, token, now=NOW)
    assert acts(session)[-1] == JournalAction.USER_CHANGED


def test_a_link_serves_once_within_an_hour(session: Session, anne: int) -> None:
    def link() -> str:
        return account_links.issue_link(session, anne, LinkPurpose.RESET, by=None, now=NOW)

    old, new = link(), link()
    with pytest.raises(AccountLinkDead):  # a new link ends the old one
        account_links.link_holder(session, old, now=NOW)
    assert account_links.link_holder(session, new, now=NOW).email == EMAIL
    with pytest.raises(PasswordWeak):
        account_links.set_password(session, new, "easy", "easy", now=NOW)
    with pytest.raises(AccountLinkDead):
        account_links.set_password(session, new, PASSWORD, PASSWORD, now=NOW + 60 * MINUTE)
    account_links.set_password(session, new, PASSWORD, PASSWORD, now=NOW + 59 * MINUTE)
    with pytest.raises(AccountLinkDead):
        account_links.set_password(session, new, PASSWORD, PASSWORD, now=NOW)


def test_no_link_for_nobody_nor_for_a_disabled_account(session: Session, anne: int) -> None:
    other = AccountRequest("c@equipe.invalid", "C", "C", Role.COMMITTEE)
    user_id = team.create_user(session, other, by=anne, now=NOW)
    token = account_links.issue_link(session, user_id, LinkPurpose.INVITATION, by=anne, now=NOW)
    team.disable_user(session, user_id, by=anne, now=NOW)
    with pytest.raises(AccountLinkDead):
        account_links.link_holder(session, token, now=NOW)
    for unknown in (user_id, 999):
        with pytest.raises(SubjectUnknown):
            account_links.issue_link(session, unknown, LinkPurpose.RESET, by=None, now=NOW)
    team.enable_user(session, user_id, by=anne, now=NOW)
    with pytest.raises(AccountLinkDead):  # what was given before stays dead
        account_links.link_holder(session, token, now=NOW)


def test_the_current_password_is_asked_for_another(session: Session, anne: int) -> None:
    with pytest.raises(CurrentPasswordWrong):
        account_links.change_password(session, anne, proof("other"), PASSWORD, PASSWORD, now=NOW)


def test_wrong_current_passwords_are_counted_and_a_right_one_costs_nothing(
    session: Session, anne: int
) -> None:
    """Whoever finds an open session cannot try passwords in it."""

    def asks(password: str) -> list[Callable[[], object]]:
        given = proof(password)
        change, stop = account_links.change_password, second_step.disable_second_step
        start = second_step.enable_second_step
        return [
            lambda: change(session, anne, given, "weak", "weak", now=NOW),
            lambda: start(session, anne, given, "short", "000000", now=NOW),
            lambda: stop(session, anne, given, by=anne, now=NOW),
        ]

    for ask, refusal in zip(asks(PASSWORD), (PasswordWeak, CodeWrong, None), strict=True):
        with pytest.raises(refusal) if refusal else nullcontext():
            ask()
    for ask in asks("other"):
        with pytest.raises(CurrentPasswordWrong):
            ask()
    for ask in asks(PASSWORD):
        with pytest.raises(TooManySignIns):
            ask()


# ---- the team


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": " Anne@Equipe.invalid"}, EmailTaken),
        ({"role": Role.CCAS_AGENT}, CommunesMissing),
        ({"role": Role.COUNSELLOR}, CounsellorMissing),
        ({"counsellor_id": 1}, CounsellorMissing),
    ],
)
def test_what_no_account_can_be(
    session: Session, anne: int, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    values = {"email": "d@equipe.invalid", "first_name": "D", "last_name": "D"}
    request = AccountRequest(**({"role": Role.COMMITTEE} | values | changes))  # type: ignore[arg-type]
    with pytest.raises(refusal):
        team.create_user(session, request, by=anne, now=NOW)


def test_the_last_coordinator_stays(session: Session, anne: int) -> None:
    with pytest.raises(LastCoordinator):
        team.disable_user(session, anne, by=anne, now=NOW)
    with pytest.raises(LastCoordinator):
        team.change_user(
            session, anne, AccountRequest(EMAIL, "A", "A", Role.COMMITTEE), by=anne, now=NOW
        )
    team.change_user(
        session, anne, AccountRequest(EMAIL, "Annie", "A", Role.COORDINATOR), by=anne, now=NOW
    )
    assert session.scalars(select(User.first_name)).one() == "Annie"
    with pytest.raises(SubjectUnknown):
        team.disable_user(session, 999, by=anne, now=NOW)
    assert team.account_id(session, "nobody@equipe.invalid") is None
    assert team.account_id(session, EMAIL) == anne


def test_a_line_of_the_journal_cannot_be_changed(session: Session, anne: int) -> None:
    with pytest.raises(DatabaseError, match="append_only"):
        session.execute(update(JournalEntry).values(user_id=None))
    session.rollback()
    assert session.scalar(text("SELECT count(*) FROM journal_entry")) == len(acts(session))
