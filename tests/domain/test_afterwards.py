"""« We missed you » and the three questions: when, and when never."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.afterwards import ASK_WITHIN, half_year_start, missed, questions
from app.domain.messages import MessageKind
from app.domain.open_hours import OpenHours

PARIS = ZoneInfo("Europe/Paris")
HOURS = OpenHours(8, 20, PARIS, frozenset({date(2027, 5, 6)}))


def paris(text: str) -> datetime:
    """That wall time in Paris, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "ticked_at", "due_at"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:20", "2026-11-24T11:20"),
        ("2026-11-24T16:00", "2026-11-24T17:59", "2026-11-24T19:59"),
        ("2026-11-24T16:00", "2026-11-24T18:00", None),
        ("2026-11-24T16:00", "2026-11-24T23:00", None),
        ("2026-11-24T16:00", "2026-11-25T09:00", None),
        ("2026-11-22T10:00", "2026-11-22T10:30", None),
    ],
)
def test_missed_is_said_the_same_day_before_eight_or_never(
    starts_at: str, ticked_at: str, due_at: str | None
) -> None:
    found = missed(paris(starts_at), paris(ticked_at), HOURS)
    assert (found and found.due_at) == (due_at and paris(due_at))
    if found:
        assert (found.kind, found.expires_at) == (MessageKind.MISSED, paris("2026-11-24T20:00"))


@pytest.mark.parametrize(
    ("starts_at", "ticked_at", "due_at"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:50", "2026-11-25T10:00"),
        ("2026-11-28T09:00", "2026-11-28T09:50", "2026-11-30T10:00"),
        ("2027-05-05T09:00", "2027-05-05T09:50", "2027-05-07T10:00"),
        ("2026-11-24T09:00", "2026-11-25T08:30", "2026-11-25T10:00"),
        ("2026-11-24T09:00", "2026-11-25T11:00", "2026-11-25T11:00"),
        ("2026-11-24T09:00", "2026-11-25T22:00", "2026-11-26T08:00"),
        ("2026-11-24T09:00", "2026-11-28T09:59", "2026-11-28T09:59"),
        ("2026-11-24T09:00", "2026-11-28T10:00", None),
        ("2026-10-24T09:00", "2026-10-24T09:50", "2026-10-26T10:00"),
    ],
)
def test_the_questions_come_the_next_open_day_from_ten(
    starts_at: str, ticked_at: str, due_at: str | None
) -> None:
    found = questions(paris(starts_at), paris(ticked_at), HOURS)
    assert (found and found.due_at) == (due_at and paris(due_at))
    assert found is None or found.kind is MessageKind.SATISFACTION


@pytest.mark.parametrize(
    ("at", "began"),
    [
        ("2026-11-24T09:00", "2026-07-01T00:00"),
        ("2027-07-01T00:00", "2027-07-01T00:00"),
        ("2027-06-30T23:59", "2027-01-01T00:00"),
    ],
)
def test_half_years_begin_on_local_days(at: str, began: str) -> None:
    assert half_year_start(paris(at), HOURS) == paris(began)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))


@given(instants, st.integers(-60, 7 * 24 * 60))
def test_nothing_is_due_outside_the_open_hours_nor_once_it_is_too_late(
    starts_at: datetime, minutes: int
) -> None:
    ticked_at = starts_at + timedelta(minutes=minutes)
    for plan in (missed, questions):
        found = plan(starts_at, ticked_at, HOURS)
        if found:
            assert HOURS.is_open(found.due_at)
            assert ticked_at <= found.due_at < found.expires_at
            assert found.due_at < starts_at + timedelta(days=5) + ASK_WITHIN
