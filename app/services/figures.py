"""The board of a period: everything that one page of figures shows, and the same a year before.

As many queries whatever the period holds. Whoever is outside the team reads the tables about
people as the catalogue of `domain.publication` publishes them; volumes and hours are never masked.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY
from app.domain.cubes import BY_COMMUNE, TERRITORY, Volume, VolumeKey
from app.domain.half_year import HalfYear
from app.domain.hours import Hours
from app.domain.masking import Published, Thresholds
from app.domain.national_labels import INDIVIDUAL, NATIONAL, WORKSHOP
from app.domain.nomenclature import Family
from app.domain.publication import CATALOGUE, people_by_place, publish_half, publish_year
from app.domain.statistics import Figures, Outcomes, total, within
from app.services.catalogue import Catalogue
from app.services.figures_cubes import Cubes, cubes_of, read_cubes, read_entries
from app.services.figures_hours import Worked, read_worked
from app.services.figures_outcomes import OutcomeCube, OutcomeKey, read_outcomes
from app.services.figures_shares import Shares, read_shares
from app.services.half_years import closed_half_years
from app.services.retention import RECORD


@dataclass(frozen=True, slots=True)
class Scope:
    """What a board is about: half-years, and a commune (INSEE code), or a counsellor, or all."""

    halves: tuple[HalfYear, ...]
    commune: str | None = None
    counsellor: tuple[int, str] | None = None
    """Id and code."""
    is_masked: bool = True
    """For readers outside the team."""
    with_shares: bool = False

    @property
    def year_before(self) -> tuple[HalfYear, ...]:
        return tuple(half.year_before for half in self.halves)

    @property
    def first(self) -> date:
        return self.halves[0].first

    @property
    def last(self) -> date:
        return self.halves[-1].last


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of one period."""

    figures: Figures
    outcomes: Outcomes
    """Of appointments."""
    workshop_outcomes: Outcomes
    """Of places in workshops."""
    hours: Hours
    """Of the commune, or of all lines together."""
    late: int
    by_month: Mapping[date, int]
    """Minutes of activities, by the first day of the month."""
    by_commune: Mapping[str, Figures]
    hours_by_commune: Mapping[str, Hours]
    by_residence: Mapping[str, int]
    """People of the territory, by where they live; for the team alone."""


@dataclass(frozen=True, slots=True)
class Publics:
    """One table about people; None: masked."""

    family: Family
    counts: Mapping[str, int | None]
    people: int


@dataclass(frozen=True, slots=True)
class Board:
    scope: Scope
    closed: frozenset[HalfYear]
    now: Told
    before: Told | None
    """The same period a year before; None where nothing is known of it."""
    publics: tuple[Publics, ...]
    shares: Shares | None


def read_board(session: Session, catalogue: Catalogue, scope: Scope, *, today: date) -> Board:
    """The board of that scope: hours until yesterday, and the same months a year before."""
    closed = closed_half_years(session)
    reader = _Reader(session, catalogue, scope, closed)
    until = today - ONE_DAY
    cubes = reader.cubes(scope.halves)
    older = reader.cubes(scope.year_before)
    is_known = bool(older.volumes) and not _is_half_gone(scope, closed, today)
    return Board(
        scope=scope,
        closed=closed,
        now=reader.told(scope.halves, cubes, until),
        before=reader.told(scope.year_before, older, _same_month_before(until))
        if is_known
        else None,
        publics=tuple(_publics(scope, cubes, closed)),
        shares=_shares(reader, today) if scope.with_shares else None,
    )


def _is_half_gone(scope: Scope, closed: Collection[HalfYear], today: date) -> bool:
    """Whether the purge has begun with last year's lines, the only ones that tell of one person."""
    before = scope.year_before[0]
    return (
        scope.counsellor is not None and before in closed and before.first < today - RECORD.period
    )


def _same_month_before(day: date) -> date:
    """The last day of the same month a year before: cubes know months, not days."""
    month = day.replace(year=day.year - 1, day=1)
    return (month + 31 * ONE_DAY).replace(day=1) - ONE_DAY


@dataclass(frozen=True, slots=True)
class _Reader:
    session: Session
    catalogue: Catalogue
    scope: Scope
    closed: frozenset[HalfYear]

    def cubes(self, halves: Collection[HalfYear]) -> Cubes:
        """Of a counsellor: from the lines that are still kept, since cubes know nobody."""
        if self.scope.counsellor is None:
            return read_cubes(self.session, halves, self.closed)
        code = self.scope.counsellor[1]
        return cubes_of(
            entry for half in halves for entry in read_entries(self.session, half, code)
        )

    def told(self, halves: Collection[HalfYear], cubes: Cubes, until: date) -> Told:
        who = self.scope.counsellor[0] if self.scope.counsellor else None
        outcomes = read_outcomes(
            self.session, self.catalogue, halves, self.closed, counsellor_id=who
        )
        worked = read_worked(
            self.session, self.catalogue, halves, self.closed, until=until, counsellor_id=who
        )
        months = [month for half in halves for month in half.months]
        return _told(
            self.scope, cubes, outcomes, worked, [each for each in months if each <= until]
        )


def _told(
    scope: Scope, cubes: Cubes, outcomes: OutcomeCube, worked: Worked, months: Sequence[date]
) -> Told:
    place, last = scope.commune, max(months, default=scope.first)

    def is_wanted(key: VolumeKey | OutcomeKey) -> bool:
        return key.month <= last and place in (None, key.commune)

    volumes = {key: volume for key, volume in cubes.volumes.items() if is_wanted(key)}
    communes = sorted({key.commune for key in volumes})
    return Told(
        figures=within(volumes),
        outcomes=_of_type(outcomes, INDIVIDUAL, is_wanted),
        workshop_outcomes=_of_type(outcomes, WORKSHOP, is_wanted),
        hours=(
            sum(worked.lines.values(), Hours())
            if place is None
            else worked.lines.get(place, Hours())
        ),
        late=total(volumes.values()).late_activities,
        by_month={month: _minutes(volumes, month) for month in months},
        by_commune={each: _within(volumes, each) for each in communes},
        hours_by_commune=dict(worked.lines) if place is None else {},
        by_residence={} if place or scope.is_masked else _by_residence(cubes, last),
    )


def _of_type(
    outcomes: OutcomeCube, type_: str, is_wanted: Callable[[OutcomeKey], bool]
) -> Outcomes:
    found = (each for key, each in outcomes.items() if key.type == type_ and is_wanted(key))
    return sum(found, Outcomes())


def _minutes(volumes: Mapping[VolumeKey, Volume], month: date) -> int:
    return total(each for key, each in volumes.items() if key.month == month).minutes


def _within(volumes: Mapping[VolumeKey, Volume], commune: str) -> Figures:
    return within(volumes, lambda key: key.commune == commune)


def _by_residence(cubes: Cubes, last: date) -> dict[str, int]:
    people: dict[str, int] = {}
    for key, lived in cubes.residences.items():
        if key.month <= last:
            people[key.commune] = people.get(key.commune, 0) + lived.participants
    return people


def _shares(reader: _Reader, today: date) -> Shares | None:
    half = reader.scope.halves[-1]
    return read_shares(reader.session, reader.catalogue, half, reader.closed, today=today)


def _publics(scope: Scope, cubes: Cubes, closed: Collection[HalfYear]) -> Iterator[Publics]:
    """The tables about people: as published, or for the team as they are.

    Outside the team only closed half-years: of an open one, whoever looks on two days reads by
    subtraction who came between them, however well each table is masked (statistics §4.4).
    """
    if scope.is_masked and not set(scope.halves) <= set(closed):
        return
    row = scope.commune or TERRITORY
    families = [each for each in CATALOGUE if row == TERRITORY or each in BY_COMMUNE]
    published = _published(scope, cubes) if scope.is_masked else None
    for family in families:
        if published is not None:
            found = {
                cell.column: count for cell, count in published[family].items() if cell.row == row
            }
        else:
            found = _counted(cubes, row, family)
        yield Publics(family, found, _people(scope, cubes))


def _published(scope: Scope, cubes: Cubes) -> Mapping[Family, Published]:
    halves = [
        publish_half(cubes.publics, cubes.volumes, half, NATIONAL, Thresholds())
        for half in scope.halves
    ]
    return halves[0] if len(halves) == 1 else publish_year(halves[0], halves[1])


def _counted(cubes: Cubes, row: str, family: Family) -> dict[str, int | None]:
    counts: dict[str, int | None] = {}
    for key, count in sorted(cubes.publics.items(), key=lambda each: each[0].code):
        if key.commune == row and key.family is family:
            counts[key.code] = (counts.get(key.code) or 0) + count
    return counts


def _people(scope: Scope, cubes: Cubes) -> int:
    by_place = [people_by_place(cubes.volumes, half) for half in scope.halves]
    if scope.commune is not None:
        return sum(each.get(scope.commune, 0) for each in by_place)
    return sum(sum(each.values()) for each in by_place)
