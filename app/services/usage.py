"""Count what happened in a week, with no person in it: how often a place was lost meanwhile."""

from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models.outbox import UsageCount
from app.services.transaction import write_transaction

SLOT_TAKEN = "slot_taken"


def count(session: Session, name: str, commune_id: int, *, today: date) -> None:
    """Add one to that figure, for the week (its Monday, local) and the commune of residence."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    week = today - timedelta(days=today.weekday())
    statement = insert(UsageCount).values(week=week, name=name, commune_id=commune_id, count=1)
    with write_transaction(session):
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[UsageCount.week, UsageCount.name, UsageCount.commune_id],
                set_={"count": UsageCount.count + 1},
            )
        )
