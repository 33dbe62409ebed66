"""The words of a story in the language of the pages, and French words left on English ones."""

import gettext
import re
from functools import cache

from playwright.sync_api import Page

from tests.support.presquile import read_toml
from tests.support.sources import ROOT

FRENCH = re.compile(
    r"\b(?:vous|votre|vos|nous|notre|est|sont|avec|pour|dans|une|cette|aux|du|heures?|rendez"
    r"|choisir|choisissez|continuer|retour|étape|numéro|téléphone|adresse|prénom|visite"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b",
    re.IGNORECASE,
)
ENGLISH_DAY = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? \d{1,2} "
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
READ_OR_HEARD = """
() => [document.title,
  [...document.querySelectorAll("body [lang=fr]")]
    .reduce((text, each) => text.replace(each.innerText, ""), document.body.innerText),
  ...[...document.querySelectorAll("body [aria-label], body [alt]")]
    .map((each) => each.getAttribute("aria-label") || each.alt)].join(" \\n ")"""
"""All but what the page itself says is French, for programs that read it aloud."""
NAMES = re.compile(r"\d+ rue du \S+|Français", re.IGNORECASE)


def as_written(words: str) -> str:
    """French, as the story says it."""
    return words


def in_english(words: str) -> str:
    """What the English pages say instead: from the catalogue of the site or from the territory."""
    said = _in_english(words)
    if said is None:  # « Modifier » and what it changes are written apart
        parts = [_in_english(part) for part in words.split(" ", 1)]
        assert None not in parts, f"has no English: {words!r}"
        said = " ".join(filter(None, parts))
    return said


def _in_english(words: str) -> str | None:
    said = _of_the_territory().get(words) or _catalogue().gettext(words)
    return said if said != words or words in _of_the_territory() else None


@cache
def _catalogue() -> gettext.GNUTranslations:
    catalogue = gettext.translation("messages", ROOT / "app/translations", ["en"])
    assert isinstance(catalogue, gettext.GNUTranslations)
    return catalogue


@cache
def _of_the_territory() -> dict[str, str]:
    territory = read_toml("presquile-arvert")
    topics = {each["label"]["fr"]: each["label"]["en"] for each in territory["topics"]}
    return topics | {each["name"]: each["name"] for each in territory["communes"]}


def french_words(page: Page) -> list[str]:
    """The French words that somebody reads or hears on an English page, proper names apart."""
    return FRENCH.findall(NAMES.sub("", page.evaluate(READ_OR_HEARD)))


def as_pattern(words: str) -> re.Pattern[str]:
    """What begins with these words, whatever spaces the page has between them."""
    return re.compile(r"^\s*" + r"\s+".join(re.escape(word) for word in words.split()))


def plain(text: str) -> str:
    """The words with ordinary spaces between them."""
    return " ".join(text.split())
