"""What was sent about somebody and what became of it: the receipts, never an address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import MessageKind, OutboxState, Receipt, SubjectKind
from app.models.outbox import OutboxMessage
from app.models.workshops import PlacesOffer


@dataclass(frozen=True, slots=True)
class Logged:
    """One message of the outbox, as the team is told of it. Instants are UTC."""

    id: int
    about: SubjectKind
    kind: MessageKind
    channel: MessageChannel
    recipient: Recipient
    state: OutboxState
    due_at: datetime
    expires_at: datetime
    attempts: int
    closed_at: datetime | None
    outcome: str | None
    """A code: why it was skipped, or the last failure."""
    receipt: Receipt | None
    receipt_at: datetime | None
    provider_id: str | None
    """Its number at the carrier: what the operator asks for when the coordinator rings."""


def messages_about(session: Session, appointment_id: int) -> list[Logged]:
    """The messages of that appointment, the oldest first."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
            OutboxMessage.subject_id == appointment_id,
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
    )
    return [logged(row) for row in rows]


def messages_about_registration(session: Session, registration_id: int) -> list[Logged]:
    """The messages of that registration and of the places offered to it, the oldest first."""
    offered = select(PlacesOffer.id).where(PlacesOffer.registration_id == registration_id)
    is_own = OutboxMessage.subject_kind == SubjectKind.REGISTRATION
    is_offer = OutboxMessage.subject_kind == SubjectKind.PLACES
    rows = session.scalars(
        select(OutboxMessage)
        .where(
            or_(
                is_own & (OutboxMessage.subject_id == registration_id),
                is_offer & OutboxMessage.subject_id.in_(offered),
            )
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
    )
    return [logged(row) for row in rows]


def logged(row: OutboxMessage) -> Logged:
    """A row of the outbox without its keys."""
    return Logged(
        id=row.id,
        about=row.subject_kind,
        kind=row.kind,
        channel=row.channel,
        recipient=row.recipient,
        state=row.state,
        due_at=row.due_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        closed_at=row.closed_at,
        outcome=row.outcome,
        receipt=row.receipt,
        receipt_at=row.receipt_at,
        provider_id=row.provider_id,
    )
