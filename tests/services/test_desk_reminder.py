"""Somebody with a landline is reminded by voice."""

from dataclasses import replace

import pytest

from app.domain.access import Role
from app.domain.appointment import (
    Actor,
    Caller,
    CallReason,
    ChangeReason,
    Channel,
    MessageChannel,
)
from app.domain.booking import BookingRequest, DeskFacts, Person, Phone
from app.services import team
from app.services.appointment_rows import Act
from app.services.team import AccountRequest
from tests.support.stage import LANDLINE, PERSON, WEDNESDAY_VISIT, Stage, choice, request
from tests.support.stage_plan import NOW, at

FRIDAY, TUESDAY = "2026-11-27T09:00", "2026-11-24T09:00"


@pytest.fixture
def clerk(stage: Stage) -> int:
    account = AccountRequest("desk@equipe.invalid", "Dominique", "Essai", Role.COORDINATOR)
    return team.create_user(stage.session, account, by=None, now=NOW)


def at_desk(
    clerk: int,
    start: str = FRIDAY,
    number: Phone | None = LANDLINE,
    told: MessageChannel = MessageChannel.VOICE,
) -> BookingRequest:
    venue = None if start == WEDNESDAY_VISIT else "mairie-amont"
    asked = request(choice(start, venue), channel=Channel.PHONE, message_channel=told)
    email = "ida@essai.invalid" if told is MessageChannel.EMAIL else None
    desk = DeskFacts(clerk, Caller.PERSON)
    return replace(asked, person=Person("Ida", "Serin", number, email), desk=desk)


def reminders(stage: Stage, token: str) -> list[object]:
    return [each.due_at for each in stage.call_tasks(token) if each.reason is CallReason.REMINDER]


def test_a_landline_is_called_two_days_before(stage: Stage, clerk: int) -> None:
    token = stage.book(at_desk(clerk))
    assert reminders(stage, token) == [at("2026-11-25T09:00")]


def test_or_the_day_before_or_not_at_all(stage: Stage, clerk: int) -> None:
    token = stage.book(at_desk(clerk, TUESDAY))
    assert reminders(stage, token) == [at("2026-11-23T09:00")]
    late = stage.book(at_desk(clerk, "2026-11-24T10:00"), now=at("2026-11-24T08:00"))
    assert reminders(stage, late) == []


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (None, MessageChannel.PAPER),
        (PERSON, MessageChannel.VOICE),
        (PERSON, MessageChannel.SMS),
        (LANDLINE, MessageChannel.EMAIL),
    ],
)
def test_whoever_gets_a_message_or_has_no_phone_is_not_called(
    stage: Stage, clerk: int, number: Phone | None, told: MessageChannel
) -> None:
    assert reminders(stage, stage.book(at_desk(clerk, FRIDAY, number, told))) == []


def test_a_visit_is_called_before_anyway_and_a_booking_online_never(
    stage: Stage, clerk: int
) -> None:
    visit = stage.book(at_desk(clerk, WEDNESDAY_VISIT))
    assert [each.reason for each in stage.call_tasks(visit)] == [CallReason.BEFORE_HOME_VISIT]
    online = request(choice(FRIDAY), phone=LANDLINE, message_channel=MessageChannel.NONE)
    assert stage.call_tasks(stage.book(online)) == []


def test_a_moved_appointment_is_reminded_of_before_its_new_time(stage: Stage, clerk: int) -> None:
    token = stage.book(at_desk(clerk))
    by = Act(NOW, Actor.STAFF, Channel.PHONE, clerk, ChangeReason.PERSON_ASKED)
    stage.move(token, choice(TUESDAY), by=by)
    assert reminders(stage, token) == [at("2026-11-23T09:00")]
