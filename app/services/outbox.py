"""Messages to send: written in the commit of the fact that causes them, sent later by a worker."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.messages import MessageKind, SubjectKind, notice_for
from app.models.appointment import Appointment
from app.models.outbox import OutboxMessage


def announce(session: Session, appointment: Appointment, kind: MessageKind, now: datetime) -> None:
    """Write the message that this fact deserves, if the person wants any. Commits nothing."""
    notice = notice_for(
        kind,
        appointment.message_channel,
        appointment.message_to,
        starts_at=appointment.engagement.starts_at,
        now=now,
    )
    if notice is None:
        return
    session.add(
        OutboxMessage(
            subject_kind=SubjectKind.APPOINTMENT,
            subject_id=appointment.id,
            kind=notice.kind,
            version=appointment.sequence,
            channel=notice.channel,
            recipient=notice.recipient,
            created_at=now,
            due_at=now,
            expires_at=notice.expires_at,
        )
    )
