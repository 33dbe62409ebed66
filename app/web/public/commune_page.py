"""What the page of a commune says: where, how to get in, when, and its next free times."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.availability import AvailabilityKind
from app.extensions import db
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.times import Search, Times, find_times
from app.web.filters import phone, speech
from app.web.public.opening_hours import HoursLine, hours_lines
from app.web.site import dialled


@dataclass(frozen=True, slots=True)
class TownHallWords:
    """How to reach the town hall; None where the territory does not say."""

    address: str | None
    postal_line: str | None
    phone: str | None
    phone_href: str | None
    hours: list[HoursLine]


def venues_of(catalogue: Catalogue, commune: CommuneEntry) -> list[VenueEntry]:
    """The places of that commune where counsellors receive."""
    return [venue for venue in catalogue.venues if venue.active and venue.commune.id == commune.id]


def town_hall_of(commune: CommuneEntry) -> TownHallWords:
    """The town hall's address, phone and hours in the language of the page."""
    said = commune.town_hall
    number = said.get("phone")
    return TownHallWords(
        address=said.get("address") or None,
        postal_line=said.get("postal_line") or None,
        phone=phone(number) if number else None,
        phone_href=dialled("tel", number),
        hours=hours_lines(said.get("opening_hours", ()), *speech()),
    )


def next_times(catalogue: Catalogue, commune: CommuneEntry, now: datetime) -> Times:
    """The next times long enough for any need; where there is none, for the shortest need.

    Nobody has said yet what for: a time shown here should still be there once they have.
    """
    topics = sorted(catalogue.offered_topics(), key=lambda topic: topic.minutes)
    times = _times(catalogue, commune, topics[-1], now)
    return times if times.days else _times(catalogue, commune, topics[0], now)


def _times(catalogue: Catalogue, commune: CommuneEntry, topic: TopicEntry, now: datetime) -> Times:
    search = Search(AvailabilityKind.PERMANENCE, commune, topic, topic.minutes)
    return find_times(db.session(), catalogue, search, now=now)
