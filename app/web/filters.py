"""Jinja filters: dates, hours, phones and numbers in the language and the zone of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import cast

import phonenumbers
from flask import Flask
from flask_babel import get_locale, get_timezone
from phonenumbers import NumberParseException, PhoneNumberFormat

from app.gateways import dates
from app.gateways.dates import NBSP
from app.web.typesetting import typeset

HOME_REGION = "FR"
Clock = Callable[[], datetime]


def register(app: Flask, now: Clock = lambda: datetime.now(UTC)) -> None:
    """Add the filters to `app`; the local year of `now()` is left unsaid in dates."""
    app.jinja_env.filters.update(
        clock=lambda value: dates.clock(value, language(), zone()),
        first_upper=first_upper,
        minutes=lambda count: dates.minutes(count, language()),
        phone=phone,
        reference=dates.reference,
        time_range=lambda start, end: dates.time_range(start, end, language(), zone()),
        typeset=typeset,
        window=lambda start, end: dates.window(start, end, language(), zone()),
        **_dated_filters(now),
    )


def language() -> str:
    """The language of the page: "fr" or "en"; French outside a request."""
    locale = get_locale()
    return locale.language if locale else "fr"


def zone() -> tzinfo:
    """The time zone of the territory, as Flask-Babel was told; UTC outside an application."""
    return cast("tzinfo", get_timezone() or UTC)


def first_upper(text: str) -> str:
    """« Mardi 8 décembre » at the start of a line, the rest untouched."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=512)
def phone(number: str) -> str:
    """« 05 36 49 00 00 » in pairs that never part; a foreign number in international form.

    What cannot be a phone number comes back as it was written.
    """
    if any(letter.isalpha() for letter in number):
        return number
    try:
        parsed = phonenumbers.parse(number, HOME_REGION)
    except NumberParseException:
        return number
    is_home = parsed.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    style = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style).replace(" ", NBSP)


def _dated_filters(now: Clock) -> dict[str, Callable[..., str]]:
    """The filters that say the year when it is not the current one."""

    def this_year() -> int:
        return dates.local_date(now(), zone()).year

    def long_date(value: date | datetime) -> str:
        return dates.long_date(value, language(), zone(), this_year())

    def date_time(value: datetime) -> str:
        return dates.date_time(value, language(), zone(), this_year())

    def date_window(start: datetime, end: datetime) -> str:
        return dates.date_window(start, end, language(), zone(), this_year())

    return {"long_date": long_date, "date_time": date_time, "date_window": date_window}
