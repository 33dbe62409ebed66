"""The attendance sheet of one date of a workshop: when it is written, and what closing it means."""

from datetime import datetime, timedelta

from app.domain.appointment import CORRECTION_DAYS
from app.domain.sheet_errors import (
    SheetAnswerUnknown,
    SheetIsClosed,
    SheetRecorded,
    SheetTooEarly,
    SheetTooLate,
)
from app.domain.workshop_errors import WorkshopCancelled
from app.domain.workshops import ParticipationState, WorkshopStatus

CORRECTED_FOR = timedelta(days=CORRECTION_DAYS)
"""As the outcome of an appointment."""
MOST_WALK_INS = 50
MOST_LENT = 50


def check_writable(
    status: WorkshopStatus, starts_at: datetime, closed_at: datetime | None, now: datetime
) -> None:
    """Whether somebody may say who came, at `now` (UTC).

    Raises WorkshopCancelled, SheetTooEarly before the start, SheetIsClosed.
    """
    if status is WorkshopStatus.CANCELLED:
        raise WorkshopCancelled
    if now < starts_at:
        raise SheetTooEarly
    if closed_at is not None:
        raise SheetIsClosed


def check_reopened(ends_at: datetime, now: datetime, *, is_recorded: bool) -> None:
    """A closed sheet is opened again within seven days of its date, before its record is made.

    Raises SheetTooLate, or SheetRecorded: what was counted from it stands.
    """
    if is_recorded:
        raise SheetRecorded
    if now > ends_at + CORRECTED_FOR:
        raise SheetTooLate


def checked_count(typed: int | None, most: int) -> int:
    """A count of the sheet. Raises SheetAnswerUnknown where it cannot be one."""
    if typed is None or not 0 <= typed <= most:
        raise SheetAnswerUnknown
    return typed


def state_for(came: int) -> ParticipationState:
    """What so many who came of a registration make of it."""
    return ParticipationState.ATTENDED if came else ParticipationState.ABSENT
