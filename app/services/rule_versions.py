"""Which version of an availability speaks for a day, and what they know of dates by hand."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.planning_errors import DateUnfit
from app.models.schedule import Availability


def in_force(rows: Iterable[Availability], day: date) -> Availability:
    """The version that holds on that day. Raises DateUnfit."""
    for row in rows:
        if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return row
    raise DateUnfit


def dates_by_hand(
    rows: Sequence[Availability], name: str, first: date, last: date | None
) -> tuple[date, ...]:
    """The `skipped_dates` or `extra_dates` of the versions (the oldest first), in order.

    Each day as the version says that speaks for it: a later one has forgotten the days before it.
    """
    return tuple(
        sorted(
            day
            for row in rows
            for day in map(date.fromisoformat, getattr(row, name))
            if first <= day <= (last or date.max) and _speaks_for(rows, day) is row
        )
    )


def _speaks_for(rows: Sequence[Availability], day: date) -> Availability:
    """The version in force on that day; the last to have begun where it has ended by then."""
    return ([row for row in rows if row.valid_from <= day] or rows)[-1]
