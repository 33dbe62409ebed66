"""« Demander l’effacement »: a referent passes on what a person asks, the coordination decides.

The law gives a month for the answer (law B23); the request is a card, a colleague and an instant.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.appointment import Resident
from app.models.erasure import ErasureRequest
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.transaction import write_transaction


@dataclass(frozen=True, slots=True)
class AskedErasure:
    """A request that waits for its answer."""

    resident_id: int
    name: str
    asked_at: datetime
    asked_by: str
    """First name of whoever passed it on."""


ASKED: Any = (
    select(ErasureRequest, Resident.first_name, Resident.last_name, User.first_name.label("by"))
    .join(Resident, Resident.id == ErasureRequest.resident_id)
    .join(User, User.id == ErasureRequest.asked_by_id)
)


def ask_erasure(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """Pass the request on, once. Raises SubjectUnknown, also for a card that is erased already."""
    with write_transaction(session):
        locked_card(session, resident_id)
        if asked_erasure(session, resident_id) is not None:
            return
        session.add(ErasureRequest(resident_id=resident_id, asked_at=now, asked_by_id=by))
        _tell(session, JournalAction.ERASURE_ASKED, resident_id, by, now)


def decline_erasure(session: Session, resident_id: int, *, by: int, now: datetime) -> None:
    """Close the request without erasing. Nothing where there is none any more."""
    with write_transaction(session):
        if forget_request(session, resident_id):
            _tell(session, JournalAction.ERASURE_DECLINED, resident_id, by, now)


def forget_request(session: Session, resident_id: int) -> bool:
    """The row goes with its answer; whether there was one. In the caller's transaction."""
    own = delete(ErasureRequest).where(ErasureRequest.resident_id == resident_id)
    return bool(session.execute(own).rowcount)  # type: ignore[attr-defined]


def move_request(session: Session, kept_id: int, other_id: int) -> None:
    """Two cards become one: what was asked for the other is asked for the kept one.

    In the caller's transaction; where both were asked for, one request stays.
    """
    if asked_erasure(session, kept_id) is None:
        session.execute(
            update(ErasureRequest)
            .where(ErasureRequest.resident_id == other_id)
            .values(resident_id=kept_id)
        )


def asked_erasure(session: Session, resident_id: int) -> AskedErasure | None:
    """The open request about that card."""
    row = session.execute(ASKED.where(ErasureRequest.resident_id == resident_id)).one_or_none()
    return _told(row) if row else None


def asked_erasures(session: Session) -> list[AskedErasure]:
    """All that wait, the oldest first."""
    return [_told(row) for row in session.execute(ASKED.order_by(ErasureRequest.id))]


def _told(row: Any) -> AskedErasure:
    asked: ErasureRequest = row.ErasureRequest
    name = f"{row.first_name} {row.last_name}"
    return AskedErasure(asked.resident_id, name, asked.asked_at, row.by)


def _tell(
    session: Session, action: JournalAction, resident_id: int, by: int, now: datetime
) -> None:
    note(session, action, (JournalSubject.RESIDENT, resident_id), by=by, now=now)
