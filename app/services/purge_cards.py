"""People and accounts whose time is over: their rows become empty, the figures stay (law B20)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    delete,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.appointment import AppointmentStatus
from app.domain.journal import JournalAction, JournalSubject
from app.models.accounts import User
from app.models.appointment import Appointment, Engagement, Resident
from app.models.base import Base
from app.models.erasure import ErasureRequest
from app.models.journal import JournalEntry
from app.models.waiting import WaitingEntry
from app.models.workshops import Registration, Workshop
from app.services.erasure_register import ErasedCard, ErasureRegister, register_erased
from app.services.person_erasure import empty_card
from app.services.registration_cards import is_expected
from app.services.registration_retention import only_waited
from app.services.retention import (
    ACCOUNT,
    AFTER_WORKSHOP,
    PERSON,
    THIRTY_DAYS,
    WAITED,
    Policy,
    columns_under,
    emptied,
)
from app.services.transaction import write_transaction
from app.services.waiting_cards import locks_of

AT_A_TIME = 500
"""Lines of the register looked up in one question."""


def is_filled(model: type[Base], policy: Policy) -> ColumnElement[bool]:
    """Whether a row still says something that the policy empties."""
    table: Any = model.__table__
    columns = [table.c[name] for name in columns_under(policy, table.name)]
    return or_(*(each.is_not(None) if each.nullable else each != "" for each in columns))


def erase_old_cards(register: ErasureRegister, session: Session, now: datetime, limit: int) -> int:
    """Empty some cards whose last appointment or workshop was a year ago; how many.

    A card that is being booked on at this moment is left for the next time: nobody waits. Raises
    RegisterUnwritable: nothing is erased then.
    """
    return _erase_cards(register, session, now, limit, _is_over(now))


def erase_waiting_cards(
    register: ErasureRegister, session: Session, now: datetime, limit: int
) -> int:
    """Empty some cards of people who only waited for a workshop, a week after it; how many.

    As `erase_old_cards`.
    """
    return _erase_cards(register, session, now, limit, _only_waited(now))


def _erase_cards(
    register: ErasureRegister,
    session: Session,
    now: datetime,
    limit: int,
    is_due: ColumnElement[bool],
) -> int:
    due = session.scalars(select(Resident.id).where(is_due).limit(limit)).all()
    if not due:
        return 0
    some = select(Resident.id).where(Resident.id.in_(due))
    with write_transaction(session):
        free = session.scalars(some.with_for_update(of=Resident, skip_locked=True)).all()
        still = select(Resident.id, Resident.created_at).where(Resident.id.in_(free), is_due)
        cards = [(row.id, row.created_at) for row in session.execute(still)]
        ids = [number for number, _made_at in cards]
        for table in (Appointment, Registration):
            values = emptied(table, PERSON, THIRTY_DAYS, AFTER_WORKSHOP)
            _set(session, table, table.resident_id.in_(ids), values)
        values = emptied(Resident, PERSON) | {"to_reconcile": False, "updated_at": now}
        _set(session, Resident, Resident.id.in_(ids), values)
        session.execute(delete(ErasureRequest).where(ErasureRequest.resident_id.in_(ids)))
        register_erased(session, register, cards, now)
    return len(cards)


def _set(
    session: Session, table: type[Base], where: ColumnElement[bool], values: dict[str, Any]
) -> None:
    change = update(table).where(where).values(values)
    session.execute(change.execution_options(synchronize_session=False))


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Nothing of the person since the period began, and nothing that they wait for."""
    since = now - PERSON.period
    came = _registrations().where(Workshop.last_at > since)
    return and_(
        is_filled(Resident, PERSON),
        Resident.created_at <= since,
        *_none_of(_appointments_since(since), came, _WAITING_ENTRIES),
    )


def _only_waited(now: datetime) -> ColumnElement[bool]:
    """On waiting lists of workshops, the last one of which ended a week ago; and nothing else."""
    since, week = now - PERSON.period, now - WAITED.period
    waited = only_waited()
    ended = (
        select(Registration.resident_id)
        .join(Registration.workshop)
        .where(waited, Workshop.last_at <= week)
    )
    came = _registrations().where(Workshop.last_at > since, or_(~waited, Workshop.last_at > week))
    return and_(
        is_filled(Resident, PERSON),
        Resident.id.in_(ended),
        *_none_of(_appointments_since(since), came, _WAITING_ENTRIES),
    )


_WAITING_ENTRIES = select(WaitingEntry.id).where(WaitingEntry.resident_id == Resident.id)


def _appointments_since(since: datetime) -> Select[int]:
    return (
        select(Appointment.id)
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .where(Appointment.resident_id == Resident.id, Engagement.ends_at > since)
    )


def _registrations() -> Select[int]:
    return (
        select(Registration.id)
        .join(Workshop, Workshop.id == Registration.workshop_id)
        .where(Registration.resident_id == Resident.id)
    )


def _none_of(*found: Select[int]) -> Iterator[ColumnElement[bool]]:
    """Of the card there is none of these."""
    return (~each.correlate(Resident).exists() for each in found)


def erase_again(register: ErasureRegister, session: Session, now: datetime, limit: int) -> int:
    """Empty some cards that the register says were erased, and that a restore brought back.

    Each in its own transaction. A card that is still expected is left until its appointment is
    over or cancelled (`expected_again` counts these). Raises OSError, RegisterUnwritable.
    """
    done = 0
    for card in _brought_back(register, session):
        if done >= limit:
            break
        if _is_expected(session, card.resident_id, now):
            continue
        with write_transaction(session, locks_of(session, [card.resident_id])):
            row = session.get_one(Resident, card.resident_id, populate_existing=True)
            empty_card(session, row, now)
            register_erased(session, register, [(row.id, row.created_at)], now)
        done += 1
    return done


def expected_again(register: ErasureRegister, session: Session, now: datetime) -> int:
    """How many cards of the register came back with an appointment or a workshop to come."""
    back = _brought_back(register, session)
    return sum(_is_expected(session, card.resident_id, now) for card in back)


def _brought_back(register: ErasureRegister, session: Session) -> Iterator[ErasedCard]:
    cards, _unreadable = register.read()
    for start in range(0, len(cards), AT_A_TIME):
        some = list(dict.fromkeys(cards[start : start + AT_A_TIME]))
        made_at = {card.resident_id: card.made_at for card in some}
        filled = select(Resident.id, Resident.created_at).where(
            Resident.id.in_(made_at), is_filled(Resident, PERSON)
        )
        found = {(row.id, row.created_at) for row in session.execute(filled).all()}
        yield from (card for card in some if (card.resident_id, card.made_at) in found)


def _is_expected(session: Session, resident_id: int, now: datetime) -> bool:
    awaited = (
        select(Appointment.id)
        .join(Appointment.engagement)
        .where(
            Appointment.resident_id == resident_id,
            Appointment.status == AppointmentStatus.BOOKED,
            Engagement.ends_at > now,
        )
    )
    return session.scalar(awaited.limit(1)) is not None or is_expected(session, resident_id, now)


def erase_old_accounts(session: Session, now: datetime, limit: int) -> int:
    """Empty some accounts that were disabled a year ago; how many.

    When is what the journal says; an account whose disabling it tells no more is older than that.
    """
    since = now - ACCOUNT.period
    disabled_since = (
        select(JournalEntry.id)
        .where(
            JournalEntry.subject_kind == JournalSubject.USER,
            JournalEntry.subject_id == User.id,
            JournalEntry.action == JournalAction.USER_DISABLED,
            JournalEntry.at > since,
        )
        .correlate(User)
    )
    is_over = (
        User.active.is_(False),
        or_(User.last_name != "", User.counsellor_id.is_not(None)),
        User.created_at <= since,
        ~disabled_since.exists(),
    )
    due = session.scalars(select(User.id).where(*is_over).limit(limit)).all()
    if not due:
        return 0
    # An address is unique: an empty one is told by the number of its account.
    values = emptied(User, ACCOUNT) | {"email": literal("-") + cast(User.id, String)}
    # A counsellor's account has an agenda, and this one none any more: the next account may.
    values["role"] = case(
        (User.role == Role.COUNSELLOR, literal(Role.COMMITTEE, User.role.type)), else_=User.role
    )
    with write_transaction(session):
        _set(session, User, and_(User.id.in_(due), *is_over), values)
    return len(due)
