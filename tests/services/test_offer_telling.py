"""A place that no message could tell of: the desk calls, before it is anybody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.messages import SENT_CHANNELS, OutboxState, Receipt
from app.domain.waiting import OfferOutcome
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.services.offers import offer_places
from app.services.waiting_reading import find_offer_calls
from tests.support.stage import Stage
from tests.support.stage_plan import NOW
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def to_call(waiters: Waiters) -> list[int]:
    waiters.session.rollback()
    catalogue = waiters.stage.catalogue
    found = find_offer_calls(waiters.session, catalogue, waiters.now, SENT_CHANNELS)
    return [each.offered.offer_id for each in found if each.offered]


def test_what_no_sender_told_is_held_until_the_desk_has_called(waiters: Waiters) -> None:
    waiters.join()
    (offer,) = waiters.offers()
    first_hour, offer_id = offer.answer_by, offer.id  # Monday at noon; the place is of Tuesday
    assert to_call(waiters) == []
    waiters.now = first_hour
    waiters.offer()
    (offer,), (hold,), (message,) = waiters.offers(), waiters.holds(), waiters.messages()
    assert (offer.outcome, hold.held_until) == (None, offer.answer_by)
    assert offer.answer_by > first_hour
    assert (message.state, message.outcome) == (OutboxState.SKIPPED, "expired")
    assert to_call(waiters) == [offer_id]
    held_until = offer.answer_by
    waiters.now = held_until - timedelta(minutes=1)
    assert waiters.offer() == 0
    assert waiters.offers()[0].answer_by == held_until, "once: nobody holds a place for ever"
    waiters.now = held_until
    waiters.offer()
    assert waiters.offers()[0].outcome is OfferOutcome.EXPIRED


@pytest.mark.parametrize(
    "fate",
    [
        {"state": OutboxState.SKIPPED, "closed_at": NOW},
        {"state": OutboxState.DEAD, "closed_at": NOW},
        {"state": OutboxState.SENT, "receipt": Receipt.LOST, "receipt_at": NOW},
    ],
)
def test_a_message_that_failed_is_a_call_at_once(waiters: Waiters, fate: dict[str, object]) -> None:
    waiters.join()
    waiters.session.execute(update(OutboxMessage).values(fate))
    waiters.session.commit()
    before = waiters.offers()[0].answer_by
    waiters.offer()
    assert to_call(waiters) == [waiters.offers()[0].id]
    assert waiters.offers()[0].answer_by >= before


def test_what_was_told_ends_at_its_hour(waiters: Waiters) -> None:
    waiters.join()
    waiters.tell()
    waiters.now = waiters.offers()[0].answer_by
    waiters.offer()
    assert waiters.offers()[0].outcome is OfferOutcome.EXPIRED


def test_a_message_in_the_hands_of_a_worker_may_still_arrive(waiters: Waiters) -> None:
    waiters.join()
    end = waiters.offers()[0].answer_by
    leased = update(OutboxMessage).values(leased_until=end + timedelta(minutes=1))
    waiters.session.execute(leased)
    waiters.session.commit()
    offer_places(waiters.session, end, 1)
    assert waiters.messages()[0].state is OutboxState.PENDING


def test_a_channel_refused_since_is_a_call_for_the_next_place(waiters: Waiters) -> None:
    waiters.join()
    waiters.session.execute(update(Resident).values(refuses_sms=True))
    waiters.session.commit()
    waiters.decline(waiters.offers()[0].id, waiters.now)
    assert len(waiters.messages()) == 1, "the second place is for a voice"
    assert to_call(waiters) == [waiters.offers()[-1].id]
