"""The answers that the forms of the programme share: places, numbers, lists of dates, texts."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from wtforms import (
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.domain.access import Action
from app.domain.planning_errors import NumberUnreadable
from app.domain.programme import (
    LONGEST_MINUTES,
    MOST_KEPT_DAYS,
    MOST_PLACES_EVER,
    SHORTEST_MINUTES,
    Numbers,
    Where,
)
from app.domain.programme_errors import (
    DatesUnreadable,
    HolderMissing,
    NotAmongHolders,
    PlaceMissing,
)
from app.domain.staff_errors import AnswerMissing
from app.domain.themes import THEMES
from app.domain.workshops import Level
from app.services.programme_templates import Words
from app.web.access import current_actor, may
from app.web.date_fields import read_date
from app.web.forms import BaseForm, offered, refuse_field, required
from app.web.numbers import small_number
from app.web.programme.rights import holders_offered, may_change
from app.web.programme.words import LEVELS
from app.web.site import current_catalogue

ELSEWHERE = "autre"
TEXTS = {"title": "titre", "content": "faire", "prerequisites": "savoir", "bring": "apporter"}
"""The field of each text; its English is `…_en`."""
BETWEEN_DATES = re.compile(r"[,;\s]+")


def whole(low: int, high: int, *, optional: bool = False) -> Callable[[Any, Any], None]:
    """A validator of a number in figures, from `low` to `high`."""

    def validator(form: Any, field: Any) -> None:
        typed = (field.data or "").strip()
        if optional and not typed:
            return
        number = small_number(typed)
        if number is None or not low <= number <= high:
            refuse_field(form, NumberUnreadable(low=low, high=high))

    return validator


def number(field: StringField) -> int:
    """The number of a field that was validated; an empty one is 0."""
    return int((field.data or "").strip() or 0)


def dates_validator(form: Any, field: Any) -> None:
    """Some dates, one beside the other; none is fine."""
    try:
        read_dates(field.data)
    except DatesUnreadable as refusal:
        refuse_field(form, refusal)


def read_dates(typed: str | None) -> frozenset[date]:
    """« 07/12/2026, 14/12/2026 ». Raises DatesUnreadable, with what is no date."""
    found = set()
    for word in filter(None, BETWEEN_DATES.split((typed or "").strip())):
        try:
            day = read_date(word)
        except ValueError:
            raise DatesUnreadable(typed=word[:20]) from None
        if day is not None:
            found.add(day)
    return frozenset(found)


class WhereForm(BaseForm):
    """Where it takes place, and who holds it."""

    lieu = SelectField("Lieu", [required(PlaceMissing)], validate_choice=False)
    endroit = StringField("Nom de l’autre lieu")
    adresse = StringField("Adresse de l’autre lieu")
    commune = SelectField("Commune de l’autre lieu", validate_choice=False)
    conseillers = SelectMultipleField("Qui anime ?", validate_choice=False)

    def __init__(self) -> None:
        super().__init__()
        catalogue = current_catalogue()
        venues = [(each.slug, each.name) for each in catalogue.venues if each.active]
        self.lieu.choices = offered(
            [("", "Choisissez un lieu"), *venues, (ELSEWHERE, "Un autre lieu")]
        )
        towns = [(each.slug, each.name) for each in catalogue.communes if each.bookable]
        self.commune.choices = offered([("", "Choisissez une commune"), *towns])
        self.conseillers.choices = offered((each.id, each.first_name) for each in holders_offered())
        if not self.is_submitted() and current_actor().counsellor_id:
            self.conseillers.data = [str(current_actor().counsellor_id)]

    def where(self) -> Where:
        """The place that was chosen."""
        if self.lieu.data != ELSEWHERE:
            return Where(self.lieu.data)
        return Where(
            "",
            (self.endroit.data or "").strip(),
            (self.adresse.data or "").strip(),
            self.commune.data or "",
        )

    def holders(self) -> tuple[int, ...]:
        """Raises HolderMissing; NotAmongHolders for who may plan only what they hold themselves."""
        known = {str(each.id): each.id for each in holders_offered()}
        chosen = tuple(
            sorted({known[each] for each in self.conseillers.data or [] if each in known})
        )
        if not chosen:
            raise HolderMissing
        if not may_change(frozenset(chosen)):
            raise NotAmongHolders
        return chosen

    def shows_place(self, where: Where) -> None:
        """Fill in where it is now."""
        self.lieu.data = where.venue_slug or ELSEWHERE
        self.endroit.data, self.adresse.data = where.name, where.address
        self.commune.data = where.commune_slug


class NumbersForm(BaseForm):
    """How many people and devices."""

    capacite = StringField("Nombre de places", [whole(1, MOST_PLACES_EVER)])
    minimum = StringField("Nombre de personnes au moins", [whole(0, MOST_PLACES_EVER)])
    appareils = StringField("Appareils à prêter", [whole(0, MOST_PLACES_EVER, optional=True)])

    def shows_numbers(self, numbers: Numbers) -> None:
        """Fill in what it is now."""
        self.capacite.data, self.minimum.data = str(numbers.capacity), str(numbers.minimum)
        self.appareils.data = str(numbers.devices)


class KeptForm(NumbersForm):
    """And how many places wait for the residents of the host commune."""

    gardees = StringField(
        "Places gardées pour la commune d’accueil", [whole(0, MOST_PLACES_EVER, optional=True)]
    )
    gardees_jours = StringField(
        "Gardées jusqu’à combien de jours avant ?", [whole(0, MOST_KEPT_DAYS, optional=True)]
    )

    def numbers(self) -> Numbers:
        days = (self.gardees_jours.data or "").strip()
        return Numbers(
            number(self.capacite),
            number(self.minimum),
            number(self.appareils),
            number(self.gardees),
            int(days) if days else None,
        )

    def shows_numbers(self, numbers: Numbers) -> None:
        super().shows_numbers(numbers)
        self.gardees.data = str(numbers.kept_places) if numbers.kept_places else ""
        self.gardees_jours.data = "" if numbers.kept_days is None else str(numbers.kept_days)


class WordsForm(BaseForm):
    """What people read of a workshop, in French and in English."""

    titre = StringField("Titre")
    titre_en = StringField("Titre en anglais")
    faire = TextAreaField("Ce que vous allez faire")
    faire_en = TextAreaField("Ce que vous allez faire, en anglais")
    savoir = StringField("Il faut savoir")
    savoir_en = StringField("Il faut savoir, en anglais")
    apporter = StringField("À apporter")
    apporter_en = StringField("À apporter, en anglais")
    niveau = RadioField(
        "Niveau",
        [required(AnswerMissing)],
        choices=offered((level.value, name) for level, name in LEVELS.items()),
        default=Level.BEGINNER.value,
        validate_choice=False,
    )
    themes = SelectMultipleField("Thèmes", choices=offered(THEMES.items()), validate_choice=False)

    def words(self) -> Words:
        """The texts, trimmed; an empty English one shows the French."""
        texts = {
            name: {"fr": self._text(field), "en": self._text(f"{field}_en")}
            for name, field in TEXTS.items()
        }
        themes = tuple(each for each in THEMES if each in (self.themes.data or []))
        return Words(**texts, level=Level(self.niveau.data), themes=themes)

    def _text(self, name: str) -> str:
        return "\n".join((self[name].data or "").strip().splitlines())

    def shows_words(self, words: Words) -> None:
        """Fill in what it says now."""
        for name, field in TEXTS.items():
            self[field].data = getattr(words, name).get("fr", "")
            self[f"{field}_en"].data = getattr(words, name).get("en", "")
        self.niveau.data, self.themes.data = words.level.value, list(words.themes)


def length_field() -> StringField:
    """How long it is, in minutes; set-up and tidying come on top."""
    return StringField("Durée en minutes", [whole(SHORTEST_MINUTES, LONGEST_MINUTES)])


def may_plan() -> bool:
    """Whether whoever is signed in plans any workshop."""
    return may(Action.PLAN_PROGRAMME)
