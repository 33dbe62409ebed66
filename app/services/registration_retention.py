"""What goes away after a workshop: at thirty days its numbers and companions, later the helpers.

Of who only waited for a place all goes after a week. The columns and the periods are those of
`services/retention`; cancelled registrations too. The rows stay, for the figures.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from app.domain.workshops import RegistrationStatus
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.retention import AFTER_WORKSHOP, OFFER, PERSON, WAITED, Policy, columns_under
from app.services.transaction import write_transaction


def erase_after_workshops(session: Session, now: datetime, limit: int) -> int:
    """Empty what is due in some registrations whose workshop ended so long ago; how many.

    They are looked for outside the write transaction: nobody waits behind a long search.
    """
    soon, late = (_columns(policy) for policy in (AFTER_WORKSHOP, PERSON))
    return (
        _erase(session, [*soon, *late], [only_waited(), _ended(WAITED, now)], limit)
        + _erase(session, soon, [_ended(AFTER_WORKSHOP, now)], limit)
        + _erase(session, late, [_ended(PERSON, now)], limit)
    )


def only_waited() -> ColumnElement[bool]:
    """Whether a registration never had a place: still on the list, or gone from it."""
    return or_(Registration.status == RegistrationStatus.WAITING, Registration.left_list)


def _columns(policy: Policy) -> list[str]:
    return list(columns_under(policy, Registration.__tablename__))


def _ended(policy: Policy, now: datetime) -> ColumnElement[bool]:
    return Workshop.last_at <= now - policy.period


def _erase(
    session: Session, erased: Sequence[str], where: Iterable[ColumnElement[bool]], limit: int
) -> int:
    is_filled = or_(*(getattr(Registration, column).is_not(None) for column in erased))
    due = session.scalars(
        select(Registration.id).join(Registration.workshop).where(is_filled, *where).limit(limit)
    ).all()
    if due:
        with write_transaction(session):
            session.execute(
                update(Registration)
                .where(Registration.id.in_(due))
                .values(dict.fromkeys(erased))
                .execution_options(synchronize_session=False)
            )
    return len(due)


def remove_places_offers(session: Session, now: datetime, limit: int) -> int:
    """Remove some answered offers of places, long after the workshop; how many."""
    due = session.scalars(
        select(PlacesOffer.id)
        .join(PlacesOffer.workshop)
        .where(PlacesOffer.closed_at.is_not(None), Workshop.last_at <= now - OFFER.period)
        .limit(limit)
    ).all()
    if due:
        with write_transaction(session):
            session.execute(
                delete(PlacesOffer)
                .where(PlacesOffer.id.in_(due))
                .execution_options(synchronize_session=False)
            )
    return len(due)
