"""« J’ai du retard »: who is written to, who is called, and what is said the second time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.appointment import CallReason, MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, Receipt
from app.domain.staff_errors import DelayMissing
from app.models.outbox import OutboxMessage
from app.services.delay import KeptWaiting, announce_delay, told_of_delay
from app.services.sending_pause import pause, resume
from tests.support.agenda_day import HOUR, TUESDAY, colleague
from tests.support.stage import HELPER, Stage, choice, phone, request
from tests.support.stage_plan import at

EARLIER = TUESDAY - HOUR
MINUTE = timedelta(minutes=1)
SECOND = choice("2026-11-24T09:45")
IDLE = choice("2026-11-24T12:20", "mediatheque-amont")


def say(
    stage: Stage, minutes: int = 15, *, sms_leaves: bool = True, now: datetime = EARLIER
) -> KeptWaiting:
    jeanne = stage.counsellor("jeanne")
    return announce_delay(stage.session, jeanne, minutes, now=now, sms_leaves=sms_leaves)


def late(stage: Stage, token: str) -> list[OutboxMessage]:
    return [each for each in stage.messages(token) if each.kind is MessageKind.LATE]


def held_id(stage: Stage, token: str) -> int:
    return stage.appointment(token).id


def test_a_message_goes_to_who_wants_text_messages(stage: Stage) -> None:
    token, second = stage.book(phone=phone()), stage.book(SECOND, phone=phone())
    idle = stage.book(IDLE, phone=phone())
    both = held_id(stage, token), held_id(stage, second)
    assert say(stage) == KeptWaiting(both, ())
    (written,) = late(stage, second)
    assert (written.minutes, written.round, written.due_at) == (15, 0, EARLIER)
    assert written.expires_at == at("2026-11-24T10:00")
    assert stage.call_tasks(token) == late(stage, idle) == []


def test_said_again_it_is_told_again(stage: Stage) -> None:
    token = stage.book()
    for minutes in (15, 45):
        say(stage, minutes)
    assert [(each.round, each.minutes) for each in late(stage, token)] == [(0, 15), (1, 45)]
    assert told_of_delay(stage.session, [held_id(stage, token)]) == {held_id(stage, token): 45}


@pytest.mark.parametrize(
    ("fate", "is_told"),
    [
        ({"state": OutboxState.SENT}, True),
        ({"state": OutboxState.SENT, "receipt": Receipt.DELIVERED}, True),
        ({"state": OutboxState.SENT, "receipt": Receipt.LOST}, False),
        ({"state": OutboxState.DEAD}, False),
        ({"state": OutboxState.SKIPPED}, False),
    ],
)
def test_what_did_not_arrive_told_nobody(
    stage: Stage, fate: dict[str, object], is_told: bool
) -> None:
    held = held_id(stage, stage.book())
    say(stage)
    written = OutboxMessage.kind == MessageKind.LATE
    stage.session.execute(update(OutboxMessage).where(written).values(**fate))
    stage.session.commit()
    assert told_of_delay(stage.session, [held]) == ({held: 15} if is_told else {})


def test_the_same_delay_said_twice_is_told_once(stage: Stage) -> None:
    token = stage.book()
    held = held_id(stage, token)
    for minute in (0, 9):
        assert say(stage, now=EARLIER + minute * MINUTE) == KeptWaiting((held,), ())
    assert len(late(stage, token)) == 1
    say(stage, now=EARLIER + 10 * MINUTE)
    assert [each.round for each in late(stage, token)] == [0, 1]


def test_after_three_messages_somebody_calls(stage: Stage) -> None:
    token = stage.book()
    held = held_id(stage, token)
    for minutes in (15, 30, 45):
        assert say(stage, minutes).by_message == (held,)
    assert say(stage, 45).by_call == ()
    for _ in range(2):
        assert say(stage, 15) == KeptWaiting((), (held,))
    assert len(late(stage, token)) == 3
    assert [each.reason for each in stage.call_tasks(token)] == [CallReason.RUNNING_LATE]


@pytest.mark.parametrize(
    "channel", [MessageChannel.EMAIL, MessageChannel.NONE, MessageChannel.VOICE]
)
def test_anybody_else_is_called_once(stage: Stage, channel: MessageChannel) -> None:
    """An e-mail would not be read in time."""
    token = stage.book()
    stage.appointment(token).message_channel = channel
    stage.session.commit()
    for _ in range(2):
        assert say(stage) == KeptWaiting((), (held_id(stage, token),))
    assert [each.reason for each in stage.call_tasks(token)] == [CallReason.RUNNING_LATE]
    assert late(stage, token) == []
    assert told_of_delay(stage.session, [held_id(stage, token)]) == {}


def test_who_refuses_text_messages_is_called(stage: Stage) -> None:
    token = stage.book()
    stage.appointment(token).resident.refuses_sms = True
    stage.session.commit()
    assert say(stage).by_message == ()
    assert len(stage.call_tasks(token)) == 1


def test_everybody_is_called_where_no_message_leaves(stage: Stage) -> None:
    token, who = stage.book(), colleague(stage)
    assert say(stage, sms_leaves=False).by_call == (held_id(stage, token),)
    pause(stage.session, by=who, now=EARLIER)
    assert say(stage).by_message == ()
    resume(stage.session, by=who, now=EARLIER + timedelta(minutes=1))
    assert say(stage).by_message == (held_id(stage, token),)


def test_a_helper_is_told(stage: Stage) -> None:
    token = stage.book(request(helper=HELPER, message_to=Recipient.HELPER))
    say(stage)
    (written,) = late(stage, token)
    assert (written.recipient, written.state) == (Recipient.HELPER, OutboxState.PENDING)


def test_a_delay_is_one_of_three(stage: Stage) -> None:
    with pytest.raises(DelayMissing):
        say(stage, 20)


def test_a_delay_asks_for_a_call_to_each_who_waits_once(stage: Stage) -> None:
    first = stage.book(phone=phone())
    second = stage.book(choice("2026-11-24T09:45"), phone=phone())
    later = stage.book(choice("2026-11-24T12:20", "mediatheque-amont"), phone=phone())
    held = [stage.appointment(token).id for token in (first, second)]
    jeanne = stage.appointment(first).engagement.counsellor_id
    for _ in range(2):
        waiting = announce_delay(stage.session, jeanne, 15, now=EARLIER, sms_leaves=False)
    assert list(waiting.by_call) == held
    assert [each.reason for each in stage.call_tasks(second)] == [CallReason.RUNNING_LATE]
    assert stage.call_tasks(later) == []
