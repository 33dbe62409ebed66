"""How many places the waiting list may hold at a time for people who joined it online."""

import pytest

from app.domain.appointment import Caller, Channel
from app.domain.booking import DeskFacts
from app.domain.waiting import MOST_HELD_ONLINE
from app.services import offers
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.waiting import Waiters

pytestmark = pytest.mark.both_databases


@pytest.fixture
def waiters(stage: Stage) -> Waiters:
    return Waiters(stage)


def test_who_joins_online_in_a_loop_freezes_no_agenda(waiters: Waiters) -> None:
    """The first three are offered a place; the others are everybody's still."""
    for _ in range(5):
        waiters.join()
    assert len(waiters.open_offers()) == MOST_HELD_ONLINE
    assert waiters.offer() == 0
    waiters.join(is_visit=True)
    assert len(waiters.open_offers()) == MOST_HELD_ONLINE + 1


def test_whom_the_team_has_heard_is_offered_a_place_beside_those(waiters: Waiters) -> None:
    for _ in range(MOST_HELD_ONLINE):
        waiters.join()
    desk = DeskFacts(clerk(waiters.stage), Caller.PERSON)
    waiters.join(desk=desk, channel=Channel.PHONE)
    assert len(waiters.open_offers()) == MOST_HELD_ONLINE + 1


def test_a_place_that_is_answered_leaves_room_for_the_next(waiters: Waiters) -> None:
    for _ in range(MOST_HELD_ONLINE + 1):
        waiters.join()
    waiters.accept(waiters.open_offers()[0].id)
    assert len(waiters.open_offers()) == MOST_HELD_ONLINE
    assert {each.entry_id for each in waiters.open_offers()} == {
        each.id for each in waiters.entries()
    }


def test_two_workers_hold_no_more_than_one(
    waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process has held since the list was read is seen under the lock."""
    for _ in range(MOST_HELD_ONLINE + 1):
        waiters.join()
    monkeypatch.setattr(offers._Board, "_may_hold", lambda *_: True)
    assert waiters.offer() == 0
    assert len(waiters.open_offers()) == MOST_HELD_ONLINE
