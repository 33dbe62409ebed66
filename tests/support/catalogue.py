"""The French texts of the sources, and what the English catalogue says of each."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.support.sources import ROOT

ENGLISH = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None,
    "ngettext": (1, 2), "lazy_ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip
VALUE = re.compile(r"%\(\w+\)s|\{\w*\}")
"""What is put into a text when it is said."""
Message = str | tuple[str, ...]


@cache
def messages_of_sources() -> dict[Message, str]:
    """Each French text that people read, with a file where it stands."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        str(ROOT / "app"),
        method_map=[(mapping["pattern"], mapping["method"]) for mapping in mappings],
        options_map={
            mapping["pattern"]: {
                key: value for key, value in mapping.items() if key not in {"pattern", "method"}
            }
            for mapping in mappings
        },
        keywords=KEYWORDS,
    )
    return {message: file for file, _line, message, _comments, _context in found}


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def translations() -> Iterator[tuple[str, str]]:
    """Each French text with its English one; plural forms side by side."""
    for message in english():
        if message.id:
            ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            yield from zip(ids, strings, strict=True)


def flat(messages: dict[Message, str]) -> list[tuple[str, str]]:
    """One line for each form of each text."""
    return [
        (form, file)
        for message, file in messages.items()
        for form in (message if isinstance(message, tuple) else (message,))
        if form
    ]
