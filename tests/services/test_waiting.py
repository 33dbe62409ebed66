"""Joining and leaving the waiting list; what goes from it by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.domain import errors
from app.domain.appointment import Caller, Channel, MessageChannel
from app.domain.booking import DeskFacts
from app.domain.journal import JournalAction
from app.domain.waiting import HalfDay, OfferOutcome
from app.domain.waiting_errors import WaitingUnknown
from app.models.appointment import Resident
from app.models.waiting import Offer, WaitingEntry
from app.services import waiting
from app.services.throttle import Quota
from app.services.waiting_reading import waiter_by_token
from app.services.waiting_tidy import remove_old_offers
from tests.support.people_cards import acts_on, clerk
from tests.support.stage import PERSON, Stage, phone
from tests.support.stage_plan import NOW, at, permanence
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases

ONE_SESSION = [permanence("jeanne", "mardi", "09:00-09:45", "mairie-amont")]
"""One place in the week, and nothing else."""


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


@pytest.fixture
def one_place(waiters: Waiters) -> Waiters:
    waiters.stage.change_timetable(rules=ONE_SESSION)
    return waiters


def test_sixty_days_are_enough(one_place: Waiters) -> None:
    one_place.stage.book()
    one_place.join()
    one_place.offer(NOW + timedelta(days=60, seconds=-1))
    assert len(one_place.entries()) == 1
    one_place.offer(NOW + timedelta(days=60))
    assert (one_place.entries(), one_place.holds()) == ([], [])
    assert one_place.stage.count(Resident) == 1


def test_leaving_frees_the_place_and_the_card(one_place: Waiters) -> None:
    one_place.join()
    one_place.join(now=NOW + timedelta(minutes=1))
    first, second = (each.id for each in one_place.entries())
    waiting.leave(one_place.session, first, now=NOW)
    waiting.leave(one_place.session, first, now=NOW)
    assert [each.id for each in one_place.entries()] == [second]
    assert one_place.stage.count(Resident) == 1
    old, new = one_place.offers()
    assert (old.entry_id, old.outcome) == (None, OfferOutcome.WITHDRAWN)
    assert new.entry_id == second


def test_the_same_form_joins_once(waiters: Waiters) -> None:
    first = waiters.join(form_key="f" * 32, phone=PERSON)
    assert waiters.join(form_key="f" * 32, phone=PERSON) == first
    assert len(waiters.entries()) == 1


def test_the_same_form_with_other_answers_is_no_second_press(waiters: Waiters) -> None:
    same: dict[str, Any] = {"form_key": "f" * 32, "phone": phone(8)}
    waiters.join(**same)
    others: list[dict[str, Any]] = [
        {"half_day": HalfDay.MORNING}, {"reach": 15}, {"commune": "aval"}, {"topic": "securite"},
        {"is_visit": True}, {"phone": phone(9)}, {"message_channel": MessageChannel.VOICE},
        {"desk": DeskFacts(1, Caller.PERSON, resident_id=999)},
    ]  # fmt: skip
    for other in others:
        with pytest.raises(errors.FormAlreadyUsed):
            waiters.join(**same | other)
    assert len(waiters.entries()) == 1


def test_joining_makes_a_new_card(waiters: Waiters) -> None:
    waiters.stage.book()
    waiters.join(phone=PERSON)
    assert waiters.stage.count(Resident) == 2


def test_a_phone_waits_no_more_often_than_it_may_book(waiters: Waiters) -> None:
    mine = phone()
    for _ in range(2):
        waiters.join(phone=mine)
    many, spent = ([Quota("network", most, 60, errors.TooManyBookings)] for most in (9, 0))
    with pytest.raises(errors.LimitReached):
        waiters.join(phone=mine, quotas=many)
    for each in (mine, phone()):  # nothing is learnt of a telephone
        with pytest.raises(errors.TooManyBookings):
            waiters.join(phone=each, quotas=spent)


def test_a_commune_that_left_is_offered_nothing_next_door(waiters: Waiters) -> None:
    next_door = [permanence("karim", "mercredi", "09:00-12:00", "mairie-butte")]
    waiters.stage.change_timetable(rules=next_door)
    waiters.join()
    waiters.session.execute(update(WaitingEntry).values(reach_minutes=15))
    waiters.stage.change_agreement("amont", active_until=NOW.date() - timedelta(days=1))
    assert waiters.offer() == 0
    waiters.stage.change_agreement("amont", active_until=NOW.date())
    assert waiters.offer() == 1


def test_old_offers_go_and_the_next_one_is_told_as_the_first_was(one_place: Waiters) -> None:
    one_place.join()
    accepted = one_place.offers()[0].id
    one_place.accept(accepted)
    after = at("2026-11-24T09:45") + timedelta(days=30)
    assert remove_old_offers(one_place.session, after - timedelta(seconds=1), 10) == 0
    assert remove_old_offers(one_place.session, after, 10) == 1
    assert one_place.stage.count(Offer) == 0
    one_place.join(now=after)
    assert [each.subject_id for each in one_place.messages()] == [
        accepted,
        one_place.offers()[0].id,
    ]


def test_the_link_of_who_has_left_opens_nobody_elses_wait(one_place: Waiters) -> None:
    old = one_place.join()
    waiting.leave(one_place.session, one_place.entries()[0].id, now=NOW)
    one_place.join()
    with pytest.raises(WaitingUnknown):
        waiter_by_token(one_place.session, one_place.stage.catalogue, old, NOW)


def test_the_desk_writes_somebody_down_and_takes_them_off(waiters: Waiters) -> None:
    by = clerk(waiters.stage)
    card = waiters.stage.appointment(waiters.stage.book()).resident_id
    desk = DeskFacts(by, Caller.PERSON, resident_id=card)
    token = waiters.join(desk=desk, channel=Channel.PHONE, form_key="d" * 32)
    assert waiters.join(desk=desk, channel=Channel.PHONE, form_key="d" * 32) == token
    (entry,) = waiters.entries()
    assert (entry.resident_id, entry.booked_by_id) == (card, by)
    waiting.leave(waiters.session, entry.id, now=NOW, by=by)
    acts = [action for action, _ in acts_on(waiters.stage, card)]
    assert acts == [JournalAction.WAITING_JOINED, JournalAction.WAITING_LEFT]
    assert waiters.stage.count(Resident) == 1


def test_the_desk_has_no_limit_of_places(waiters: Waiters) -> None:
    desk = DeskFacts(clerk(waiters.stage), Caller.PERSON)
    for _ in range(3):
        waiters.join(desk=desk, phone=PERSON)
    assert len(waiters.entries()) == 3
