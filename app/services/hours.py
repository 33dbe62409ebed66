"""The hours at which the service may write to somebody first, as its territory has set them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.open_hours import OpenHours
from app.gateways.holidays import public_holidays
from app.services.catalogue import Catalogue, VenueEntry


def open_hours(catalogue: Catalogue, now: datetime) -> OpenHours:
    """From one quiet time to the next, outside Sundays and the holidays around that year."""
    year = catalogue.today(now).year
    settings = catalogue.settings
    return OpenHours(
        from_hour=settings.quiet_until_hour,
        until_hour=settings.quiet_from_hour,
        timezone=catalogue.timezone,
        holidays=public_holidays(year - 1, year + 1),
    )


def town_hall_hours(venue: VenueEntry) -> tuple[Mapping[str, Any], ...]:
    """The known hours of the venue that is the town hall, the one at its address; else none.

    Each has weekday (0 is Monday), from and to, local wall time.
    """
    hall = venue.commune.town_hall
    if not venue.address or venue.address != hall.get("address"):
        return ()
    return tuple(hall.get("opening_hours", ()))
