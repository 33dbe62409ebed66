"""How figures are written: hours, percents, points, euros, and the names of lines."""

from collections.abc import Mapping
from fractions import Fraction

from babel.numbers import format_currency, format_decimal

from app.domain.attendance import OTHER_COMMUNE
from app.domain.cubes import TERRITORY
from app.domain.hours import LostCause
from app.domain.national_labels import NATIONAL, NOT_TOLD, REMOTE
from app.domain.nomenclature import Family
from app.domain.statistics import HUNDRED

NBSP = "\u00a0"
MASKED = "–"
"""A number that is not told, so that nobody can be recognised."""
HOUR = 60
PLURAL = 2
CAUSES = {
    LostCause.COUNSELLOR_AWAY: "Absence du conseiller",
    LostCause.PLACE_CLOSED: "Lieu fermé",
    LostCause.PUBLIC_HOLIDAY: "Jour férié",
    LostCause.OTHER: "Autre",
}
FAMILIES = {
    Family.AGE: "Âge",
    Family.GENDER: "Genre",
    Family.STATUS: "Situation",
    Family.THEME: "Thèmes",
    Family.PROCEDURE: "Démarches administratives",
    Family.DEVICE: "Matériel",
    Family.RESULT: "Résultat",
    Family.AUTONOMY: "Autonomie",
    Family.REDIRECTION: "Orientation",
    Family.ORIGIN: "Origine",
    Family.DURATION_BAND: "Durée",
    Family.LEVEL: "Niveau des ateliers",
}
PLACES = {
    TERRITORY: "Visites sans commune",
    REMOTE: "À distance",
    OTHER_COMMUNE: "Autre commune",
    NOT_TOLD: "Non communiqué",
}


def place_name(code: str, names: Mapping[str, str]) -> str:
    """The name of a line: a commune, a payer, or one of the lines without commune."""
    return PLACES.get(code) or names.get(code, code)


def label_of(family: Family, code: str) -> str:
    """The last words of a code, so that old figures keep some; a band of ages has its own."""
    found = NATIONAL.latest(family, code)
    if found is None and family is Family.AGE:
        found = NATIONAL.latest(Family.AGE_BAND, code)
    return found.label if found else code


def hours_words(minutes: int) -> str:
    """« 12 h 30 min », « −45 min »; nothing is rounded."""
    hours, rest = divmod(abs(minutes), HOUR)
    parts = [f"{hours}{NBSP}h"] if hours or not rest else []
    parts += [f"{rest}{NBSP}min"] if rest else []
    return ("−" if minutes < 0 else "") + NBSP.join(parts)


def percent_words(hundredths: int) -> str:
    """« 33,33 % » from hundredths of a percent."""
    return f"{_decimal(hundredths)}{NBSP}%"


def points_words(hundredths: int) -> str:
    """« +2,04 » points."""
    return f"{'+' if hundredths > 0 else ''}{_decimal(hundredths)}".replace("-", "−")


def signed_hours(minutes: int) -> str:
    return ("+" if minutes > 0 else "") + hours_words(minutes)


def euros_words(cents: int) -> str:
    """« 4 910,98 € », to the cent."""
    return format_currency(cents / HUNDRED, "EUR", locale="fr")


def mean_words(mean: Fraction | None, unit: str) -> str:
    """A mean with one decimal, rounded once; « – » where there is nothing to divide.

    `unit` for one: in French plurals begin at 2.
    """
    if mean is None:
        return MASKED
    rounded = round(float(mean), 1)
    return f"{format_decimal(rounded, locale='fr')}{NBSP}{unit}{'s' if rounded >= PLURAL else ''}"


def rate_words(rate: Fraction | None) -> str:
    """A single rate in whole percents."""
    return MASKED if rate is None else f"{round(rate * HUNDRED)}{NBSP}%"


def _decimal(hundredths: int) -> str:
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), HUNDRED)
    return f"{sign}{whole},{rest:02}"
