"""The board of a period: everything that one page of figures shows, and the same a year before.

As many queries whatever the period holds. Whoever is outside the team reads the tables about
people as the catalogue of `domain.publication` publishes them; volumes and hours are never masked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY
from app.domain.cubes import Volume, VolumeKey
from app.domain.half_year import HalfYear
from app.domain.hours import Hours, unused
from app.domain.masking import Thresholds
from app.domain.national_labels import INDIVIDUAL, WORKSHOP
from app.domain.statistics import Figures, Outcomes, total, within
from app.services.catalogue import Catalogue
from app.services.figures_cubes import Cubes, cubes_of, read_cubes, read_entries
from app.services.figures_hours import Worked, read_worked
from app.services.figures_outcomes import OutcomeCube, OutcomeKey, read_outcomes
from app.services.figures_publics import Publics, read_publics
from app.services.figures_scope import Scope, Until
from app.services.figures_shares import Shares, read_shares
from app.services.figures_unmet import Unmet, read_unmet
from app.services.half_years import closed_half_years
from app.services.retention import RECORD


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of one period."""

    until: Until
    figures: Figures
    outcomes: Outcomes
    """Of appointments."""
    workshop_outcomes: Outcomes
    """Of places in workshops."""
    hours: Hours
    """Of the commune, or of all lines together."""
    unused: int
    """Minutes: the sum of those of the lines."""
    unmet: Unmet | None
    """None for a counsellor: whoever finds nothing has looked at nobody's hours."""
    late: int
    by_month: Mapping[date, int]
    """Minutes of activities, by the first day of the month."""
    by_commune: Mapping[str, Figures]
    hours_by_commune: Mapping[str, Hours]
    by_residence: Mapping[str, int]
    """People of the territory, by where they live; for the team alone."""


@dataclass(frozen=True, slots=True)
class Board:
    scope: Scope
    closed: frozenset[HalfYear]
    now: Told
    before: Told | None
    """The same period a year before; None where nothing is known of it."""
    publics: tuple[Publics, ...]
    has_all_lines: bool
    """Whether nothing that only lines tell is missing: of a counsellor's board, the purge may have
    begun with them. Then activities, months, travel and people are not to be shown.
    """
    shares: Shares | None
    share_half: HalfYear
    """The half-year of the shares."""


def read_board(session: Session, catalogue: Catalogue, scope: Scope, *, today: date) -> Board:
    """The board of that scope: hours until yesterday, and the same months a year before.

    Last year's months are whole, the current one is not: the page says so.
    """
    closed = closed_half_years(session)
    reader = _Reader(session, catalogue, scope, closed)
    until = Until(today, today - ONE_DAY)
    cubes = reader.cubes(scope.halves)
    older = reader.cubes(scope.year_before)
    is_told = bool(older.volumes) or not closed.isdisjoint(scope.year_before)
    is_known = is_told and _has_all_lines(scope, scope.year_before, closed, today)
    has_all_lines = _has_all_lines(scope, scope.halves, closed, today)
    publics = read_publics(scope, cubes, closed, _thresholds(catalogue)) if has_all_lines else ()
    return Board(
        scope=scope,
        closed=closed,
        now=reader.told(scope.halves, cubes, until),
        before=reader.told(scope.year_before, older, until.year_before) if is_known else None,
        publics=tuple(publics),
        has_all_lines=has_all_lines,
        share_half=scope.share_half(today),
        shares=_shares(reader, today) if scope.with_shares else None,
    )


def _has_all_lines(
    scope: Scope, halves: Collection[HalfYear], closed: Collection[HalfYear], today: date
) -> bool:
    """Whether the purge has not begun with the lines, the only ones that tell of one person."""
    oldest = today - RECORD.period
    is_thinned = any(half in closed and half.first < oldest for half in halves)
    return scope.counsellor is None or not is_thinned


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

    def told(self, halves: Collection[HalfYear], cubes: Cubes, until: Until) -> Told:
        who = self.scope.counsellor[0] if self.scope.counsellor else None
        outcomes = read_outcomes(
            self.session, self.catalogue, halves, self.closed, counsellor_id=who
        )
        worked = read_worked(
            self.session,
            self.catalogue,
            halves,
            self.closed,
            until=until.hours,
            counsellor_id=who,
        )
        months = [month for half in halves for month in half.months if month <= until.figures]
        unmet = None if who else self._unmet(halves, until)
        return _told(self.scope, cubes, _Found(until, months, outcomes, worked, unmet))

    def _unmet(self, halves: Collection[HalfYear], until: Until) -> Unmet:
        return read_unmet(self.session, halves, until=until.figures, commune=self.scope.commune)


class _Found(NamedTuple):
    """What was read of a period, before its place is asked."""

    until: Until
    months: Sequence[date]
    outcomes: OutcomeCube
    worked: Worked
    unmet: Unmet | None


def _told(scope: Scope, cubes: Cubes, found: _Found) -> Told:
    place, last = scope.commune, max(found.months, default=date.min)
    lines = found.worked.lines
    if place is not None:
        lines = {place: lines.get(place, Hours())}

    def is_wanted(key: VolumeKey | OutcomeKey) -> bool:
        return key.month <= last and place in (None, key.commune)

    volumes = {key: volume for key, volume in cubes.volumes.items() if is_wanted(key)}
    communes = sorted({key.commune for key in volumes})
    outcomes = {key: each for key, each in found.outcomes.items() if is_wanted(key)}
    return Told(
        until=found.until,
        figures=within(volumes),
        outcomes=_of_type(outcomes, INDIVIDUAL),
        workshop_outcomes=_of_type(outcomes, WORKSHOP),
        hours=sum(lines.values(), Hours()),
        unused=unused(lines.values()),
        unmet=found.unmet,
        late=total(volumes.values()).late_activities,
        by_month={month: _minutes(volumes, month) for month in found.months},
        by_commune={each: _within(volumes, each) for each in communes},
        hours_by_commune=dict(lines) if place is None else {},
        by_residence={} if place or scope.is_masked else _by_residence(cubes, last),
    )


def _of_type(outcomes: OutcomeCube, type_: str) -> Outcomes:
    return sum((each for key, each in outcomes.items() if key.type == type_), Outcomes())


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
    half = reader.scope.share_half(today)
    return read_shares(reader.session, reader.catalogue, half, reader.closed, today=today)


def _thresholds(catalogue: Catalogue) -> Thresholds:
    settings = catalogue.settings
    return Thresholds(
        people=settings.published_people, cell=settings.published_cell, width=settings.masked_width
    )
