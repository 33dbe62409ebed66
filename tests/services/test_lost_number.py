"""« Je n’ai plus mon numéro »: to the telephone that was given, a few times a day, nowhere else."""

from datetime import timedelta

import pytest

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind
from app.models.outbox import OutboxMessage
from app.services.lost_number import MOST_A_DAY, send_numbers
from tests.support.stage import (
    ABROAD,
    AIDE,
    HELPER,
    LANDLINE,
    PERSON,
    Stage,
    choice,
    request,
)
from tests.support.stage_plan import NOW, at, territory

LATER = NOW + timedelta(minutes=1)
THURSDAY = choice("2026-11-26T09:00", "mairie-aval")


def sent(stage: Stage, token: str) -> list[OutboxMessage]:
    return [each for each in stage.messages(token) if each.kind is MessageKind.LOST_NUMBER]


def test_each_appointment_to_come_has_its_message(stage: Stage) -> None:
    tokens = [stage.book(), stage.book(request(THURSDAY, message_channel=MessageChannel.NONE))]
    send_numbers(stage.session, PERSON, now=LATER)
    for token in tokens:
        (found,) = sent(stage, token)
        assert (found.channel, found.recipient) == (MessageChannel.SMS, Recipient.PERSON)
        assert found.expires_at == stage.appointment(token).engagement.starts_at
        assert found.due_at == LATER


def test_a_helper_gets_it_on_their_own_telephone(stage: Stage) -> None:
    token = stage.book(request(helper=HELPER))
    send_numbers(stage.session, AIDE, now=LATER)
    assert [each.recipient for each in sent(stage, token)] == [Recipient.HELPER]
    send_numbers(stage.session, PERSON, now=LATER)
    assert [each.recipient for each in sent(stage, token)] == [Recipient.HELPER, Recipient.PERSON]


def test_a_telephone_that_nobody_gave_writes_nothing(stage: Stage) -> None:
    token = stage.book()
    send_numbers(stage.session, AIDE, now=LATER)
    assert sent(stage, token) == []


def test_what_is_off_or_over_is_not_told(stage: Stage) -> None:
    off, over = stage.book(), stage.book(THURSDAY)
    stage.cancel(off, now=LATER)
    send_numbers(stage.session, PERSON, now=at("2026-11-26T09:00"))
    assert sent(stage, off) == sent(stage, over) == []


@pytest.mark.parametrize("number", [LANDLINE, ABROAD])
def test_no_text_message_goes_where_none_may(stage: Stage, number: object) -> None:
    wanted = request(phone=number, message_channel=MessageChannel.NONE)
    token = stage.book(wanted)
    send_numbers(stage.session, number, now=LATER)  # type: ignore[arg-type]
    assert sent(stage, token) == []


def test_a_territory_may_write_abroad(stage: Stage) -> None:
    stage.change_territory(territory(foreign_sms=True))
    token = stage.book(request(phone=ABROAD))
    send_numbers(stage.session, ABROAD, now=LATER)
    assert len(sent(stage, token)) == 1


def test_who_answered_stop_gets_none(stage: Stage) -> None:
    token = stage.book()
    stage.appointment(token).resident.refuses_sms = True
    stage.session.commit()
    send_numbers(stage.session, PERSON, now=LATER)
    assert sent(stage, token) == []


def test_three_times_a_day_and_again_the_next(stage: Stage) -> None:
    token = stage.book(THURSDAY)
    for _ in range(MOST_A_DAY + 2):
        send_numbers(stage.session, PERSON, now=LATER)
    assert [each.round for each in sent(stage, token)] == [0, 1, 2]
    send_numbers(stage.session, PERSON, now=LATER + timedelta(days=1))
    assert [each.round for each in sent(stage, token)] == [0, 1, 2, 3]
