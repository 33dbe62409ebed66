"""Tries are counted where all processes see them, and no try slips by."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain import errors
from app.models.outbox import ThrottleCount
from app.services.throttle import Quota, give_back, spend, spend_within
from app.services.transaction import write_transaction
from tests.support.stage import Stage, choice
from tests.support.stage_plan import NOW

PHONE = Quota("a hash of a phone", 3, 15, errors.TooManyTries)
ADDRESS = Quota("a hash of an address", 5, 15, errors.TooManyBookings)
LATER = NOW + timedelta(minutes=15)


def counts(session: Session) -> dict[str, int]:
    session.rollback()
    return dict(session.execute(select(ThrottleCount.key, ThrottleCount.count)).all())


def spend_all(session: Session, quota: Quota, now: datetime = NOW) -> None:
    for _ in range(quota.limit):
        spend(session, [quota], now=now)


def test_as_many_tries_as_the_limit_and_no_more(session: Session) -> None:
    spend_all(session, PHONE)
    for _ in range(3):
        with pytest.raises(errors.TooManyTries):
            spend(session, [PHONE], now=NOW)
    assert counts(session) == {PHONE.key: PHONE.limit}


def test_waiting_is_enough_however_often_one_has_insisted(session: Session) -> None:
    spend_all(session, PHONE)
    with pytest.raises(errors.TooManyTries):
        spend(session, [PHONE], now=LATER - timedelta(seconds=1))
    spend_all(session, PHONE, LATER)
    with pytest.raises(errors.TooManyTries):
        spend(session, [PHONE], now=LATER)


def test_the_window_starts_with_the_first_try(session: Session) -> None:
    spend(session, [PHONE], now=NOW)
    spend(session, [PHONE], now=NOW + timedelta(minutes=10))
    ends_at = session.scalars(select(ThrottleCount.window_ends_at)).one()
    assert ends_at == LATER
    spend(session, [PHONE], now=LATER)
    assert counts(session) == {PHONE.key: 1}


def test_a_right_try_counts_for_nothing(session: Session) -> None:
    for _ in range(3 * PHONE.limit):
        spend(session, [PHONE], now=NOW)
        give_back(session, [PHONE])
    assert counts(session) == {PHONE.key: 0}


def test_nothing_is_given_back_that_was_not_taken(session: Session) -> None:
    give_back(session, [PHONE])
    spend(session, [PHONE], now=NOW)
    for _ in range(3):
        give_back(session, [PHONE])
    assert counts(session) == {PHONE.key: 0}


def test_a_try_that_one_quota_refuses_is_counted_in_none(session: Session) -> None:
    spend_all(session, PHONE)
    with pytest.raises(errors.TooManyTries):
        spend(session, [PHONE, ADDRESS], now=NOW)
    assert counts(session) == {PHONE.key: PHONE.limit}


@pytest.mark.parametrize("quotas", [[ADDRESS, PHONE], [PHONE, ADDRESS]])
def test_the_first_refusal_of_the_caller_is_told_where_several_hold(
    session: Session, quotas: list[Quota]
) -> None:
    spend_all(session, PHONE)
    spend_all(session, ADDRESS)
    with pytest.raises(quotas[0].refusal):
        spend(session, quotas, now=NOW)


def test_quotas_of_different_subjects_do_not_meet(session: Session) -> None:
    spend_all(session, PHONE)
    spend(session, [ADDRESS], now=NOW)
    assert counts(session) == {PHONE.key: PHONE.limit, ADDRESS.key: 1}


def test_nothing_to_count_counts_nothing(session: Session) -> None:
    spend(session, [], now=NOW)
    give_back(session, [])
    assert counts(session) == {}


def test_many_at_once_cannot_slip_by(engine: Engine, session: Session) -> None:
    people, start = 12, Barrier(12)

    def attempt(rank: int) -> bool:
        quotas = [PHONE, ADDRESS] if rank % 2 else [ADDRESS, PHONE]
        with Session(engine) as own:
            start.wait(30)
            try:
                spend(own, quotas, now=NOW)
            except errors.DomainError:
                return False
            return True

    with ThreadPoolExecutor(people) as pool:
        passed = sum(pool.map(attempt, range(people)))
    assert passed == PHONE.limit
    assert counts(session) == {PHONE.key: PHONE.limit, ADDRESS.key: PHONE.limit}


# -- counted in the transaction of what they count


def test_a_success_is_counted_with_what_it_saves_or_not_at_all(session: Session) -> None:
    def save(*, is_right: bool) -> None:
        with write_transaction(session):
            spend_within(session, [PHONE, ADDRESS], now=NOW)
            if not is_right:
                raise errors.SlotTaken

    save(is_right=True)
    with pytest.raises(errors.SlotTaken):
        save(is_right=False)
    assert counts(session) == {PHONE.key: 1, ADDRESS.key: 1}


def test_a_booking_counts_once_and_beyond_the_quota_saves_nothing(stage: Stage) -> None:
    quota = Quota(hashlib.sha256(b"192.0.2.1").hexdigest(), 1, 60, errors.TooManyBookings)
    given = {"now": NOW, "quotas": [quota]}
    wanted = choice("2026-11-24T10:00")
    first = stage.book(form_key="one", **given)
    assert stage.book(form_key="one", **given) == first
    with pytest.raises(errors.TooManyBookings):
        stage.book(wanted, form_key="two", **given)
    assert stage.count() == 1
    assert counts(stage.session) == {quota.key: 1}
    assert stage.book(wanted, form_key="two", now=NOW + timedelta(hours=1), quotas=[quota])
