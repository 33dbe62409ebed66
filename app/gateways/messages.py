"""From a kind of message and the facts of an appointment to the text that a person receives.

The words are in `templates/`. No message holds a name that somebody typed, a topic or a home
address: it could reach another person's telephone or mailbox (product §9, law B19).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.gsm7 import SINGLE_SEPTETS, is_gsm7, septets
from app.domain.messages import MessageKind
from app.gateways import ical
from app.gateways.message_words import filled, is_complete, table, words_of

_SPACED_HOUR = re.compile(r"(\d)\u00a0h(?:\u00a0(\d\d))?")
_DOUBLE_SIGN = re.compile(" ([:;?!])")
_ALIKE = str.maketrans({"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "..."})
_ALIKE |= str.maketrans({"œ": "oe", "Œ": "OE", "\u00a0": " ", "\u202f": " "})

WITH_CALENDAR = frozenset({MessageKind.CONFIRMATION, MessageKind.CHANGED})
"""Some calendars show a cancelled entry as a new one: a cancellation is told in words only."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Email:
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


def render_sms(kind: MessageKind, facts: AppointmentFacts, letterhead: Letterhead) -> str:
    """The fullest text of that kind that fits one SMS, in the appointment's language."""
    words = words_of(facts, letterhead) | {
        "service": letterhead.service_sms,
        "place": facts.sms_name,
    }
    for name in ("when", "start", "day"):
        words[name] = _SPACED_HOUR.sub(r"\1h\2", words[name])
    words = {name: to_gsm7(word) for name, word in words.items()}
    ladder: Sequence[str] = _text_for(table("sms")[facts.language][kind.value], facts)
    texts = [text.format_map(words) for text in ladder if is_complete(text, words)]
    return next((text for text in texts if septets(text) <= SINGLE_SEPTETS), texts[-1])


def render_email(kind: MessageKind, facts: AppointmentFacts, letterhead: Letterhead) -> Email:
    """Subject, plain text and, for a time to come, the calendar file."""
    words = words_of(facts, letterhead)
    texts = table("email")[facts.language][kind.value]
    attachments: tuple[Attachment, ...] = ()
    if kind in WITH_CALENDAR:
        content = ical.render_appointment(facts, letterhead)
        attachments = (Attachment(ical.FILE_NAME, ical.CONTENT_TYPE, content),)
    return Email(
        subject=filled(texts["subject"], words).replace("\u00a0", " "),
        text=_typeset(filled(_text_for(texts, facts), words), facts.language) + "\n",
        attachments=attachments,
    )


def _text_for(texts: dict[str, str], facts: AppointmentFacts) -> str:
    return texts.get("both") or texts["visit" if facts.is_visit else "venue"]


def _typeset(text: str, language: str) -> str:
    """French keeps its double signs on the line of the word before them."""
    return _DOUBLE_SIGN.sub("\u00a0\\1", text) if language == "fr" else text


def to_gsm7(text: str) -> str:
    """The text in the alphabet of SMS: « août » becomes « aout », an unknown sign « ? »."""
    return "".join(
        character if is_gsm7(character) else _plain(character)
        for character in text.translate(_ALIKE)
    )


def _plain(character: str) -> str:
    """The character without its accent, or « ? »."""
    base = unicodedata.normalize("NFKD", character)[0]
    return base if is_gsm7(base) else "?"
