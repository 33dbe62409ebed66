"""Who waits no more, because they have booked since they joined the list.

By their own card or by their number. Anybody can book with somebody else's number: their own number
alone asks them nothing more while that appointment stands, and only an appointment to which
somebody of their name came takes them off the list for good. The number of a helper is of several
people: it counts for their name only.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.appointment import AppointmentStatus
from app.models.appointment import Appointment, Resident
from app.models.waiting import Offer, WaitingEntry

STANDS = (AppointmentStatus.BOOKED, AppointmentStatus.ATTENDED)
CAME = (AppointmentStatus.ATTENDED,)

_booked, _card, _named = aliased(Appointment), aliased(Resident), aliased(Resident)


def has_found_place() -> ColumnElement[bool]:
    """Whether an entry without an appointment of its own has found one: nothing is offered to it.

    A condition on WaitingEntry and its Resident.
    """
    is_theirs = or_(Resident.phone.is_not(None), _has_their_name())
    return _has(_is_own(), STANDS) | _has_by_number(STANDS, is_theirs)


def is_settled() -> ColumnElement[bool]:
    """Whether that is sure enough to forget the entry: their own card, or they came."""
    return _has(_is_own(), STANDS) | _has_by_number(CAME, _has_their_name())


def is_offered_in_vain(session: Session, offer_id: int) -> bool:
    """Whether that place is offered to somebody who has found another since."""
    asked = select(WaitingEntry.id).join(WaitingEntry.resident).join(Offer)
    return bool(session.scalar(asked.where(Offer.id == offer_id, has_found_place())))


def _is_own() -> ColumnElement[bool]:
    return _booked.resident_id == WaitingEntry.resident_id


def _has_by_number(
    statuses: tuple[AppointmentStatus, ...], is_theirs: ColumnElement[bool]
) -> ColumnElement[bool]:
    return or_(*(_has(and_(each, is_theirs), statuses) for each in _by_number()))


def _has_their_name() -> ColumnElement[bool]:
    """Whether the card of that appointment has the same names, in either order."""
    names = Resident.by_last_name, Resident.by_first_name
    own = select(_named.id).where(_named.id == _booked.resident_id, _named.by_last_name.in_(names))
    return own.correlate(Resident, _booked).exists()


def _by_number() -> Iterator[ColumnElement[bool]]:
    """One question for each index."""
    phone = func.coalesce(Resident.phone, WaitingEntry.helper_phone)
    cards = select(_card.id).where(_card.phone == phone).correlate(WaitingEntry, Resident)
    yield _booked.resident_id.in_(cards)
    yield _booked.helper_phone == phone


def _has(
    is_theirs: ColumnElement[bool], statuses: tuple[AppointmentStatus, ...]
) -> ColumnElement[bool]:
    found: Any = select(_booked.id).where(
        is_theirs,
        _booked.status.in_(statuses),
        _booked.place_kind == WaitingEntry.place_kind,
        _booked.booked_at > WaitingEntry.joined_at,
    )
    has_nothing = WaitingEntry.appointment_id.is_(None)
    return and_(has_nothing, found.correlate(WaitingEntry, Resident).exists())
