"""The form of a new sharing key: parts in percent, or inhabitants from which they are computed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from wtforms import RadioField, StringField

from app.domain.errors import DomainError
from app.domain.sharing import WHOLE, KeyKind, Part, SharingKey, by_population
from app.domain.sharing_errors import (
    KeyPartWrong,
    KeyStartMissing,
    PeopleOfABody,
    PeopleWrong,
    VintageWrong,
)
from app.extensions import db
from app.gateways import dates
from app.services.sharing_keys import Possible, possible_parts
from app.web.booking_terms import parse_date
from app.web.forms import BaseForm, offered
from app.web.numbers import small_number

HUNDREDTHS = 100
PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
VINTAGES = range(2000, 2100)
PARTS, PEOPLE = "parts", "habitants"
KINDS = {KeyKind.COST: "Le coût : qui paie quoi", KeyKind.TIME: "Le temps : qui reçoit quoi"}
NUMBERS = {PARTS: "Des parts, en %", PEOPLE: "Des nombres d’habitants"}


class KeyForm(BaseForm):
    """Which kind, from which day, and a number for each payer."""

    genre = RadioField("Que partage cette clé ?", choices=offered(KINDS), default=KeyKind.COST)
    valid_from = StringField("Valable à partir du")
    nombres = RadioField("Que sont ces nombres ?", choices=offered(NUMBERS), default=PARTS)
    vintage = StringField("Année de la population")
    payers: tuple[tuple[str, Possible], ...] = ()
    """Name of the field, and whose it is."""

    def begin_with_people(self, vintage: int | None, today: date) -> None:
        """The inhabitants that the territory's file tells, to be read before they are kept.

        Of who takes part today: nobody bills a commune that has left without typing it.
        """
        self.nombres.data, self.vintage.data = PEOPLE, str(vintage or "")
        for name, payer in self.payers:
            people = payer.population if payer.takes_part_on(today) else None
            self._fields[name].data = str(people or "")

    def key(self) -> SharingKey | None:
        """What was typed as a key; None where a field was refused.

        Raises what `by_population` raises.
        """
        is_by_people = self.nombres.data == PEOPLE
        first, vintage = self._first(), self._vintage(is_needed=is_by_people)
        numbers = dict(self._numbers(is_people=is_by_people))
        if first is None or self.errors:
            return None
        kind = KeyKind(self.genre.data)
        if is_by_people and vintage:
            told = [(payer.part(0, first), numbers[name]) for name, payer in self.payers]
            return _by_people(kind, first, vintage, told)
        parts = tuple(payer.part(numbers[name], first) for name, payer in self.payers)
        return SharingKey(kind, first, parts, population_vintage=vintage)

    def _first(self) -> date | None:
        first = parse_date(self.valid_from.data or "")
        if first is None:
            self.refuse(KeyStartMissing())
        return first

    def _vintage(self, *, is_needed: bool) -> int | None:
        typed = (self.vintage.data or "").strip()
        year = small_number(typed)
        if year in VINTAGES or (not typed and not is_needed):
            return year
        self.refuse(VintageWrong(low=VINTAGES[0], high=VINTAGES[-1]))
        return None

    def _numbers(self, *, is_people: bool) -> Iterator[tuple[str, int]]:
        """The number of each payer by the name of its field; wrong ones are told beside it."""
        read = _people if is_people else _hundredths
        for name, payer in self.payers:
            field = self._fields[name]
            try:
                yield name, read(field.data or "", payer)
            except DomainError as refusal:
                field.errors = [*field.errors, self.told(refusal)]


def _by_people(
    kind: KeyKind, first: date, vintage: int, told: list[tuple[Part, int]]
) -> SharingKey:
    """A line left empty has no part."""
    people = {part.code: number for part, number in told if number}
    without = [part.code for part, _number in told if not part.has_access]
    return replace(by_population(people, first, vintage, without_access=without), kind=kind)


def _people(typed: str, payer: Possible) -> int:
    """« 1 234 » as 1234; empty is 0. Raises PeopleOfABody, PeopleWrong."""
    text = "".join(typed.split())
    if text and not payer.is_commune:
        raise PeopleOfABody(code=payer.code)
    people = small_number(text or "0")
    if people is None:
        raise PeopleWrong(code=payer.code)
    return people


def _hundredths(typed: str, payer: Possible) -> int:
    """« 22,5 » as 2250; empty is 0. Raises KeyPartWrong for no percentage of two decimals."""
    text = "".join(typed.replace("%", "").split()).replace(",", ".") or "0"
    # Nothing longer is given to Decimal: « 1e999999 » would be computed for minutes.
    if not PERCENTAGE.fullmatch(text):
        raise KeyPartWrong(code=payer.code)
    number = int(Decimal(text) * HUNDREDTHS)
    if number > WHOLE:
        raise KeyPartWrong(code=payer.code)
    return number


def key_form(today: date) -> KeyForm:
    """With a field for each payer; beside those that do not take part today, that they do not.

    Fields are named by code: a page left open while the territory changes gives each its own part.
    """
    named = [(f"part_{each.code}", each) for each in possible_parts(db.session())]
    fields: dict[str, Any] = {
        name: StringField(each.name, description=_standing(each, today)) for name, each in named
    }
    made: type[KeyForm] = type("KeyForm", (KeyForm,), {**fields, "payers": tuple(named)})
    return made()


def _standing(payer: Possible, today: date) -> str:
    if payer.takes_part_on(today):
        return ""
    if payer.active_from and payer.active_from > today:
        day = dates.long_date(payer.active_from, "fr", UTC, today.year)
        return f"Rejoint le service le {day}."
    return "A quitté le service."
