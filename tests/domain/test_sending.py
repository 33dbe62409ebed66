"""Which waiting message is still worth sending, and when a failed one is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.appointment import AppointmentStatus
from app.domain.messages import MessageKind
from app.domain.sending import (
    MOST_ATTEMPTS,
    NEWS,
    RETRY_MINUTES,
    SkipReason,
    retry_at,
    why_not_send,
)
from tests.support.appointment_sample import AT_VENUE, changed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CANCELLED = AppointmentStatus.CANCELLED
BOOKED = AppointmentStatus.BOOKED


@pytest.mark.parametrize(
    ("kind", "version", "status", "reason"),
    [
        (MessageKind.CONFIRMATION, 2, BOOKED, None),
        (MessageKind.CHANGED, 2, BOOKED, None),
        (MessageKind.CONFIRMATION, 0, BOOKED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 1, BOOKED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 1, CANCELLED, SkipReason.SUPERSEDED),
        (MessageKind.CHANGED, 2, CANCELLED, SkipReason.NOT_BOOKED),
        (MessageKind.CONFIRMATION, 2, AppointmentStatus.NO_SHOW, SkipReason.NOT_BOOKED),
        (MessageKind.CANCELLED_BY_PERSON, 2, CANCELLED, None),
        (MessageKind.CANCELLED_BY_SERVICE, 2, CANCELLED, None),
    ],
)
def test_why_not_send(
    kind: MessageKind, version: int, status: AppointmentStatus, reason: SkipReason | None
) -> None:
    facts = changed(sequence=2, status=status)
    assert why_not_send(kind, version, LATER, facts, NOW) is reason


@pytest.mark.parametrize("kind", list(MessageKind))
def test_nothing_is_sent_from_the_instant_it_expires(kind: MessageKind) -> None:
    assert why_not_send(kind, 2, NOW, AT_VENUE, NOW) is SkipReason.EXPIRED


@pytest.mark.parametrize("kind", sorted(NEWS))
def test_news_without_a_number_are_of_an_erased_appointment(kind: MessageKind) -> None:
    facts = changed(reference=None)
    assert why_not_send(kind, 2, LATER, facts, NOW) is SkipReason.ERASED


def test_tries_come_less_and_less_often_and_end() -> None:
    waits = [retry_at(attempts, NOW) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[:-1] == [NOW + timedelta(minutes=minutes) for minutes in RETRY_MINUTES]
    assert waits[-1] is None
    assert list(RETRY_MINUTES) == sorted(set(RETRY_MINUTES))
