"""Rows of an appointment in the small territory of territory_sample, to be changed at will."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    Channel,
    EngagementKind,
    HelperRelation,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.availability import AvailabilityKind
from app.domain.messages import MessageKind
from app.domain.recurrence import Frequency
from app.domain.territory import parse_territory
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.places import Commune, Topic, Venue
from app.models.schedule import Availability
from app.services.announcing import announce
from app.services.appointment_rows import Act
from app.services.links import Links, hash_token
from app.services.territory import load_territory
from app.services.transaction import write_transaction
from tests.support.territory_sample import spoiled

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LINKS = Links("a key of the tests")
loads = count(1)
MOBILE, HELPER_MOBILE = "+33639980001", "+33639980002"


@dataclass
class Town:
    """A territory of one venue and one counsellor, and what to book there."""

    session: Session
    counsellor_id: int
    commune_id: int
    venue_id: int
    topic_id: int
    references: Iterator[int] = field(default_factory=lambda: count(100_000))

    def book(
        self,
        *,
        starts_at: datetime = NOW + timedelta(days=7),
        minutes: int = 45,
        at_home: bool = False,
        resident: dict[str, Any] | None = None,
        announced: bool = True,
        **changes: Any,
    ) -> int:
        """An appointment with its link and its confirmation to send; its id."""
        with write_transaction(self.session):
            appointment = Appointment(
                **self._appointment(at_home) | changes,
                resident=Resident(**_resident() | (resident or {})),
                engagement=Engagement(
                    counsellor_id=self.counsellor_id,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=minutes),
                    kind=EngagementKind.APPOINTMENT,
                    commune_id=self.commune_id,
                    venue_id=None if at_home else self.venue_id,
                ),
            )
            self.session.add(appointment)
            self.session.flush()
            token = LINKS.token(appointment.id, appointment.link_version)
            appointment.link_token_hash = hash_token(token)
            if announced:
                announce(self.session, appointment, MessageKind.CONFIRMATION, Act(NOW))
            return appointment.id

    def _appointment(self, at_home: bool) -> dict[str, Any]:
        return {
            "commune_id": self.commune_id,
            "topic_id": self.topic_id,
            "place_kind": PlaceKind.HOME if at_home else PlaceKind.VENUE,
            "topic_minutes": 45,
            "window_minutes": 30 if at_home else None,
            "status": AppointmentStatus.BOOKED,
            "channel": Channel.WEB,
            "language": "fr",
            "booked_at": NOW,
            "updated_at": NOW,
            "sequence": 0,
            "link_version": 1,
            "reference": next(self.references),
            "message_channel": MessageChannel.SMS,
            "message_to": Recipient.PERSON,
        }

    def appointment(self, appointment_id: int) -> Appointment:
        """The row as the database has it now."""
        self.session.rollback()
        return self.session.get_one(Appointment, appointment_id)

    def messages(self) -> list[OutboxMessage]:
        """All messages as the database has them now, oldest first."""
        self.session.rollback()
        return list(self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def _resident() -> dict[str, Any]:
    return {
        "first_name": "Rose",
        "last_name": "Serin",
        "phone": MOBILE,
        "email": "rose@exemple.invalid",
        "language": "fr",
        "created_at": NOW,
    }


def helped() -> dict[str, Any]:
    """What a booking for somebody else has in addition."""
    return {
        "helper_name": "Marc Serin",
        "helper_phone": HELPER_MOBILE,
        "helper_relation": HelperRelation.RELATIVE,
    }


def make_town(session: Session) -> Town:
    """Load the sample territory and a counsellor.

    Each town is loaded at an instant of its own: a process remembers a territory by it.
    """
    loaded_at = NOW - timedelta(seconds=next(loads))
    load_territory(session, parse_territory(spoiled()), overwrite=False, now=loaded_at)
    with write_transaction(session):
        counsellor = Counsellor(code="jeanne", first_name="Jeanne")
        session.add(counsellor)
        session.flush()
        return Town(
            session=session,
            counsellor_id=counsellor.id,
            commune_id=session.scalars(select(Commune.id).where(Commune.slug == "amont")).one(),
            venue_id=session.scalars(select(Venue.id)).one(),
            topic_id=session.scalars(select(Topic.id)).one(),
        )


def open_every_day(town: Town, first: datetime) -> list[Availability]:
    """From 8 to 18 h on weekdays, from that day on."""
    return [
        Availability(
            code=f"every-{weekday}",
            counsellor_id=town.counsellor_id,
            kind=AvailabilityKind.PERMANENCE,
            venue_id=town.venue_id,
            commune_slugs=[],
            frequency=Frequency.WEEKLY,
            weekday=weekday,
            first_on=first.date(),
            from_time=time(8),
            to_time=time(18),
            valid_from=first.date(),
            valid_until=None,
            skipped_dates=[],
            extra_dates=[],
            recorded_at=first,
        )
        for weekday in range(5)
    ]
