"""What somebody plans: a workshop on one date, a series of single dates, or a cycle.

Days and hours are local to the territory; the spans that come out of them are UTC instants.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.calendar import at_wall_time
from app.domain.errors import DomainError
from app.domain.planning_errors import EndBeforeStart, EndMissing, PeriodTooLong, StartPast
from app.domain.programme_errors import (
    CapacityWrong,
    DevicesWrong,
    HolderMissing,
    KeptAboveCapacity,
    KeptDaysWrong,
    KeptUntilMissing,
    LengthWrong,
    MinimumAboveCapacity,
    NewStartPast,
    NoDates,
    PlaceAddressMissing,
    PlaceCommuneMissing,
    PlaceMissing,
    PlaceNameMissing,
    ProgrammeTextTooLong,
    TooManyDates,
    TooManyHolders,
)
from app.domain.recurrence import LAST, Frequency, Recurrence

LONGEST = timedelta(days=366)
MOST_DATES = 60
"""In one go: a year of weekly dates, and a few."""
MOST_HOLDERS = 2
SHORTEST_MINUTES, LONGEST_MINUTES = 15, 480
MOST_PLACES_EVER = 100
MOST_KEPT_DAYS = 90
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE = 80, 1000, 120
MOST_THEMES = 5


@dataclass(frozen=True, slots=True)
class Where:
    """At a venue of the territory, or at any place that has a name and an address."""

    venue_slug: str
    """Empty: another place."""
    name: str = ""
    address: str = ""
    commune_slug: str = ""

    def check(self) -> None:
        """Raises PlaceMissing, PlaceNameMissing, PlaceAddressMissing, PlaceCommuneMissing or
        ProgrammeTextTooLong.
        """
        if self.venue_slug:
            return
        if not (self.name or self.address or self.commune_slug):
            raise PlaceMissing
        if not self.name:
            raise PlaceNameMissing
        if not self.address:
            raise PlaceAddressMissing
        if not self.commune_slug:
            raise PlaceCommuneMissing
        if max(len(self.name), len(self.address)) > LONGEST_PLACE:
            raise ProgrammeTextTooLong(most=LONGEST_PLACE)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On which dates: once, or as an availability comes back; some skipped, some added."""

    first_on: date
    until: date | None = None
    """None: the first date alone, and those that are added."""
    every_weeks: int = 1
    nth: int | None = None
    """1 to 5 or recurrence.LAST: which such weekday of each month; None: every n weeks."""
    skipped: frozenset[date] = frozenset()
    extra: frozenset[date] = frozenset()

    def check(self, today: date) -> None:
        """Raises StartPast, EndBeforeStart, PeriodTooLong, NoDates or TooManyDates."""
        days = (self.first_on, *self.extra)
        if min(days) < today:
            raise StartPast
        if self.until is not None and self.until < self.first_on:
            raise EndBeforeStart
        if max(*days, self.until or self.first_on) - self.first_on > LONGEST:
            raise PeriodTooLong
        dates = self.dates()
        if not dates:
            raise NoDates
        if len(dates) > MOST_DATES:
            raise TooManyDates(most=MOST_DATES)

    def dates(self) -> list[date]:
        """The dates of the rule and the added ones, without the skipped ones, in order.

        Public holidays are among them: whoever plans is asked, or sees that they are left out.
        """
        last = self.until or self.first_on
        rule = self._rule(last)
        by_rule = rule.dates(self.first_on, last) if self.until else [self.first_on]
        return sorted({*by_rule, *self.extra} - self.skipped)

    def is_extra(self, day: date) -> bool:
        """Whether that date was written by hand among those to add."""
        return day in self.extra

    def _rule(self, last: date) -> Recurrence:
        return Recurrence(
            frequency=Frequency.MONTHLY_NTH if self.nth else Frequency.WEEKLY,
            weekday=self.first_on.weekday(),
            first_on=self.first_on,
            valid_from=self.first_on,
            valid_until=last,
            every_weeks=self.every_weeks,
            nth=self.nth,
        )


def rank_in_month(day: date) -> int:
    """Which such weekday of its month it is; a fifth one is the last, since few months have it."""
    rank = (day.day - 1) // 7 + 1
    return LAST if rank > 4 else rank


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people and devices."""

    capacity: int
    minimum: int
    devices: int
    kept_places: int = 0
    """For residents of the host commune alone."""
    kept_days: int | None = None
    """Until so many days before the first date, that day included."""

    def check(self) -> None:
        """Raises CapacityWrong, DevicesWrong, MinimumAboveCapacity, KeptAboveCapacity,
        KeptUntilMissing or KeptDaysWrong.
        """
        _check_between(CapacityWrong, self.capacity, 1)
        _check_between(DevicesWrong, self.devices, 0)
        if not 0 <= self.minimum <= self.capacity:
            raise MinimumAboveCapacity
        if not 0 <= self.kept_places <= self.capacity:
            raise KeptAboveCapacity
        if self.kept_places and self.kept_days is None:
            raise KeptUntilMissing
        if self.kept_days is not None:
            _check_between(KeptDaysWrong, self.kept_days, 0, MOST_KEPT_DAYS)

    def kept_until(self, first_on: date) -> date | None:
        """The last local day on which they are kept; None: none are."""
        if not self.kept_places or self.kept_days is None:
            return None
        return first_on - timedelta(days=self.kept_days)


def _check_between(
    refusal: type[DomainError], number: int, low: int, high: int = MOST_PLACES_EVER
) -> None:
    if not low <= number <= high:
        raise refusal(low=low, high=high)


def check_length(minutes: int) -> None:
    """Raises LengthWrong."""
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise LengthWrong(low=SHORTEST_MINUTES, high=LONGEST_MINUTES)


def check_words(title: Mapping[str, str], *texts: Mapping[str, str]) -> None:
    """Raises ProgrammeTextTooLong, with the most letters of that text."""
    for text, most in ((title, LONGEST_TITLE), *((each, LONGEST_TEXT) for each in texts)):
        if any(len(words) > most for words in text.values()):
            raise ProgrammeTextTooLong(most=most)


def check_holders(counsellor_ids: Iterable[int]) -> None:
    """One counsellor, or two. Raises HolderMissing, TooManyHolders."""
    count = len(set(counsellor_ids))
    if not count:
        raise HolderMissing
    if count > MOST_HOLDERS:
        raise TooManyHolders


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """Some dates of one kind of workshop, before anybody has looked at what is in the way."""

    template_id: int
    where: Where
    counsellor_ids: tuple[int, ...]
    rhythm: Rhythm
    from_time: time
    """On the wall, as people read it; set-up comes before."""
    minutes: int
    is_cycle: bool
    """One registration for all dates; else each date is a workshop of its own."""
    numbers: Numbers

    def check(self, today: date) -> None:
        """Raises the refusals of its parts; EndMissing for a cycle of one date."""
        self.rhythm.check(today)
        self.where.check()
        check_holders(self.counsellor_ids)
        check_length(self.minutes)
        self.numbers.check()
        if self.is_cycle and len(self.rhythm.dates()) == 1:
            raise EndMissing

    def span(self, day: date, timezone: ZoneInfo) -> tuple[datetime, datetime]:
        """The public hours of that local day, as UTC instants."""
        return span_of(day, self.from_time, self.minutes, timezone)


def span_of(
    day: date, from_time: time, minutes: int, timezone: ZoneInfo
) -> tuple[datetime, datetime]:
    """From an hour on the wall, for so many minutes; UTC."""
    starts_at = at_wall_time(day, from_time, timezone)
    return starts_at, starts_at + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Term:
    """What is repeated (local days, both included), and from when on."""

    first: date
    last: date
    new_first: date
    counsellor_id: int | None = None
    """Only what this counsellor holds; None: everything."""

    def check(self, today: date) -> None:
        """Raises EndBeforeStart, PeriodTooLong or NewStartPast."""
        if self.last < self.first:
            raise EndBeforeStart
        if self.last - self.first > LONGEST:
            raise PeriodTooLong
        if self.new_first < today:
            raise NewStartPast

    @property
    def shift(self) -> timedelta:
        """Whole weeks, so that a Tuesday stays a Tuesday: from one Monday to the other."""
        return _monday(self.new_first) - _monday(self.first)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
