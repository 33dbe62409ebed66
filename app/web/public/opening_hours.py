"""The hours of a town hall in words: days that are alike told together, in the page's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, tzinfo
from typing import Any

from flask_babel import get_locale, gettext

from app.gateways.dates import time_range


@dataclass(frozen=True, slots=True)
class HoursLine:
    """« Du lundi au vendredi » and « de 9 h à 12 h et de 14 h à 17 h »."""

    days: str
    hours: str


def hours_lines(spans: Iterable[Mapping[str, Any]], language: str, zone: tzinfo) -> list[HoursLine]:
    """One line for each set of days with the same hours, in the order of the week.

    `spans` are those of `TownHall.as_json`: weekday (0 is Monday), from, to, local wall time.
    """
    by_day: dict[int, list[str]] = {}
    for span in spans:
        opens, closes = time.fromisoformat(span["from"]), time.fromisoformat(span["to"])
        by_day.setdefault(span["weekday"], []).append(time_range(opens, closes, language, zone))
    days_of: dict[str, list[int]] = {}
    for day in sorted(by_day):
        days_of.setdefault(listed(by_day[day]), []).append(day)
    return [HoursLine(_days(days), hours) for hours, days in days_of.items()]


def listed(words: Sequence[str]) -> str:
    """« a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return str(gettext("%(first)s et %(last)s", first=", ".join(words[:-1]), last=words[-1]))


def _days(days: Sequence[int]) -> str:
    """« Du lundi au vendredi » for three days or more in a row, else each by its name."""
    locale = get_locale()
    names = [str(locale.days["format"]["wide"][day]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        text = str(gettext("du %(first)s au %(last)s", first=names[0], last=names[-1]))
    else:
        text = listed(names)
    return text[:1].upper() + text[1:]
