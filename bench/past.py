"""Years of past appointments, put in at once and yet legal: the wall would have let each through.

Fifty counsellors who have left, eight appointments each a day; references and links are NULL, as
the retention leaves them. Only in the databases of the bench. On SQLite the triggers stay in place;
on PostgreSQL the wall is taken down before and put up again after, which checks all rows at once.
"""

import sqlite3
from dataclasses import dataclass

from bench.postgresql import connect

COUNSELLORS = 50
A_DAY = 8
OFFSET = 1_000_000
"""Ids of the past start here, far above those of the demo."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database says an instant so many days and hours from now, and a UUID of a number."""

    instant: str
    uuid: str


SQLITE = Dialect(
    "datetime('now', 'start of day', '-' || ({days}) || ' days', '+' || ({minutes}) || ' minutes')"
    " || '.000000'",
    "printf('%032x', {number})",
)
POSTGRESQL = Dialect(
    "date_trunc('day', now(), 'UTC') - ({days}) * interval '1 day'"
    " + ({minutes}) * interval '1 minute'",
    "lpad(to_hex({number}), 32, '0')::uuid",
)
PLACES = """CREATE TEMPORARY TABLE place AS
    SELECT row_number() OVER (ORDER BY venue.id, topic.id) - 1 AS i,
        venue.commune_id, venue.id AS venue_id, topic.id AS topic_id
    FROM venue CROSS JOIN topic"""
RANKS = "WITH RECURSIVE past(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM past WHERE i < {last})"


def add_past(url: str, how_many: int, *, people: int | None = None, first_day: int = 2) -> None:
    """Put that many past appointments into a database that has none of these yet.

    Of as many cards, unless `people` says that their cards are there, from OFFSET on; the youngest
    was `first_day` days ago.
    """
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for statement in (
            PLACES,
            "BEGIN IMMEDIATE",
            *_inserts(SQLITE, how_many, people, first_day),
            "COMMIT",
        ):
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    with connect(url) as connection:
        wall = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'no_overlap'"
        ).fetchone()[0]
        # Four foreign keys a row, all of them right: looking each up would take minutes.
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE engagement DROP CONSTRAINT no_overlap")
        for statement in (PLACES, *_inserts(POSTGRESQL, how_many, people, first_day)):
            connection.execute(statement)
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(f"ALTER TABLE engagement ADD CONSTRAINT no_overlap {wall}")
        connection.execute("VACUUM ANALYZE")


def _inserts(dialect: Dialect, how_many: int, people: int | None, first_day: int) -> list[str]:
    ranks = RANKS.format(last=how_many - 1)
    days = f"{first_day} + past.i / {COUNSELLORS * A_DAY}"
    hour = f"past.i % {COUNSELLORS * A_DAY} / {COUNSELLORS}"
    starts_at = dialect.instant.format(days=days, minutes=f"420 + 60 * ({hour})")
    ends_at = dialect.instant.format(days=days, minutes=f"465 + 60 * ({hour})")
    booked_at = dialect.instant.format(days=f"7 + {days}", minutes="600")
    place = "JOIN place ON place.i = past.i % (SELECT count(*) FROM place)"
    leavers = (
        f"{RANKS.format(last=COUNSELLORS - 1)} INSERT INTO counsellor"
        f" SELECT {OFFSET} + i, 'ancien-' || i, 'Ancien', FALSE FROM past"
    )
    cards = (
        f"{ranks} INSERT INTO resident"
        " (id, first_name, last_name, language, to_reconcile, created_at)"
        f" SELECT {OFFSET} + i, 'Rose', 'Serin', 'fr', FALSE, {booked_at} FROM past"
    )
    engagements = (
        f"{ranks} INSERT INTO engagement"
        " (id, counsellor_id, starts_at, ends_at, kind, commune_id, venue_id, occupies)"
        f" SELECT {OFFSET} + past.i, {OFFSET} + past.i % {COUNSELLORS}, {starts_at}, {ends_at},"
        f" 'APPOINTMENT', commune_id, venue_id, TRUE FROM past {place} ORDER BY 2, 3"
    )
    appointments = (
        f"{ranks} INSERT INTO appointment"
        " (id, uid, resident_id, engagement_id, commune_id, topic_id, place_kind, topic_minutes,"
        " status, channel, language, booked_at, updated_at, sequence, link_version,"
        " message_channel, message_to)"
        f" SELECT {OFFSET} + past.i, {dialect.uuid.format(number='past.i')},"
        f" {OFFSET} + past.i % {people or how_many},"
        f" {OFFSET} + past.i, commune_id, topic_id, 'VENUE', 45, 'ATTENDED', 'WEB', 'fr',"
        f" {booked_at}, {ends_at}, 0, 1, 'NONE', 'PERSON' FROM past {place}"
    )
    return [leavers, *([] if people else [cards]), engagements, appointments]
