"""Which message a fact deserves, and until when it is worth sending."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, Notice, notice_for

STARTS_AT = datetime(2026, 12, 8, 9, tzinfo=UTC)
CANCELLATIONS = [MessageKind.CANCELLED_BY_PERSON, MessageKind.CANCELLED_BY_SERVICE]
NEWS = [MessageKind.CONFIRMATION, MessageKind.CHANGED]


def notice(
    kind: MessageKind,
    before: timedelta,
    channel: MessageChannel = MessageChannel.SMS,
    recipient: Recipient = Recipient.PERSON,
) -> Notice | None:
    return notice_for(kind, channel, recipient, starts_at=STARTS_AT, now=STARTS_AT - before)


@pytest.mark.parametrize("kind", NEWS)
def test_news_of_an_appointment_die_when_it_starts(kind: MessageKind) -> None:
    assert notice(kind, timedelta(days=3)) == Notice(
        kind, MessageChannel.SMS, Recipient.PERSON, STARTS_AT
    )


@pytest.mark.parametrize("kind", CANCELLATIONS)
@pytest.mark.parametrize(
    ("before", "expires_at"),
    [
        (timedelta(days=10), STARTS_AT),
        (timedelta(hours=1), STARTS_AT + timedelta(hours=23)),
        (timedelta(hours=-1), STARTS_AT + timedelta(hours=25)),
    ],
)
def test_a_cancellation_is_told_for_a_day_at_least(
    kind: MessageKind, before: timedelta, expires_at: datetime
) -> None:
    told = notice(kind, before)
    assert told is not None
    assert told.expires_at == expires_at


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize(
    "channel", [MessageChannel.NONE, MessageChannel.PAPER, MessageChannel.VOICE]
)
def test_only_what_a_machine_sends_is_written_down(
    kind: MessageKind, channel: MessageChannel
) -> None:
    assert notice(kind, timedelta(days=3), channel) is None


def test_the_channel_and_the_recipient_are_those_that_were_asked() -> None:
    told = notice(MessageKind.CHANGED, timedelta(days=3), MessageChannel.EMAIL, Recipient.HELPER)
    assert told is not None
    assert (told.channel, told.recipient) == (MessageChannel.EMAIL, Recipient.HELPER)
