"""« Je n’ai plus mon numéro »: to the telephone that was given, a few times a day, nowhere else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.appointment_rows import Act
from app.services.links import hash_token
from app.services.lost_number import MOST_A_DAY, send_numbers
from app.services.registrations import cancel_registration, register
from tests.support.stage import (
    ABROAD,
    AIDE,
    HELPER,
    LANDLINE,
    LINKS,
    PERSON,
    Stage,
    choice,
    request,
)
from tests.support.stage_plan import NOW, at, territory
from tests.support.workshops import plan_workshop, registration

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


def test_who_waits_for_a_workshop_has_a_number_too_and_who_left_has_none(stage: Stage) -> None:
    session, starts_at = stage.session, NOW + timedelta(days=7)
    workshop_id = plan_workshop(session, starts_at, recorded_at=NOW, capacity=1)
    people = [registration(workshop_id) for _ in range(3)]
    tokens = [register(session, each, now=NOW, links=LINKS).token for each in people]
    rows = [
        session.scalars(
            select(Registration.id).where(Registration.link_token_hash == hash_token(each))
        ).one()
        for each in tokens
    ]
    cancel_registration(session, rows[2], Act(NOW))
    for each in people:
        assert each.person.phone is not None
        send_numbers(session, each.person.phone, now=LATER)
    lost = OutboxMessage.kind == MessageKind.LOST_NUMBER
    told = session.scalars(select(OutboxMessage.subject_id).where(lost).order_by(OutboxMessage.id))
    assert told.all() == rows[:2]
