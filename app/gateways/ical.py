"""The calendar file of one appointment or registration, for the person's own agenda (RFC 5545).

No METHOD: the agenda adds an entry and answers nobody. Instants in UTC need no time zone table.
The same facts give the same bytes: DTSTAMP is the instant of the last change, never « now ».
"""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vText

from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.workshop_facts import RegistrationFacts, SessionFacts
from app.domain.workshops import RegistrationStatus
from app.gateways.message_words import brief, filled, table, words_of
from app.gateways.workshop_words import registration_words

FILE_NAME = "rendez-vous.ics"
REGISTRATION_FILE_NAME = "atelier.ics"
CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Coclic'O//Rendez-vous 1//FR"

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
"""icalendar lets them through, and some readers take three of them for an end of line."""


def render_appointment(facts: AppointmentFacts, letterhead: Letterhead) -> bytes:
    """The file of one appointment; cancelled, it says so and no longer blocks the time."""
    calendar = _calendar()
    calendar.add_component(_event(facts, letterhead))
    return bytes(calendar.to_ical())


def registration_calendar(facts: RegistrationFacts, letterhead: Letterhead) -> bytes:
    """The file of one registration, an event a date: one that is off or excused says so.

    A date that was held before the rest was cancelled stays what it was. Who waits blocks no time:
    their dates are tentative. Nobody else is in it (threats T9).
    """
    calendar = _calendar()
    for session in facts.workshop.sessions:
        calendar.add_component(_workshop_date(facts, session, letterhead))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def calendar_uid(facts: AppointmentFacts, letterhead: Letterhead) -> str:
    """Constant for the life of the appointment, whatever its date: calendars match it."""
    return f"rdv-{facts.uid}@{urlsplit(letterhead.public_url).hostname}"


def _event(facts: AppointmentFacts, letterhead: Letterhead) -> Event:
    texts, words = table("calendar")[facts.language], words_of(facts, letterhead)
    place = f"{facts.place_name}, {facts.place_address}"
    summary = texts["cancelled" if facts.is_cancelled else "summary"]
    event = Event()
    event.add("uid", calendar_uid(facts, letterhead))
    event.add("sequence", facts.sequence)
    event.add("dtstamp", whole_second(facts.updated_at))
    event.add("last-modified", whole_second(facts.updated_at))
    event.add("dtstart", whole_second(facts.starts_at))
    event.add("dtend", whole_second(facts.ends_at))
    event.add("summary", plain_text(filled(summary, words)))
    event.add("location", plain_text(texts["at_home"] if facts.is_visit else place))
    if not facts.is_cancelled:
        event.add("description", plain_text(filled(texts["description"], words)))
    event.add("status", "CANCELLED" if facts.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if facts.is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _workshop_date(
    facts: RegistrationFacts, session: SessionFacts, letterhead: Letterhead
) -> Event:
    texts = table("calendar")[facts.language]
    words = brief(letterhead, facts.language) | registration_words(facts, session, letterhead)
    given_up = facts.status is RegistrationStatus.CANCELLED
    is_off = given_up or session.is_cancelled or session.is_excused
    reworded_at = facts.workshop.reworded_at or session.updated_at
    changed_at = whole_second(max(facts.updated_at, session.updated_at, reworded_at))
    event = Event()
    host = urlsplit(letterhead.public_url).hostname
    event.add("uid", f"inscription-{facts.id}-{session.uid}@{host}")
    event.add("sequence", facts.sequence + facts.workshop.sequence + session.sequence)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", whole_second(session.starts_at))
    event.add("dtend", whole_second(session.ends_at))
    summary = texts["workshop_cancelled" if is_off else "workshop"]
    event.add("summary", plain_text(filled(summary, words)))
    event.add("location", plain_text(f"{session.place_name}, {session.place_address}"))
    if not is_off:
        event.add("description", plain_text(filled(texts["workshop_description"], words)))
    expected = "TENTATIVE" if facts.waits else "CONFIRMED"
    event.add("status", "CANCELLED" if is_off else expected)
    event.add("transp", "TRANSPARENT" if is_off or facts.waits else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def plain_text(value: str) -> vText:
    """Escaped when it is written, and without what breaks a line for some readers."""
    return vText(_UNPRINTABLE.sub("", value))


def whole_second(instant: datetime) -> datetime:
    """RFC 5545 knows no fraction of a second. ValueError for a naive instant: it would float."""
    if instant.utcoffset() is None:
        raise ValueError(f"naive datetime refused: {instant!r}")
    return instant.astimezone(UTC).replace(microsecond=0)
