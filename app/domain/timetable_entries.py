"""What a timetable file says, once checked: counsellors, their rules, and the dated changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from app.domain.availability import AvailabilityKind


@dataclass(frozen=True, slots=True)
class TimetableRefs:
    """What a timetable may refer to: the places of the territory already loaded."""

    venues: Collection[str]
    """Slugs of the venues in use."""
    communes: Collection[str]
    """Slugs of the communes whose residents may book."""
    shortest_minutes: Mapping[AvailabilityKind, int]
    """An availability shorter than this could never hold an appointment."""
    effective_on: date
    """The day from which the file holds, for a rule that names no `valid_from`."""


@dataclass(frozen=True, slots=True)
class DeclaredCounsellor:
    code: str
    first_name: str
    active: bool


@dataclass(frozen=True, slots=True)
class DeclaredAvailability:
    """A recurring block of reception hours in local wall time; `code` is its stable key.

    Without `valid_from`, it holds from the day that the file takes effect. `nth` is 1 to 5,
    recurrence.LAST, or None for a weekly rule.
    """

    code: str
    counsellor: str
    kind: AvailabilityKind
    venue: str
    communes: tuple[str, ...]
    weekday: int
    every_weeks: int
    nth: int | None
    first_on: date | None
    from_time: time
    to_time: time
    valid_from: date | None
    valid_until: date | None
    skipped_dates: tuple[date, ...]
    extra_dates: tuple[date, ...]
    desk_until_days: int | None


@dataclass(frozen=True, slots=True)
class DeclaredAbsence:
    """Local wall times, the end excluded. Never a reason: that would be medical."""

    counsellor: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DeclaredReplacement:
    absent: str
    substitute: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DeclaredClosure:
    venue: str
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TimetableFile:
    counsellors: tuple[DeclaredCounsellor, ...]
    availabilities: tuple[DeclaredAvailability, ...]
    absences: tuple[DeclaredAbsence, ...]
    replacements: tuple[DeclaredReplacement, ...]
    closures: tuple[DeclaredClosure, ...]
