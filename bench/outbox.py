"""Messages for the bench and the drills: to send now, and years of those that left."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    Channel,
    EngagementKind,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.messages import MessageKind, Notice
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.places import Topic, Venue
from app.services.links import Links, hash_token
from app.services.outbox import write_message
from app.services.transaction import write_transaction
from bench.postgresql import connect

OFFSET = 10_000_000
"""Ids of what left long ago start here, far above all others."""
LENGTH = timedelta(minutes=30)
RANKS = "WITH RECURSIVE past(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM past WHERE i < {last})"


def write_confirmations(
    session: Session, how_many: int, links: Links, now: datetime, *, key: str = "bench"
) -> None:
    """That many appointments far ahead, each with the e-mail that confirms it, due at once."""
    with write_transaction(session):
        topic = session.scalars(select(Topic.id).limit(1)).one()
        venue = session.scalars(select(Venue).limit(1)).one()
        counsellor = Counsellor(code=f"{key}-{uuid4().hex[:8]}", first_name="Camille")
        session.add(counsellor)
        session.flush()
        used = set(session.scalars(select(Appointment.reference)))
        free = (number for number in range(100_000, 1_000_000) if number not in used)
        engagements = [_engagement(counsellor.id, venue, now, rank) for rank in range(how_many)]
        made = [_appointment(each, topic, now, next(free)) for each in engagements]
        session.add_all(made)
        session.flush()
        for appointment in made:
            token = links.token(appointment.id, appointment.link_version)
            appointment.link_token_hash = hash_token(token)
            notice = Notice(
                MessageKind.CONFIRMATION,
                MessageChannel.EMAIL,
                Recipient.PERSON,
                appointment.engagement.starts_at,
            )
            write_message(session, notice, appointment.id, version=0, now=now)


def _engagement(counsellor_id: int, venue: Venue, now: datetime, rank: int) -> Engagement:
    starts_at = now + timedelta(days=30) + rank * LENGTH
    return Engagement(
        counsellor_id=counsellor_id,
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        kind=EngagementKind.APPOINTMENT,
        commune_id=venue.commune_id,
        venue_id=venue.id,
    )


def _appointment(
    engagement: Engagement, topic_id: int, now: datetime, reference: int
) -> Appointment:
    return Appointment(
        uid=uuid4(),
        resident=Resident(
            first_name="Rose",
            last_name="Serin",
            email=f"rose{reference}@exemple.invalid",
            language="fr",
            created_at=now,
        ),
        engagement=engagement,
        commune_id=engagement.commune_id,
        topic_id=topic_id,
        place_kind=PlaceKind.VENUE,
        topic_minutes=30,
        status=AppointmentStatus.BOOKED,
        channel=Channel.WEB,
        language="fr",
        booked_at=now,
        updated_at=now,
        reference=reference,
        message_channel=MessageChannel.EMAIL,
        message_to=Recipient.PERSON,
    )


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a database says so many minutes ago."""

    ago: str


SQLITE = _Dialect("datetime('now', '-' || ({minutes}) || ' minutes') || '.000000'")
POSTGRESQL = _Dialect("now() - ({minutes}) * interval '1 minute'")


def add_sent(url: str, how_many: int) -> None:
    """Put that many messages that left, one after the other until today, into a database."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute(_insert(SQLITE, how_many))
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    with connect(url) as line:
        line.execute(_insert(POSTGRESQL, how_many))
        line.execute("VACUUM ANALYZE")


def _insert(dialect: _Dialect, how_many: int) -> str:
    at = dialect.ago.format(minutes="60 + i / 4")
    return (
        f"{RANKS.format(last=how_many - 1)} INSERT INTO outbox_message"
        " (id, subject_kind, subject_id, kind, version, channel, recipient, round, created_at,"
        " due_at, expires_at, state, attempts, closed_at, segments, cost, provider_id, commune_id)"
        f" SELECT {OFFSET} + i, 'APPOINTMENT', {OFFSET} + i, 'CONFIRMATION', 0, 'SMS', 'PERSON', 0,"
        f" {at}, {at}, {at}, 'SENT', 1, {at}, 1, 500, 'gw-' || i, (SELECT min(id) FROM commune)"
        " FROM past"
    )
