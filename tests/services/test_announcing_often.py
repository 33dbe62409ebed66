"""One number is told so often a day of what is done online; then the page tells, and a call."""

from datetime import datetime, timedelta

import pytest

from app.domain.appointment import Actor, CallReason, Channel, MessageChannel, Recipient
from app.domain.booking import Person
from app.domain.messages import MessageKind
from app.services import booking
from app.services.appointment_rows import Act
from tests.support.stage import HELPER, Stage, choice, phone, request
from tests.support.stage_plan import NOW, territory

DATES = (choice("2026-11-26T09:00", "mairie-aval"), choice("2026-11-27T09:00", "mairie-amont"))
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _two_a_day(stage: Stage) -> None:
    """The confirmation, and one more."""
    stage.change_territory(territory(sms_per_number_per_day=2))


def kinds(stage: Stage, token: str) -> list[MessageKind]:
    return [each.kind for each in stage.messages(token)]


def reasons(stage: Stage, token: str) -> list[CallReason]:
    """Of the calls that are still to be made."""
    return [each.reason for each in stage.call_tasks(token) if each.closed_at is None]


def moved(stage: Stage, token: str, rank: int, now: datetime = LATER) -> bool:
    held = stage.appointment(token).id
    return booking.reschedule(stage.session, held, DATES[rank % 2], now=now)


def test_beyond_the_share_of_a_day_the_date_is_told_by_one_call(stage: Stage) -> None:
    token = stage.book()
    assert [moved(stage, token, rank) for rank in range(4)] == [True, False, False, False]
    assert kinds(stage, token) == [MessageKind.CONFIRMATION, MessageKind.CHANGED]
    assert reasons(stage, token) == [CallReason.UNDELIVERED]
    assert stage.where(token)[1] == DATES[1].starts_at


def test_what_is_off_asks_for_no_call(stage: Stage) -> None:
    token = stage.book()
    moved(stage, token, 0)
    stage.cancel(token, now=LATER)
    assert MessageKind.CANCELLED_BY_PERSON not in kinds(stage, token)
    assert reasons(stage, token) == []


def test_a_day_later_the_count_begins_again(stage: Stage) -> None:
    token = stage.book()
    moved(stage, token, 0)
    assert moved(stage, token, 1, NOW + timedelta(days=1, minutes=2))


def test_all_that_one_helper_is_told_counts_and_nothing_else(stage: Stage) -> None:
    told = {"helper": HELPER, "message_to": Recipient.HELPER}
    tokens = [stage.book(request(choice(), phone=phone(), **told))]
    tokens.append(stage.book(request(choice("2026-11-24T09:45"), phone=phone(), **told)))
    other = stage.book(request(choice("2026-11-24T10:30"), phone=phone(), helper=HELPER))
    assert not moved(stage, tokens[0], 0)
    assert moved(stage, other, 1)


def test_the_team_tells_all_the_same(stage: Stage) -> None:
    token = stage.book()
    moved(stage, token, 0)
    stage.move(token, DATES[1], now=LATER, by=Act(LATER, Actor.STAFF, Channel.PHONE))
    assert kinds(stage, token).count(MessageKind.CHANGED) == 2


def test_who_wants_no_message_is_told_as_they_wish(stage: Stage) -> None:
    token = stage.book(request(message_channel=MessageChannel.NONE))
    assert [moved(stage, token, rank) for rank in range(3)] == [True] * 3
    assert reasons(stage, token) == []


def test_a_mailbox_has_no_share(stage: Stage) -> None:
    token = stage.book(request(message_channel=MessageChannel.EMAIL, **mailbox()))
    assert [moved(stage, token, rank) for rank in range(3)] == [True] * 3


def mailbox() -> dict[str, Person]:
    return {"person": Person("Rose", "Serin", phone(), "rose@exemple.test")}
