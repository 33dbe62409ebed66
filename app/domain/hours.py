"""Hours per commune: planned, lost, held, used, unused (statistics §4.4). Whole minutes.

Planned: the openings of the versions in force, before any absence. Held: a counsellor was there,
a substitute included. Lost: planned and not held, by the first cause of the precedence table.
Used: minutes of appointments and workshops. An empty hour and a no-show are unused, not lost.
Home visits are planned for the territory and held where the visits were.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.allotment import allot
from app.domain.availability import AvailabilityKind, Cause, LostOpening, Opening
from app.domain.cubes import TERRITORY, Volume, VolumeKey
from app.domain.intervals import Interval, minutes, subtract
from app.domain.national_labels import REMOTE


class LostCause(StrEnum):
    """What is said outside the team of an hour that was not held: no medical reason, no name."""

    COUNSELLOR_AWAY = "COUNSELLOR_AWAY"
    PLACE_CLOSED = "PLACE_CLOSED"
    PUBLIC_HOLIDAY = "PUBLIC_HOLIDAY"
    OTHER = "OTHER"


_SHOWN = {
    Cause.ABSENCE: LostCause.COUNSELLOR_AWAY,
    Cause.CLOSURE: LostCause.PLACE_CLOSED,
    Cause.PUBLIC_HOLIDAY: LostCause.PUBLIC_HOLIDAY,
}


def shown_cause(cause: Cause) -> LostCause:
    """« Absence du conseiller », « lieu fermé », « jour férié »; everything else is « autre »."""
    return _SHOWN.get(cause, LostCause.OTHER)


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment that was held: who, from when (UTC), how long in truth, in which commune."""

    counsellor_id: int
    starts_at: datetime
    minutes: int
    commune_id: int
    is_visit: bool = False


@dataclass(frozen=True, slots=True)
class WorkshopTime:
    """The time that one counsellor gave, or was to give, to a workshop (UTC instants)."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    on: date
    commune_id: int
    is_held: bool = True
    is_deserted: bool = False
    """Held, and nobody came: its time is held and unused, as that of an empty slot."""


@dataclass(frozen=True, slots=True)
class HeldTime:
    """Minutes held on one local day in one commune (INSEE code; TERRITORY: no commune)."""

    on: date
    commune: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Travelled:
    """Travel and preparation of the activities of a commune, as their records tell."""

    travel_minutes: int = 0
    preparation_minutes: int = 0

    def __add__(self, other: "Travelled") -> "Travelled":
        return Travelled(
            self.travel_minutes + other.travel_minutes,
            self.preparation_minutes + other.preparation_minutes,
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """The minutes of one commune, or of the territory's own line."""

    planned: int = 0
    held: int = 0
    used: int = 0
    lost_by_cause: Mapping[LostCause, int] = field(default_factory=dict)
    travelled: Travelled = Travelled()

    def __add__(self, other: "Hours") -> "Hours":
        """The same line over two periods."""
        causes = [each for each in LostCause if each in {*self.lost_by_cause, *other.lost_by_cause}]
        return Hours(
            self.planned + other.planned,
            self.held + other.held,
            self.used + other.used,
            {
                each: self.lost_by_cause.get(each, 0) + other.lost_by_cause.get(each, 0)
                for each in causes
            },
            self.travelled + other.travelled,
        )

    @property
    def lost(self) -> int:
        return sum(self.lost_by_cause.values())

    @property
    def unused(self) -> int:
        """Held and nobody came; never under 0, where meetings last longer than planned."""
        return max(0, self.held - self.used)

    def given(self, *, with_travel: bool = False, with_preparation: bool = False) -> int:
        """Minutes held, with what the convention may add to them: distant communes cost travel."""
        travel = self.travelled.travel_minutes if with_travel else 0
        return self.held + travel + (self.travelled.preparation_minutes if with_preparation else 0)


@dataclass(frozen=True, slots=True)
class Period:
    """What a period was made of: `held` and `lost` are what `expand` and `explain` answer.

    `insee` names the communes: INSEE code by id.
    """

    held: Sequence[Opening]
    lost: Sequence[LostOpening]
    insee: Mapping[int, str]
    meetings: Sequence[Meeting] = ()
    workshops: Sequence[WorkshopTime] = ()
    travelled: Mapping[str, Travelled] = field(default_factory=dict)


def unused(lines: Iterable[Hours]) -> int:
    """The unused minutes of several communes: the sum of theirs.

    Where the meetings of one commune lasted longer than planned, no empty hour of another is less
    empty.
    """
    return sum(line.unused for line in lines)


def hours(period: Period) -> dict[str, Hours]:
    """The hours of each commune by INSEE code, and of TERRITORY; only lines that have any.

    Over all lines, planned = lost + held. A workshop inside an opening of its counsellor takes
    its time from there; outside, its own minutes are planned, and held or lost (« autre »).
    """
    planned, held, used, lost = _planned(period), _held(period), _used(period), _lost(period)
    return {
        line: Hours(
            planned.get(line, 0),
            held.get(line, 0),
            used.get(line, 0),
            lost.get(line, {}),
            period.travelled.get(line, Travelled()),
        )
        for line in sorted({*planned, *held, *used, *lost, *period.travelled})
    }


def travelled(volumes: Mapping[VolumeKey, Volume]) -> dict[str, Travelled]:
    """What the records of cube (a) tell of travel and preparation, by line that has any."""
    sums: dict[str, Volume] = {}
    for key, volume in volumes.items():
        line = TERRITORY if key.commune == REMOTE else key.commune
        sums[line] = sums.get(line, Volume()) + volume
    told = {line: Travelled(v.travel_minutes, v.preparation_minutes) for line, v in sums.items()}
    return {line: each for line, each in told.items() if each != Travelled()}


def held_times(period: Period) -> list[HeldTime]:
    """The minutes held by day and commune: what the sharing key is compared with.

    The whole half-day of home visits goes to the communes of its visits, pro rata of their
    minutes (the road between two of them is part of it); without any visit it stays with the
    territory. Sorted.
    """
    times: dict[tuple[date, str], int] = defaultdict(int)
    for opening in period.held:
        if opening.kind is AvailabilityKind.PERMANENCE:
            times[opening.on, _line(opening, period)] += minutes(opening)
    for half_day in _visit_half_days(period.held):
        whole = sum(minutes(opening) for opening in half_day)
        for commune, part in allot(whole, _visited(half_day, period)).items():
            times[half_day[0].on, commune] += part
    for workshop, extra in _outside(period):
        if workshop.is_held:
            times[workshop.on, period.insee[workshop.commune_id]] += extra
    return [HeldTime(on, commune, count) for (on, commune), count in sorted(times.items()) if count]


def planned_times(period: Period) -> list[HeldTime]:
    """The minutes planned by day and line, before anything is lost; home visits: TERRITORY."""
    times: dict[tuple[date, str], int] = defaultdict(int)
    for opening in (*period.held, *(each.opening for each in period.lost)):
        times[opening.on, _line(opening, period)] += minutes(opening)
    for workshop, extra in _outside(period):
        times[workshop.on, period.insee[workshop.commune_id]] += extra
    return [HeldTime(on, commune, count) for (on, commune), count in sorted(times.items()) if count]


def _line(opening: Opening, period: Period) -> str:
    return period.insee[opening.place.commune_id] if opening.place else TERRITORY


def _visit_half_days(held: Iterable[Opening]) -> Iterable[list[Opening]]:
    """The pieces of each half-day of visits of one person, together."""
    half_days: dict[tuple[int, int, date], list[Opening]] = defaultdict(list)
    for opening in held:
        if opening.kind is AvailabilityKind.HOME_VISITS:
            key = opening.counsellor_id, opening.availability_id, opening.on
            half_days[key].append(opening)
    return half_days.values()


def _visited(half_day: list[Opening], period: Period) -> dict[str, int]:
    visited: dict[str, int] = defaultdict(int)
    for visit in period.meetings:
        if visit.is_visit and any(_holds(opening, visit) for opening in half_day):
            visited[period.insee[visit.commune_id]] += visit.minutes
    return visited if any(visited.values()) else {TERRITORY: 1}


def _holds(opening: Opening, visit: Meeting) -> bool:
    is_theirs = opening.counsellor_id == visit.counsellor_id
    return is_theirs and opening.starts_at <= visit.starts_at < opening.ends_at


def _outside(period: Period) -> Iterator[tuple[WorkshopTime, int]]:
    """Each workshop with its minutes outside the openings that its counsellor held."""
    for workshop in period.workshops:
        own = [each for each in period.held if each.counsellor_id == workshop.counsellor_id]
        left = subtract([Interval(workshop.starts_at, workshop.ends_at)], own)
        yield workshop, sum(map(minutes, left))


def _planned(period: Period) -> dict[str, int]:
    return _by_line((each.commune, each.minutes) for each in planned_times(period))


def _held(period: Period) -> dict[str, int]:
    return _by_line((each.commune, each.minutes) for each in held_times(period))


def _used(period: Period) -> dict[str, int]:
    meetings = ((each.commune_id, each.minutes) for each in period.meetings)
    workshops = (
        (each.commune_id, minutes(each))
        for each in period.workshops
        if each.is_held and not each.is_deserted
    )
    return _by_line((period.insee[place], count) for place, count in (*meetings, *workshops))


def _lost(period: Period) -> dict[str, dict[LostCause, int]]:
    lost: dict[str, dict[LostCause, int]] = defaultdict(lambda: defaultdict(int))
    for each in period.lost:
        lost[_line(each.opening, period)][shown_cause(each.cause)] += minutes(each.opening)
    for workshop, extra in _outside(period):
        if not workshop.is_held and extra:
            lost[period.insee[workshop.commune_id]][LostCause.OTHER] += extra
    return {line: dict(causes) for line, causes in lost.items()}


def _by_line(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    lines: dict[str, int] = defaultdict(int)
    for line, count in counts:
        lines[line] += count
    return dict(lines)
