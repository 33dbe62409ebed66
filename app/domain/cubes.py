"""What stays for ever of attendance records: monthly and half-yearly sums (statistics §4.4).

(a) by month, commune of the place, type and kind of place; (b) by month and commune of residence;
(c) by half-year, for the territory and by commune of the place. Never place × residence.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.allotment import allot
from app.domain.attendance import AttendanceRecord
from app.domain.closing import counted_on
from app.domain.half_year import HalfYear, month_of
from app.domain.national_labels import REMOTE, duration_band
from app.domain.nomenclature import Family

TERRITORY = ""
"""The line of everybody, in cube (c)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and the day under which it is counted: its own, or later as « rattrapage »."""

    record: AttendanceRecord
    counted_on: date

    @property
    def is_late(self) -> bool:
        return self.counted_on != self.record.on

    @property
    def half_year(self) -> HalfYear:
        return HalfYear.of(self.counted_on)


def enter(record: AttendanceRecord, today: date, closed: Collection[HalfYear]) -> Entry:
    """The record as it is counted when it is told today."""
    return Entry(record, counted_on(record.on, today, closed))


@dataclass(frozen=True, slots=True)
class Volume:
    """What is added up of activities; durations are those of activities, never of participants."""

    activities: int = 0
    participants: int = 0
    already_helped: int = 0
    minutes: int = 0
    travel_minutes: int = 0
    preparation_minutes: int = 0
    late_activities: int = 0
    """How many of the activities are « rattrapage »."""

    def __add__(self, other: "Volume") -> "Volume":
        return Volume(
            self.activities + other.activities,
            self.participants + other.participants,
            self.already_helped + other.already_helped,
            self.minutes + other.minutes,
            self.travel_minutes + other.travel_minutes,
            self.preparation_minutes + other.preparation_minutes,
            self.late_activities + other.late_activities,
        )


class VolumeKey(NamedTuple):
    """A cell of cube (a); `commune` is REMOTE for what was done at a distance."""

    month: date
    commune: str
    type: str
    place_kind: str


class ResidenceKey(NamedTuple):
    """A cell of cube (b); `commune` may be « autre » or « nc »."""

    month: date
    commune: str


@dataclass(frozen=True, slots=True)
class Residence:
    participants: int = 0
    minutes: int = 0
    """A workshop's minutes are split by the people of each commune."""

    def __add__(self, other: "Residence") -> "Residence":
        return Residence(self.participants + other.participants, self.minutes + other.minutes)


class PublicKey(NamedTuple):
    """A cell of cube (c): how many participants, or activities for a duration or a level."""

    half_year: HalfYear
    commune: str
    family: Family
    code: str


def volume_of(entry: Entry) -> Volume:
    record = entry.record
    return Volume(
        activities=1,
        participants=record.participants,
        already_helped=record.already_helped,
        minutes=record.minutes,
        travel_minutes=record.travel_minutes,
        preparation_minutes=record.preparation_minutes,
        late_activities=int(entry.is_late),
    )


def volumes(entries: Iterable[Entry]) -> dict[VolumeKey, Volume]:
    """Cube (a)."""
    cube: dict[VolumeKey, Volume] = {}
    for entry in entries:
        record = entry.record
        key = VolumeKey(month_of(entry.counted_on), _place(record), record.type, record.place_kind)
        cube[key] = cube.get(key, Volume()) + volume_of(entry)
    return cube


def residences(entries: Iterable[Entry]) -> dict[ResidenceKey, Residence]:
    """Cube (b). Minutes of an activity go to the communes of its people, by largest remainder."""
    cube: dict[ResidenceKey, Residence] = {}
    for entry in entries:
        people = entry.record.residences
        minutes = allot(entry.record.minutes, people)
        for commune, count in people.items():
            key = ResidenceKey(month_of(entry.counted_on), commune)
            cube[key] = cube.get(key, Residence()) + Residence(count, minutes[commune])
    return cube


def publics(entries: Iterable[Entry]) -> dict[PublicKey, int]:
    """Cube (c) before masking: every family for the territory, four of them by commune.

    A person counts once in each theme of their activity: themes do not add up to people.
    """
    cube: dict[PublicKey, int] = {}
    for entry in entries:
        for family, code, count in _counted(entry.record):
            places = (TERRITORY, _place(entry.record)) if family in BY_COMMUNE else (TERRITORY,)
            for place in places:
                key = PublicKey(entry.half_year, place, family, code)
                cube[key] = cube.get(key, 0) + count
    return {key: count for key, count in cube.items() if count}


BY_COMMUNE = frozenset({Family.AGE, Family.GENDER, Family.STATUS, Family.THEME})
"""What is told of one commune; everything else is told of the territory alone."""


def _place(record: AttendanceRecord) -> str:
    return record.place_commune or REMOTE


def _counted(record: AttendanceRecord) -> Iterator[tuple[Family, str, int]]:
    """Every cell that a record adds to, with how much."""
    people = record.participants
    for family, counts in (
        (Family.AGE, record.ages),
        (Family.GENDER, record.genders),
        (Family.STATUS, record.statuses),
    ):
        yield from ((family, code, count) for code, count in counts.items())
    for family, codes in (
        (Family.THEME, record.themes),
        (Family.PROCEDURE, record.procedures),
        (Family.DEVICE, record.devices),
    ):
        yield from ((family, code, people) for code in codes)
    for family, answer in (
        (Family.RESULT, record.result),
        (Family.AUTONOMY, record.autonomy),
        (Family.REDIRECTION, record.redirection),
        (Family.ORIGIN, record.origin),
    ):
        if answer is not None:
            yield family, answer, people
    yield Family.DURATION_BAND, duration_band(record.minutes), 1
    if record.level is not None:
        yield Family.LEVEL, record.level, 1
