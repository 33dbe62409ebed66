"""Tell somebody what became of their registration, in the commit that made it so."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.workshops import RegistrationStatus
from app.models.workshops import Registration, Workshop
from app.services.outbox import write_message

KINDS = {
    RegistrationStatus.REGISTERED: MessageKind.CONFIRMATION,
    RegistrationStatus.WAITING: MessageKind.WAITING,
    RegistrationStatus.CANCELLED: MessageKind.CANCELLED_BY_PERSON,
}
CANCELLATION_LIFE = timedelta(days=1)


def tell_registration(
    session: Session, row: Registration, workshop: Workshop, *, now: datetime
) -> None:
    """The answer to what they have just done: it leaves at once, at any hour. Commits nothing."""
    session.flush()
    if row.message_channel not in SENT_CHANNELS:
        return
    kind = KINDS[row.status]
    expires_at = max(workshop.first_at, now + CANCELLATION_LIFE)
    notice = Notice(kind, row.message_channel, row.message_to, expires_at=expires_at)
    write_message(
        session,
        notice,
        row.id,
        version=row.sequence,
        now=now,
        subject_kind=SubjectKind.REGISTRATION,
    )
