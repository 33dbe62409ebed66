"""What a person asked us not to send: kept on their card, whatever the appointment (law B30).

Said by a link of a message, at the desk, or by « STOP ». No appointment is ever lost by it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import MessageChannel, Recipient
from app.domain.journal import JournalAction, JournalSubject
from app.domain.sending import Wishes
from app.domain.staff_errors import SubjectUnknown
from app.models.appointment import Appointment, Resident
from app.models.waiting import WaitingEntry
from app.models.workshops import Registration
from app.services.card_wishes import read_wishes, wanted_again, write_wishes
from app.services.journal import note
from app.services.person_changes import locked_card
from app.services.transaction import write_transaction
from app.services.workshop_news import stop_news_of

TOLD_HELPERS: tuple[Any, ...] = (Appointment, WaitingEntry, Registration)
"""Where a helper may stand between us and the person."""


def wishes_of(session: Session, resident_id: int) -> Wishes:
    """What the card says. Raises SubjectUnknown."""
    row = session.get(Resident, resident_id, populate_existing=True)
    if row is None:
        raise SubjectUnknown
    return read_wishes(row)


def holder_of(session: Session, appointment_id: int) -> int:
    """Whose appointment it is: the id of the card."""
    found = select(Appointment.resident_id).where(Appointment.id == appointment_id)
    return session.scalars(found).one()


def set_wishes(
    session: Session, resident_id: int, wanted: Wishes, *, by: int | None, now: datetime
) -> None:
    """Keep what the person wants no more, and wants again. `by` is a clerk; None: the person.

    What a person does for themselves is no line of the journal. Raises SubjectUnknown.
    """
    with write_transaction(session):
        row = locked_card(session, resident_id)
        if read_wishes(row) != wanted:
            write_wishes(session, row, wanted, by=by, now=now)


def helper_numbers(session: Session, resident_id: int) -> list[str]:
    """The numbers of those who get this person's messages for them."""
    found = (
        select(held.helper_phone).where(
            held.resident_id == resident_id,
            held.message_to == Recipient.HELPER,
            held.helper_phone.is_not(None),
        )
        for held in TOLD_HELPERS
    )
    return sorted({number for each in found for number in session.scalars(each) if number})


def record_stop(
    session: Session, resident_id: int, *, by: int, now: datetime, helper: str | None = None
) -> int:
    """« STOP » came from this person's number: no SMS goes there; how many cards have it.

    From that of their `helper`, where it is given. A couple shares a telephone, and nobody knows
    which of them answered: all cards of the number follow, and those of whom it gets the messages
    as a helper. Raises SubjectUnknown, also where the card has no such number.
    """
    with write_transaction(session):
        row = locked_card(session, resident_id)
        number = helper if helper in helper_numbers(session, resident_id) else None
        number = row.phone if helper is None else number
        if number is None:
            raise SubjectUnknown
        query = select(Resident).where(_is_told_by(number)).order_by(Resident.id)
        stop_news_of(session, number, now)
        cards = session.scalars(query.with_for_update(of=Resident)).all()
        for card in cards:
            if card.refuses_sms:
                continue
            card.refuses_sms, card.updated_at = True, now
            subject = JournalSubject.RESIDENT, card.id
            note(session, JournalAction.STOP_RECORDED, subject, by=by, now=now)
        return len(cards)


def _is_told_by(number: str) -> ColumnElement[bool]:
    """The cards of that number, and those whose messages go there because somebody helps them."""
    helped = (
        Resident.id.in_(
            select(held.resident_id).where(
                held.helper_phone == number, held.message_to == Recipient.HELPER
            )
        )
        for held in TOLD_HELPERS
    )
    return or_(Resident.phone == number, *helped)


def accept_again(
    session: Session, resident_id: int, channel: MessageChannel, *, by: int, now: datetime
) -> None:
    """At the desk the person chose that channel after all: their refusal of it is lifted.

    Nothing changes where nothing was refused. Raises SubjectUnknown.
    """
    known = wishes_of(session, resident_id)
    wanted = wanted_again(known, channel)
    if wanted != known:
        set_wishes(session, resident_id, wanted, by=by, now=now)
