"""The hour of the site: the only place under the web floor that reads a clock."""

from datetime import UTC, datetime, timedelta

from flask import current_app

from app.domain.calendar import PARIS, local_day
from config import Config

_OFFSET_KEY = "CLOCK_OFFSET"


def offset_of(config: Config) -> timedelta:
    """How far the demo's day is from the real one (zero everywhere else)."""
    if config.today is None:
        return timedelta()
    return config.today - local_day(datetime.now(UTC), PARIS)


def utc_now() -> datetime:
    """The instant that rules are asked about, in UTC."""
    offset: timedelta = current_app.config[_OFFSET_KEY]
    return datetime.now(UTC) + offset
