"""What pages, calendar files and messages say of a workshop and of one registration for it.

No name, no number of anybody: nobody learns here who else comes (slots-calendar-threats T9).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.appointment import CancelledBy, MessageChannel, Recipient
from app.domain.appointment_facts import CommuneWords
from app.domain.workshops import Level, RegistrationStatus, WorkshopStatus


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One date of a workshop. Instants are aware UTC."""

    id: int
    uid: UUID
    starts_at: datetime
    ends_at: datetime
    place_name: str
    place_address: str
    access_notes: Mapping[str, str]
    sms_name: str
    """The place in a text message (GSM-7): the venue's, else its commune's name."""
    commune: CommuneWords
    is_cancelled: bool
    sequence: int
    updated_at: datetime
    is_excused: bool = False
    """Of one registration: they have said that they miss this date."""


@dataclass(frozen=True, slots=True)
class WorkshopFacts:
    """A workshop as everybody may read it; texts by language, French always there."""

    id: int
    slug: str
    title: Mapping[str, str]
    content: Mapping[str, str]
    prerequisites: Mapping[str, str]
    bring: Mapping[str, str]
    level: Level
    themes: tuple[str, ...]
    host: CommuneWords
    sessions: tuple[SessionFacts, ...]
    """In order, cancelled ones included."""
    capacity: int
    free: int
    """Places for anybody, today; those kept for the host commune apart."""
    free_for_host: int
    waiting: int
    """How many registrations wait."""
    kept_places: int
    """Kept for the host commune today; 0: none, or no more."""
    devices: int
    status: WorkshopStatus
    first_at: datetime
    last_at: datetime
    sequence: int
    reworded_at: datetime | None = None
    """When its texts changed last; None: never."""

    @property
    def is_cycle(self) -> bool:
        return len(self.sessions) > 1

    @property
    def is_cancelled(self) -> bool:
        return self.status is WorkshopStatus.CANCELLED

    @property
    def standing_sessions(self) -> tuple[SessionFacts, ...]:
        """Without those that were cancelled."""
        return tuple(each for each in self.sessions if not each.is_cancelled)


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """One registration as it is now, with its workshop."""

    id: int
    token: str
    """Of its link in force, for `/r/<token>`."""
    reference: int | None
    status: RegistrationStatus
    cancelled_by: CancelledBy | None
    places: int
    accepts_one: bool
    devices_wanted: int
    position: int | None
    """On the waiting list, 1 for the first; None: they do not wait."""
    workshop: WorkshopFacts
    """Its sessions say which ones they are excused from."""
    commune: CommuneWords | None
    """Where they live; None: in another commune."""
    language: str
    message_channel: MessageChannel
    message_to: Recipient
    sequence: int
    registered_at: datetime
    updated_at: datetime
    left_unanswered: bool = False
    """They left the waiting list because the place that was offered had no answer."""

    @property
    def is_cancelled(self) -> bool:
        return self.status is RegistrationStatus.CANCELLED or self.workshop.is_cancelled

    @property
    def waits(self) -> bool:
        return self.status is RegistrationStatus.WAITING

    @property
    def can_miss_dates(self) -> bool:
        """They have a place on several dates: who comes to a single one cancels instead."""
        if self.waits or self.is_cancelled:
            return False
        return len(self.workshop.standing_sessions) > 1


@dataclass(frozen=True, slots=True)
class PlacesOfferFacts:
    """Places offered to who waits, until `answer_by` (UTC)."""

    id: int
    token: str
    """Of its link, for `/offre/<token>`."""
    places: int
    answer_by: datetime
    is_open: bool
    """Held for them still: neither answered nor past its hour."""
    registration: RegistrationFacts
    has_expired: bool = False
    """Its hour passed without an answer: they leave the list, even if no worker has seen it yet."""
    devices_short: int = 0
    """Of the devices that they have asked for, so many cannot be lent any more; 0 once answered."""
