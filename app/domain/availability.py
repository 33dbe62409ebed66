"""What a timetable is made of, and the openings and losses that `schedule` draws from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.calendar import PARIS
from app.domain.recurrence import Recurrence
from app.domain.travel import Place


class AvailabilityKind(StrEnum):
    PERMANENCE = "PERMANENCE"
    HOME_VISITS = "HOME_VISITS"


@dataclass(frozen=True, slots=True)
class Availability:
    """One version of a recurring block of reception hours, in local wall time.

    A permanence has a place, home visits the communes where they are made.
    """

    id: int
    counsellor_id: int
    kind: AvailabilityKind
    place: Place | None
    commune_ids: frozenset[int]
    recurrence: Recurrence
    from_time: time
    to_time: time
    desk_until_days: int | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A counsellor is away, from one UTC instant to another."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Replacement:
    """Somebody holds all the sessions of somebody else for a while (UTC instants)."""

    absent_id: int
    substitute_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Closure:
    """A venue is shut (UTC instants); home visits go on."""

    venue_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that decides where counsellors are. The order of each collection means nothing."""

    availabilities: Iterable[Availability]
    absences: Iterable[Absence] = ()
    replacements: Iterable[Replacement] = ()
    closures: Iterable[Closure] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    timezone: ZoneInfo = PARIS


@dataclass(frozen=True, slots=True)
class Opening:
    """Reception hours of one person on one day: a permanence at a place, or hours for visits."""

    availability_id: int
    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    kind: AvailabilityKind
    place: Place | None
    commune_ids: frozenset[int]
    on: date
    """The local date."""
    desk_until_days: int | None = None
    block_starts_at: datetime | None = None
    """Where the uncut block starts: candidate times are counted from there (None: `starts_at`)."""
    replaces_id: int | None = None
    """Whose session it is, where a substitute holds it."""


class Cause(StrEnum):
    """Why a planned session, or a part of it, is not held by that person."""

    CLOSURE = "CLOSURE"
    ABSENCE = "ABSENCE"
    PUBLIC_HOLIDAY = "PUBLIC_HOLIDAY"
    SKIPPED_DATE = "SKIPPED_DATE"
    EXTRA_DATE = "EXTRA_DATE"
    REPLACEMENT = "REPLACEMENT"
    EARLIER_BLOCK = "EARLIER_BLOCK"


@dataclass(frozen=True, slots=True)
class LostOpening:
    """What would have been an opening, and the strongest cause that took it away."""

    opening: Opening
    cause: Cause
