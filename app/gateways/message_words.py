"""The words of what leaves the house: the tables of `templates/`, filled with one appointment."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.gateways import dates

TEMPLATES = Path(__file__).parent / "templates"
Words = Mapping[str, str]


@cache
def table(name: str) -> Mapping[str, Any]:
    """The table `templates/<name>.toml`."""
    return tomllib.loads((TEMPLATES / f"{name}.toml").read_text(encoding="utf-8"))


def words_of(facts: AppointmentFacts, letterhead: Letterhead) -> dict[str, str]:
    """The words between braces, in the appointment's language and the typography of the web."""
    language, zone = facts.language, letterhead.timezone
    prefix = "" if language == "fr" else f"/{language}"
    start = dates.date_time(facts.starts_at, language, zone)
    when = start
    if facts.window_minutes:
        when = dates.date_window(facts.starts_at, facts.window_ends_at, language, zone)
    return {
        "service": letterhead.name,
        "phone": letterhead.phone,
        "url": f"{letterhead.public_url}{prefix}/r/{facts.token}",
        "find": f"{letterhead.public_url}{prefix}/mon-rendez-vous",
        "number": dates.reference(facts.reference) if facts.reference else "",
        "when": when,
        "start": start,
        "day": start.partition(" ")[2],
        "booked": dates.date_time(facts.booked_at, language, zone),
        "place": facts.place_name,
        "address": facts.place_address,
        "access": facts.access_notes.get(language, ""),
    }


def is_complete(text: str, words: Words) -> bool:
    """Whether none of the words that this text asks for is empty."""
    return all(words[name] for _, name, _, _ in Formatter().parse(text) if name is not None)


def filled(text: str, words: Words) -> str:
    """The text with its words, without the lines that ask for an empty one."""
    lines = [line for line in text.strip().splitlines() if is_complete(line, words)]
    return "\n".join(lines).format_map(words)
