"""The alphabet of text messages: one character outside it cuts a message from 160 to 70.

Source: GSM 03.38, default alphabet and its extension table (extension characters take two places).
"""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

SINGLE_SEPTETS, LINKED_SEPTETS = 160, 153
SINGLE_UNITS, LINKED_UNITS = 70, 67


def foreign_characters(text: str) -> tuple[str, ...]:
    """The characters of `text` that are not GSM-7, each once, in order of appearance."""
    return tuple(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENSION))


def is_gsm7(text: str) -> bool:
    """Whether every character belongs to the GSM-7 alphabet or its extension."""
    return not foreign_characters(text)


def septets(text: str) -> int:
    """The places that a GSM-7 text takes: one a character, two for the extension table.

    Raises ValueError for a text that is not GSM-7: its length is counted otherwise.
    """
    if foreign := foreign_characters(text):
        raise ValueError(f"not GSM-7: {foreign!r}")
    return sum(_places(text))


def segments(text: str) -> int:
    """How many messages the operator sends (and bills) for this text; 0 for an empty one."""
    if is_gsm7(text):
        return _parts(_places(text), SINGLE_SEPTETS, LINKED_SEPTETS)
    units = [len(c.encode("utf-16-le")) // 2 for c in text]
    return _parts(units, SINGLE_UNITS, LINKED_UNITS)


def _places(text: str) -> list[int]:
    return [2 if c in EXTENSION else 1 for c in text]


def _parts(sizes: list[int], single: int, linked: int) -> int:
    """Fill part after part: a character of two places is never split between two parts."""
    if sum(sizes) <= single:
        return 1 if sizes else 0
    parts, room = 1, linked
    for size in sizes:
        if size > room:
            parts, room = parts + 1, linked
        room -= size
    return parts
