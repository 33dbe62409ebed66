"""Dates and hours in words, for pages and messages alike. Knows Babel, nothing else of the house.

Our rules (a screen reader reads « 08/12 » or « 9 h 00 » badly): the weekday, the day and the whole
month; the year only when it is not this year's; « 10 h », « 14 h 30 », « midi »; ranges in words.
A no-break space stands inside an hour. Every function takes the value, the language ("fr" or "en")
and the zone of the territory.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import cast

from babel import Locale

NBSP = "\u00a0"


def local_date(value: date | datetime, zone: tzinfo) -> date:
    """The day of an instant in `zone`; a plain date is already local. ValueError if naive."""
    if not isinstance(value, datetime):
        return value
    return _local(value, zone).date()


def long_date(
    value: date | datetime, language: str, zone: tzinfo, this_year: int | None = None
) -> str:
    """« mardi 8 décembre », « samedi 1er janvier 2028 »: the year unless it is `this_year`."""
    day = local_date(value, zone)
    weekdays, months = _names(language)
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    text = f"{weekdays[day.weekday()]} {first} {months[day.month]}"
    return text if this_year in (None, day.year) else f"{text} {day.year}"


def clock(value: datetime | time, language: str, zone: tzinfo) -> str:
    """« 10 h », « 14 h 30 », « midi »; "10 am", "2.30 pm", "midday". A plain time is local."""
    wall = _local(value, zone).time() if isinstance(value, datetime) else value
    if (wall.hour, wall.minute) == (12, 0):
        return "midi" if language == "fr" else "midday"
    if (wall.hour, wall.minute) == (0, 0):
        return "minuit" if language == "fr" else "midnight"
    return _french_clock(wall) if language == "fr" else _english_clock(wall)


def date_time(value: datetime, language: str, zone: tzinfo, this_year: int | None = None) -> str:
    """« mardi 8 décembre à 10 h »; "Tuesday 8 December at 10 am"."""
    at = "à" if language == "fr" else "at"
    return f"{long_date(value, language, zone, this_year)} {at} {clock(value, language, zone)}"


def time_range(start: datetime | time, end: datetime | time, language: str, zone: tzinfo) -> str:
    """« de 10 h à 11 h »; "from 10 am to 11 am": what has a beginning and an end."""
    first, last = clock(start, language, zone), clock(end, language, zone)
    return f"de {first} à {last}" if language == "fr" else f"from {first} to {last}"


def window(start: datetime | time, end: datetime | time, language: str, zone: tzinfo) -> str:
    """« entre 14 h et 14 h 30 »; "between 2 pm and 2.30 pm": when somebody arrives.

    « à 14 h » where they arrive on the hour.
    """
    if start == end:
        return f"{'à' if language == 'fr' else 'at'} {clock(start, language, zone)}"
    first, last = clock(start, language, zone), clock(end, language, zone)
    return f"entre {first} et {last}" if language == "fr" else f"between {first} and {last}"


def date_window(
    start: datetime, end: datetime, language: str, zone: tzinfo, this_year: int | None = None
) -> str:
    """« jeudi 10 décembre, entre 14 h et 14 h 30 »; « jeudi 10 décembre à 14 h »."""
    if start == end:
        return date_time(start, language, zone, this_year)
    return f"{long_date(start, language, zone, this_year)}, {window(start, end, language, zone)}"


def minutes(count: int, language: str) -> str:
    """A length in words: « 45 minutes », « 1 heure », « 1 heure 30 »; "1 hour 30 minutes"."""
    hours, rest = divmod(count, 60)
    if hours == 0:
        return f"{rest}{NBSP}minute{'s' if rest > 1 else ''}"
    unit = "heure" if language == "fr" else "hour"
    text = f"{hours}{NBSP}{unit}{'s' if hours > 1 else ''}"
    if rest == 0:
        return text
    if language == "fr":
        return f"{text}{NBSP}{rest:02d}"
    return f"{text} {rest}{NBSP}minute{'s' if rest > 1 else ''}"


def reference(number: int | str) -> str:
    """« 482 913 »: six digits in two groups, as one dictates them; else what was given."""
    digits = str(number)
    return f"{digits[:3]}{NBSP}{digits[3:]}" if len(digits) == 6 and digits.isdecimal() else digits


def _local(value: datetime, zone: tzinfo) -> datetime:
    if value.utcoffset() is None:
        raise ValueError("a naive datetime has no day nor hour: give an aware one")
    return value.astimezone(zone)


def _french_clock(wall: time) -> str:
    hour = f"{wall.hour}{NBSP}h"
    return f"{hour}{NBSP}{wall.minute:02d}" if wall.minute else hour


def _english_clock(wall: time) -> str:
    half = "am" if wall.hour < 12 else "pm"
    hour = wall.hour % 12 or 12
    return f"{hour}.{wall.minute:02d}{NBSP}{half}" if wall.minute else f"{hour}{NBSP}{half}"


@lru_cache(maxsize=8)
def _names(language: str) -> tuple[dict[int, str], dict[int, str]]:
    """Weekday names from Monday = 0, month names from January = 1."""
    locale = Locale.parse(language)
    weekdays = cast("dict[int, str]", locale.days["format"]["wide"])
    return weekdays, cast("dict[int, str]", locale.months["format"]["wide"])
