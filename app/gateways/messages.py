"""From a kind of message and the facts of an appointment to the text that a person receives.

The words are in `templates/`, unless a coordinator wrote others. No message holds a name that
somebody typed, a topic or a home address: it could reach another person's telephone or mailbox
(product §9, law B19).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.appointment import MessageChannel
from app.domain.appointment_facts import Letterhead
from app.domain.gsm7 import SINGLE_SEPTETS, is_gsm7, septets
from app.domain.messages import MessageKind
from app.domain.waiting import OfferFacts
from app.domain.workshop_facts import PlacesOfferFacts
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.gateways import dates, ical
from app.gateways.message_html import as_html
from app.gateways.message_words import (
    ONE_DATE,
    ONE_DATE_OFF,
    SHIPPED,
    Facts,
    Texts,
    filled,
    is_complete,
    may_replace,
    table,
    words_of,
)

_SPACED_HOUR = re.compile(r"(\d)\u00a0h(?:\u00a0(\d\d))?")
_DOUBLE_SIGN = re.compile("(?<=«) | (?=[:;?!»])")
_ALIKE = str.maketrans({"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "..."})
_ALIKE |= str.maketrans({"œ": "oe", "Œ": "OE", "\u00a0": " ", "\u202f": " "})

WITH_CALENDAR = frozenset(
    {
        MessageKind.CONFIRMATION,
        MessageKind.CHANGED,
        MessageKind.REMINDER,
        MessageKind.LAST_REMINDER,
    }
)
"""Some calendars show a cancelled entry as a new one: a cancellation is told in words only."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What one message tells, to whoever it goes, before there are words for it."""

    kind: MessageKind
    facts: Facts
    """Their token is the one that the link needs: for SATISFACTION that of the invitation."""
    letterhead: Letterhead
    minutes: int | None = None
    """How late, for « J’ai du retard »; of a date of a workshop `was_at` tells more."""
    at: datetime | None = None
    """The instant of sending (UTC), which decides whether the help was « hier »."""


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
    html: str = ""
    """The same words for who reads mail with a layout: no image, nothing fetched, no tracking."""
    way_out: str = ""
    """Of news that somebody asked for: the address that ends them in one POST (RFC 8058)."""


def render_sms(told: Occasion, texts: Texts = SHIPPED) -> str:
    """The fullest text of that kind that fits one SMS, in the person's language.

    A text of the coordinator's goes first; where it does not fit this time, the shipped ones
    follow.
    """
    words, language = sms_words(told), told.facts.language
    part, shipped = _part_for(table("sms")[language][told.kind.value], told.facts)
    own = texts.get((language, MessageChannel.SMS, told.kind, part))
    ladder: Sequence[str] = [to_gsm7(own), *shipped] if own else shipped
    fits = [text.format_map(words) for text in ladder if is_complete(text, words)]
    return next((text for text in fits if septets(text) <= SINGLE_SEPTETS), fits[-1])


def sms_words(told: Occasion) -> dict[str, str]:
    """The words between braces of a text message: short, and in its alphabet."""
    words = email_words(told) | _short(told.facts, told.letterhead)
    return {name: to_gsm7(_SPACED_HOUR.sub(r"\1h\2", word)) for name, word in words.items()}


def render_email(told: Occasion, texts: Texts = SHIPPED) -> Email:
    """Subject, plain text, light HTML and, for a time to come, the calendar file.

    A text of the coordinator's that cannot be sent this time (`may_replace`) is the shipped one.
    """
    words, language = email_words(told), told.facts.language
    shipped = table("email")[language][told.kind.value]
    part, body = _part_for(shipped, told.facts)
    own_subject, subject = _subject_of(shipped, part)
    key = language, MessageChannel.EMAIL, told.kind
    typed = texts.get((*key, own_subject))
    if typed and may_replace(typed, words, is_subject=True):
        subject = typed
    typed = texts.get((*key, part))
    if typed and may_replace(typed, words, is_subject=False):
        body = typed
    subject = filled(subject, words).replace("\u00a0", " ")
    text = _typeset(filled(body, words), language)
    return Email(
        subject=subject,
        text=f"{text}\n",
        html=as_html(text, title=subject, language=language),
        attachments=_calendar(told),
        way_out=f"{words['url']}/arret" if isinstance(told.facts, DigestLetter) else "",
    )


def _subject_of(shipped: dict[str, Any], part: str) -> tuple[str, str]:
    """The part that is the subject, and what it ships: « workshop_subject » of « workshop »."""
    own = f"{part}_subject"
    return (own, shipped[own]) if own in shipped else ("subject", shipped["subject"])


def _calendar(told: Occasion) -> tuple[Attachment, ...]:
    facts, letterhead = told.facts, told.letterhead
    if told.kind not in WITH_CALENDAR or isinstance(facts, OfferFacts | DigestLetter):
        return ()
    if isinstance(facts, WorkshopLetter):
        if facts.registration.waits:
            return ()
        content = ical.registration_calendar(facts.registration, letterhead)
        return (Attachment(ical.REGISTRATION_FILE_NAME, ical.CONTENT_TYPE, content),)
    content = ical.render_appointment(facts, letterhead)
    return (Attachment(ical.FILE_NAME, ical.CONTENT_TYPE, content),)


def email_words(told: Occasion) -> dict[str, str]:
    """The words between braces of an e-mail, in the typography of the web."""
    language = told.facts.language
    late = told.minutes if told.kind is MessageKind.LATE else None
    words = words_of(told.facts, told.letterhead, told.kind)
    words["help_day"] = _help_day(told.facts, told.letterhead, told.at)
    words["minutes"] = dates.minutes(late, language) if late else ""
    return words


def _help_day(facts: Facts, letterhead: Letterhead, at: datetime | None) -> str:
    """« d’hier », or « du samedi 5 décembre » where the message leaves on a later day."""
    if isinstance(facts, DigestLetter):
        return ""
    zone, is_french = letterhead.timezone, facts.language == "fr"
    day = dates.local_date(facts.starts_at, zone)
    if at is None or dates.local_date(at, zone) == day + ONE_DAY:
        return "d’hier" if is_french else "yesterday"
    told = dates.long_date(day, facts.language, zone)
    return f"du {told}" if is_french else f"on {told}"


def _short(facts: Facts, letterhead: Letterhead) -> dict[str, str]:
    """What a text message says in fewer letters."""
    short = {"service": letterhead.service_sms}
    if isinstance(facts, DigestLetter):  # the place of the first one is short already
        return short
    short["place"] = facts.sms_name
    offer = facts.offer if isinstance(facts, WorkshopLetter) else facts
    if isinstance(offer, OfferFacts | PlacesOfferFacts):
        zone, language = letterhead.timezone, facts.language
        weekday = dates.long_date(offer.answer_by, language, zone).partition(" ")[0]
        short["answer_by"] = f"{weekday} {dates.clock(offer.answer_by, language, zone)}"
    return short


def _part_for(texts: dict[str, Any], facts: Facts) -> tuple[str, Any]:
    """Which part of the table tells these facts, and what it holds."""
    if isinstance(facts, WorkshopLetter):
        part = "workshop"
        if facts.names_one_date and ONE_DATE in texts:
            part = ONE_DATE_OFF if facts.session.is_cancelled else ONE_DATE
    elif isinstance(facts, DigestLetter):
        part = "news"
    else:
        part = "both" if "both" in texts else "visit" if facts.is_visit else "venue"
    return part, texts[part]


def _typeset(text: str, language: str) -> str:
    """French keeps its double signs on the line of the word that they go with."""
    return _DOUBLE_SIGN.sub("\u00a0", text) if language == "fr" else text


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
