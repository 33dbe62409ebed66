"""Whether this installation can serve: what a load balancer or a watchman asks."""

from dataclasses import dataclass
from datetime import datetime

from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.messages import OutboxState
from app.models.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class Readiness:
    """Facts about the machine, none about a person."""

    migrations_at_head: bool
    oldest_unsent_seconds: int | None
    """How long ago the oldest message that waits was due; None where none waits."""

    @property
    def is_ready(self) -> bool:
        return self.migrations_at_head


def read_readiness(session: Session, heads: frozenset[str], *, now: datetime) -> Readiness:
    """Ask the database. `heads` are the migrations that this version of the code wants.

    Raises SQLAlchemyError when the database does not answer.
    """
    applied = MigrationContext.configure(session.connection()).get_current_heads()
    if frozenset(applied) != heads:
        return Readiness(migrations_at_head=False, oldest_unsent_seconds=None)
    oldest = session.scalar(
        select(func.min(OutboxMessage.due_at)).where(
            OutboxMessage.state == OutboxState.PENDING, OutboxMessage.due_at <= now
        )
    )
    late = int((now - oldest).total_seconds()) if oldest else None
    return Readiness(migrations_at_head=True, oldest_unsent_seconds=late)
