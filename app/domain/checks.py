"""Strict reading of an operator's file, already parsed from TOML into plain dicts and lists.

Every problem is collected, not only the first, and named by its key: the operator corrects the
file in one go. Reasons are in French because the operator reads them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

MISSING = "manque"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)

_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing to correct: the key, as written in the file, and the reason in French."""

    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.key} : {self.reason}"


class InvalidFile(Exception):
    """The file is refused as a whole; nothing of it may be used."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class BothLanguages:
    """A text that residents read, in French and in English."""

    fr: str = ""
    en: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class Section:
    """One table of the file. Reading a key consumes it; `close` refuses what nobody read."""

    def __init__(self, raw: object, key: str, problems: list[FileProblem]) -> None:
        self.key = key
        self.problems = problems
        self.raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self._read: set[str] = set()
        if not isinstance(raw, Mapping):
            self.refuse("", "on attend ici une table")
            self.problems = []  # its keys cannot be judged: one problem is enough

    def refuse(self, name: str, reason: str) -> None:
        """Record a problem about the key `name` of this table (about the table itself if "")."""
        self.problems.append(FileProblem(self.path(name), reason))

    def path(self, name: str) -> str:
        return ".".join(part for part in (self.key, name) if part) or "fichier"

    def has(self, name: str) -> bool:
        return name in self.raw

    def close(self) -> None:
        """Refuse every key that was not read: a typing mistake must not be silently ignored."""
        for name in self.raw:
            if name not in self._read:
                self.refuse(name, "clé inconnue")

    # -- texts ---------------------------------------------------------------------------------

    def text(self, name: str, default: str | None = None, *, longest: int = 200) -> str:
        """A one-line text; required and not blank without `default`; never a hidden character."""
        value = self._take(name, str, "un texte")
        if value is None:
            return self._absent(name, default, "")
        if reason := unreadable(value, longest):
            self.refuse(name, reason)
        elif not value.strip() and default is None:
            self.refuse(name, "est vide")
        elif value != value.strip():
            self.refuse(name, "commence ou finit par une espace")
        return str(value)

    def code(self, name: str, default: str | None = None) -> str:
        """A stable key such as « saint-augustin »: lower case, digits and hyphens."""
        value = self.text(name, default, longest=60)
        return self.matching(name, value, SLUG, "minuscules sans accent, chiffres et tirets")

    def matching(self, name: str, value: str, pattern: re.Pattern[str], expected: str) -> str:
        """Give back `value`, refused if it is not empty and does not fit the whole pattern."""
        if value and not pattern.fullmatch(value):
            self.refuse(name, f"« {value} » n'a pas la forme attendue ({expected})")
        return value

    def choice(self, name: str, options: Mapping[str, T], default: str | None = None) -> T:
        """The value of one of the words of `options`; the first one stands in after a refusal."""
        value = self.text(name, default)
        if value not in options:
            if value:
                self.refuse(name, f"« {value} » : choisir parmi {', '.join(options)}")
            return next(iter(options.values()))
        return options[value]

    def both_languages(
        self, name: str, *, required: bool = True, longest: int = 200
    ) -> BothLanguages:
        """A text in French and in English; when optional, both or none."""
        if not required and not self.has(name):
            self._read.add(name)
            return BothLanguages()
        table = self.table(name)
        default = None if required else ""
        texts = BothLanguages(
            table.text("fr", default, longest=longest), table.text("en", default, longest=longest)
        )
        if not required and bool(texts.fr) != bool(texts.en):
            table.refuse("en" if texts.fr else "fr", "les deux langues sont nécessaires")
        table.close()
        return texts

    def texts(self, name: str, *, longest: int = 200) -> tuple[str, ...]:
        """A list of texts, none if the key is absent; each is checked like `text`."""
        cells = self._cells(name)
        found = (cells.text(cell, longest=longest) for cell in cells.raw)
        return tuple(text for text in found if text)

    # -- numbers, dates and hours --------------------------------------------------------------

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number between both bounds (included); required without `default`."""
        value = self.optional_integer(name, low, high)
        return self._absent(name, default, low) if value is None else value

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        value = self._take(name, int, "un nombre entier")
        if value is not None and not low <= value <= high:
            self.refuse(name, f"{value} n'est pas entre {low} et {high}")
            return low
        return None if value is None else int(value)

    def number(self, name: str, low: float, high: float) -> float:
        value = self._take(name, (int, float), "un nombre")
        if value is None:
            return self._absent(name, None, low)
        if not low <= value <= high:
            self.refuse(name, f"{value} n'est pas entre {low} et {high}")
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self._take(name, bool, "true ou false")
        return default if value is None else bool(value)

    def optional_day(self, name: str) -> date | None:
        """A TOML date without an hour, between 2000 and 2100, or None."""
        value = self._take(name, date, "une date sans heure (2026-12-31)")
        return None if value is None else self._bounded(name, value)

    def days(self, name: str) -> tuple[date, ...]:
        """A list of dates, each once, in order."""
        cells = self._cells(name)
        found = (cells.optional_day(cell) for cell in cells.raw)
        return tuple(sorted({day for day in found if day}))

    def clock(self, name: str) -> time:
        """A local hour such as « 09:00 »; midnight stands in after a refusal."""
        value = self.matching(name, self.text(name), CLOCK, "heure à quatre chiffres, 09:00")
        return time.fromisoformat(value) if CLOCK.fullmatch(value) else time()

    def moment(self, name: str, *, closing: bool = False) -> datetime:
        """A local wall time, from a date-time or a date; a closing date lasts until its midnight.

        An offset is refused: the file speaks in hours of the territory, whatever the season.
        """
        value = self._take(name, (datetime, date), "une date ou une date avec heure locale")
        if value is None:
            return self._absent(name, None, datetime.combine(EARLIEST, time()))
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                self.refuse(name, "heure locale attendue, sans décalage ni « Z »")
            self._bounded(name, value.date())
            return value.replace(tzinfo=None)
        day = self._bounded(name, value)
        return datetime.combine(day + timedelta(days=1) if closing else day, time())

    # -- tables --------------------------------------------------------------------------------

    def table(self, name: str) -> "Section":
        self._read.add(name)
        return Section(self.raw.get(name, {}), self.path(name), self.problems)

    def tables(self, name: str) -> tuple["Section", ...]:
        """The [[name]] tables, named « name[1] », « name[2] »… in the order of the file."""
        value = self._take(name, list, f"des tables [[{name}]]")
        return tuple(
            Section(raw, f"{self.path(name)}[{rank}]", self.problems)
            for rank, raw in enumerate(value or (), start=1)
        )

    # -- inside --------------------------------------------------------------------------------

    def _take(self, name: str, kind: type | tuple[type, ...], expected: str) -> Any:
        """The raw value if it has the kind asked; None if absent or refused.

        `bool` is an int and `datetime` a date for Python, not for whoever writes the file.
        """
        self._read.add(name)
        value = self.raw.get(name)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        disguised = any(isinstance(value, k) and k not in kinds for k in (bool, datetime))
        if value is not None and (disguised or not isinstance(value, kinds)):
            self.refuse(name, f"on attend ici {expected}")
            return None
        return value

    def _absent(self, name: str, default: T | None, stand_in: T) -> T:
        if default is not None:
            return default
        if not self.has(name):  # present but refused: already told
            self.refuse(name, MISSING)
        return stand_in

    def _bounded(self, name: str, day: date) -> date:
        if not EARLIEST <= day < LATEST:
            self.refuse(name, f"{day} n'est pas entre {EARLIEST.year} et {LATEST.year - 1}")
            return EARLIEST
        return day

    def _cells(self, name: str) -> "Section":
        """A list as a table whose keys are « name[1] », « name[2] »…"""
        values = self._take(name, list, "une liste") or []
        numbered = {f"{name}[{rank}]": value for rank, value in enumerate(values, start=1)}
        return Section(numbered, self.key, self.problems)


def unreadable(text: str, longest: int) -> str:
    """Why a text cannot be shown (too long, hidden or control character), or "" if it can."""
    if len(text) > longest:
        return f"{len(text)} caractères, {longest} au plus"
    for character in text:
        if unicodedata.category(character) in _UNSEEN_CATEGORIES:
            return f"caractère invisible refusé (U+{ord(character):04X})"
    return ""


def refuse_repeats(sections: Sequence[Section], name: str, values: Sequence[str | None]) -> None:
    """Refuse in each section a value that an earlier one already has (empty ones are free)."""
    seen: set[str] = set()
    for section, value in zip(sections, values, strict=True):
        if value and value in seen:
            section.refuse(name, f"« {value} » est déjà pris plus haut")
        seen.add(value or "")
