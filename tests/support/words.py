"""The words of the pages: which ones residents may not know, how dates are written, how long."""

import re
from collections.abc import Iterator

NBSP = "\u00a0"
LONGEST_SENTENCE = 15

ENGLISH = (
    "Back", "There is a problem", "Error:", "Errors:", "Not Found", "Bad Request", "Forbidden",
    "Gone", "Too Many Requests", "Method Not Allowed", "Internal Server Error", "Unauthorized",
    "Service Unavailable", "Continue", "Skip to main content", "This field is required",
    "Not a valid", "Invalid", "CSRF", "Warning", "Cookies on", "Show", "Hide", "Submit", "Search",
    "Important", "Success", "Contents", "Support links", "Previous", "Next",
)  # fmt: skip
"""What the libraries would say if nobody translated it."""
SAME_IN_FRENCH = {"Important", "Continue", "Support links"}

FORBIDDEN = (
    "créneau", "slot", "médiateur", "médiatrice", "CnFS", "token", "référence", "mobile", "GSM",
    "mail", "courriel", "mél", "sélectionner", "sélectionnez", "dématérialisée", "téléprocédure",
    "session", "module", "reporter", "replanifier", "structure",
)  # fmt: skip
"""Right column of the glossary: the plain word beside each of them is the one to write."""
FORBIDDEN_ON_BUTTONS = {"Valider", "Soumettre", "Suivant", "Envoyer", "OK"}
"""« Continuer » says it better; in a sentence some of these are plain words."""

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche"
_month = f"(?:{'|'.join(MONTHS.split())})"
_weekday = f"(?:{'|'.join(WEEKDAYS.split())})"
_dated = re.compile(rf"(?<!\S)(\S+)\s(\d{{1,2}}|1er)\s{_month}\b", re.IGNORECASE)
_numeric = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d{2}-\d{2}\b")
_short_month = re.compile(
    r"\b\d{1,2}\s(?:janv|févr|avr|juil|sept|oct|nov|déc)\b\.?|"
    r"\b\d{1,2}\s(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\b"
)


def _words(text: str, words: tuple[str, ...], flags: re.RegexFlag) -> Iterator[str]:
    for word in words:
        if re.search(rf"(?<![\w@./-]){re.escape(word)}(?![\w@-])", text, flags):
            yield word


def english_framework_strings(text: str) -> list[str]:
    """The strings of the libraries that nobody translated."""
    wanted = tuple(word for word in ENGLISH if word not in SAME_IN_FRENCH)
    return list(_words(text, wanted, re.NOFLAG))


def forbidden_words(text: str) -> list[str]:
    """The words of the glossary's right column, plural included."""
    plurals = tuple(f"{word}s" for word in FORBIDDEN)
    return list(_words(text, FORBIDDEN + plurals, re.IGNORECASE))


def abbreviated_dates(text: str) -> list[str]:
    """« 08/12 », « 2026-12-08 » or « 8 déc. »: screen readers read them badly."""
    return [found.group() for form in (_numeric, _short_month) for found in form.finditer(text)]


def dates_without_weekday(text: str) -> list[str]:
    """« le 8 décembre »: people know the day of the week, not the date."""
    return [
        found.group()
        for found in _dated.finditer(text.replace(NBSP, " "))
        if not re.fullmatch(_weekday, found.group(1), re.IGNORECASE)
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon or a line ends one as a full stop does."""
    return [part.strip() for part in re.split(r"(?<=[.!?:…])\s+|\n", text) if part.strip()]


def long_sentences(text: str, longest: int = LONGEST_SENTENCE) -> list[str]:
    """The sentences of more than `longest` words (numbers and signs do not count)."""
    counted = ((said, re.findall(r"[^\W\d_][\w’'-]*", said)) for said in sentences(text))
    return [said for said, words in counted if len(words) > longest]
