"""What a card says of messages, read and written inside a transaction of others."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.booking import BookingRequest
from app.domain.journal import JournalAction, JournalSubject
from app.domain.sending import Wishes
from app.models.appointment import Resident
from app.services.journal import note


def read_wishes(row: Resident) -> Wishes:
    """What the person asked us not to send."""
    return Wishes(
        no_sms=row.refuses_sms, no_mail=row.refuses_mail, no_reminders=row.refuses_reminders
    )


def write_wishes(
    session: Session, row: Resident, wanted: Wishes, *, by: int | None, now: datetime
) -> None:
    """Keep it; what a person does for themselves (`by` is None) is no line of the journal."""
    row.refuses_sms, row.refuses_mail = wanted.no_sms, wanted.no_mail
    row.refuses_reminders, row.updated_at = wanted.no_reminders, now
    if by is not None:
        told = {"sms": wanted.no_sms, "mail": wanted.no_mail, "reminders": wanted.no_reminders}
        subject = JournalSubject.RESIDENT, row.id
        note(session, JournalAction.CHANNELS_REFUSED, subject, by=by, now=now, **told)


def wanted_again(known: Wishes, channel: MessageChannel) -> Wishes:
    """What is still refused by somebody who has just chosen that channel."""
    return Wishes(
        no_sms=known.no_sms and channel is not MessageChannel.SMS,
        no_mail=known.no_mail and channel is not MessageChannel.EMAIL,
        no_reminders=known.no_reminders,
    )


def lift_refusal(session: Session, request: BookingRequest, now: datetime) -> None:
    """Whoever chooses an SMS on the line wants them again: with what they chose it for, or not.

    In the same commit, since the confirmation waits to be sent from then on.
    """
    desk = request.desk
    if desk is None or desk.resident_id is None or request.message_to is not Recipient.PERSON:
        return
    row = session.get_one(Resident, desk.resident_id, populate_existing=True)
    known = read_wishes(row)
    wanted = wanted_again(known, request.message_channel)
    if wanted != known:
        write_wishes(session, row, wanted, by=desk.user_id, now=now)
