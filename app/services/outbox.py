"""Messages to send: written in the commit of the fact that causes them, sent later by a worker.

Here they are written; `outbox_claims` shares them between workers, `letters` reads what one says
at the instant of sending, `outbox_delivery` hands it over and notes what became of it.
"""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.messages import Notice, OutboxState, SubjectKind
from app.models.outbox import OutboxMessage

_NEW_MESSAGE = insert(OutboxMessage.__table__)  # type: ignore[arg-type]


def write_message(  # noqa: PLR0913 - one argument a column
    session: Session,
    notice: Notice,
    subject_id: int,
    *,
    version: int,
    now: datetime,
    subject_kind: SubjectKind = SubjectKind.APPOINTMENT,
    due_at: datetime | None = None,
    round: int = 0,  # noqa: A002 - the column's own name
    minutes: int | None = None,
    session_id: int | None = None,
) -> None:
    """Write what the outbox must send, due at once unless `due_at` says later. Commits nothing.

    `round` is the how-manieth message of its kind for that version, `session_id` the date of a
    workshop that it tells of, `minutes` how late the counsellor is or by how much that date moved.
    A plain row, since only the worker needs it as an object. Raises IntegrityError for a message
    that was written already.
    """
    row = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "kind": notice.kind,
        "version": version,
        "channel": notice.channel,
        "recipient": notice.recipient,
        "round": round,
        "minutes": minutes,
        "session_id": session_id,
        "created_at": now,
        "due_at": due_at or now,
        "expires_at": notice.expires_at,
        "state": OutboxState.PENDING,
        "attempts": 0,
    }
    session.connection().execute(_NEW_MESSAGE, row)
