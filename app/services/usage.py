"""Count what happened in a week, with no person in it: how often a place was lost meanwhile."""

from datetime import date, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.models.outbox import UsageCount
from app.services import throttle
from app.services.transaction import write_transaction

SLOT_TAKEN = "slot_taken"
UNMET = {
    AvailabilityKind.PERMANENCE: "unmet_permanence",
    AvailabilityKind.HOME_VISITS: "unmet_visit",
}
"""Somebody looked for a time and found none (statistics §4.4), by what they looked for."""
ONE_DAY_MINUTES = 24 * 60


def count(session: Session, name: str, commune_id: int, *, today: date) -> None:
    """Add one to that figure, for the week (its Monday, local) and the commune of residence."""
    with write_transaction(session):
        _add(session, name, commune_id, today)


def count_once(
    session: Session, name: str, commune_id: int, *, once: str, now: datetime, today: date
) -> None:
    """The same, at most once a day for whatever `once` stands for: a keyed hash, of nobody."""
    with write_transaction(session):
        if throttle.is_first(session, once, ONE_DAY_MINUTES, now=now):
            _add(session, name, commune_id, today)


def _add(session: Session, name: str, commune_id: int, today: date) -> None:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    week = today - timedelta(days=today.weekday())
    statement = insert(UsageCount).values(week=week, name=name, commune_id=commune_id, count=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[UsageCount.week, UsageCount.name, UsageCount.commune_id],
            set_={"count": UsageCount.count + 1},
        )
    )
