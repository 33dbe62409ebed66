"""The hour of the commands: the real one, or that of the demo's day."""

from datetime import UTC, datetime, timedelta

from flask import current_app


def utc_now() -> datetime:
    """The instant that rules are asked about, in UTC."""
    offset: timedelta = current_app.config.get("CLOCK_OFFSET", timedelta())
    return datetime.now(UTC) + offset
