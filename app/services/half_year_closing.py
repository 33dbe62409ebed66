"""Closing a half-year: its quality is looked at first, then its figures are written for ever.

What is shown of what is missing names no person: a day, a counsellor, a commune.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.domain.attendance import alone
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.closing import check_closing
from app.domain.cubes import TERRITORY, Volume
from app.domain.half_year import HalfYear
from app.domain.journal import JournalAction, JournalSubject
from app.domain.national_labels import INDIVIDUAL, NOT_TOLD, WORKSHOP
from app.domain.nomenclature import Family
from app.domain.sharing import time_keys
from app.domain.workshops import WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow, HalfYearClosing
from app.models.workshops import WorkshopEngagement, WorkshopSession
from app.services.catalogue import Catalogue, read_catalogue
from app.services.figures_cubes import Cubes, cubes_of, read_cubes, read_entries, write_cubes
from app.services.figures_hours import write_hours
from app.services.figures_outcomes import read_outcomes, write_outcomes
from app.services.half_years import HALF_YEARS, closed_half_years
from app.services.journal import note
from app.services.sharing_keys import read_keys, store_key
from app.services.transaction import Locks, write_transaction


@dataclass(frozen=True, slots=True)
class MissingRecord:
    """Something that was held, or should have been, and of which no record tells."""

    on: date
    counsellor: str
    """First name."""
    commune: str
    type: str
    is_outcome_told: bool
    """Whether somebody said that the person came; else nobody said anything."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """How often a question was left at « Non communiqué »."""

    family: Family
    count: int
    among: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What the coordination looks at before closing."""

    half: HalfYear
    records: int
    late: int
    """« Rattrapage »: of days whose half-year was closed before."""
    alone: int | None
    """Lines alone on their day, counsellor, place and type; None once closed: no cube knows."""
    not_told: tuple[NotTold, ...]
    missing: tuple[MissingRecord, ...]
    closing: HalfYearClosing | None


def read_quality(
    session: Session, catalogue: Catalogue, half: HalfYear, *, now: datetime
) -> Quality:
    """The quality of the records of that half-year; of a closed one, as its cubes keep it."""
    closing = session.get(HalfYearClosing, half.code)
    entries = None if closing else read_entries(session, half)
    cubes = read_cubes(session, [half], [half]) if entries is None else cubes_of(entries)
    whole = sum(cubes.volumes.values(), Volume())
    return Quality(
        half=half,
        records=whole.activities,
        late=whole.late_activities,
        alone=None if entries is None else alone(each.record for each in entries),
        not_told=tuple(_not_told(cubes, whole.participants)),
        missing=() if closing else tuple(find_missing(session, catalogue, half, now=now)),
        closing=closing,
    )


def _not_told(cubes: Cubes, people: int) -> Iterator[NotTold]:
    for family in (Family.AGE, Family.GENDER, Family.STATUS):
        cells = (
            count
            for key, count in cubes.publics.items()
            if (key.commune, key.family, key.code) == (TERRITORY, family, NOT_TOLD)
        )
        yield NotTold(family, sum(cells), people)


def close_half_year(
    session: Session, half: HalfYear, *, by: int, accepted_missing: int, now: datetime
) -> None:
    """Write the cubes, the hours and the outcomes of a half-year; they never change any more.

    `accepted_missing` is how many missing records were shown and accepted; where there are more by
    now, it is asked again. What the service costs and the key that the territory's file implies
    are written down as well, for these six months.
    Raises what `check_closing` raises: the second of two people is told that it is closed already.
    """
    with write_transaction(session, Locks.of(keys={HALF_YEARS})):
        catalogue = read_catalogue(session)
        today, closed = catalogue.today(now), closed_half_years(session)
        missing = sum(1 for _each in find_missing(session, catalogue, half, now=now))
        check_closing(
            half,
            today,
            closed,
            oldest=_oldest(session, catalogue, half, closed),
            missing=missing,
            is_confirmed=missing <= accepted_missing,
        )
        _write(session, catalogue, half, by, today)
        session.add(
            HalfYearClosing(
                half_year=half.code,
                closed_on=today,
                closed_by_id=by,
                missing=missing,
                annual_cost_cents=catalogue.settings.annual_cost_cents,
            )
        )
        facts = {"half_year": half.code, "missing": missing}
        subject = JournalSubject.TERRITORY, None
        note(session, JournalAction.HALF_YEAR_CLOSED, subject, by=by, now=now, **facts)


def _write(session: Session, catalogue: Catalogue, half: HalfYear, by: int, today: date) -> None:
    entries, keys = read_entries(session, half), read_keys(session)
    write_cubes(session, cubes_of(entries), half)
    write_hours(session, catalogue, half, entries, time_keys(keys.everything))
    write_outcomes(session, half, read_outcomes(session, catalogue, [half], ()))
    for key in keys.implied:
        if bounded := key.within(half.first, half.last):
            store_key(session, bounded, by=by, today=today)


def _oldest(
    session: Session, catalogue: Catalogue, half: HalfYear, closed: Collection[HalfYear]
) -> HalfYear:
    """The first half-year that has any figure."""
    told = session.scalars(select(func.min(AttendanceRow.counted_on))).one()
    met = session.scalars(
        select(func.min(Engagement.starts_at))
        .join(Appointment, Appointment.engagement_id == Engagement.id)
        .where(Appointment.status == AppointmentStatus.ATTENDED)
    ).one()
    days = [day for day in (told, catalogue.today(met) if met else None) if day is not None]
    return min([half, *closed, *map(HalfYear.of, days)])


def find_missing(
    session: Session, catalogue: Catalogue, half: HalfYear, *, now: datetime
) -> Iterator[MissingRecord]:
    """What is over and has no record, by hour: appointments but those missed, and workshops."""
    is_over = _over(catalogue, half, now)
    names = {each.id: each.name for each in catalogue.communes}
    columns = Engagement.starts_at, Engagement.commune_id, Counsellor.first_name
    met = (
        select(*columns, Appointment.status)
        .join(Engagement, Engagement.id == Appointment.engagement_id)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(
            is_over,
            ~Appointment.is_recorded,
            or_(
                Appointment.status == AppointmentStatus.ATTENDED,
                Appointment.status == AppointmentStatus.BOOKED,
            ),
        )
        .order_by(Engagement.starts_at, Engagement.id)
    )
    for row in session.execute(met):
        is_told = row.status is AppointmentStatus.ATTENDED
        yield _missing(row, catalogue, names, INDIVIDUAL, is_told)
    led = (
        select(*columns, WorkshopSession.id)
        .join(WorkshopEngagement, WorkshopEngagement.engagement_id == Engagement.id)
        .join(WorkshopSession, WorkshopSession.id == WorkshopEngagement.session_id)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(
            is_over,
            ~WorkshopSession.is_recorded,
            WorkshopSession.status == WorkshopStatus.PLANNED,
        )
        .order_by(Engagement.starts_at, Engagement.id)
    )
    seen: set[int] = set()
    for session_row in session.execute(led):
        if session_row.id not in seen:  # one record, whoever leads it
            seen.add(session_row.id)
            yield _missing(session_row, catalogue, names, WORKSHOP, is_told=True)


def _over(catalogue: Catalogue, half: HalfYear, now: datetime) -> ColumnElement[bool]:
    start = start_of_day(half.first, catalogue.timezone)
    end = start_of_day(half.last + ONE_DAY, catalogue.timezone)
    return and_(Engagement.starts_at >= start, Engagement.starts_at < end, Engagement.ends_at < now)


def _missing(
    row: Any,
    catalogue: Catalogue,
    names: dict[int, str],
    what: str,
    is_told: bool,
) -> MissingRecord:
    on = catalogue.today(row.starts_at)
    return MissingRecord(on, row.first_name, names[row.commune_id], what, is_told)
