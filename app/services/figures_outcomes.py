"""What became of appointments, by month and commune of the place; never of whom."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CancelledBy, Channel
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.half_year import HalfYear, month_of
from app.domain.national_labels import INDIVIDUAL
from app.domain.statistics import Outcomes
from app.models.appointment import Appointment, Engagement
from app.models.attendance import OutcomeCount
from app.services.catalogue import Catalogue
from app.services.figures_time import read_insee


class OutcomeKey(NamedTuple):
    """`type` is that of the record: appointments are individual."""

    month: date
    commune: str
    type: str


OutcomeCube = dict[OutcomeKey, Outcomes]


def read_outcomes(
    session: Session,
    catalogue: Catalogue,
    halves: Collection[HalfYear],
    closed: Collection[HalfYear],
    *,
    counsellor_id: int | None = None,
) -> OutcomeCube:
    """The outcomes of those half-years: as written at their closing, else as they are now.

    Of one counsellor: from the appointments that are still kept. Who came without an appointment
    is in none of them; what nobody has told yet neither.
    """
    cube: OutcomeCube = {}
    for half in halves:
        if half not in closed or counsellor_id is not None:
            cube |= _of_appointments(session, catalogue, half, counsellor_id)
    written = [month for half in halves if half in closed for month in half.months]
    if written and counsellor_id is None:
        for row in session.scalars(select(OutcomeCount).where(OutcomeCount.month.in_(written))):
            cube[OutcomeKey(row.month, row.commune, row.type)] = Outcomes(
                row.attended,
                row.absent,
                row.cancelled_by_person,
                row.cancelled_by_service,
                row.delay_days,
            )
    return cube


def _of_appointments(
    session: Session, catalogue: Catalogue, half: HalfYear, counsellor_id: int | None
) -> OutcomeCube:
    query = (
        select(
            Engagement.starts_at,
            Engagement.commune_id,
            Appointment.status,
            Appointment.cancelled_by,
            Appointment.booked_at,
        )
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .where(
            Engagement.starts_at >= start_of_day(half.first, catalogue.timezone),
            Engagement.starts_at < start_of_day(half.last + ONE_DAY, catalogue.timezone),
            Appointment.channel != Channel.WALK_IN,
            Appointment.status != AppointmentStatus.BOOKED,
        )
    )
    if counsellor_id is not None:
        query = query.where(Engagement.counsellor_id == counsellor_id)
    insee, cube = read_insee(session), OutcomeCube()
    for row in session.execute(query):
        on = catalogue.today(row.starts_at)
        key = OutcomeKey(month_of(on), insee[row.commune_id], INDIVIDUAL)
        delay = (on - catalogue.today(row.booked_at)).days
        cube[key] = cube.get(key, Outcomes()) + _one(row.status, row.cancelled_by, delay)
    return cube


def _one(status: AppointmentStatus, cancelled_by: CancelledBy | None, delay: int) -> Outcomes:
    if status is AppointmentStatus.ATTENDED:
        return Outcomes(attended=1, delay_days=delay)
    if status is AppointmentStatus.NO_SHOW:
        return Outcomes(absent=1, delay_days=delay)
    is_theirs = cancelled_by is CancelledBy.PERSON
    return Outcomes(cancelled_by_person=int(is_theirs), cancelled_by_service=int(not is_theirs))


def write_outcomes(session: Session, cube: OutcomeCube) -> None:
    """Keep the counts for ever; to be committed with the closing of their half-year."""
    session.add_all(
        OutcomeCount(
            **key._asdict(),
            attended=outcomes.attended,
            absent=outcomes.absent,
            cancelled_by_person=outcomes.cancelled_by_person,
            cancelled_by_service=outcomes.cancelled_by_service,
            delay_days=outcomes.delay_days,
        )
        for key, outcomes in cube.items()
    )
