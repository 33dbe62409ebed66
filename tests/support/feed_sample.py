"""Two appointments and a road as a feed tells them, to be changed one fact at a time."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.feeds import FeedEntry, Journey
from app.gateways.ical_feed import FeedHead

HEAD = FeedHead("feed-3", "Coclic’O – Jeanne", "rendez-vous.example.fr", ZoneInfo("Europe/Paris"))
BUSY = FeedEntry(
    uid=UUID("0b6fa1d2-0000-4000-8000-000000000007"),
    sequence=2,
    updated_at=datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC),
    starts_at=datetime(2026, 12, 8, 9, tzinfo=UTC),
    ends_at=datetime(2026, 12, 8, 9, 45, tzinfo=UTC),
    is_cancelled=False,
    place="Mairie d’Amont, 1 rue Haute, 17000 Amont",
)
BUSY_VISIT = replace(
    BUSY,
    uid=UUID("0b6fa1d2-0000-4000-8000-000000000008"),
    sequence=0,
    starts_at=datetime(2026, 12, 8, 13, tzinfo=UTC),
    ends_at=datetime(2026, 12, 8, 14, 30, tzinfo=UTC),
    place="Amont",
)
CANCELLED = replace(BUSY, sequence=3, is_cancelled=True)
DETAIL = replace(
    BUSY,
    person="Rose S.",
    bring="Carte Vitale, téléphone",
    record_url="https://rendez-vous.example.fr/agents/rendez-vous/7",
)
DETAIL_VISIT = replace(
    BUSY_VISIT,
    place="12 impasse du Moulin, Étage 2, 17000 Amont",
    person="Marc T.",
    arrives_until=datetime(2026, 12, 8, 13, 30, tzinfo=UTC),
    bring="L’appareil, son chargeur",
    record_url="https://rendez-vous.example.fr/agents/rendez-vous/8",
)
SHARED = replace(DETAIL, counsellor="Jeanne")
ROAD = Journey(
    uid=BUSY_VISIT.uid,
    minutes=15,
    starts_at=datetime(2026, 12, 8, 12, 45, tzinfo=UTC),
    ends_at=BUSY_VISIT.starts_at,
    sequence=0,
    updated_at=BUSY.updated_at,
)
