"""What became of appointments and of places in workshops, by month and commune of the place.

Never of whom. What is told after the closing of its half-year counts in the month in which it is
told (« rattrapage »): it is written at once, beside what the open half-year says of itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CancelledBy, Channel
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.half_year import HalfYear, month_of
from app.domain.national_labels import INDIVIDUAL, WORKSHOP
from app.domain.statistics import Outcomes
from app.models.appointment import Appointment, Engagement
from app.models.attendance import OutcomeCount
from app.models.workshops import WorkshopSession
from app.services.catalogue import Catalogue
from app.services.figures_time import read_insee
from app.services.figures_workshops import Dates, Fate, read_seats, read_told_seats
from app.services.half_years import closed_half_years


class OutcomeKey(NamedTuple):
    """`type` is that of the record: of an appointment, or of places in a workshop."""

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

    An open half-year has what was told late of closed ones besides. Of one counsellor: from the
    appointments and workshops that are still kept. Who came without an appointment is in none of
    them; what nobody has told yet neither.
    """
    cube: OutcomeCube = defaultdict(Outcomes)
    for half in halves:
        if half not in closed or counsellor_id is not None:
            dates = Dates(catalogue, half.first, half.last, counsellor_id)
            for key, found in _as_they_are(session, dates):
                cube[key] += found
    if counsellor_id is None:
        for key, found in _written(session, halves):
            cube[key] += found
    return dict(cube)


def _written(
    session: Session, halves: Collection[HalfYear]
) -> Iterable[tuple[OutcomeKey, Outcomes]]:
    table = OutcomeCount.__table__.c
    months = [month for half in halves for month in half.months]
    for row in session.execute(select(*table).where(table.month.in_(months))):
        yield (
            OutcomeKey(row.month, row.commune, row.type),
            Outcomes(
                row.attended,
                row.absent,
                row.cancelled_by_person,
                row.cancelled_by_service,
                row.delay_days,
            ),
        )


def _as_they_are(session: Session, dates: Dates) -> Iterable[tuple[OutcomeKey, Outcomes]]:
    insee = read_insee(session)
    for on, commune_id, type_, found in (
        *_of_appointments(session, dates),
        *read_seats(session, dates),
    ):
        if found != Outcomes():
            yield OutcomeKey(month_of(on), insee[commune_id], type_), found


def _of_appointments(session: Session, dates: Dates) -> Iterable[Fate]:
    catalogue = dates.catalogue
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
            Engagement.starts_at >= start_of_day(dates.first, catalogue.timezone),
            Engagement.starts_at < start_of_day(dates.last + ONE_DAY, catalogue.timezone),
            Appointment.channel != Channel.WALK_IN,
            Appointment.status != AppointmentStatus.BOOKED,
        )
    )
    if dates.counsellor_id is not None:
        query = query.where(Engagement.counsellor_id == dates.counsellor_id)
    for row in session.execute(query):
        on = catalogue.today(row.starts_at)
        delay = (on - catalogue.today(row.booked_at)).days
        found = _one(row.status, row.cancelled_by, delay)
        yield Fate(on, row.commune_id, INDIVIDUAL, found)


def _one(status: AppointmentStatus, cancelled_by: CancelledBy | None, delay: int) -> Outcomes:
    if status is AppointmentStatus.ATTENDED:
        return Outcomes(attended=1, delay_days=delay)
    if status is AppointmentStatus.NO_SHOW:
        return Outcomes(absent=1, delay_days=delay)
    is_theirs = cancelled_by is CancelledBy.PERSON
    return Outcomes(cancelled_by_person=int(is_theirs), cancelled_by_service=int(not is_theirs))


def write_outcomes(session: Session, half: HalfYear, cube: OutcomeCube) -> None:
    """Keep the counts of a half-year for ever, in the place of what was told late in it.

    To be committed with the closing, under HALF_YEARS; `cube` was read just before.
    """
    session.execute(delete(OutcomeCount).where(OutcomeCount.month.in_(half.months)))
    session.add_all(OutcomeCount(**_columns(key, found)) for key, found in cube.items())


def _columns(key: OutcomeKey, found: Outcomes) -> dict[str, object]:
    return {
        **key._asdict(),
        "attended": found.attended,
        "absent": found.absent,
        "cancelled_by_person": found.cancelled_by_person,
        "cancelled_by_service": found.cancelled_by_service,
        "delay_days": found.delay_days,
    }


def tell_late_outcome(
    session: Session, catalogue: Catalogue, appointment: Appointment, today: date
) -> None:
    """« Présent » or « absent » said of an appointment of which nobody had said anything.

    Counted today where its half-year is closed, else with its half-year; nobody can correct it
    so late (`CORRECTION_DAYS`). Who came without an appointment is present from the start, and
    never gets here. Inside a transaction under HALF_YEARS.
    """
    held = appointment.engagement
    on = catalogue.today(held.starts_at)
    delay = (on - catalogue.today(appointment.booked_at)).days
    found = _one(appointment.status, appointment.cancelled_by, delay)
    count_if_late(session, (on, held.commune.insee_code, INDIVIDUAL), found, today)


def tell_late_sheet(
    session: Session, catalogue: Catalogue, date_: WorkshopSession, now: datetime
) -> None:
    """The sheet of that date was closed: who came and who did not count today, if late.

    Who had cancelled was counted at the closing.
    Inside a transaction under HALF_YEARS.
    """
    seats = read_told_seats(session, catalogue, date_.id)
    found = sum((each.outcomes for each in seats), Outcomes())
    told = catalogue.today(date_.starts_at), date_.commune.insee_code, WORKSHOP
    count_if_late(session, told, found, catalogue.today(now))


def count_if_late(
    session: Session, told: tuple[date, str, str], found: Outcomes, today: date
) -> None:
    """Add outcomes of a day, a commune (INSEE) and a type to today's month, if that day's
    half-year is closed. Inside a transaction under HALF_YEARS: no two add at once.
    """
    on, commune, type_ = told
    if HalfYear.of(on) not in closed_half_years(session) or found == Outcomes():
        return
    key = OutcomeKey(month_of(today), commune, type_)
    row = session.get(OutcomeCount, tuple(key), populate_existing=True)
    if row is None:
        session.add(OutcomeCount(**_columns(key, found)))
        return
    for name, count in _columns(key, found).items():
        if name not in OutcomeKey._fields:
            setattr(row, name, getattr(row, name) + count)
