"""What a clerk types to find somebody, as the beginning of a search key (product §8).

Four digits or three letters at least: fewer would list half of a commune.
"""

from dataclasses import dataclass

from app.domain.search_keys import phone_end, plain

FEWEST_DIGITS, FEWEST_LETTERS = 4, 3
WHOLE_NUMBER = 10
"""From so many digits on a leading 0 is the trunk prefix, which E.164 leaves out."""


@dataclass(frozen=True, slots=True)
class Sought:
    """How the keys of a card must begin; of several, one is enough."""

    phone_end: str | None = None
    last_name: str | None = None
    first_name: str | None = None


def sought(phone: str, first_name: str = "", last_name: str = "") -> Sought | None:
    """What these answers look for; None while too little is typed.

    The phone first, by its last digits; a name may be typed in its place. Both names together are
    looked for in the order in which they are asked: the first name, then the beginning of the last.
    """
    end = phone_end(phone)
    if len(end) >= FEWEST_DIGITS:
        return Sought(phone_end=end.rstrip("0") if len(end) >= WHOLE_NUMBER else end)
    first, last = plain(first_name), plain(last_name)
    if first and last:
        return _if_enough(f"{first} {last}", is_first_name_only=True)
    return _if_enough(first or last or _letters(phone))


def _letters(phone: str) -> str:
    return plain("".join(" " if each.isdigit() else each for each in phone))


def _if_enough(name: str, *, is_first_name_only: bool = False) -> Sought | None:
    if len(name.replace(" ", "")) < FEWEST_LETTERS:
        return None
    return Sought(first_name=name, last_name=None if is_first_name_only else name)
