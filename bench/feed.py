"""python -m bench.feed: a feed of 1,000 events; what the second fetch costs beside the first."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import create_app
from app.domain.appointment import (
    AppointmentStatus,
    Channel,
    EngagementKind,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.feeds import FeedLevel
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.calendars import CalendarFeed
from app.models.places import Topic, Venue
from app.services.links import hash_token
from bench.databases import fill_with_demo, session_on
from config import DEMO_KEY, DEMO_LINK_KEY, Config

EVENTS = 1_000
FETCHES = 15
TIMES_CHEAPER = 20
TOKEN = "A" * 22


def measure_feed(rounds: int = FETCHES) -> dict[str, Any]:
    """Medians in ms of the processor, in this process: the whole file, then « not modified »."""
    found: dict[str, Any] = {"events": EVENTS}
    with TemporaryDirectory(prefix="coclico-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'feed.sqlite'}"
        fill_with_demo(url)
        for level in FeedLevel:
            with session_on(url) as session:
                _fill(session, level, datetime.now(UTC))
            client = create_app(Config(DEMO_KEY, DEMO_LINK_KEY, database_url=url)).test_client()
            found[level.value] = _compare(client, f"/agendas/{level.value}-{TOKEN}.ics", rounds)
    return found


def _compare(client: FlaskClient, path: str, rounds: int) -> dict[str, float]:
    first = client.get(path)
    seen = first.data.count(b"BEGIN:VEVENT")
    if seen != EVENTS:
        raise AssertionError(f"{seen} events instead of {EVENTS}")
    known = {"If-None-Match": first.headers["ETag"]}
    if client.get(path, headers=known).status_code != 304:
        raise AssertionError("the second fetch is told everything again")
    whole = [_cost(lambda: client.get(path)) for _ in range(rounds)]
    again = [_cost(lambda: client.get(path, headers=known)) for _ in range(rounds)]
    first_ms, second_ms = statistics.median(whole) * 1000, statistics.median(again) * 1000
    return {
        "first_ms": first_ms,
        "second_ms": second_ms,
        "ratio": first_ms / second_ms,
        "bytes": len(first.data),
    }


def _cost(ask: Callable[[], Any]) -> float:
    started = time.process_time()
    ask()
    return time.process_time() - started


def _fill(session: Session, level: FeedLevel, now: datetime) -> None:
    """A counsellor of its own with 1,000 appointments in the months to come, and its feed."""
    person = Counsellor(code=f"bench-{level.value}", first_name="Camille", active=True)
    session.add(person)
    session.flush()
    venue = session.scalars(select(Venue)).first()
    topic = session.scalars(select(Topic)).first()
    if venue is None or topic is None:
        raise LookupError("the demo has no venue or no topic")
    for number in range(EVENTS):
        starts_at = now + timedelta(hours=1 + 4 * number)
        engagement = Engagement(
            counsellor_id=person.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            kind=EngagementKind.APPOINTMENT,
            commune_id=venue.commune_id,
            venue_id=venue.id,
        )
        session.add(_appointment(engagement, topic.id, now))
    session.flush()
    feed = {"counsellor_id": person.id, "token_hash": hash_token(f"{level.value}-{TOKEN}")}
    session.execute(insert(CalendarFeed).values(level=level, created_at=now, **feed))
    session.commit()


def _appointment(engagement: Engagement, topic_id: int, now: datetime) -> Appointment:
    return Appointment(
        uid=uuid4(),
        resident=Resident(first_name="Rose", last_name="Serin", language="fr", created_at=now),
        engagement=engagement,
        topic_id=topic_id,
        place_kind=PlaceKind.VENUE,
        topic_minutes=45,
        status=AppointmentStatus.BOOKED,
        channel=Channel.WEB,
        language="fr",
        booked_at=now,
        updated_at=now,
        message_channel=MessageChannel.NONE,
        message_to=Recipient.PERSON,
    )


def main() -> None:
    """Print the figures; the ratios are the target."""
    figures = measure_feed()
    for level in FeedLevel:
        each = figures[level.value]
        verdict = "reached" if each["ratio"] >= TIMES_CHEAPER else "MISSED"
        print(
            f"{level.value}: {EVENTS:,} events, {each['bytes']:,} B: "
            f"first {each['first_ms']:.1f} ms, "
            f"second {each['second_ms']:.2f} ms of processor, {each['ratio']:.0f}× cheaper "
            f"(≥ {TIMES_CHEAPER}: {verdict})"
        )


if __name__ == "__main__":
    main()
