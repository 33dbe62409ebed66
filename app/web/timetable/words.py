"""Periods in words: « mardi 24 novembre, le matin », « du lundi 7 au vendredi 18 décembre »."""

from datetime import date, datetime, time, timedelta

from app.domain.access import Action
from app.domain.planning import MIDDAY
from app.gateways import dates
from app.web.access import may
from app.web.clock import utc_now
from app.web.filters import speech
from app.web.timetable.routes import blueprint

ONE_MOMENT = timedelta(microseconds=1)


@blueprint.app_template_global()
def period_words(starts_at: datetime, ends_at: datetime) -> str:
    """From an instant to another, the end excluded: whole days and halves without their hours."""
    language, zone = speech()
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first, last = starts.date(), (ends - ONE_MOMENT).date()
    hours = starts.time(), ends.time()
    if hours == (time(), time()):
        return day_words(first) if first == last else f"du {day_words(first)} au {day_words(last)}"
    if first != last:
        return f"du {moment_words(starts_at)} au {moment_words(ends_at)}"
    parts = {(time(), MIDDAY): "le matin", (MIDDAY, time()): "l’après-midi"}
    part = parts.get(hours) or dates.time_range(starts_at, ends_at, language, zone)
    return f"{day_words(first)}, {part}"


def day_words(day: date) -> str:
    """« lundi 4 janvier 2027 »: the year unless it is this one."""
    return dates.long_date(day, *speech(), _this_year())


def moment_words(instant: datetime) -> str:
    """« lundi 4 janvier 2027 à 9 h »."""
    return dates.date_time(instant, *speech(), _this_year())


def window_words(starts_at: datetime, ends_at: datetime) -> str:
    """« lundi 4 janvier 2027, entre 14 h et 14 h 30 »."""
    return dates.date_window(starts_at, ends_at, *speech(), _this_year())


def _this_year() -> int:
    return dates.local_date(utc_now(), speech().zone).year


@blueprint.app_template_global()
def may_plan_timetable() -> bool:
    """Whether whoever is signed in plans any timetable at all."""
    return may(Action.PLAN_TIMETABLE)


@blueprint.app_template_global()
def may_close_venues() -> bool:
    """Whether whoever is signed in may shut a venue."""
    return may(Action.CLOSE_VENUE)
