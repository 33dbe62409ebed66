"""Half-years: the periods that the steering committee looks at."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.calendar import ONE_DAY

DAYS_BEFORE_CLOSING = 30
"""Records come late: nobody closes a half-year sooner after its end (statistics §4.4)."""
SECOND_HALF = 7
"""The month that begins the second half of a year."""


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """Six months of local days; `half` is 1 or 2. Raises ValueError for another half."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if self.half not in (1, 2):
            raise ValueError("a year has two halves")

    @classmethod
    def of(cls, day: date) -> "HalfYear":
        return cls(day.year, 2 if day.month >= SECOND_HALF else 1)

    @classmethod
    def parse(cls, code: str) -> "HalfYear":
        """« 2026-1 » of an address or a table. Raises ValueError for anything else."""
        year, _dash, half = code.partition("-")
        if not (len(year) == len("2026") and year.isdecimal() and half in ("1", "2")):
            raise ValueError("not a half-year")
        return cls(int(year), int(half))

    @property
    def code(self) -> str:
        """« 2026-1 », as in addresses and tables."""
        return f"{self.year}-{self.half}"

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.half == 1 else SECOND_HALF, 1)

    @property
    def last(self) -> date:
        """The last day, included."""
        return self.following.first - ONE_DAY

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each of its six months."""
        return tuple(date(self.year, self.first.month + n, 1) for n in range(6))

    @property
    def following(self) -> "HalfYear":
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def year_before(self) -> "HalfYear":
        """The same half of last year: what its figures are compared with."""
        return HalfYear(self.year - 1, self.half)

    @property
    def closable_on(self) -> date:
        """The first day on which the coordination may close it."""
        return self.last + timedelta(days=DAYS_BEFORE_CLOSING)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)
