"""The words of what leaves the house: the tables of `templates/`, filled with one appointment.

An appointment, an offered place and a workshop answer to the same words; what one of them has not
is empty, and what asks for an empty word is left out.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from app.domain.appointment import MessageChannel
from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.messages import MessageKind
from app.domain.waiting import OfferFacts
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.gateways import dates
from app.gateways.workshop_words import digest_words, root, workshop_words

_GAP = re.compile("\n{3,}")
_NEEDED = re.compile(r"\{(?:url|phone|service)\}")
TEMPLATES = Path(__file__).parent / "templates"
Words = Mapping[str, str]
Facts = AppointmentFacts | OfferFacts | WorkshopLetter | DigestLetter

TextKey = tuple[str, MessageChannel, MessageKind, str]
"""Language, channel, kind, and part: a key of the shipped table (subject, venue, visit, both)."""
Texts = Mapping[TextKey, str]
"""The sentences that a coordinator wrote, each instead of the one that ships."""
SHIPPED: Texts = MappingProxyType({})
"""Nobody wrote any."""

WORDS = frozenset(
    {
        "service", "phone", "url", "find", "number", "when", "start", "day", "hour", "booked",
        "place", "address", "access", "help_day", "answer_by", "minutes",
        "title", "short_title", "bring", "seats", "free", "position", "more", "dates", "list",
        "programme", "was", "was_day", "none_left", "count", "stop",
    }
)  # fmt: skip
"""All that a text may ask for between braces."""
ONE_DATE, ONE_DATE_OFF = "workshop_date", "workshop_off"
"""Parts of a table: one date of a cycle moved, or is off."""
PAGES = {MessageKind.OFFER: "offre", MessageKind.SATISFACTION: "avis"}
"""Where the link of a message leads; any other kind: to the appointment."""


@cache
def table(name: str) -> Mapping[str, Any]:
    """The table `templates/<name>.toml`; what workshops add to its kinds has a file of its own."""
    whole = _read(TEMPLATES / f"{name}.toml")
    added = TEMPLATES / f"workshop_{name}.toml"
    for language, kinds in (_read(added) if added.exists() else {}).items():
        for kind, parts in kinds.items():
            whole[language].setdefault(kind, {}).update(parts)
    return whole


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words_of(
    facts: Facts, letterhead: Letterhead, kind: MessageKind = MessageKind.CONFIRMATION
) -> dict[str, str]:
    """The words between braces, in the person's language and the typography of the web."""
    words = brief(letterhead, facts.language)
    page = "nouvelles" if isinstance(facts, DigestLetter) else PAGES.get(kind, "r")
    words["url"] = f"{root(letterhead, facts.language)}/{page}/{facts.token}"
    if isinstance(facts, DigestLetter):
        return words | digest_words(facts, letterhead)
    if isinstance(facts, WorkshopLetter):
        return words | workshop_words(facts, letterhead)
    return words | _of_a_time(facts, letterhead)


def brief(letterhead: Letterhead, language: str) -> dict[str, str]:
    """All words, those filled that say something of the service itself."""
    start = root(letterhead, language)
    return dict.fromkeys(WORDS, "") | {
        "service": letterhead.name,
        "phone": letterhead.phone,
        "find": f"{start}/mon-rendez-vous",
        "programme": f"{start}/ateliers",
        "stop": letterhead.sms_stop,
    }


def _of_a_time(facts: AppointmentFacts | OfferFacts, letterhead: Letterhead) -> dict[str, str]:
    language, zone = facts.language, letterhead.timezone
    start = dates.date_time(facts.starts_at, language, zone)
    when, hour = start, dates.clock(facts.starts_at, language, zone)
    if facts.is_visit:
        when = dates.date_window(facts.starts_at, facts.window_ends_at, language, zone)
        hour = dates.window(facts.starts_at, facts.window_ends_at, language, zone)
    own = _of_offer if isinstance(facts, OfferFacts) else _of_appointment
    return {
        "when": when,
        "start": start,
        "day": start.partition(" ")[2],
        "hour": hour,
        "place": facts.place_name,
        "address": facts.place_address,
        **own(facts, letterhead),  # type: ignore[arg-type]
    }


def _of_appointment(facts: AppointmentFacts, letterhead: Letterhead) -> dict[str, str]:
    return {
        "number": dates.reference(facts.reference) if facts.reference else "",
        "booked": dates.date_time(facts.booked_at, facts.language, letterhead.timezone),
        "access": facts.access_notes.get(facts.language, ""),
    }


def _of_offer(facts: OfferFacts, letterhead: Letterhead) -> dict[str, str]:
    return {"answer_by": dates.date_time(facts.answer_by, facts.language, letterhead.timezone)}


def asked_words(text: str) -> frozenset[str]:
    """The words that a text asks for.

    Raises ValueError where a brace is not closed, or holds more than a word (« {phone:>9} »).
    """
    asked = set()
    for _, name, layout, conversion in Formatter().parse(text):
        if name is None:
            continue
        if layout or conversion or not name.isidentifier():
            raise ValueError(f"not a plain word between braces: {name!r}")
        asked.add(name)
    return frozenset(asked)


def is_complete(text: str, words: Words) -> bool:
    """Whether each word that this text asks for is known and not empty."""
    try:
        return all(words.get(name) for name in asked_words(text))
    except ValueError:
        return False


def may_replace(own: str, words: Words, *, is_subject: bool) -> bool:
    """Whether the coordinator's own text can be sent this time: no line would be left out that says
    who writes or how to answer (a subject: no word of it at all), and something is left.
    """
    lines = own.strip().splitlines()
    kept = lines if is_subject else [line for line in lines if _NEEDED.search(line)]
    return all(is_complete(line, words) for line in kept) and bool(filled(own, words))


def filled(text: str, words: Words) -> str:
    """The text with its words, without the lines that ask for an empty one, nor their gaps."""
    lines = [line for line in text.strip().splitlines() if is_complete(line, words)]
    return _GAP.sub("\n\n", "\n".join(lines)).format_map(words)
