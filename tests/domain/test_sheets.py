"""When a sheet is written, closed and opened again, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.sheet_errors import (
    SheetAnswerUnknown,
    SheetIsClosed,
    SheetRecorded,
    SheetTooEarly,
    SheetTooLate,
)
from app.domain.sheets import (
    MOST_WALK_INS,
    check_reopened,
    check_writable,
    checked_count,
    state_for,
)
from app.domain.workshop_errors import WorkshopCancelled
from app.domain.workshops import ParticipationState, WorkshopStatus

STARTS_AT = datetime(2026, 12, 8, 13, tzinfo=UTC)
SECOND, PLANNED = timedelta(seconds=1), WorkshopStatus.PLANNED


def test_from_its_start_on_until_it_is_closed() -> None:
    check_writable(PLANNED, STARTS_AT, None, STARTS_AT)
    with pytest.raises(SheetTooEarly):
        check_writable(PLANNED, STARTS_AT, None, STARTS_AT - SECOND)
    with pytest.raises(SheetIsClosed):
        check_writable(PLANNED, STARTS_AT, STARTS_AT, STARTS_AT + SECOND)
    with pytest.raises(WorkshopCancelled):
        check_writable(WorkshopStatus.CANCELLED, STARTS_AT, None, STARTS_AT)


def test_a_closed_one_is_opened_again_for_seven_days_until_its_record_is_made() -> None:
    week = timedelta(days=7)
    check_reopened(STARTS_AT, STARTS_AT + week, is_recorded=False)
    with pytest.raises(SheetTooLate):
        check_reopened(STARTS_AT, STARTS_AT + week + SECOND, is_recorded=False)
    with pytest.raises(SheetRecorded):
        check_reopened(STARTS_AT, STARTS_AT + SECOND, is_recorded=True)


def test_a_count_is_a_count() -> None:
    assert checked_count(0, MOST_WALK_INS) == 0
    assert checked_count(MOST_WALK_INS, MOST_WALK_INS) == MOST_WALK_INS
    for wrong in (None, -1, MOST_WALK_INS + 1):
        with pytest.raises(SheetAnswerUnknown):
            checked_count(wrong, MOST_WALK_INS)


def test_who_came_attended_and_nobody_is_absent() -> None:
    assert state_for(2) is ParticipationState.ATTENDED
    assert state_for(0) is ParticipationState.ABSENT
