"""Messages that nobody answers: somebody is asked no more, until they say that they still wait."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.messages import OutboxState, Receipt
from app.domain.waiting import MOST_SILENCES, OfferOutcome
from app.models.outbox import OutboxMessage
from app.services.offer_answers import wait_on
from app.services.offer_facts import read_offer
from app.services.waiting import leave
from app.services.waiting_reading import find_waiters
from tests.support.stage import LINKS, Stage, phone
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases

DAY = timedelta(days=1)


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def expire(waiters: Waiters, *, is_told: bool = True) -> str:
    """The offer that is open is told, or not, and then nobody answers; the token of its link."""
    token = waiters.tell() if is_told else ""
    (offer,) = waiters.open_offers()
    waiters.now = offer.answer_by
    waiters.offer()
    return token


def rests(waiters: Waiters) -> bool:
    (waiter,) = find_waiters(waiters.session, waiters.stage.catalogue, waiters.now)
    return waiter.rests


def test_after_three_silences_nothing_is_offered(waiters: Waiters) -> None:
    waiters.join()
    for _ in range(MOST_SILENCES):
        assert not rests(waiters)
        expire(waiters)
    assert rests(waiters)
    assert waiters.offer(waiters.now + DAY) == 0
    assert [each.outcome for each in waiters.offers()] == [OfferOutcome.EXPIRED] * MOST_SILENCES
    assert waiters.holds() == []


def test_the_link_of_an_offer_says_that_they_still_wait(waiters: Waiters) -> None:
    waiters.join()
    first, *_ = [expire(waiters) for _ in range(MOST_SILENCES)]
    catalogue, session = waiters.stage.catalogue, waiters.session
    seen = read_offer(session, catalogue, first, now=waiters.now, links=LINKS)
    assert seen.rests
    wait_on(session, seen.offer_id, waiters.now)
    assert not rests(waiters)
    assert len(waiters.open_offers()) == 1
    assert waiters.entries()[0].refusals == MOST_SILENCES


def test_a_refusal_is_an_answer(waiters: Waiters) -> None:
    waiters.join()
    expire(waiters)
    expire(waiters)
    waiters.decline(waiters.open_offers()[0].id, waiters.now)
    expire(waiters)
    assert not rests(waiters)
    assert len(waiters.open_offers()) == 1


def test_who_was_not_told_is_not_silent(waiters: Waiters) -> None:
    """Nobody called them, or no message left."""
    waiters.join()
    for _ in range(MOST_SILENCES):
        expire(waiters, is_told=False)
    assert not rests(waiters)
    assert len(waiters.open_offers()) == 1


@pytest.mark.parametrize(
    "fate", [{"state": OutboxState.DEAD}, {"receipt": Receipt.LOST}], ids=["given up", "lost"]
)
def test_a_message_that_did_not_arrive_is_no_silence_of_theirs(
    waiters: Waiters, fate: dict[str, object]
) -> None:
    waiters.join()
    for _ in range(MOST_SILENCES):
        waiters.tell()
        waiters.session.execute(update(OutboxMessage).values(closed_at=waiters.now, **fate))
        waiters.session.commit()
        (offer,) = waiters.open_offers()
        while offer in waiters.open_offers():  # until its hour, and that of the desk
            waiters.now = waiters.open_offers()[0].answer_by
            waiters.offer()
    assert not rests(waiters)


def test_who_is_off_the_list_answers_for_nobody_else(waiters: Waiters) -> None:
    """Two who have left: what each was offered is nobody's any more."""
    for _ in range(2):
        waiters.join(phone=phone())
        expire(waiters)
        leave(waiters.session, waiters.entries()[0].id, now=waiters.now)
    before = [each.outcome for each in waiters.offers()]
    assert before.count(OfferOutcome.EXPIRED) == 2
    wait_on(waiters.session, waiters.offers()[0].id, waiters.now)
    assert [each.outcome for each in waiters.offers()] == before


def test_saying_so_without_a_silence_changes_nothing(waiters: Waiters) -> None:
    waiters.join(phone=phone())
    (offer,) = waiters.open_offers()
    wait_on(waiters.session, offer.id, waiters.now)
    assert [each.id for each in waiters.open_offers()] == [offer.id]
