"""Closing a half-year for ever, and where later facts are counted (statistics §4.4)."""

from collections.abc import Collection
from datetime import date

from app.domain.attendance_errors import (
    EarlierHalfYearOpen,
    HalfYearClosedAlready,
    HalfYearOpenYet,
    RecordsMissing,
)
from app.domain.half_year import HalfYear


def check_closing(
    half: HalfYear,
    today: date,
    closed: Collection[HalfYear],
    *,
    oldest: HalfYear,
    missing: int,
    is_confirmed: bool,
) -> None:
    """Whether the coordination may close that half-year now.

    `oldest` is the first half-year with any figure, `missing` the number of appointments held
    without a record, `is_confirmed` says that the list was shown and accepted.
    Raises HalfYearClosedAlready, HalfYearOpenYet, EarlierHalfYearOpen (half-years close in order,
    so that « closed until » is one date) or RecordsMissing.
    """
    if half in closed:
        raise HalfYearClosedAlready(half_year=half.code)
    if today < half.closable_on:
        raise HalfYearOpenYet(half_year=half.code, closable_on=half.closable_on)
    earlier = oldest
    while earlier < half:
        if earlier not in closed:
            raise EarlierHalfYearOpen(half_year=earlier.code)
        earlier = earlier.following
    if missing and not is_confirmed:
        raise RecordsMissing(missing=missing)


def counted_on(day: date, today: date, closed: Collection[HalfYear]) -> date:
    """The day under which a fact told today is counted: its own, or today as « rattrapage ».

    Closed figures never change: what is told after the closing counts in the period that is open,
    and keeps its own day on its line. So does what is older than all that was closed. Today is
    always open: nobody closes before the end.
    """
    last = max(closed, default=None)
    return today if last is not None and HalfYear.of(day) <= last else day
