"""What became of the places in workshops, date by date; of whom is not read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.national_labels import WORKSHOP
from app.domain.statistics import Outcomes, Seat
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.appointment import Engagement
from app.models.workshops import Participation, Registration, WorkshopEngagement, WorkshopSession
from app.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Dates:
    """From a local day to another, both included; of everybody or of one counsellor."""

    catalogue: Catalogue
    first: date
    last: date
    counsellor_id: int | None = None


class Fate(NamedTuple):
    """What became of one appointment, or of the places of one registration on one date."""

    on: date
    commune_id: int
    type: str
    outcomes: Outcomes


def read_seats(session: Session, dates: Dates) -> Iterator[Fate]:
    """Each registration on each date of its workshop in that period; who waits has no place.

    One query.
    """
    timezone = dates.catalogue.timezone
    wanted = [
        WorkshopSession.starts_at >= start_of_day(dates.first, timezone),
        WorkshopSession.starts_at < start_of_day(dates.last + ONE_DAY, timezone),
    ]
    if dates.counsellor_id is not None:
        led = (
            select(WorkshopEngagement.session_id)
            .join(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
            .where(Engagement.counsellor_id == dates.counsellor_id)
        )
        wanted.append(WorkshopSession.id.in_(led))
    return _seats(session, dates.catalogue, wanted)


def read_told_seats(session: Session, catalogue: Catalogue, session_id: int) -> Iterator[Fate]:
    """Those of one date of which the closing of its sheet tells: whose registration stands."""
    is_standing = Registration.status == RegistrationStatus.REGISTERED
    return _seats(session, catalogue, [WorkshopSession.id == session_id, is_standing])


def _seats(
    session: Session, catalogue: Catalogue, wanted: list[ColumnElement[bool]]
) -> Iterator[Fate]:
    status = Registration.status
    had_a_place = or_(
        status == RegistrationStatus.REGISTERED,
        and_(status == RegistrationStatus.CANCELLED, ~Registration.left_list),
    )
    query = (
        select(
            WorkshopSession.starts_at,
            WorkshopSession.commune_id,
            WorkshopSession.status,
            WorkshopSession.closed_at,
            Registration.places,
            Registration.cancelled_by,
            Registration.registered_at,
            Participation.state,
            Participation.came,
        )
        .join(Registration, Registration.workshop_id == WorkshopSession.workshop_id)
        .outerjoin(
            Participation,
            and_(
                Participation.session_id == WorkshopSession.id,
                Participation.registration_id == Registration.id,
            ),
        )
        .where(had_a_place, *wanted)
    )
    for row in session.execute(query):
        yield _outcome(row, catalogue.today(row.starts_at), catalogue.today(row.registered_at))


def _outcome(row: Any, on: date, registered_on: date) -> Fate:
    closed_at: datetime | None = row.closed_at
    seat = Seat(
        places=row.places,
        cancelled_by=row.cancelled_by,
        state=row.state,
        came=row.came or 0,
        is_date_cancelled=row.status is WorkshopStatus.CANCELLED,
        is_sheet_closed=closed_at is not None,
        delay_days=(on - registered_on).days,
    )
    return Fate(on, row.commune_id, WORKSHOP, seat.outcomes)
