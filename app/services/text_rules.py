"""Whether an own text of a message can be sent: known words, a link, the right signs, one SMS."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.appointment import MessageChannel
from app.domain.appointment_facts import Letterhead
from app.domain.gsm7 import SINGLE_SEPTETS, foreign_characters, septets
from app.domain.messages import MessageKind
from app.gateways.message_words import Facts, TextKey, asked_words, is_complete, table
from app.gateways.messages import Occasion, email_words, render_email, sms_words, to_gsm7
from app.services.catalogue import Catalogue
from app.services.text_samples import LATE_MINUTES, longest_facts, sent_at

SUBJECT = "subject"
"""So ends the name of a part that is one: « workshop_subject »."""
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_QUESTION = 120, 2000, 120
ALIKE = frozenset("’‘«»–—…œŒ\u00a0\u202f")
"""Signs that a text message says as well in its own alphabet: nobody is told."""
SPELT = {
    "url": "le lien",
    "phone": "le téléphone",
    "service": "le nom du service",
    "stop": "le numéro qui reçoit STOP",
}
"""What a message must not lose: who writes, and how to answer."""
LIKELY_STOP = "36180"
"""What a text about « STOP » is tried with while the gateway gives no number of its own."""
UNEVEN = "Les accolades vont par deux, avec un seul mot dedans, par exemple {url}."


@dataclass(frozen=True, slots=True)
class Previewed:
    """An own text in the longest real case."""

    text: str
    subject: str = ""
    places: int = 0
    """Of an SMS: how many of its 160."""


class Rules(Protocol):
    """What the page of one text asks, whatever the text is of."""

    @property
    def is_sms(self) -> bool: ...
    def shipped(self) -> str: ...
    def examples(self) -> dict[str, str]: ...
    def tidy(self, typed: str) -> str: ...
    def problems(self, text: str) -> list[str]: ...
    def preview(self, text: str) -> Previewed: ...


class TextRules:
    """One text of one message, in this territory. `key` as in `message_words.TextKey`."""

    def __init__(self, catalogue: Catalogue, letterhead: Letterhead, key: TextKey) -> None:
        self.language, self.channel, self.kind, self.part = key
        letterhead = replace(letterhead, sms_stop=letterhead.sms_stop or LIKELY_STOP)
        self.letterhead = letterhead
        self.facts: Facts = longest_facts(catalogue, self.kind, self.language, self.part)
        minutes = LATE_MINUTES if self.kind is MessageKind.LATE else None
        self._told = Occasion(self.kind, self.facts, letterhead, minutes, sent_at(self.facts))
        self.words = sms_words(self._told) if self.is_sms else email_words(self._told)

    @property
    def is_sms(self) -> bool:
        return self.channel is MessageChannel.SMS

    def shipped(self) -> str:
        """The text that ships; of an SMS the fullest one that fits the longest case."""
        if not self.is_sms:
            text: str = table("email")[self.language][self.kind.value][self.part]
            return text.strip()
        ladder: list[str] = table("sms")[self.language][self.kind.value][self.part]
        whole = [text for text in ladder if is_complete(text, self.words)] or [ladder[-1]]
        return next((text for text in whole if self.places(text) <= SINGLE_SEPTETS), whole[-1])

    def examples(self) -> dict[str, str]:
        """The words that this text may ask for, each with what it says in the longest case."""
        return {name: word for name, word in sorted(self.words.items()) if word}

    def tidy(self, typed: str) -> str:
        """What was typed as it is kept: one line for an SMS, in its own alphabet where alike."""
        lines = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
        if self.is_sms:
            plain = "".join(to_gsm7(each) if each in ALIKE else each for each in lines)
            return " ".join(plain.split())
        return " ".join(lines.split()) if self.part.endswith(SUBJECT) else lines

    def places(self, text: str) -> int:
        """How many of the 160 places an SMS takes in the longest case."""
        return septets(to_gsm7(text.format_map(self.words)))

    def problems(self, text: str) -> list[str]:
        """Why this text cannot be kept, in French sentences; nothing where it can."""
        if not text:
            return ["Écrivez le texte."]
        try:
            asked = asked_words(text)
        except ValueError:
            return [UNEVEN]
        unknown = sorted(asked - self._known())
        if unknown:
            told = ", ".join(f"{{{name}}}" for name in unknown)
            return [f"Ce message ne connaît pas {told}. Voyez la liste sous le texte."]
        return [*self._lost(asked), *(self._sms(text) if self.is_sms else self._mail(text))]

    def _known(self) -> frozenset[str]:
        """An e-mail leaves out a line whose word is empty; an SMS with one is not sent at all."""
        shipped = asked_words(self.shipped())
        filled = {name for name, word in self.words.items() if word}
        return frozenset(filled if self.is_sms else filled | shipped)

    def _lost(self, asked: frozenset[str]) -> Iterator[str]:
        for name in sorted(asked_words(self.shipped()) & SPELT.keys() - asked):
            if self.words[name]:
                yield f"Gardez {{{name}}} : {SPELT[name]}."

    def _sms(self, text: str) -> Iterator[str]:
        for sign in foreign_characters(text):
            instead = to_gsm7(sign)
            way = "enlevez-le" if instead == "?" else f"écrivez « {instead} »"
            yield f"Le signe « {sign} » ne passe pas dans un SMS : {way}."
        places = self.places(text)
        if places > SINGLE_SEPTETS:
            over = places - SINGLE_SEPTETS
            yield f"Ce texte est trop long de {over} signes : {places} au lieu de 160 au plus."

    def _mail(self, text: str) -> Iterator[str]:
        is_subject = self.part.endswith(SUBJECT)
        length = len(text.format_map(self.words)) if is_subject else len(text)
        most = LONGEST_SUBJECT if is_subject else LONGEST_TEXT
        if length > most:
            yield f"Ce texte est trop long : {length} signes au lieu de {most} au plus."

    def preview(self, text: str) -> Previewed:
        """The message in the longest real case. To be asked of a text without problems only."""
        if self.is_sms:
            filled = to_gsm7(text.format_map(self.words))
            return Previewed(filled, places=septets(filled))
        key = (self.language, self.channel, self.kind, self.part)
        email = render_email(self._told, {key: text})
        return Previewed(email.text.strip(), subject=email.subject)


@dataclass(frozen=True, slots=True)
class QuestionRules:
    """One of the three questions of a page: one line without braces."""

    shipped_text: str

    @property
    def is_sms(self) -> bool:
        return False

    def shipped(self) -> str:
        return self.shipped_text

    def examples(self) -> dict[str, str]:
        return {}

    def tidy(self, typed: str) -> str:
        return " ".join(typed.split())

    def problems(self, text: str) -> list[str]:
        if not text:
            return ["Écrivez la question."]
        if {"{", "}"} & set(text):
            return ["Une question n’a pas d’accolades."]
        if len(text) > LONGEST_QUESTION:
            return [f"Cette question est trop longue : {LONGEST_QUESTION} signes au plus."]
        return []

    def preview(self, text: str) -> Previewed:
        return Previewed(text)
