"""Minutes between two places, and so the gap that two engagements need."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import asin, ceil, cos, radians, sin, sqrt

ROAD_OVER_AIR = 1.3
SPEED_KMH = 45
ROUND_UP_TO_MINUTES = 5
SHORTEST_MINUTES = 10
EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engagement is: a venue, or for `venue_id` None a home of that commune."""

    commune_id: int
    venue_id: int | None


class TravelTimes:
    """The table of minutes that the territory edits, with a formula where no pair is listed."""

    def __init__(
        self,
        minutes: Mapping[tuple[int, int], int],
        coordinates: Mapping[int, tuple[float, float]],
        same_commune_minutes: int = 10,
    ) -> None:
        """`minutes` by pair of communes (from, to); `coordinates` in degrees (north, east).

        Build it once per revision of the territory: it remembers what it has worked out. Raises
        ValueError for a listed time under 0.
        """
        for pair, listed in minutes.items():
            if listed < 0:
                raise ValueError(f"{listed} minutes of travel between communes {pair}")
        self._minutes = dict(minutes)
        self._coordinates = dict(coordinates)
        self._same_commune_minutes = same_commune_minutes
        self._known: dict[tuple[Place, Place], int] = {}

    def between(self, start: Place, end: Place) -> int:
        """Minutes from one place to another.

        The same venue 0; two places of one commune, homes included, `same_commune_minutes`; else
        the listed pair, else the pair listed the other way round, else the formula on coordinates.
        Raises LookupError, naming both communes, where neither the pair nor a point is known.
        """
        known = self._known.get((start, end))
        if known is None:
            known = self._known[start, end] = self._between(start, end)
        return known

    @cached_property
    def longest_minutes(self) -> int:
        """No journey that `between` knows takes longer: so far around an opening `slots` looks."""
        listed = max(self._minutes.values(), default=0)
        estimated = (
            estimated_minutes(self._coordinates[one], self._coordinates[other])
            for one, other in combinations(self._coordinates, 2)
            if (one, other) not in self._minutes and (other, one) not in self._minutes
        )
        return max(self._same_commune_minutes, listed, max(estimated, default=0))

    def _between(self, start: Place, end: Place) -> int:
        if start.venue_id is not None and start.venue_id == end.venue_id:
            return 0
        if start.commune_id == end.commune_id:
            return self._same_commune_minutes
        pair = start.commune_id, end.commune_id
        for listed in (pair, pair[::-1]):
            if listed in self._minutes:
                return self._minutes[listed]
        if not self._coordinates.keys() >= set(pair):
            raise LookupError(f"no travel minutes and no coordinates for communes {pair}")
        return estimated_minutes(*(self._coordinates[commune] for commune in pair))


def estimated_minutes(start: tuple[float, float], end: tuple[float, float]) -> int:
    """Great-circle km × 1.3 at 45 km/h, rounded up to 5 minutes, at least 10.

    The formula of the territories' own tables (their `sources`); each pilot then edits the table.
    """
    minutes = great_circle_km(start, end) * ROAD_OVER_AIR / SPEED_KMH * 60
    return max(SHORTEST_MINUTES, ceil(minutes / ROUND_UP_TO_MINUTES) * ROUND_UP_TO_MINUTES)


def great_circle_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Distance on a sphere (haversine) between two points in degrees (north, east)."""
    north, east = (radians(value) for value in start)
    other_north, other_east = (radians(value) for value in end)
    chord = (
        sin((other_north - north) / 2) ** 2
        + cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))
