"""Workshops: how many places are left and for whom, who is next on the list, who may still come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.appointment import Caller, Channel, MessageChannel, Recipient
from app.domain.booking import Helper, Person, Phone, check_told
from app.domain.errors import PhoneMissing
from app.domain.settings import Settings
from app.domain.workshop_errors import (
    AlreadyRegistered,
    CompanionMissing,
    DevicesMissing,
    TooManyDevices,
    TooManyPlaces,
    WorkshopCancelled,
    WorkshopStarted,
)

MOST_PLACES = 2
"""One registration is for one person, or for two who come together."""
ALMOST_FULL = 2
"""So few places left, or fewer, are told as « dernières places »."""


class Level(StrEnum):
    """How much one must know (the national record has the same three)."""

    BEGINNER = "BEGINNER"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class WorkshopStatus(StrEnum):
    """Of a workshop, and of each of its sessions."""

    PLANNED = "PLANNED"
    CANCELLED = "CANCELLED"


class RegistrationStatus(StrEnum):
    REGISTERED = "REGISTERED"
    WAITING = "WAITING"
    CANCELLED = "CANCELLED"


class ParticipationState(StrEnum):
    """Of one registration on one session; without any, they are expected."""

    EXCUSED = "EXCUSED"
    ATTENDED = "ATTENDED"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True)
class Room:
    """The places of a workshop as they stand; those that an open offer holds count as taken."""

    capacity: int
    taken_by_host: int
    """By residents of the host commune."""
    taken_by_others: int
    kept_places: int
    """For residents of the host commune alone, today; 0 once the last day of it is past."""

    @property
    def free(self) -> int:
        """Places that somebody could still have; never below 0."""
        return max(0, self.capacity - self.taken_by_host - self.taken_by_others)

    def free_for(self, *, is_from_host: bool) -> int:
        """Places for one more: others than the host's own leave alone what is kept (issue D)."""
        if is_from_host:
            return self.free
        return max(0, min(self.free, self.capacity - self.kept_places - self.taken_by_others))


def kept_on(day: date, kept_places: int, kept_until: date | None) -> int:
    """How many places are kept for the host commune on that local day, the last one included."""
    return kept_places if kept_until is not None and day <= kept_until else 0


@dataclass(frozen=True, slots=True)
class Queued:
    """One registration on the waiting list of a workshop."""

    registration_id: int
    places: int
    accepts_one: bool
    is_from_host: bool
    joined_at: datetime
    """UTC."""
    asked_in_vain: bool = False
    """Places were held for them until their hour, and nobody could tell them."""

    @property
    def rank(self) -> tuple[datetime, int]:
        """First come, first served; a couple keeps its rank where only one place is free."""
        return self.joined_at, self.registration_id

    def takes(self, free: int) -> int:
        """How many of the free places they would be offered; 0: too few for them."""
        if free >= self.places:
            return self.places
        return 1 if self.accepts_one and free == 1 else 0


def in_line(queue: Iterable[Queued], room: Room) -> Iterator[tuple[Queued, int]]:
    """Who could be offered places now, and how many, in the order in which they are asked.

    The first one who can still be asked has them: see `waiting.answer_by`. Whom nobody could tell
    keeps their number, but is asked after the others: an address that fails stops no list.
    """
    for each in sorted(queue, key=lambda one: (one.asked_in_vain, one.rank)):
        if places := each.takes(room.free_for(is_from_host=each.is_from_host)):
            yield each, places


def position_of(registration_id: int, queue: Iterable[Queued]) -> int:
    """Their number on the list, 1 for the first. Raises ValueError for who does not wait."""
    ids = [each.registration_id for each in sorted(queue, key=lambda one: one.rank)]
    return ids.index(registration_id) + 1


@dataclass(frozen=True, slots=True)
class Companion:
    """Who comes together with the person: one registration, one link, two places."""

    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class RegistrationDesk:
    """What only the team writes on a registration."""

    user_id: int
    caller: Caller
    resident_id: int | None = None
    """The card that the clerk recognised; None: a new one."""


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """All that a registration needs; whatever else a form carried was dropped on the way here."""

    workshop_id: int
    person: Person
    companion: Companion | None
    commune_slug: str
    """Where they live, or OTHER_COMMUNE."""
    devices_wanted: int
    """To be lent: 0 to as many as they are."""
    may_wait: bool
    """They have read that it is full, and want the waiting list then."""
    accepts_one: bool
    helper: Helper | None
    message_channel: MessageChannel
    message_to: Recipient
    language: str
    channel: Channel
    form_key: str
    desk: RegistrationDesk | None = None
    """None: they register online."""

    @property
    def places(self) -> int:
        return 2 if self.companion else 1

    @property
    def phone(self) -> str | None:
        """The number that limits look at: the person's, else the helper's; E.164."""
        phone = self.person.phone or (self.helper.phone if self.helper else None)
        return phone.number if phone else None

    @property
    def messages_phone(self) -> Phone | None:
        """The phone that messages go to."""
        if self.message_to is Recipient.HELPER and self.helper:
            return self.helper.phone
        return self.person.phone


def check_places(places: int) -> None:
    """Raises TooManyPlaces: a group calls the service."""
    if not 1 <= places <= MOST_PLACES:
        raise TooManyPlaces


def check_people(request: RegistrationRequest, settings: Settings) -> None:
    """Whether the people of a registration are complete, and can be told as they wish.

    At the desk, who has no telephone is told on paper. Raises PhoneMissing, CompanionMissing,
    TooManyDevices, or the refusals of `check_told`.
    """
    if request.desk is None and request.phone is None:
        raise PhoneMissing
    check_told(request.message_channel, request.messages_phone, request.person.email, settings)
    companion = request.companion
    if companion and not (companion.first_name and companion.last_name):
        raise CompanionMissing
    if not 0 <= request.devices_wanted <= request.places:
        raise TooManyDevices


def check_open(status: WorkshopStatus, first_at: datetime, now: datetime) -> None:
    """Whether one may still register (until its first session begins, UTC).

    Raises WorkshopCancelled or WorkshopStarted.
    """
    if status is WorkshopStatus.CANCELLED:
        raise WorkshopCancelled
    if now >= first_at:
        raise WorkshopStarted


def check_devices(wanted: int, lent: int, devices: int) -> None:
    """Whether so many more devices can be lent. Raises DevicesMissing."""
    if wanted and lent + wanted > devices:
        raise DevicesMissing


def check_only_once(known: Iterable[tuple[str, str]], first_name: str, last_name: str) -> None:
    """Two people may share a telephone, one person registers once (product §6).

    `known` are the names registered or waiting with the same number. Raises AlreadyRegistered.
    """
    wanted = _folded(first_name), _folded(last_name)
    if wanted in {(_folded(first), _folded(last)) for first, last in known}:
        raise AlreadyRegistered


def engaged_span(
    starts_at: datetime, ends_at: datetime, settings: Settings
) -> tuple[datetime, datetime]:
    """When its counsellors are taken: set-up before, tidying after (settings, minutes)."""
    setup = timedelta(minutes=settings.workshop_setup_minutes)
    tidy = timedelta(minutes=settings.workshop_tidy_minutes)
    return starts_at - setup, ends_at + tidy


def lacks_people(
    registered: int, minimum: int, first_at: datetime, now: datetime, settings: Settings
) -> bool:
    """Whether the coordinator is asked if it stands: too few, so many days before (product §17)."""
    is_near = first_at - now <= timedelta(days=settings.workshop_minimum_days)
    return registered < minimum and now < first_at and is_near


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
