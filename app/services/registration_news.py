"""Tell somebody what became of their registration, in the commit that made it so."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.messages import SENT_CHANNELS, MessageKind, Notice, SubjectKind
from app.domain.workshops import RegistrationStatus
from app.models.workshops import Registration, Workshop
from app.services.outbox import write_message
from app.services.texts_of_a_day import is_told_enough

KINDS = {
    RegistrationStatus.REGISTERED: MessageKind.CONFIRMATION,
    RegistrationStatus.WAITING: MessageKind.WAITING,
    RegistrationStatus.CANCELLED: MessageKind.CANCELLED_BY_PERSON,
}
CANCELLATION_LIFE = timedelta(days=1)


def tell_registration(
    session: Session, row: Registration, workshop: Workshop, *, now: datetime
) -> None:
    """The answer to what they have just done: it leaves at once, at any hour. Commits nothing.

    None beyond `sms_per_number_per_day` for who registered online: the page tells it too.
    """
    session.flush()
    if row.message_channel not in SENT_CHANNELS or _is_told_enough(session, row, now):
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


def _is_told_enough(session: Session, row: Registration, now: datetime) -> bool:
    to_helper = row.message_to is Recipient.HELPER
    number = row.helper_phone if to_helper else row.resident.phone
    is_online = row.booked_by_id is None
    if row.message_channel is not MessageChannel.SMS or number is None or not is_online:
        return False
    return is_told_enough(session, number, now)
