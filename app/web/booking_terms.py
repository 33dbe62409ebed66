"""How a time is written in an address, and read again; booking and moving share these terms."""

from datetime import UTC, date, datetime, timedelta

from app.domain.booking import Choice
from app.domain.offer import PartOfDay
from app.gateways import dates
from app.services.catalogue import Catalogue
from app.web import filters

PARTS = {"matin": PartOfDay.MORNING, "apres-midi": PartOfDay.AFTERNOON}
YES = "oui"
FEWER_DEVICES = "moins"
"""On the page of a registration: fewer devices are lent than they had asked for."""
YEARS = range(2000, 2101)
"""Further away no calendar is sure to hold the hour; nobody books there."""
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


def parse_date(text: str) -> date | None:
    """A date of the address, or None: a filter that cannot be read filters nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def parse_local(text: str, catalogue: Catalogue) -> datetime | None:
    """A wall time of the territory as a UTC instant, or None where it cannot be read."""
    try:
        local = datetime.strptime(text, LOCAL_FORMAT)  # noqa: DTZ007 (the zone comes next)
    except ValueError:
        return None
    if local.year not in YEARS:
        return None
    return local.replace(tzinfo=catalogue.timezone).astimezone(UTC)


def local_text(instant: datetime, catalogue: Catalogue) -> str:
    """The wall time of an instant, as the address carries it."""
    return instant.astimezone(catalogue.timezone).strftime(LOCAL_FORMAT)


def when_chosen(choice: Choice, catalogue: Catalogue, now: datetime) -> str:
    """« Mardi 8 décembre à 10 h », or the window of a visit."""
    language, zone = filters.language(), catalogue.timezone
    this_year = dates.local_date(now, zone).year
    if choice.venue_slug:
        return filters.first_upper(dates.date_time(choice.starts_at, language, zone, this_year))
    ends_at = choice.starts_at + timedelta(minutes=catalogue.settings.visit_window_minutes)
    text = dates.date_window(choice.starts_at, ends_at, language, zone, this_year)
    return filters.first_upper(text)
