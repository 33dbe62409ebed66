"""What a period was made of, read from the timetable, the appointments and the workshops.

The domain makes hours of it (`hours`, `held_times`, `planned_times`). Four queries, whatever is in
the period; nobody is named.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, PlaceKind
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.hours import Meeting, Period, Travelled, WorkshopTime
from app.domain.schedule import expand, explain
from app.domain.workshops import WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow
from app.models.places import Commune
from app.models.workshops import WorkshopEngagement, WorkshopSession
from app.services.catalogue import Catalogue
from app.services.slots import read_timetable


def read_insee(session: Session) -> dict[int, str]:
    """The INSEE code of each commune by id, in the order of the territory."""
    rows = session.execute(select(Commune.id, Commune.insee_code).order_by(Commune.position))
    return {row.id: row.insee_code for row in rows}


def read_period(
    session: Session,
    catalogue: Catalogue,
    first: date,
    last: date,
    *,
    counsellor_id: int | None = None,
) -> Period:
    """The period from `first` to `last` included (local days), of everybody or of one counsellor.

    Openings to come are in it as held, visits to come are not: nobody came yet.
    """
    timetable = read_timetable(catalogue, last)
    lasts = _days(catalogue, first, last, Engagement.starts_at)
    if counsellor_id is not None:
        lasts.append(Engagement.counsellor_id == counsellor_id)
    held, lost = expand(timetable, first, last), explain(timetable, first, last)
    return Period(
        held=[each for each in held if counsellor_id in (None, each.counsellor_id)],
        lost=[each for each in lost if counsellor_id in (None, each.opening.counsellor_id)],
        insee=read_insee(session),
        meetings=list(_meetings(session, lasts)),
        workshops=list(_workshops(session, catalogue, lasts)),
        travelled=_travelled(session, first, last, counsellor_id),
    )


def part_of(period: Period, catalogue: Catalogue, first: date, last: date) -> Period:
    """The days of a period from `first` to `last`, without its travel: records tell no hour."""
    starts_at = start_of_day(first, catalogue.timezone)
    ends_at = start_of_day(last + ONE_DAY, catalogue.timezone)
    return Period(
        held=[each for each in period.held if first <= each.on <= last],
        lost=[each for each in period.lost if first <= each.opening.on <= last],
        insee=period.insee,
        meetings=[each for each in period.meetings if starts_at <= each.starts_at < ends_at],
        workshops=[each for each in period.workshops if first <= each.on <= last],
    )


def _days(catalogue: Catalogue, first: date, last: date, column: Any) -> list[ColumnElement[bool]]:
    start = start_of_day(first, catalogue.timezone)
    return [column >= start, column < start_of_day(last + ONE_DAY, catalogue.timezone)]


def _meetings(session: Session, lasts: list[ColumnElement[bool]]) -> Iterator[Meeting]:
    """Appointments that were held; of a visit, its time without the window of the arrival."""
    query = (
        select(
            Engagement.counsellor_id,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.commune_id,
            Appointment.place_kind,
            Appointment.window_minutes,
        )
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .where(Appointment.status == AppointmentStatus.ATTENDED, *lasts)
        .order_by(Engagement.starts_at, Engagement.id)
    )
    for row in session.execute(query):
        yield Meeting(
            row.counsellor_id,
            row.starts_at,
            _length(row.starts_at, row.ends_at) - (row.window_minutes or 0),
            row.commune_id,
            is_visit=row.place_kind is PlaceKind.HOME,
        )


def _length(starts_at: datetime, ends_at: datetime) -> int:
    return (ends_at - starts_at) // timedelta(minutes=1)


def _workshops(
    session: Session, catalogue: Catalogue, lasts: list[ColumnElement[bool]]
) -> Iterator[WorkshopTime]:
    """The time of each counsellor of each session, setting up and tidying included."""
    query = (
        select(
            Engagement.counsellor_id,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.commune_id,
            WorkshopSession.status,
            WorkshopSession.is_deserted,
        )
        .join(WorkshopEngagement, WorkshopEngagement.engagement_id == Engagement.id)
        .join(WorkshopSession, WorkshopSession.id == WorkshopEngagement.session_id)
        .where(*lasts)
        .order_by(Engagement.starts_at, Engagement.id)
    )
    for row in session.execute(query):
        yield WorkshopTime(
            row.counsellor_id,
            row.starts_at,
            row.ends_at,
            catalogue.today(row.starts_at),
            row.commune_id,
            is_held=row.status is WorkshopStatus.PLANNED,
            is_deserted=row.is_deserted,
        )


def _travelled(
    session: Session, first: date, last: date, counsellor_id: int | None
) -> dict[str, Travelled]:
    """Travel and preparation by commune of the place; what is done at a distance has none."""
    travel = func.sum(AttendanceRow.travel_minutes)
    preparation = func.sum(AttendanceRow.preparation_minutes)
    query = (
        select(AttendanceRow.place_commune, travel, preparation)
        .where(AttendanceRow.counted_on.between(first, last))
        .where(AttendanceRow.place_commune.is_not(None))
        .group_by(AttendanceRow.place_commune)
    )
    if counsellor_id is not None:
        own = select(Counsellor.code).where(Counsellor.id == counsellor_id).scalar_subquery()
        query = query.where(AttendanceRow.counsellor == own)
    rows = session.execute(query)
    return {str(place): Travelled(road, work) for place, road, work in rows if road or work}
