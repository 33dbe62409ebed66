"""The waiting list: who waits for which place, and until when an offered one is theirs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class HalfDay(StrEnum):
    """When somebody on the waiting list can come."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    ANY = "ANY"


class OfferOutcome(StrEnum):
    """What became of an offered place."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    """By the service, or because the person has booked meanwhile."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a message and a page say of an offered place: no name, no number of anybody."""

    id: int
    token: str
    """Of its link, for `/offre/<token>`."""
    starts_at: datetime
    window_minutes: int
    """A visit begins within so many minutes of `starts_at`; 0 at a venue."""
    is_visit: bool
    place_name: str
    place_address: str
    sms_name: str
    """The venue in a text message (GSM-7); empty for a visit."""
    answer_by: datetime
    is_open: bool
    """Held for them still: neither answered nor past its hour."""
    wants_earlier: bool
    """They have an appointment, which this one would replace."""
    language: str

    @property
    def window_ends_at(self) -> datetime:
        """A visit: the latest arrival; at a venue the same as `starts_at`."""
        return self.starts_at + timedelta(minutes=self.window_minutes)
