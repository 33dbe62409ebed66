"""What pages, calendar files and messages say of one appointment: no name, no number of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.appointment import (
    AppointmentStatus,
    CallTime,
    CancelledBy,
    MessageChannel,
    PlaceKind,
    Recipient,
)


class CommuneWords(Protocol):
    """How a commune is named; the entries of the catalogue are such words."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_in(self) -> str: ...
    @property
    def name_of(self) -> str: ...
    @property
    def postal_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message says of the service itself."""

    name: str
    service_sms: str
    """The service's name in a text message: at most 10 GSM-7 characters."""
    phone: str
    """As people write it, or empty while the service has none."""
    public_url: str
    timezone: ZoneInfo
    sms_stop: str = ""
    """The number that takes « STOP »; empty where the gateway gives none."""


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """One appointment as it is now. Instants are aware UTC; texts by language are fr and en."""

    id: int
    engagement_id: int
    uid: UUID
    token: str
    """Of its link in force, for `/r/<token>`."""
    reference: int | None
    status: AppointmentStatus
    cancelled_by: CancelledBy | None
    starts_at: datetime
    ends_at: datetime
    """Until when the counsellor is taken, and so when it is over."""
    window_minutes: int
    """A visit begins within so many minutes of `starts_at`; 0 at a venue."""
    place_kind: PlaceKind
    place_name: str
    """The venue; of a visit the commune, since nobody's home has a name."""
    place_address: str
    """Street and postal line of the venue; of a visit the postal code and the commune only."""
    access_notes: Mapping[str, str]
    sms_name: str
    """The venue in a text message (GSM-7); empty for a visit."""
    commune: CommuneWords | None
    """Where the person lives; None: in another commune."""
    place_commune: CommuneWords
    topic_code: str
    topic_label: Mapping[str, str]
    topic_minutes: int
    bring: Mapping[str, str]
    language: str
    message_channel: MessageChannel
    message_to: Recipient
    sequence: int
    booked_at: datetime
    updated_at: datetime
    address_line1: str | None
    """Where a visit goes: for the staff and the person alone, never in a message."""
    address_line2: str | None
    call_time: CallTime | None

    @property
    def is_visit(self) -> bool:
        return self.place_kind is PlaceKind.HOME

    @property
    def is_cancelled(self) -> bool:
        return self.status is AppointmentStatus.CANCELLED

    @property
    def window_ends_at(self) -> datetime:
        """A visit: the latest arrival; at a venue the same as `starts_at`."""
        return self.starts_at + timedelta(minutes=self.window_minutes)
