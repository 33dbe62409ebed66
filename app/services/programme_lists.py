"""What the team's pages of the programme list: its dates, one workshop, who is registered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.calendar import start_of_day
from app.domain.programme import Numbers, Where
from app.domain.workshop_errors import WorkshopUnknown
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.workshops import Registration, Workshop, WorkshopEngagement, WorkshopSession
from app.services.catalogue import Catalogue
from app.services.programme_cancelling import is_called
from app.services.programme_changes import version_of
from app.services.programme_rows import holders_of, numbers_of
from app.services.programme_templates import Words, words_of
from app.services.registration_people import companion_of

SHOWN = 60
"""Dates on one page of the list."""


@dataclass(frozen=True, slots=True)
class Counted:
    """People of one workshop: places taken by who is registered, registrations that wait."""

    registered: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ProgrammeDate:
    """One date of one workshop."""

    id: int
    workshop_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    where: Where
    """The same, as a form asks for it."""
    commune_id: int
    commune: str
    counsellor_ids: tuple[int, ...]
    counsellors: tuple[str, ...]
    """First names."""
    is_cancelled: bool
    is_cycle: bool
    capacity: int
    counted: Counted


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """One registration, for who may see names."""

    id: int
    resident_id: int
    first_name: str
    last_name: str
    companion: str
    """Empty: they come alone."""
    places: int
    devices: int
    waits: bool
    is_called: bool
    """No machine tells them what changes."""
    commune_id: int | None
    commune: str
    """Empty: another commune."""


@dataclass(frozen=True, slots=True)
class ProgrammeWorkshop:
    """One workshop as the team sees it."""

    row: Workshop
    """Read only: its texts and numbers."""
    dates: tuple[ProgrammeDate, ...]
    counted: Counted
    counsellor_ids: frozenset[int]
    host: str
    host_commune_id: int
    version: str
    words: Words
    numbers: Numbers

    @property
    def is_cancelled(self) -> bool:
        return self.row.status is WorkshopStatus.CANCELLED

    def is_over(self, now: datetime) -> bool:
        """Whether nothing of it is left to change."""
        return not any(each.starts_at > now and not each.is_cancelled for each in self.dates)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list."""

    first: date
    commune_ids: frozenset[int] = frozenset()
    """Where they take place; empty: anywhere."""
    counsellor_id: int | None = None


def list_dates(session: Session, catalogue: Catalogue, wanted: Wanted) -> list[ProgrammeDate]:
    """From that local day on, by time, one more than SHOWN where there are more."""
    query = _dates().where(
        WorkshopSession.starts_at >= start_of_day(wanted.first, catalogue.timezone)
    )
    if wanted.commune_ids:
        query = query.where(WorkshopSession.commune_id.in_(wanted.commune_ids))
    if wanted.counsellor_id is not None:
        held = (
            select(WorkshopEngagement.session_id)
            .join(Engagement)
            .where(Engagement.counsellor_id == wanted.counsellor_id)
        )
        query = query.where(WorkshopSession.id.in_(held))
    return _told(session, catalogue, session.scalars(query.limit(SHOWN + 1)).all())


def read_workshop(session: Session, catalogue: Catalogue, workshop_id: int) -> ProgrammeWorkshop:
    """Raises WorkshopUnknown."""
    row = session.get(Workshop, workshop_id)
    if row is None:
        raise WorkshopUnknown
    own = session.scalars(_dates().where(WorkshopSession.workshop_id == workshop_id)).all()
    dates = _told(session, catalogue, own)
    return ProgrammeWorkshop(
        row=row,
        dates=tuple(dates),
        counted=_counts(session, [row.id]).get(row.id, Counted()),
        counsellor_ids=frozenset(each for date in dates for each in date.counsellor_ids),
        host=catalogue.commune_by_id(row.host_commune_id).name,
        host_commune_id=row.host_commune_id,
        version=version_of(session, row.id),
        words=words_of(row),
        numbers=numbers_of(catalogue, row),
    )


def list_registered(
    session: Session, catalogue: Catalogue, workshop_id: int
) -> list[RegisteredPerson]:
    """Who comes, by name; then who waits, in order. Who may see which is for the caller to ask."""
    rows = session.scalars(
        select(Registration)
        .where(
            Registration.workshop_id == workshop_id,
            Registration.status != RegistrationStatus.CANCELLED,
        )
        .options(joinedload(Registration.resident))
        .order_by(Registration.registered_at, Registration.id)
    ).all()
    people = [_person(catalogue, row) for row in rows]
    come = sorted(
        (each for each in people if not each.waits),
        key=lambda each: (each.last_name.casefold(), each.first_name.casefold(), each.id),
    )
    return [*come, *(each for each in people if each.waits)]


def _person(catalogue: Catalogue, row: Registration) -> RegisteredPerson:
    resident = row.resident
    home = catalogue.commune_by_id(row.commune_id).name if row.commune_id else ""
    return RegisteredPerson(
        id=row.id,
        resident_id=row.resident_id,
        first_name=resident.first_name,
        last_name=resident.last_name,
        companion=companion_of(row),
        places=row.places,
        devices=row.devices_wanted,
        waits=row.status is RegistrationStatus.WAITING,
        is_called=is_called(row),
        commune_id=row.commune_id,
        commune=home,
    )


def _dates() -> Any:
    return (
        select(WorkshopSession)
        .options(
            joinedload(WorkshopSession.workshop),
            joinedload(WorkshopSession.venue),
            selectinload(WorkshopSession.holds).joinedload(WorkshopEngagement.engagement),
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )


def _told(
    session: Session, catalogue: Catalogue, rows: Sequence[WorkshopSession]
) -> list[ProgrammeDate]:
    ids = {row.workshop_id for row in rows}
    counts, dates = _counts(session, ids), _date_counts(session, ids)
    names = dict(session.execute(select(Counsellor.id, Counsellor.first_name)).all())
    return [
        ProgrammeDate(
            id=row.id,
            workshop_id=row.workshop_id,
            title=row.workshop.title["fr"],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=row.venue.name if row.venue else row.place_name or "",
            where=_where(catalogue, row),
            commune_id=row.commune_id,
            commune=catalogue.commune_by_id(row.commune_id).name,
            counsellor_ids=tuple(holders_of(row)),
            counsellors=tuple(names[each] for each in holders_of(row)),
            is_cancelled=row.status is WorkshopStatus.CANCELLED,
            is_cycle=dates[row.workshop_id] > 1,
            capacity=row.workshop.capacity,
            counted=counts.get(row.workshop_id, Counted()),
        )
        for row in rows
    ]


def _where(catalogue: Catalogue, row: WorkshopSession) -> Where:
    if row.venue is not None:
        return Where(row.venue.slug)
    commune = catalogue.commune_by_id(row.commune_id).slug
    return Where("", row.place_name or "", row.place_address or "", commune)


def _counts(session: Session, workshop_ids: Iterable[int]) -> dict[int, Counted]:
    registered = Registration.status == RegistrationStatus.REGISTERED
    waits = Registration.status == RegistrationStatus.WAITING
    rows = session.execute(
        select(
            Registration.workshop_id,
            func.sum(case((registered, Registration.places), else_=0)),
            func.sum(case((waits, 1), else_=0)),
        )
        .where(Registration.workshop_id.in_(list(workshop_ids)))
        .group_by(Registration.workshop_id)
    )
    return {row[0]: Counted(int(row[1]), int(row[2])) for row in rows}


def _date_counts(session: Session, workshop_ids: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(WorkshopSession.workshop_id, func.count())
        .where(WorkshopSession.workshop_id.in_(list(workshop_ids)))
        .group_by(WorkshopSession.workshop_id)
    )
    return {row[0]: int(row[1]) for row in rows}
