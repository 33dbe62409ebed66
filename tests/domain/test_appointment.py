"""Which state an appointment may take next."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.domain.appointment import (
    ALLOWED_MOVES,
    AppointmentStatus,
    can_become,
)

ENDED_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOOKED, ATTENDED, NO_SHOW, CANCELLED = AppointmentStatus
ALLOWED = {
    (BOOKED, BOOKED), (BOOKED, ATTENDED), (BOOKED, NO_SHOW), (BOOKED, CANCELLED),
    (ATTENDED, NO_SHOW), (NO_SHOW, ATTENDED),
}  # fmt: skip


@pytest.mark.parametrize(("status", "wanted"), list(product(AppointmentStatus, repeat=2)))
def test_each_move_is_allowed_or_not(status: AppointmentStatus, wanted: AppointmentStatus) -> None:
    """Product §10: cancelled is final, present and absent may be swapped."""
    expected = (status, wanted) in ALLOWED
    assert can_become(status, wanted, ended_at=ENDED_AT, now=ENDED_AT) is expected


@pytest.mark.parametrize(
    ("since", "expected"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)]
)
def test_present_and_absent_are_swapped_for_seven_days(since: timedelta, expected: bool) -> None:
    now = ENDED_AT + since
    assert can_become(ATTENDED, NO_SHOW, ended_at=ENDED_AT, now=now) is expected
    assert can_become(NO_SHOW, ATTENDED, ended_at=ENDED_AT, now=now) is expected


def test_what_was_never_closed_may_be_closed_at_any_time() -> None:
    later = ENDED_AT + timedelta(days=90)
    for wanted in (ATTENDED, NO_SHOW, CANCELLED):
        assert can_become(BOOKED, wanted, ended_at=ENDED_AT, now=later)


def test_every_state_has_its_moves() -> None:
    assert ALLOWED_MOVES.keys() == set(AppointmentStatus)
