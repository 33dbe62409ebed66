"""Names and addresses as typed: tidied, and refused where no name or address can look so.

A refusal keeps what was typed on the page; nothing is silently cut or cleaned away.
"""

import re
import unicodedata

from app.domain.errors import (
    AddressMissing,
    AddressTooLong,
    AddressUnreadable,
    FirstNameMissing,
    HelperNameMissing,
    LastNameMissing,
    NameTooLong,
    NameUnreadable,
)

MAX_NAME = 80
MAX_ADDRESS = 150
MOST_TYPED_FOR_ONE = 4
"""An accent may be typed apart from its letter, and the like; beyond, it is too long before any
work: composing accents takes a time that grows with the square of their number."""
NAME_MARKS = frozenset("'’-. ")
ADDRESS_CATEGORIES = ("L", "M", "N", "P", "Zs")
"""Letters, accents, numbers, punctuation and spaces; not symbols (<, =, +, emoji) nor controls."""
ADDRESS_MARKS = frozenset("°")
"""« n° 4 »: the one symbol that French addresses are written with."""


def first_name(typed: str) -> str:
    """A first name, tidied. Raises FirstNameMissing, NameTooLong, NameUnreadable."""
    return _name(typed, FirstNameMissing())


def last_name(typed: str) -> str:
    """A family name, tidied. Raises LastNameMissing, NameTooLong, NameUnreadable."""
    return _name(typed, LastNameMissing())


def helper_name(typed: str) -> str:
    """The whole name of who helps. Raises HelperNameMissing, NameTooLong, NameUnreadable."""
    return _name(typed, HelperNameMissing())


def address_line(typed: str, *, required: bool = True) -> str | None:
    """A line of a postal address, tidied; None where nothing is required nor typed.

    Raises AddressMissing, AddressTooLong, AddressUnreadable.
    """
    if len(typed) > MOST_TYPED_FOR_ONE * MAX_ADDRESS:
        raise AddressTooLong
    text = _tidy(typed)
    if not text:
        if required:
            raise AddressMissing
        return None
    if len(text) > MAX_ADDRESS:
        raise AddressTooLong
    if not all(map(_may_be_in_an_address, text)):
        raise AddressUnreadable
    return text


def _name(typed: str, missing: FirstNameMissing | LastNameMissing | HelperNameMissing) -> str:
    if len(typed) > MOST_TYPED_FOR_ONE * MAX_NAME:
        raise NameTooLong
    text = _tidy(typed)
    if not text:
        raise missing
    if len(text) > MAX_NAME:
        raise NameTooLong
    letters = [each for each in text if unicodedata.category(each).startswith("L")]
    if not letters or not all(map(_may_be_in_a_name, text)):
        raise NameUnreadable
    return text


def _may_be_in_a_name(character: str) -> bool:
    return character in NAME_MARKS or unicodedata.category(character).startswith(("L", "M"))


def _may_be_in_an_address(character: str) -> bool:
    is_usual = unicodedata.category(character).startswith(ADDRESS_CATEGORIES)
    return is_usual or character in ADDRESS_MARKS


def _tidy(typed: str) -> str:
    """One space between words, none around; composed accents, as keyboards make them."""
    return re.sub(r"[ \u00a0\u202f\t]+", " ", unicodedata.normalize("NFC", typed)).strip()


def of_name(name: str) -> str:
    """« de Karim », « d’Anaïs », « d’Hélène » (the h is mute), « d’Yves » but « de Yann »."""
    letters = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    is_mute = plain[:1] in set("aeiouhœæ") or (plain[:1] == "y" and plain[1:2] not in set("aeiou"))
    return f"d’{name}" if plain and is_mute else f"de {name}"
