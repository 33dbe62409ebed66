"""The filters of the programme, as its address carries them: commune, level, theme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from app.domain.workshops import Level
from app.services.catalogue import Catalogue, CommuneEntry
from app.web.components import error_message
from app.web.forms import showable
from app.web.numbers import small_number
from app.web.workshop_words import LEVELS, THEMES

LEVEL_WORDS = {
    "debutant": Level.BEGINNER,
    "intermediaire": Level.INTERMEDIATE,
    "avance": Level.ADVANCED,
}
"""By the word of the address."""
MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen; '' where nothing was."""

    commune: str = ""
    niveau: str = ""
    theme: str = ""
    page: int = 1
    unknown: tuple[str, ...] = ()
    """Which of them the address asked for that there is not: all are shown, and that is told."""

    @classmethod
    def read(cls, catalogue: Catalogue) -> "Filters":
        """From the address; what is unknown filters nothing, and is told."""
        asked = {name: _word(name) for name in ("commune", "niveau", "theme")}
        known = {
            "commune": {each.slug for each in catalogue.communes},
            "niveau": set(LEVEL_WORDS),
            "theme": set(THEMES),
        }
        kept = {name: word if word in known[name] else "" for name, word in asked.items()}
        page = max(1, small_number(request.args.get("page")) or 1)
        unknown = tuple(name for name in asked if kept[name] != asked[name])
        return cls(**kept, page=min(page, 1000), unknown=unknown)

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary: what there is not, and what is shown instead."""
        return [{"text": unknown_words(name), "href": f"#{name}"} for name in self.unknown]

    @property
    def any_chosen(self) -> bool:
        return bool(self.commune or self.niveau or self.theme)

    @property
    def query(self) -> dict[str, Any]:
        """What `list_workshops` takes."""
        return {
            "commune_slug": self.commune or None,
            "level": LEVEL_WORDS.get(self.niveau),
            "theme": self.theme or None,
        }

    def url(self, page: int) -> str:
        """The same choice, another page."""
        chosen = {"commune": self.commune, "niveau": self.niveau, "theme": self.theme}
        given: dict[str, Any] = {name: word for name, word in chosen.items() if word}
        if page > 1:
            given["page"] = str(page)
        return url_for("workshops.listed", **given)

    def lists(self, communes: Iterable[CommuneEntry]) -> list[dict[str, Any]]:
        """The three lists to unfold, as the component wants them."""
        levels = {word: str(LEVELS[level]) for word, level in LEVEL_WORDS.items()}
        themes = {code: str(words) for code, words in THEMES.items()}
        chosen = [
            _list(
                ("commune", gettext("Commune"), gettext("Toutes les communes")),
                {each.slug: each.name for each in communes},
                self.commune,
            ),
            _list(("niveau", gettext("Niveau"), gettext("Tous les niveaux")), levels, self.niveau),
            _list(("theme", gettext("Thème"), gettext("Tous les thèmes")), themes, self.theme),
        ]
        for each in chosen:
            if each["name"] in self.unknown:
                each["errorMessage"] = error_message(unknown_words(each["name"]))
        return chosen


def unknown_words(name: str) -> str:
    """« Nous ne connaissons pas cette commune. Voici les ateliers de toutes les communes. »"""
    words = {
        "commune": gettext(
            "Nous ne connaissons pas cette commune. Voici les ateliers de toutes les communes."
        ),
        "niveau": gettext("Ce niveau n’existe pas. Voici les ateliers de tous les niveaux."),
        "theme": gettext("Ce thème n’existe pas. Voici les ateliers de tous les thèmes."),
    }
    return str(words[name])


def _word(name: str) -> str:
    return showable(request.args.get(name, "")[:MOST_LETTERS])


def _list(said: tuple[str, str, str], answers: Mapping[str, str], chosen: str) -> dict[str, Any]:
    name, label, everything = said
    items = [{"value": "", "text": everything, "selected": not chosen}]
    items += [
        {"value": value, "text": text, "selected": value == chosen}
        for value, text in answers.items()
    ]
    return {"id": name, "name": name, "label": {"text": label}, "items": items}
