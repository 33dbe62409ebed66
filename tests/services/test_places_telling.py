"""Places of a workshop that no message told: the desk calls, and nobody loses their rank."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.access import Actor, Role
from app.domain.messages import SENT_CHANNELS, OutboxState, Receipt
from app.domain.waiting import OfferOutcome
from app.domain.workshops import RegistrationStatus
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.places_calls import find_places_calls
from app.services.workshop_offers import offer_workshops
from tests.support.registering import Desk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

HALF_DAY_ENDS = datetime(2026, 11, 23, 11, tzinfo=UTC)
BOSS, MINUTE = Actor(1, Role.COORDINATOR), timedelta(minutes=1)
WAITING = RegistrationStatus.WAITING


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return Desk(stage, capacity=1)


def to_call(desk: Desk) -> list[int]:
    desk.session.rollback()
    found = find_places_calls(desk.session, BOSS, now=desk.now, carried=SENT_CHANNELS)
    return [each.offer_id for each in found]


def offered(desk: Desk) -> tuple[Registration, Registration]:
    """One place, offered by a text message to the first of two who wait."""
    seated, first, second = desk.add(), desk.add(), desk.add()
    desk.cancel(seated)
    return first, second


def serve(desk: Desk) -> int:
    return offer_workshops(desk.session, desk.now, 20)


def test_a_place_that_nobody_told_is_the_desks_then_the_next_ones(desk: Desk) -> None:
    first, second = offered(desk)
    (offer,) = desk.offers()
    hour = offer.answer_by
    assert to_call(desk) == []
    desk.now = hour  # the sending was suspended meanwhile: the message waits still
    assert serve(desk) == 1
    (offer,) = desk.offers()
    held_until = offer.answer_by
    assert (offer.outcome, held_until > hour) == (None, True)
    assert to_call(desk) == [offer.id]
    desk.now = held_until - MINUTE
    assert serve(desk) == 0
    assert desk.offers()[0].answer_by == held_until, "once: nobody holds a place for ever"
    desk.now = held_until
    assert serve(desk) == 2
    ended, following = desk.offers()
    assert (ended.outcome, following.registration_id) == (OfferOutcome.WITHDRAWN, second.id)
    assert desk.again(first).status is WAITING, "nobody has told them: they keep their rank"
    desk.tell()
    desk.now = following.answer_by
    serve(desk)
    assert desk.again(second).status is RegistrationStatus.CANCELLED
    assert desk.offers()[2].registration_id == first.id


@pytest.mark.parametrize(
    "fate",
    [
        {"state": OutboxState.DEAD, "closed_at": NOW},
        {"state": OutboxState.SKIPPED, "closed_at": NOW},
        {"state": OutboxState.SENT, "receipt": Receipt.LOST, "receipt_at": NOW},
    ],
)
def test_a_message_that_failed_leaves_time_for_a_call(desk: Desk, fate: dict[str, object]) -> None:
    first, _ = offered(desk)
    desk.set_messages(**fate)
    before = desk.offers()[0].answer_by
    serve(desk)
    (offer,) = desk.offers()
    assert to_call(desk) == [offer.id]
    assert offer.answer_by >= before
    desk.now = offer.answer_by
    serve(desk)
    assert desk.again(first).status is WAITING


def test_a_message_in_the_hands_of_a_worker_may_still_arrive(desk: Desk) -> None:
    offered(desk)
    desk.now = desk.offers()[0].answer_by
    desk.set_messages(leased_until=desk.now + MINUTE)
    assert serve(desk) == 0
    assert [each.outcome for each in desk.offers()] == [None]


def test_who_said_stop_since_is_called_in_the_desks_own_time(desk: Desk) -> None:
    seated, first = desk.add(), desk.add()
    refuses = update(Resident).where(Resident.id == first.resident_id).values(refuses_sms=True)
    desk.session.execute(refuses)
    desk.session.commit()
    desk.cancel(seated)
    (offer,) = desk.offers()
    assert to_call(desk) == [offer.id]
    about = OutboxMessage.subject_kind == "PLACES"
    assert desk.session.scalars(select(OutboxMessage).where(about)).all() == []
    assert offer.answer_by == HALF_DAY_ENDS, "of the desk, not of a machine"
