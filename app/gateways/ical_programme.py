"""The programme of workshops as a public calendar feed (RFC 5545 and 7986): dates, never a name.

The same facts give the same bytes, else no program could be told « unchanged »: how many places are
left is not in it, since each registration would change it.
"""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from app.domain.appointment_facts import Letterhead
from app.domain.workshop_facts import SessionFacts, WorkshopFacts
from app.gateways.ical import plain_text, whole_second
from app.gateways.workshop_words import in_language, root

PRODUCT = "-//Coclic'O//Ateliers 1//FR"
REFRESH, LIFE = timedelta(hours=6), "PT6H"
NAME = {"fr": "Ateliers {}", "en": "{} workshops"}
OFF = {"fr": "ANNULÉ – {}", "en": "CANCELLED – {}"}
BRING = {"fr": "À apporter : {}", "en": "To bring: {}"}
REGISTER = {"fr": "S’inscrire : {}", "en": "Register: {}"}


def render_programme(
    workshops: Iterable[WorkshopFacts], letterhead: Letterhead, language: str
) -> bytes:
    """One event a date, cancelled ones too; it blocks nobody's time, since not all who read come.

    The UID of a date is constant and its SEQUENCE grows with what is told of it, texts too. A date
    that took place before the rest was cancelled stays what it was.
    """
    host = str(urlsplit(letterhead.public_url).hostname)
    name = NAME[language].format(letterhead.name)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("uid", plain_text(f"ateliers@{host}"))
    calendar.add("name", plain_text(name))
    calendar.add("x-wr-calname", plain_text(name))
    calendar.add("x-wr-timezone", plain_text(str(letterhead.timezone)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", plain_text(LIFE))
    for workshop in workshops:
        for session in workshop.sessions:
            calendar.add_component(_date(workshop, session, letterhead, language))
    return bytes(calendar.to_ical())


def _date(
    workshop: WorkshopFacts, session: SessionFacts, letterhead: Letterhead, language: str
) -> Event:
    is_off = session.is_cancelled
    title = in_language(workshop.title, language)
    changed_at = whole_second(max(session.updated_at, workshop.reworded_at or session.updated_at))
    event = Event()
    host = urlsplit(letterhead.public_url).hostname
    event.add("uid", plain_text(f"atelier-{session.uid}@{host}"))
    event.add("sequence", workshop.sequence + session.sequence)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", whole_second(session.starts_at))
    event.add("dtend", whole_second(session.ends_at))
    event.add("summary", plain_text(OFF[language].format(title) if is_off else title))
    event.add("location", plain_text(f"{session.place_name}, {session.place_address}"))
    url = f"{root(letterhead, language)}/ateliers/{workshop.slug}"
    if not is_off:
        event.add("description", plain_text(_description(workshop, url, language)))
    event.add("url", url)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    return event


def _description(workshop: WorkshopFacts, url: str, language: str) -> str:
    bring = in_language(workshop.bring, language)
    lines = [
        in_language(workshop.content, language),
        BRING[language].format(bring) if bring else "",
        REGISTER[language].format(url),
    ]
    return "\n".join(line for line in lines if line)
