"""Tell somebody what became of their appointment: at once, or at the next hour when we may write.

Called inside a write transaction; commits nothing. What the person has just done is answered at any
hour; what the team starts waits for the open hours (law B30), except that an appointment of today
is off: nobody should come for nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from app.domain.appointment import (
    Actor,
    CallReason,
    ChangeReason,
    MessageChannel,
    Recipient,
)
from app.domain.messages import MessageKind, SubjectKind, notice_for
from app.domain.sending import Wishes
from app.models.appointment import Appointment, Resident
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import Act
from app.services.catalogue import read_catalogue
from app.services.hours import open_hours
from app.services.outbox import write_message
from app.services.texts_of_a_day import is_told_enough
from app.services.undelivered import call_once

BY_HAND = frozenset({MessageChannel.VOICE, MessageChannel.PAPER})
"""Somebody of the team tells them, not a machine."""


def announce(session: Session, appointment: Appointment, kind: MessageKind, act: Act) -> bool:
    """Write the message that this act deserves; whether the person learns of it as they wished.

    False: they count on a message, but refuse that way now, or it would come too late; somebody
    must call. Also False beyond `sms_per_number_per_day` for what is done online: the page tells,
    and the call about a new date is asked for here.
    """
    starts_at = appointment.engagement.starts_at
    channel, recipient = appointment.message_channel, appointment.message_to
    due_at = _due_at(session, starts_at, kind, act)
    notice = notice_for(kind, channel, recipient, starts_at=starts_at, now=due_at)
    if notice is None:
        return True
    if refuses(appointment.resident, kind, channel) or due_at >= notice.expires_at:
        return False
    if act.actor is Actor.RESIDENT and _is_told_enough(session, appointment, act.at):
        if kind is MessageKind.CHANGED:
            call_once(session, appointment.id, starts_at=starts_at, now=act.at)
        return False
    version = appointment.sequence
    write_message(session, notice, appointment.id, version=version, now=act.at, due_at=due_at)
    return True


def call_instead(session: Session, appointment: Appointment, act: Act, *, is_told: bool) -> None:
    """Ask for a call about what the team has moved, where `announce` wrote nothing: a message that
    they count on, a voice, or paper. Not where they asked for the move, nor for who wants nothing.
    """
    if is_own(act) or (is_told and appointment.message_channel not in BY_HAND):
        return
    reason = CallReason.MOVED_BY_SERVICE if is_told else CallReason.UNDELIVERED
    starts_at = appointment.engagement.starts_at
    call_once(session, appointment.id, starts_at=starts_at, now=act.at, reason=reason)


def _is_told_enough(session: Session, appointment: Appointment, now: datetime) -> bool:
    """Whether the number that is told has had its text messages of the day."""
    to_helper = appointment.message_to is Recipient.HELPER
    number = appointment.helper_phone if to_helper else appointment.resident.phone
    if appointment.message_channel is not MessageChannel.SMS or number is None:
        return False
    return is_told_enough(session, number, now)


def _due_at(session: Session, starts_at: datetime, kind: MessageKind, act: Act) -> datetime:
    if is_own(act):
        return act.at
    catalogue = read_catalogue(session)
    is_today = catalogue.today(starts_at) == catalogue.today(act.at)
    if kind is MessageKind.CANCELLED_BY_SERVICE and is_today:
        return act.at
    return open_hours(catalogue, act.at).next_open(act.at)


def is_own(act: Act) -> bool:
    """Whether the person did it, or asked the team to: they wait for the answer."""
    return act.actor is Actor.RESIDENT or act.reason is ChangeReason.PERSON_ASKED


def refuses(card: Resident, kind: MessageKind, channel: MessageChannel) -> bool:
    """Whether the person asked for no message of that kind, or by that way."""
    wishes = Wishes(card.refuses_sms, card.refuses_mail, card.refuses_reminders)
    return wishes.refuse(kind, channel)


def refuses_own_channel() -> ColumnElement[bool]:
    """Whether the card of an appointment refuses the way that the appointment counts on."""
    by = Appointment.message_channel
    return or_(
        and_(by == MessageChannel.SMS, Resident.refuses_sms == true()),
        and_(by == MessageChannel.EMAIL, Resident.refuses_mail == true()),
    )


def next_round(
    session: Session,
    appointment: Any,
    kind: MessageKind,
    channel: MessageChannel,
    recipient: Recipient,
) -> int:
    """The round of one more message of that kind for that version (of a row or an object).

    To be asked under a lock that all writers of that kind take.
    """
    written = select(func.max(OutboxMessage.round)).where(
        OutboxMessage.subject_kind == SubjectKind.APPOINTMENT,
        OutboxMessage.subject_id == appointment.id,
        OutboxMessage.kind == kind,
        OutboxMessage.version == appointment.sequence,
        OutboxMessage.channel == channel,
        OutboxMessage.recipient == recipient,
    )
    last = session.scalar(written)
    return 0 if last is None else last + 1
