"""What a page of free times shows, in the terms of its components; booking and moving share it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext

from app.domain.slots import Slot
from app.gateways import dates
from app.services.catalogue import VenueEntry
from app.services.times import ShownDay
from app.web import filters

Address = Callable[[Slot, VenueEntry | None], dict[str, str]]
"""How a time is chosen: {"href": …} for a link, {"value": …} for a button of a form."""


def day_groups(
    days: Iterable[ShownDay], choose: Address, now: datetime, *, with_venue: bool = False
) -> list[dict[str, Any]]:
    """The parameters of `day_times`, one group a day (and a venue, where there are several)."""
    return [_group(day, choose, now, with_venue=with_venue) for day in days]


def _group(day: ShownDay, choose: Address, now: datetime, *, with_venue: bool) -> dict[str, Any]:
    language, zone = filters.language(), filters.zone()
    this_year = dates.local_date(now, zone).year
    heading = dates.long_date(day.on, language, zone, this_year)
    place = day.venue.name if day.venue and with_venue else None
    return {
        "heading": filters.first_upper(heading),
        "note": place,
        "wide": day.venue is None,
        "times": [_time(slot, day.venue, heading, place, choose) for slot in day.slots],
    }


def _time(
    slot: Slot, venue: VenueEntry | None, heading: str, place: str | None, choose: Address
) -> dict[str, str]:
    language, zone = filters.language(), filters.zone()
    if slot.window_ends_at:
        text = dates.window(slot.starts_at, slot.window_ends_at, language, zone)
    else:
        text = dates.clock(slot.starts_at, language, zone)
    label = ", ".join(filter(None, (text, heading, place)))
    return {"text": text, "label": label, **choose(slot, venue)}


def part_chips(current: str, choose: Callable[[str], dict[str, str]]) -> list[dict[str, Any]]:
    """The filter by half-day; `choose` gives the link or the button of each answer."""
    parts = (
        ("", gettext("Toute la journée")),
        ("matin", gettext("Plutôt le matin")),
        ("apres-midi", gettext("Plutôt l’après-midi")),
    )
    return [{"text": text, "current": part == current, **choose(part)} for part, text in parts]
