"""How a person is found while digits or letters arrive: by the end of the phone, by either name."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_NOT_A_LETTER = re.compile(r"[\W_]+")
_NOT_A_DIGIT = re.compile(r"\D+")
AFTER_ALL = "\U0010ffff"
"""Sorts after every letter, byte by byte: « begins with x » is from x to x + this."""


def plain(name: str) -> str:
    """« D’Aubigné-Le Gœff » → « d aubigne le goeff »: no accents, no capitals, no marks.

    A name of another script keeps its letters.
    """
    spelled = name.lower().translate(_LIGATURES)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", spelled)
        if not unicodedata.combining(letter)
    )
    return _NOT_A_LETTER.sub(" ", bare).strip()


def search_keys(first_name: str, last_name: str, phone: str | None) -> dict[str, str | None]:
    """The three columns that the search reads; the phone from its end, as callers give it."""
    first, last = plain(first_name), plain(last_name)
    return {
        "by_last_name": f"{last} {first}".strip(),
        "by_first_name": f"{first} {last}".strip(),
        "by_phone_end": phone[::-1] if phone else None,
    }


def phone_end(typed: str) -> str:
    """The digits typed, from the last one on: the beginning of `by_phone_end`."""
    return _NOT_A_DIGIT.sub("", typed)[::-1]
