"""The hours at which the service may write to somebody first, as its territory has set them."""

from datetime import datetime

from app.domain.open_hours import OpenHours
from app.gateways.holidays import public_holidays
from app.services.catalogue import Catalogue


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
