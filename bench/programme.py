"""(i) the programme of workshops: years of past workshops against a young service.

Both databases have the same workshops to come, with the same registrations; what grows is what lies
before them.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.appointment import Channel, MessageChannel, Recipient
from app.domain.workshops import Level, RegistrationStatus, WorkshopStatus
from app.models.appointment import Resident
from app.models.places import Venue
from app.models.workshops import Registration, Workshop, WorkshopSession, WorkshopTemplate
from app.services.transaction import write_transaction
from bench.databases import session_on
from bench.load import Call, get
from bench.pages import interleaved, paired, rates
from bench.past import OFFSET
from bench.postgresql import connect
from bench.servers import OURS, serving

AHEAD, REGISTERED = 40, 8
"""Workshops to come, and who comes to each of them."""
A_DAY = 4
AT_ONCE = 5_000
CALLS = ("/ateliers", "/ateliers?commune=breuillet", "/ateliers?niveau=debutant&theme=email")


def add_programme(url: str, past: int, registrations: int) -> None:
    """Put so many past workshops with so many registrations in all, and those to come."""
    today = datetime.now(UTC).replace(hour=13, minute=0, second=0, microsecond=0)
    with session_on(url) as session:
        venues = session.execute(select(Venue.id, Venue.commune_id).order_by(Venue.id)).all()
        places = [(row.id, row.commune_id) for row in venues]
        with write_transaction(session):
            _add_one_of_each(session, today)
            days = [-2 - rank // A_DAY for rank in range(past)]
            days += [2 + rank // 2 for rank in range(AHEAD)]
            starts = [today + timedelta(days=day) for day in days]
            _many(session, Workshop, _workshops(starts, places))
            _many(session, WorkshopSession, _sessions(starts, places))
            ranks = [rank * past // registrations for rank in range(registrations)]
            ranks += [past + rank // REGISTERED for rank in range(AHEAD * REGISTERED)]
            _many(session, Registration, _registrations(ranks, today))
    if not url.startswith("sqlite"):
        with connect(url) as connection:
            connection.execute("VACUUM ANALYZE")


def _add_one_of_each(session: Session, now: datetime) -> None:
    """One template and one card: nobody reads more than one on this page."""
    words: dict[str, Any] = {"fr": "Un atelier"}
    template = {"id": OFFSET, "code": "banc", "title": words, "content": words}
    template |= {"prerequisites": {}, "bring": {}, "level": Level.BEGINNER, "themes": ["email"]}
    template |= {"minutes": 120, "capacity": 12, "minimum": 3, "devices": 2, "active": True}
    session.execute(insert(WorkshopTemplate), [template | {"edited_at": now}])
    card = {"id": OFFSET * 9, "first_name": "Rose", "last_name": "Serin", "language": "fr"}
    session.execute(insert(Resident), [card | {"to_reconcile": False, "created_at": now}])


def _workshops(starts: list[datetime], places: list[tuple[int, int]]) -> Iterable[dict[str, Any]]:
    for rank, start in enumerate(starts):
        yield {
            "id": OFFSET + rank,
            "slug": f"banc-{rank}",
            "template_id": OFFSET,
            "title": {"fr": f"Atelier {rank}", "en": f"Workshop {rank}"},
            "content": {"fr": "Vous apprenez à envoyer un e-mail."},
            "prerequisites": {},
            "bring": {"fr": "Votre téléphone."},
            "level": Level.BEGINNER,
            "themes": ["email"],
            "host_commune_id": places[rank % len(places)][1],
            "capacity": 12,
            "minimum": 3,
            "devices": 2,
            "taken": REGISTERED,
            "status": WorkshopStatus.PLANNED,
            "first_at": start,
            "last_at": start + timedelta(hours=2),
            "recorded_at": start - timedelta(days=60),
        }


def _sessions(starts: list[datetime], places: list[tuple[int, int]]) -> Iterable[dict[str, Any]]:
    for rank, start in enumerate(starts):
        venue_id, commune_id = places[rank % len(places)]
        yield {
            "id": OFFSET + rank,
            "uid": UUID(int=OFFSET + rank),
            "workshop_id": OFFSET + rank,
            "starts_at": start,
            "ends_at": start + timedelta(hours=2),
            "commune_id": commune_id,
            "venue_id": venue_id,
            "status": WorkshopStatus.PLANNED,
            "updated_at": start,
        }


def _registrations(ranks: list[int], now: datetime) -> Iterable[dict[str, Any]]:
    for rank, workshop in enumerate(ranks):
        yield {
            "id": OFFSET + rank,
            "workshop_id": OFFSET + workshop,
            "resident_id": OFFSET * 9,
            "status": RegistrationStatus.REGISTERED,
            "channel": Channel.WEB,
            "language": "fr",
            "registered_at": now,
            "updated_at": now,
            "message_channel": MessageChannel.NONE,
            "message_to": Recipient.PERSON,
        }


def _many(session: Session, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    ready = list(rows)
    for first in range(0, len(ready), AT_ONCE):
        session.execute(insert(table), ready[first : first + AT_ONCE])


def measure_programme(
    databases: dict[int, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Median time of the page, one client at a time, by number of past workshops."""
    with ExitStack() as running:
        plans = {
            str(past): (running.enter_context(serving(OURS, url, folder)), _calls())
            for past, url in databases.items()
        }
        measured = interleaved(plans, rounds, seconds, clients=1)
    first, last = measured[str(min(databases))], measured[str(max(databases))]
    return {
        "by_past": {name: rates(each) for name, each in measured.items()},
        "ratio": paired(last, first, "median_ms"),
    }


def _calls() -> list[Call]:
    """All workshops, those of a commune, those of a level and a theme."""
    return [get(path) for path in CALLS]
