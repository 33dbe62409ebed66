"""Dates and hours as people type them, for the forms of the team."""

import re
from datetime import date, datetime, time
from typing import Any

from app.domain.errors import DomainError
from app.domain.planning_errors import HoursMissing, HoursUnreadable
from app.web.forms import refuse_field

FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y")
"""What a date field of a browser sends, then what people type."""
YEARS = range(2000, 2101)
"""Others are slips, and some have no neighbour to count with."""
CLOCK = re.compile(r"(\d{1,2})(?:[:h.](\d{2})?)?")


def read_date(typed: str | None) -> date | None:
    """The date that somebody typed, None where nothing was. Raises ValueError."""
    words = (typed or "").strip().replace(" ", "")
    if not words:
        return None
    for form in FORMATS:
        try:
            day = datetime.strptime(words, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
        if day.year in YEARS:
            return day
    raise ValueError(words)


def date_validator(unreadable: type[DomainError], missing: type[DomainError] | None = None) -> Any:
    """A validator of a date field, required where `missing` is given."""

    def validator(form: Any, field: Any) -> None:
        try:
            found = read_date(field.data)
        except ValueError:
            refuse_field(form, unreadable())
        if found is None and missing is not None:
            refuse_field(form, missing())

    return validator


def read_clock(typed: str | None) -> time:
    """« 9 h 30 », « 09:30 », « 9h ». Raises HoursMissing, HoursUnreadable."""
    words = (typed or "").replace(" ", "").replace("\u00a0", "").lower()
    if not words:
        raise HoursMissing
    found = CLOCK.fullmatch(words)
    try:
        if found is None:
            raise ValueError(words)
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise HoursUnreadable from None


def clock_validator(form: Any, field: Any) -> None:
    """An hour, as anybody writes it."""
    try:
        read_clock(field.data)
    except (HoursMissing, HoursUnreadable) as refusal:
        refuse_field(form, refusal)
