"""What a page of free times shows, in the terms of its components; booking and moving share it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from app.domain.slots import Slot
from app.gateways import dates
from app.services.catalogue import VenueEntry
from app.services.times import Neighbour, Search, ShownDay
from app.web import filters

Address = Callable[[Slot, VenueEntry | None], dict[str, str]]
"""How a time is chosen: {"href": …} for a link, {"value": …} for a button of a form,
{"current": …} for the time that is already had."""
TOWN_HALL = "Mairie"
"""How the name of a town hall starts, in the territory's own words."""


def asked_since(search: Search, now: datetime) -> date | None:
    """The day from which on somebody looked, where it is to come: of the days before it, a page
    that found nothing says nothing.
    """
    from_day, today = search.from_day, dates.local_date(now, filters.zone())
    return from_day if from_day is not None and from_day > today else None


def day_groups(
    days: Iterable[ShownDay], choose: Address, now: datetime, *, with_venue: bool = False
) -> list[dict[str, Any]]:
    """The parameters of `day_times`, one group a day (and a venue, where there are several)."""
    return [_group(day, choose, now, with_venue=with_venue) for day in days]


def _group(day: ShownDay, choose: Address, now: datetime, *, with_venue: bool) -> dict[str, Any]:
    language, zone = filters.language(), filters.zone()
    this_year = dates.local_date(now, zone).year
    heading = dates.long_date(day.on, language, zone, this_year)
    venue = day.venue if with_venue else None
    place = venue.name if venue else None
    return {
        "heading": filters.first_upper(heading),
        "place": place,
        "note": f"{venue.name}, {venue.address}" if venue and venue.address else place,
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


def neighbour_sections(
    neighbours: Iterable[Neighbour], choose: Address, now: datetime
) -> list[dict[str, Any]]:
    """The parameters of `neighbour`: the first day shown, the others folded.

    A place is named once, and not where it is the town hall of the commune named above it.
    """
    return [
        _section(each, day_groups(each.days, choose, now, with_venue=True)) for each in neighbours
    ]


def _section(neighbour: Neighbour, groups: list[dict[str, Any]]) -> dict[str, Any]:
    places = {str(group["place"]) for group in groups}
    groups = [{**group, "note": group["place"] if len(places) > 1 else None} for group in groups]
    named = [place for place in places if not place.startswith(TOWN_HALL)]
    return {
        "name": neighbour.commune.name,
        "minutes": neighbour.minutes,
        "place": named[0] if len(places) == 1 and named else None,
        "groups": groups,
    }


def part_chips(current: str, choose: Callable[[str], dict[str, str]]) -> list[dict[str, Any]]:
    """The filter by half-day; `choose` gives the link or the button of each answer."""
    parts = (
        ("", gettext("Toute la journée")),
        ("matin", gettext("Plutôt le matin")),
        ("apres-midi", gettext("Plutôt l’après-midi")),
    )
    return [{"text": text, "current": part == current, **choose(part)} for part, text in parts]
