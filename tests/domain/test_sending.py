"""Which waiting message is still worth sending, and when a failed one is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.appointment import AppointmentStatus, MessageChannel
from app.domain.messages import MessageKind
from app.domain.sending import (
    MOST_ATTEMPTS,
    NEWS,
    RETRY_MINUTES,
    SPREAD,
    Pending,
    SkipReason,
    Wishes,
    retry_at,
    why_not_send,
)
from app.domain.workshop_letters import WorkshopLetter
from tests.support.appointment_sample import AT_VENUE, OFFER_AT_VENUE, changed
from tests.support.workshop_sample import REGISTRATION, WAITING, called_off

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CANCELLED = AppointmentStatus.CANCELLED
BOOKED = AppointmentStatus.BOOKED
NO_SHOW = AppointmentStatus.NO_SHOW
ATTENDED = AppointmentStatus.ATTENDED
SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL


def pending(
    kind: MessageKind,
    version: int = 2,
    channel: MessageChannel = SMS,
    expires_at: datetime = LATER,
) -> Pending:
    return Pending(kind, channel, version, expires_at)


@pytest.mark.parametrize(
    ("kind", "version", "status", "reason"),
    [
        (MessageKind.CONFIRMATION, 2, BOOKED, None),
        (MessageKind.CHANGED, 2, BOOKED, None),
        (MessageKind.CONFIRMATION, 0, BOOKED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 1, BOOKED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 1, CANCELLED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 2, CANCELLED, SkipReason.NOT_BOOKED),
        (MessageKind.CONFIRMATION, 2, NO_SHOW, SkipReason.NOT_BOOKED),
        (MessageKind.REMINDER, 2, BOOKED, None),
        (MessageKind.REMINDER, 1, BOOKED, SkipReason.SUPERSEDED),
        (MessageKind.REMINDER, 2, CANCELLED, SkipReason.NOT_BOOKED),
        (MessageKind.LAST_REMINDER, 2, NO_SHOW, SkipReason.NOT_BOOKED),
        (MessageKind.LATE, 2, CANCELLED, SkipReason.NOT_BOOKED),
        (MessageKind.LATE, 2, BOOKED, None),
        (MessageKind.LOST_NUMBER, 2, CANCELLED, SkipReason.NOT_BOOKED),
        (MessageKind.LOST_NUMBER, 2, BOOKED, None),
        (MessageKind.MISSED, 2, NO_SHOW, None),
        (MessageKind.MISSED, 2, ATTENDED, SkipReason.UNTRUE),
        (MessageKind.SATISFACTION, 2, ATTENDED, None),
        (MessageKind.SATISFACTION, 2, NO_SHOW, SkipReason.UNTRUE),
        (MessageKind.CANCELLED_BY_PERSON, 2, CANCELLED, None),
        (MessageKind.CANCELLED_BY_SERVICE, 2, CANCELLED, None),
    ],
)
def test_why_not_send(
    kind: MessageKind, version: int, status: AppointmentStatus, reason: SkipReason | None
) -> None:
    facts = changed(sequence=2, status=status)
    assert why_not_send(pending(kind, version), facts, NOW) is reason


@pytest.mark.parametrize("kind", list(MessageKind))
def test_nothing_is_sent_from_the_instant_it_expires(kind: MessageKind) -> None:
    expired = pending(kind, expires_at=NOW)
    assert why_not_send(expired, AT_VENUE, NOW) is SkipReason.EXPIRED


@pytest.mark.parametrize("kind", sorted(NEWS))
def test_news_without_a_number_are_of_an_erased_appointment(kind: MessageKind) -> None:
    facts = changed(reference=None)
    assert why_not_send(pending(kind), facts, NOW) is SkipReason.ERASED


def test_an_offer_is_told_while_it_is_held() -> None:
    told = pending(MessageKind.OFFER)
    assert why_not_send(told, OFFER_AT_VENUE, NOW) is None
    assert why_not_send(told, replace(OFFER_AT_VENUE, is_open=False), NOW) is SkipReason.UNTRUE
    assert why_not_send(told, OFFER_AT_VENUE, LATER) is SkipReason.EXPIRED


def test_who_waits_for_a_workshop_is_told_what_is_so_for_who_waits() -> None:
    (date,) = WAITING.workshop.sessions
    comes, waits = WorkshopLetter(REGISTRATION, date), WorkshopLetter(WAITING, date)
    for kind, is_for_place, is_for_list in (
        (MessageKind.LOST_NUMBER, True, True),
        (MessageKind.CHANGED, True, True),
        (MessageKind.CONFIRMATION, True, False),
        (MessageKind.WAITING, False, True),
    ):
        told = pending(kind)
        assert (why_not_send(told, comes, NOW) is None) is is_for_place
        assert (why_not_send(told, waits, NOW) is None) is is_for_list
    off = replace(WAITING, workshop=called_off(WAITING.workshop))
    lost = pending(MessageKind.LOST_NUMBER)
    assert why_not_send(lost, WorkshopLetter(off, date), NOW) is SkipReason.NOT_BOOKED


@pytest.mark.parametrize(
    ("wishes", "kind", "channel", "is_refused"),
    [
        (Wishes(no_sms=True), MessageKind.CONFIRMATION, SMS, True),
        (Wishes(no_sms=True), MessageKind.CONFIRMATION, EMAIL, False),
        (Wishes(no_mail=True), MessageKind.CHANGED, EMAIL, True),
        (Wishes(no_mail=True), MessageKind.CHANGED, SMS, False),
        (Wishes(no_reminders=True), MessageKind.REMINDER, SMS, True),
        (Wishes(no_reminders=True), MessageKind.LAST_REMINDER, EMAIL, True),
        (Wishes(no_reminders=True), MessageKind.CONFIRMATION, SMS, False),
    ],
)
def test_what_a_person_refused_is_not_sent(
    wishes: Wishes, kind: MessageKind, channel: MessageChannel, is_refused: bool
) -> None:
    reason = why_not_send(pending(kind, channel=channel), AT_VENUE, NOW, wishes)
    assert reason is (SkipReason.REFUSED if is_refused else None)


def test_who_refuses_reminders_is_asked_no_questions() -> None:
    came = replace(AT_VENUE, status=AppointmentStatus.ATTENDED)
    questions = pending(MessageKind.SATISFACTION)
    assert why_not_send(questions, came, NOW) is None
    refused = why_not_send(questions, came, NOW, Wishes(no_reminders=True))
    assert refused is SkipReason.REFUSED


def test_tries_come_less_and_less_often_and_end() -> None:
    waits = [retry_at(attempts, NOW) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:-1] == [NOW + timedelta(minutes=minutes) for minutes in RETRY_MINUTES]
    assert waits[-1] is None
    assert list(RETRY_MINUTES) == sorted(set(RETRY_MINUTES))


def test_what_failed_together_does_not_come_back_together() -> None:
    first = timedelta(minutes=RETRY_MINUTES[0])
    assert retry_at(1, NOW, chance=0.5) == NOW + first * (1 + SPREAD / 2)
    assert retry_at(MOST_ATTEMPTS, NOW, chance=0.5) is None


def test_a_carrier_may_ask_for_a_longer_wait() -> None:
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    assert retry_at(1, NOW, at_least=hour) == NOW + hour
    assert retry_at(1, NOW, at_least=second) == NOW + timedelta(minutes=RETRY_MINUTES[0])
