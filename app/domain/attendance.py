"""One anonymous record of attendance: an activity, counted. No person, no hour, no free text.

Columns: statistics §4.1 and §4.4. The same counts serve one person (a single 1 in each family)
and a workshop of ten, so that one sum adds them all. Until they are cubed, lines are open to
their counsellor and the coordination only; nothing here joins a record to an appointment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.domain.national_labels import (
    INDIVIDUAL,
    NOT_TOLD,
    REFERRED,
    REMOTE,
    WALK_IN,
    WORKSHOP,
)

OTHER_COMMUNE = "autre"
"""People who live in no commune of the territory."""
ONE_DAY_MINUTES = 24 * 60
WALK_IN_MINUTES = 30
"""What a walk-in is taken for until somebody tells better (product §14)."""

Counts = Mapping[str, int]
"""How many participants by code."""


@dataclass(frozen=True, slots=True)
class AttendanceRecord:
    """One activity of one day. `check` of `attendance_checks` says whether it may be kept.

    Its identifier is drawn at random where it is stored; the order of storing tells nothing.
    """

    on: date
    counsellor: str
    """The counsellor's code."""
    type: str
    minutes: int
    """Of the activity, counted once even where two counsellors lead it."""
    place_kind: str
    place_commune: str | None
    """INSEE code; None at a distance, and only then."""
    venue: str | None
    """The venue's slug, where there was one."""
    participants: int
    themes: frozenset[str]
    genders: Counts
    ages: Counts
    statuses: Counts
    residences: Counts
    """By INSEE code, OTHER_COMMUNE or NOT_TOLD."""
    procedures: frozenset[str] = frozenset()
    """Sub-themes of « Aide aux démarches administratives »."""
    already_helped: int = 0
    devices: frozenset[str] = frozenset()
    result: str | None = None
    autonomy: str | None = None
    redirection: str | None = None
    title: str = ""
    """The workshop's own title, never typed at the closing."""
    level: str | None = None
    origin: str | None = None
    leaders: int = 1
    travel_minutes: int = 0
    preparation_minutes: int = 0
    is_copied: bool = False
    """« Saisi » in the national tool."""

    @property
    def is_workshop(self) -> bool:
        return self.type == WORKSHOP

    @property
    def is_referred(self) -> bool:
        return self.result == REFERRED

    @property
    def occasion(self) -> tuple[date, str, str, str]:
        """Day, counsellor, place and type: how many records are alone on one is told (§4.4)."""
        place = self.venue or self.place_commune or REMOTE
        return self.on, self.counsellor, place, self.type


@dataclass(frozen=True, slots=True)
class Held:
    """Where and when an activity took place, as its appointment or workshop tells."""

    on: date
    counsellor: str
    minutes: int
    place_kind: str
    place_commune: str | None
    venue: str | None = None
    origin: str | None = None
    leaders: int = 1
    travel_minutes: int = 0
    preparation_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What the counsellor tells when closing; all but the themes may stay « Non communiqué »."""

    themes: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()
    age: str = NOT_TOLD
    gender: str = NOT_TOLD
    status: str = NOT_TOLD
    devices: frozenset[str] = frozenset()
    result: str | None = None
    autonomy: str | None = None
    redirection: str | None = None
    minutes: int | None = None
    """The real duration; None: that of the slot."""
    is_already_helped: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What the counsellor tells of a workshop: counts, each filled up with « Non communiqué »."""

    attended: int
    """Those who had registered and came."""
    walk_ins: int = 0
    themes: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()
    ages: Counts = field(default_factory=dict)
    genders: Counts = field(default_factory=dict)
    statuses: Counts = field(default_factory=dict)
    residences: Counts = field(default_factory=dict)
    devices: frozenset[str] = frozenset()
    already_helped: int = 0
    minutes: int | None = None

    @property
    def participants(self) -> int:
        return self.attended + self.walk_ins


def of_appointment(held: Held, told: Told, *, residence: str | None) -> AttendanceRecord:
    """The record of one person who came; `residence` is their commune, None for another one."""
    return AttendanceRecord(
        on=held.on,
        counsellor=held.counsellor,
        type=INDIVIDUAL,
        minutes=held.minutes if told.minutes is None else told.minutes,
        place_kind=held.place_kind,
        place_commune=held.place_commune,
        venue=held.venue,
        participants=1,
        themes=told.themes,
        procedures=told.procedures,
        genders={told.gender: 1},
        ages={told.age: 1},
        statuses={told.status: 1},
        residences={residence or OTHER_COMMUNE: 1},
        already_helped=int(told.is_already_helped),
        devices=told.devices,
        result=told.result,
        autonomy=told.autonomy,
        redirection=told.redirection,
        origin=held.origin,
        leaders=held.leaders,
        travel_minutes=held.travel_minutes,
        preparation_minutes=held.preparation_minutes,
    )


def of_walk_in(held: Held, told: Told, *, residence: str = NOT_TOLD) -> AttendanceRecord:
    """The record of somebody who came without an appointment: neither name nor telephone."""
    return of_appointment(replace(held, origin=WALK_IN), told, residence=residence)


def of_workshop(held: Held, group: Group, *, title: str, level: str | None) -> AttendanceRecord:
    """The record of a workshop closed by counts; one record, whoever led it."""
    people = group.participants
    return AttendanceRecord(
        on=held.on,
        counsellor=held.counsellor,
        type=WORKSHOP,
        minutes=held.minutes if group.minutes is None else group.minutes,
        place_kind=held.place_kind,
        place_commune=held.place_commune,
        venue=held.venue,
        participants=people,
        themes=group.themes,
        procedures=group.procedures,
        genders=filled(group.genders, people),
        ages=filled(group.ages, people),
        statuses=filled(group.statuses, people),
        residences=filled(group.residences, people),
        already_helped=group.already_helped,
        devices=group.devices,
        title=title,
        level=level,
        origin=held.origin,
        leaders=held.leaders,
        travel_minutes=held.travel_minutes,
        preparation_minutes=held.preparation_minutes,
    )


def filled(counts: Counts, participants: int) -> dict[str, int]:
    """The counts with whoever is missing as « Non communiqué »; zeros left out.

    Counts above the participants stay as they are: the check refuses them, nothing is cut.
    """
    missing = max(0, participants - sum(counts.values()))
    whole = {**counts, NOT_TOLD: counts.get(NOT_TOLD, 0) + missing}
    return {code: count for code, count in whole.items() if count}


def duplicate(record: AttendanceRecord, on: date) -> AttendanceRecord:
    """« Dupliquer »: the same answers for another activity of that day, to be copied anew.

    What each outing has of its own, travel and preparation, is not repeated.
    """
    return replace(record, on=on, is_copied=False, travel_minutes=0, preparation_minutes=0)


def alone(records: Iterable[AttendanceRecord]) -> int:
    """How many records share their occasion with no other: those that somebody might recognise."""
    occasions = Counter(record.occasion for record in records)
    return sum(1 for count in occasions.values() if count == 1)
