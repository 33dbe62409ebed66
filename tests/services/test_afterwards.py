"""What a tick writes: « we missed you », or the three questions, once and to who wants them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState
from app.models.outbox import OutboxMessage
from app.services.attendance import add_walk_in, record_outcome
from tests.support.agenda_day import HOUR, TUESDAY, colleague
from tests.support.stage import HELPER, Stage, choice, phone, request
from tests.support.stage_plan import at

MISSED, QUESTIONS = MessageKind.MISSED, MessageKind.SATISFACTION
LATER = choice("2026-11-24T09:45")
WEDNESDAY_AT_TEN = at("2026-11-25T10:00")


@pytest.fixture
def who(stage: Stage) -> int:
    return colleague(stage)


def tick(stage: Stage, token: str, came: bool, who: int, now: datetime = TUESDAY + HOUR) -> None:
    record_outcome(stage.session, stage.appointment(token).id, came, by=who, now=now)


def written(stage: Stage, token: str) -> list[OutboxMessage]:
    return [each for each in stage.messages(token) if each.kind in (MISSED, QUESTIONS)]


def kinds(stage: Stage, token: str) -> list[MessageKind]:
    return [each.kind for each in written(stage, token)]


def test_absent_is_written_two_hours_later(stage: Stage, who: int) -> None:
    token = stage.book()
    tick(stage, token, False, who)
    (found,) = written(stage, token)
    assert (found.kind, found.due_at) == (MISSED, TUESDAY + 3 * HOUR)
    assert found.expires_at == at("2026-11-24T20:00")
    assert found.version == stage.appointment(token).sequence


def test_absent_ticked_too_late_writes_nothing(stage: Stage, who: int) -> None:
    token = stage.book()
    tick(stage, token, False, who, at("2026-11-24T18:00"))
    assert written(stage, token) == []


def test_present_asks_three_questions_the_next_day(stage: Stage, who: int) -> None:
    token = stage.book()
    tick(stage, token, True, who)
    (found,) = written(stage, token)
    assert (found.kind, found.due_at) == (QUESTIONS, WEDNESDAY_AT_TEN)


def test_corrected_and_said_again_each_is_written_once(stage: Stage, who: int) -> None:
    token = stage.book()
    for came in (False, True, False, True):
        tick(stage, token, came, who)
    assert kinds(stage, token) == [MISSED, QUESTIONS]


@pytest.mark.parametrize("came", [True, False])
@pytest.mark.parametrize(
    "channel", [MessageChannel.NONE, MessageChannel.VOICE, MessageChannel.PAPER]
)
def test_who_wants_no_message_gets_none(
    stage: Stage, who: int, channel: MessageChannel, came: bool
) -> None:
    token = stage.book(request(message_channel=channel))
    tick(stage, token, came, who)
    assert written(stage, token) == []


@pytest.mark.parametrize(
    ("refusal", "came", "expected"),
    [
        ("refuses_sms", False, []),
        ("refuses_sms", True, []),
        ("refuses_mail", True, [QUESTIONS]),
        ("refuses_reminders", True, []),
        ("refuses_reminders", False, [MISSED]),
    ],
)
def test_refusals(
    stage: Stage, who: int, refusal: str, came: bool, expected: list[MessageKind]
) -> None:
    token = stage.book()
    setattr(stage.appointment(token).resident, refusal, True)
    stage.session.commit()
    tick(stage, token, came, who)
    assert kinds(stage, token) == expected


def test_a_walk_in_is_asked_nothing(stage: Stage, who: int) -> None:
    stage.book()
    now = TUESDAY + HOUR
    add_walk_in(stage.session, stage.counsellor("jeanne"), "form", by=who, now=now)
    assert stage.count(OutboxMessage) == 1


SECOND = {
    "phone": {},
    "helper": {"phone": phone(77), "helper": HELPER, "message_to": Recipient.HELPER},
}


@pytest.mark.parametrize("way", SECOND)
def test_one_telephone_is_asked_once_in_a_half_year(stage: Stage, who: int, way: str) -> None:
    changes: dict[str, Any] = SECOND[way]
    first = stage.book(request(**changes))
    second = stage.book(request(LATER, **changes))
    for token in (first, second):
        tick(stage, token, True, who)
    assert (kinds(stage, first), kinds(stage, second)) == ([QUESTIONS], [])


def test_one_mailbox_is_asked_once_in_a_half_year(stage: Stage, who: int) -> None:
    tokens = [stage.book(request(each, phone=phone())) for each in (choice(), LATER)]
    for token in tokens:
        stage.appointment(token).resident.email = "rose@maison.invalid"
        stage.session.commit()
    for token in tokens:
        tick(stage, token, True, who)
    assert [kinds(stage, each) for each in tokens] == [[QUESTIONS], []]


def test_two_people_are_both_asked(stage: Stage, who: int) -> None:
    tokens = [stage.book(request(each, phone=phone())) for each in (choice(), LATER)]
    for token in tokens:
        tick(stage, token, True, who)
    assert [kinds(stage, each) for each in tokens] == [[QUESTIONS], [QUESTIONS]]


@pytest.mark.parametrize(
    "change",
    [{"state": OutboxState.SKIPPED}, {"created_at": at("2026-06-30T23:00")}],
)
def test_what_never_left_or_left_in_another_half_year_does_not_count(
    stage: Stage, who: int, change: dict[str, Any]
) -> None:
    first, second = stage.book(), stage.book(LATER)
    tick(stage, first, True, who)
    (asked,) = written(stage, first)
    for name, value in change.items():
        setattr(asked, name, value)
    stage.session.commit()
    tick(stage, second, True, who)
    assert kinds(stage, second) == [QUESTIONS]


def test_ticked_days_later_the_questions_still_leave_for_three_days(stage: Stage, who: int) -> None:
    tokens = [stage.book(request(each, phone=phone())) for each in (choice(), LATER)]
    tick(stage, tokens[0], True, who, WEDNESDAY_AT_TEN + timedelta(days=1))
    tick(stage, tokens[1], True, who, WEDNESDAY_AT_TEN + timedelta(days=3))
    assert [kinds(stage, each) for each in tokens] == [[QUESTIONS], []]
