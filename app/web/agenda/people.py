"""What a page says of somebody on an agenda: as much as the reader may see, in French words."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import url_for

from app.domain.access import Action
from app.domain.appointment import CallTime
from app.gateways import dates
from app.services.agenda import Entry
from app.services.catalogue import Catalogue, VenueEntry
from app.web import filters
from app.web.access import may
from app.web.appointment_words import state_of
from app.web.language import localized
from app.web.site import dialled

TAKEN = "Occupé"
"""Somebody that the reader knows nothing of."""
WALK_IN = "Personne venue sans rendez-vous"
CALL_TIMES = {
    CallTime.MORNING: "le matin",
    CallTime.AFTERNOON: "l’après-midi",
    CallTime.ANY: "matin ou après-midi",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with the words that its reader may read."""

    entry: Entry
    name: str
    when: str
    """« 10 h », or « entre 14 h et 14 h 30 » for a visit."""
    where: str
    state: str
    href: str | None
    """Of its page, for whoever may change it."""
    phones: tuple[tuple[str, str, str], ...] = ()
    """(whose, number, href): the person's own, then that of whoever helps them."""
    need: str = ""
    """What for, and what to bring; empty for whoever may not know."""
    bring: str = ""
    is_known: bool = False


def see(entry: Entry, now: datetime, *, short: bool = False) -> Seen:
    """The entry as whoever is signed in may see it. `short`: first name and initial at most."""
    is_known = may(Action.SEE_APPOINTMENT, entry.subject)
    is_open = is_known or may(Action.CHANGE_APPOINTMENT, entry.subject)
    return Seen(
        entry=entry,
        name=name_of(entry, short=short),
        when=hour_of(entry),
        where=where_of(entry),
        state=state_of(entry, now),
        href=url_for("agenda.appointment", appointment_id=entry.appointment_id)
        if is_open
        else None,
        phones=tuple(phones_of(entry)) if is_known else (),
        need=localized(entry.topic.label) if is_known else "",
        bring=localized(entry.topic.bring) if is_known else "",
        is_known=is_known,
    )


def name_of(entry: Entry, *, short: bool = False) -> str:
    """Whole, first name and initial, or nothing: by the rights of whoever is signed in."""
    if not entry.first_name:
        return WALK_IN if entry.is_walk_in else "Sans nom"
    if may(Action.SEE_APPOINTMENT, entry.subject) and not short:
        return f"{entry.first_name} {entry.last_name}"
    if may(Action.SEE_INITIAL, entry.subject):
        return f"{entry.first_name} {entry.last_name[:1]}."
    return TAKEN


def phones_of(entry: Entry) -> list[tuple[str, str, str]]:
    """Whose, the number in words, its link."""
    given = ((entry.first_name, entry.phone), (entry.helper_name or "", entry.helper_phone))
    return [
        (whose, filters.phone(number), dialled("tel", number) or "")
        for whose, number in given
        if number
    ]


def hour_of(entry: Entry) -> str:
    """The start, or the window in which a visit begins."""
    zone = filters.zone()
    if entry.is_visit and entry.window_minutes:
        return dates.window(entry.starts_at, window_ends_at(entry), "fr", zone)
    return dates.clock(entry.starts_at, "fr", zone)


def window_ends_at(entry: Entry) -> datetime:
    """The latest arrival at a visit."""
    return entry.starts_at + entry.window


def where_of(entry: Entry) -> str:
    """The venue, or the commune of a visit."""
    return entry.venue.name if entry.venue else f"Visite à domicile, {entry.place_commune.name}"


def venue_address(venue: VenueEntry) -> str:
    """Street and postal line."""
    return ", ".join(filter(None, (venue.address, venue.postal_line)))


def home_address(entry: Entry) -> str | None:
    """Where a visit goes, for whoever may see it at this moment."""
    if not entry.address_line1 or not may(Action.SEE_ADDRESS, entry.subject):
        return None
    town = f"{entry.place_commune.postal_code} {entry.place_commune.name}"
    return ", ".join(filter(None, (entry.address_line1, entry.address_line2, town)))


def letter_lines(entry: Entry) -> list[str]:
    """Name and address for an envelope; the address of a visit only, for whoever may see it."""
    name = f"{entry.first_name} {entry.last_name}"
    if not entry.address_line1 or not may(Action.SEE_ADDRESS, entry.subject):
        return [name]
    town = f"{entry.place_commune.postal_code} {entry.place_commune.name}"
    return [name, *filter(None, (entry.address_line1, entry.address_line2)), town]


def road_link(address: str) -> str:
    """A link that the telephone's own map opens: no other site is named in the page."""
    return f"geo:0,0?q={quote(address)}"


def place_words(catalogue: Catalogue, commune_id: int, venue_id: int | None) -> str:
    """« Mairie de Breuillet », or the commune where only homes are meant."""
    if venue_id is None:
        return catalogue.commune_by_id(commune_id).name
    return catalogue.venue_by_id(venue_id).name
