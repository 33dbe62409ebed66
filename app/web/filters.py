"""Jinja filters: dates, hours, phones and numbers in the language and the zone of the page.

A page says some forty dates and sentences: the language and the zone are asked for once a request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple, cast

import phonenumbers
from babel.dates import format_date
from flask import Flask, has_app_context, has_request_context, request
from flask_babel import get_locale, get_timezone
from phonenumbers import NumberParseException, PhoneNumberFormat

from app.domain.half_year import HalfYear
from app.domain.names import of_name
from app.gateways import dates
from app.gateways.dates import NBSP
from app.web.typesetting import typeset

HOME_REGION = "FR"
Clock = Callable[[], datetime]


class Speech(NamedTuple):
    """How a page speaks."""

    language: str
    zone: tzinfo


def register(app: Flask, now: Clock = lambda: datetime.now(UTC)) -> None:
    """Add the filters to `app`; the local year of `now()` is left unsaid in dates."""
    app.jinja_env.filters.update(
        clock=lambda value: dates.clock(value, *speech()),
        first_upper=first_upper,
        of_name=of_name,
        minutes=lambda count: dates.minutes(count, speech().language),
        phone=phone,
        reference=dates.reference,
        time_range=lambda start, end: dates.time_range(start, end, *speech()),
        typeset=typeset,
        window=lambda start, end: dates.window(start, end, *speech()),
        **_dated_filters(now),
    )


def speech() -> Speech:
    """The language of the page and the zone of the territory, as Flask-Babel knows them.

    Without a page, the defaults of the application; without one, French and UTC.
    """
    if not has_request_context():
        return _asked_speech() if has_app_context() else Speech("fr", UTC)
    page = cast("Any", request)._get_current_object()  # asked forty times a page
    kept: Speech | None = getattr(page, "speech", None)
    if kept is None:
        kept = page.speech = _asked_speech()
    return kept


def language() -> str:
    """The language of the page: "fr" or "en"."""
    return speech().language


def zone() -> tzinfo:
    """The time zone of the territory."""
    return speech().zone


def _asked_speech() -> Speech:
    locale = get_locale()
    return Speech(locale.language if locale else "fr", cast("tzinfo", get_timezone()))


def first_upper(text: str) -> str:
    """« Mardi 8 décembre » at the start of a line, the rest untouched."""
    return text[:1].upper() + text[1:]


def month(day: date) -> str:
    """« novembre 2026 », in the language of the page."""
    return str(format_date(day, "MMMM y", locale=language()))


def half_words(half: HalfYear) -> str:
    """« 1er semestre 2026 », for the team."""
    return f"{'1er' if half.half == 1 else '2e'} semestre {half.year}"


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
        return dates.local_date(now(), speech().zone).year

    def long_date(value: date | datetime) -> str:
        return dates.long_date(value, *speech(), this_year())

    def date_time(value: datetime) -> str:
        return dates.date_time(value, *speech(), this_year())

    def date_window(start: datetime, end: datetime) -> str:
        return dates.date_window(start, end, *speech(), this_year())

    return {"long_date": long_date, "date_time": date_time, "date_window": date_window}
