"""One appointment as messages and calendar files tell it, to be changed one fact at a time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.appointment import AppointmentStatus, MessageChannel, PlaceKind, Recipient
from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.messages import MessageKind
from app.domain.waiting import OfferFacts


@dataclass(frozen=True)
class Commune:
    slug: str = "amont"
    name: str = "Amont"
    name_in: str = "à Amont"
    name_of: str = "d’Amont"
    postal_code: str = "17000"


LETTERHEAD = Letterhead(
    name="Coclic’O",
    service_sms="Coclic'O",
    phone="05 36 49 00 00",
    public_url="https://rendez-vous.example.fr",
    timezone=ZoneInfo("Europe/Paris"),
)

AT_VENUE = AppointmentFacts(
    id=7,
    engagement_id=8,
    uid=UUID("0b6fa1d2-0000-4000-8000-000000000007"),
    token="AbCdEfGhIj12",
    reference=482_913,
    status=AppointmentStatus.BOOKED,
    cancelled_by=None,
    starts_at=datetime(2026, 12, 8, 9, tzinfo=UTC),
    ends_at=datetime(2026, 12, 8, 9, 45, tzinfo=UTC),
    window_minutes=0,
    place_kind=PlaceKind.VENUE,
    place_name="Mairie d’Amont",
    place_address="1 rue Haute, 17000 Amont",
    access_notes={"fr": "Rampe à gauche de l’entrée.", "en": "Ramp to the left of the door."},
    sms_name="mairie d'Amont",
    commune=Commune(),
    place_commune=Commune(),
    topic_code="sante-en-ligne",
    topic_label={"fr": "Ameli, Doctolib", "en": "Health services online"},
    topic_minutes=45,
    bring={"fr": "Carte Vitale", "en": "Health card"},
    language="fr",
    message_channel=MessageChannel.SMS,
    message_to=Recipient.PERSON,
    sequence=2,
    booked_at=datetime(2026, 11, 21, 14, 12, tzinfo=UTC),
    updated_at=datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC),
    address_line1=None,
    address_line2=None,
    call_time=None,
)

AT_HOME = replace(
    AT_VENUE,
    starts_at=datetime(2026, 12, 10, 13, tzinfo=UTC),
    ends_at=datetime(2026, 12, 10, 14, 30, tzinfo=UTC),
    window_minutes=30,
    place_kind=PlaceKind.HOME,
    place_name="Amont",
    place_address="17000 Amont",
    access_notes={},
    sms_name="",
    address_line1="12 impasse du Moulin",
    address_line2="Étage 2",
)

OFFER_AT_VENUE = OfferFacts(
    id=9,
    token="OfFeRtOkEn12",
    starts_at=AT_VENUE.starts_at,
    window_minutes=0,
    is_visit=False,
    place_name=AT_VENUE.place_name,
    place_address=AT_VENUE.place_address,
    sms_name=AT_VENUE.sms_name,
    answer_by=datetime(2026, 12, 7, 11, 30, tzinfo=UTC),
    is_open=True,
    wants_earlier=False,
    language="fr",
)

OFFER_AT_HOME = replace(
    OFFER_AT_VENUE,
    starts_at=AT_HOME.starts_at,
    window_minutes=30,
    is_visit=True,
    place_name=AT_HOME.place_name,
    place_address=AT_HOME.place_address,
    sms_name="",
    answer_by=datetime(2026, 12, 9, 9, tzinfo=UTC),
)


def sample_for(kind: MessageKind, place: str, **changes: Any) -> AppointmentFacts | OfferFacts:
    """The sample that a message of that kind tells, at the « venue » or on a « visit »."""
    if kind is MessageKind.OFFER:
        return replace(OFFER_AT_VENUE if place == "venue" else OFFER_AT_HOME, **changes)
    return replace(AT_VENUE if place == "venue" else AT_HOME, **changes)


def changed(facts: AppointmentFacts = AT_VENUE, **changes: Any) -> AppointmentFacts:
    """The sample with some facts changed."""
    return replace(facts, **changes)
