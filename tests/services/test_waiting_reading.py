"""Who waits, as the person sees it and as the team does."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.appointment import MessageChannel
from app.domain.messages import SENT_CHANNELS, OutboxState, Receipt
from app.domain.staff_errors import SubjectUnknown
from app.domain.waiting import HalfDay
from app.domain.waiting_errors import WaitingUnknown
from app.models.outbox import OutboxMessage
from app.services.waiting_reading import (
    count_waiting,
    find_offer_calls,
    find_waiters,
    waiter_by_token,
    waiter_of,
    waiter_of_offer,
)
from tests.support.stage import LANDLINE, Stage
from tests.support.stage_plan import NOW
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def calls(
    waiters: Waiters, now: datetime = NOW, carried: Collection[MessageChannel] = SENT_CHANNELS
) -> list[int]:
    waiters.session.rollback()
    found = find_offer_calls(waiters.session, waiters.stage.catalogue, now, carried)
    return [each.entry_id for each in found]


def test_ones_own_page_until_sixty_days(waiters: Waiters) -> None:
    token = waiters.join(HalfDay.MORNING, 15)
    session, catalogue = waiters.session, waiters.stage.catalogue
    mine = waiter_by_token(session, catalogue, token, NOW)
    assert (mine.half_day, mine.reach_minutes, mine.commune.slug) == (HalfDay.MORNING, 15, "amont")
    assert mine.offered is not None
    after = NOW + timedelta(days=60)
    assert waiter_by_token(session, catalogue, token, after - timedelta(seconds=1)).offered is None
    for wrong, now in ((token, after), ("abcdefghijkl", NOW), ("x", NOW)):
        with pytest.raises(WaitingUnknown):
            waiter_by_token(session, catalogue, wrong, now)


def test_a_stranger_is_nobody(waiters: Waiters) -> None:
    session, catalogue = waiters.session, waiters.stage.catalogue
    with pytest.raises(SubjectUnknown):
        waiter_of(session, catalogue, 999, NOW)
    with pytest.raises(SubjectUnknown):
        waiter_of_offer(session, catalogue, 999, NOW)


def test_the_list_is_in_the_order_of_asking(waiters: Waiters) -> None:
    waiters.join(now=NOW + timedelta(minutes=1))
    waiters.join()
    found = find_waiters(waiters.session, waiters.stage.catalogue, NOW)
    assert [each.entry_id for each in found] == [each.id for each in reversed(waiters.entries())]
    amont = waiters.stage.catalogue.commune("amont").id
    assert count_waiting(waiters.session, NOW) == {amont: 2}
    assert count_waiting(waiters.session, NOW + timedelta(days=61)) == {}
    assert {each.subject.commune_ids for each in found} == {frozenset({amont})}


def test_whom_the_desk_must_call(waiters: Waiters) -> None:
    waiters.join()
    assert calls(waiters) == []
    waiters.join(phone=LANDLINE, message_channel=MessageChannel.VOICE)
    first, second = (each.id for each in waiters.entries())
    assert calls(waiters) == [second]
    assert sorted(calls(waiters, carried={MessageChannel.EMAIL})) == [first, second], "no sender"
    for lost in (
        {"state": OutboxState.DEAD},
        {"state": OutboxState.SKIPPED},
        {"state": OutboxState.SENT, "receipt": Receipt.LOST},
    ):
        waiters.session.execute(update(OutboxMessage).values(lost))
        waiters.session.commit()
        assert sorted(calls(waiters)) == [first, second]
    sent = {"state": OutboxState.SENT, "receipt": Receipt.DELIVERED}
    waiters.session.execute(update(OutboxMessage).values(sent))
    waiters.session.commit()
    assert calls(waiters) == calls(waiters, carried=()) == [second], "it left before"
    assert calls(waiters, waiters.offers()[1].answer_by) == []


def test_one_entry_by_its_number_or_by_its_offer(waiters: Waiters) -> None:
    waiters.join()
    session, catalogue = waiters.session, waiters.stage.catalogue
    (entry,), (offer,) = waiters.entries(), waiters.offers()
    entry_id, offer_id, holder = entry.id, offer.id, offer.counsellor_id
    one = waiter_of(session, catalogue, entry_id, NOW)
    assert waiter_of_offer(session, catalogue, offer_id, NOW) == one
    assert one.subject.counsellor_ids == frozenset({holder})
