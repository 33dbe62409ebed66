"""A calendar feed, as Google, Outlook, Apple and Thunderbird read it (RFC 5545 and 7986).

No METHOD: a feed is read, not answered. Instants in UTC: Outlook ignores the time zones that
libraries write. The same facts give the same bytes, else no program could be told « unchanged ».
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from app.domain.feeds import FeedEntry, Journey
from app.gateways import dates
from app.gateways.ical import plain_text, whole_second

PRODUCT = "-//Coclic'O//Agenda 1//FR"
REFRESH = timedelta(hours=1)
BUSY, CANCELLED, ROAD = "Occupé", "ANNULÉ – {}", "Route {} min"


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself."""

    uid: str
    """« feed-12 »: the host is added."""
    name: str
    host: str
    timezone: ZoneInfo


def render_feed(
    head: FeedHead, entries: Iterable[FeedEntry], journeys: Iterable[Journey] = ()
) -> bytes:
    """The file of a feed, in the order given: appointments, then the roads between them."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("uid", plain_text(f"{head.uid}@{head.host}"))
    calendar.add("name", plain_text(head.name))
    calendar.add("x-wr-calname", plain_text(head.name))
    calendar.add("x-wr-timezone", plain_text(str(head.timezone)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", plain_text("PT1H"))
    for entry in entries:
        calendar.add_component(_appointment(head, entry))
    for journey in journeys:
        calendar.add_component(_road(head, journey))
    return bytes(calendar.to_ical())


def _appointment(head: FeedHead, entry: FeedEntry) -> Event:
    kind = "atelier" if entry.workshop else "rdv"
    event = _event(f"{kind}-{entry.uid}@{head.host}", entry)
    summary = _summary(entry)
    event.add("summary", plain_text(CANCELLED.format(summary) if entry.is_cancelled else summary))
    event.add("location", plain_text(entry.place))
    description = _description(head, entry)
    if description:
        event.add("description", plain_text(description))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if entry.record_url:
        event.add("url", entry.record_url)
    return event


def _summary(entry: FeedEntry) -> str:
    if entry.workshop:
        return f"{entry.workshop}, {entry.counsellor}" if entry.counsellor else entry.workshop
    if entry.person is None:
        return BUSY
    return f"{entry.person} ({entry.counsellor})" if entry.counsellor else entry.person


def _description(head: FeedHead, entry: FeedEntry) -> str:
    lines = []
    if entry.hours:
        lines.append(f"Public : {dates.time_range(*entry.hours, 'fr', head.timezone)}")
    if entry.people and not entry.is_cancelled:
        lines.append(f"Inscrits : {', '.join(entry.people)}")
    if entry.arrives_until and entry.person:
        window = dates.window(entry.starts_at, entry.arrives_until, "fr", head.timezone)
        lines.append(f"Visite à domicile, arrivée {window}")
    if entry.bring and not entry.is_cancelled:
        lines.append(f"{'À préparer' if entry.arrives_until else 'À apporter'} : {entry.bring}")
    return "\n".join(lines)


def _road(head: FeedHead, journey: Journey) -> Event:
    event = _event(f"route-{journey.uid}@{head.host}", journey)
    event.add("summary", plain_text(ROAD.format(journey.minutes)))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _event(uid: str, told: FeedEntry | Journey) -> Event:
    """DTSTAMP is the instant of the last change, never « now »: without METHOD it means that."""
    event = Event()
    event.add("uid", plain_text(uid))
    event.add("sequence", told.sequence)
    event.add("dtstamp", whole_second(told.updated_at))
    event.add("last-modified", whole_second(told.updated_at))
    event.add("dtstart", whole_second(told.starts_at))
    event.add("dtend", whole_second(told.ends_at))
    return event
