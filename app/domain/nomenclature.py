"""The words of attendance records with their dates: labels change, what was recorded does not.

The national form changed nine times in eight months, so no label is wired anywhere else: a code is
judged by what was in force on the day of the activity. The labels that ship are in
`national_labels`, a module and no table of the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Family(StrEnum):
    """Which question of the record a label answers."""

    TYPE = "TYPE"
    PLACE = "PLACE"
    DURATION = "DURATION"
    """Steps that a form offers, in minutes; any other number of minutes may be recorded."""
    DURATION_BAND = "DURATION_BAND"
    DEVICE = "DEVICE"
    AGE = "AGE"
    AGE_BAND = "AGE_BAND"
    """Ages as they are published for one commune."""
    GENDER = "GENDER"
    STATUS = "STATUS"
    AUTONOMY = "AUTONOMY"
    """Of one person; a workshop has a LEVEL."""
    LEVEL = "LEVEL"
    THEME = "THEME"
    PROCEDURE = "PROCEDURE"
    """Sub-themes of « Aide aux démarches administratives »."""
    REDIRECTION = "REDIRECTION"
    RESULT = "RESULT"
    ORIGIN = "ORIGIN"


@dataclass(frozen=True, slots=True)
class Label:
    """One answer as people read it, while it is in force (both days included).

    `coop_code` is its value in the national tool; None where that tool does not ask.
    """

    code: str
    family: Family
    label: str
    order: int
    valid_from: date
    valid_until: date | None = None
    coop_code: str | None = None

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Nomenclature:
    """Labels with their dates. Raises ValueError where one code has two labels on one day."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._labels = sorted(labels, key=lambda each: (each.family, each.order, each.valid_from))
        self._versions: dict[tuple[Family, str], list[Label]] = {}
        for label in self._labels:
            earlier = self._versions.setdefault((label.family, label.code), [])
            if any(_meet(label, other) for other in earlier):
                raise ValueError(f"two labels for {label.family} {label.code} on one day")
            earlier.append(label)

    def labels_at(self, family: Family, day: date) -> tuple[Label, ...]:
        """The answers in force that day, in the order of the form."""
        return tuple(each for each in self._labels if each.family is family and each.is_valid(day))

    def find(self, family: Family, code: str, day: date) -> Label | None:
        """The version in force that day; None: retired, not there yet, or never known."""
        versions = self._versions.get((family, code), ())
        return next((each for each in versions if each.is_valid(day)), None)

    def latest(self, family: Family, code: str) -> Label | None:
        """The last version whatever the day, so that old figures keep a word; None: unknown."""
        versions = self._versions.get((family, code))
        return max(versions, key=lambda each: each.valid_from) if versions else None


def _meet(one: Label, other: Label) -> bool:
    """Whether both are in force on some day."""
    return one.is_valid(other.valid_from) or other.is_valid(one.valid_from)
