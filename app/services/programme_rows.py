"""The rows of a workshop: written, seated, freed. Inside the caller's transaction and its locks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.appointment import EngagementKind
from app.domain.calendar import local_day
from app.domain.facts import Engaged
from app.domain.programme import Numbers, Where
from app.domain.travel import Place
from app.domain.workshops import WorkshopStatus, engaged_span
from app.models.appointment import Engagement
from app.models.workshops import Workshop, WorkshopEngagement, WorkshopSession, WorkshopTemplate
from app.services.catalogue import Catalogue
from app.services.transaction import Locks

TEXTS = ("title", "content", "prerequisites", "bring", "level", "themes")
"""What people read: copied from the kind of workshop, changed on each alone afterwards."""
WITH_DATES = (
    selectinload(Workshop.sessions).options(
        joinedload(WorkshopSession.workshop),  # a date alone keeps its workshop at hand
        selectinload(WorkshopSession.holds).selectinload(WorkshopEngagement.engagement),
    ),
)
"""For who reads the dates of many workshops and who holds them: as many queries as for one."""
Hours = tuple[datetime, datetime]
Seat = tuple[Where, Place, tuple[int, ...]]
"""Where a date is, and the counsellors who hold it."""


def write_workshop(
    session: Session,
    catalogue: Catalogue,
    template: WorkshopTemplate,
    dates: list[Hours],
    seats: Sequence[Seat],
    *,
    numbers: Numbers,
    **values: Any,
) -> Workshop:
    """A workshop on these dates (UTC, in order), each with its seat; its texts may be given.

    The wall answers: the caller holds the locks of the counsellors.
    """
    first_on = local_day(dates[0][0], catalogue.timezone)
    workshop = Workshop(
        **{
            **{name: getattr(template, name) for name in TEXTS},
            "slug": free_slug(session, f"{template.code}-{first_on.isoformat()}"),
            "template": template,
            "host_commune_id": seats[0][1].commune_id,
            "capacity": numbers.capacity,
            "minimum": numbers.minimum,
            "devices": numbers.devices,
            "kept_places": numbers.kept_places,
            "kept_until": numbers.kept_until(first_on),
            "status": WorkshopStatus.PLANNED,
            "first_at": dates[0][0],
            "last_at": dates[-1][1],
            **values,
        }
    )
    session.add(workshop)
    _write_dates(session, catalogue, workshop, dates, seats)
    session.flush()
    return workshop


def _write_dates(
    session: Session,
    catalogue: Catalogue,
    workshop: Workshop,
    dates: list[Hours],
    seats: Sequence[Seat],
) -> None:
    for hours, (where, place, counsellor_ids) in zip(dates, seats, strict=True):
        row = WorkshopSession(
            workshop=workshop,
            starts_at=hours[0],
            ends_at=hours[1],
            status=WorkshopStatus.PLANNED,
            updated_at=workshop.recorded_at,
        )
        put_at(row, where, place)
        session.add(row)
        hold(session, catalogue, row, counsellor_ids)


def put_at(row: WorkshopSession, where: Where, place: Place) -> None:
    """Where it takes place."""
    row.commune_id, row.venue_id = place.commune_id, place.venue_id
    is_venue = place.venue_id is not None
    row.place_name = None if is_venue else where.name
    row.place_address = None if is_venue else where.address


def hold(
    session: Session, catalogue: Catalogue, row: WorkshopSession, counsellor_ids: Iterable[int]
) -> None:
    """These counsellors hold that date, from set-up to tidying."""
    starts_at, ends_at = engaged_span(row.starts_at, row.ends_at, catalogue.settings)
    for counsellor_id in counsellor_ids:
        engagement = Engagement(
            counsellor_id=counsellor_id,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=EngagementKind.WORKSHOP,
            commune_id=row.commune_id,
            venue_id=row.venue_id,
        )
        session.add(WorkshopEngagement(session=row, engagement=engagement))
    session.flush()


def hold_again(
    session: Session, catalogue: Catalogue, row: WorkshopSession, counsellor_ids: Iterable[int]
) -> None:
    """The same date at its new hours and place, by these counsellors: who held it is free."""
    for held in list(row.holds):
        engagement = held.engagement
        session.delete(held)
        session.flush()
        session.delete(engagement)
    session.flush()
    session.expire(row, ["holds"])
    hold(session, catalogue, row, counsellor_ids)


def free(row: WorkshopSession) -> None:
    """It does not take place: the time of its counsellors is theirs again."""
    for held in row.holds:
        held.engagement.occupies = False


def holders_of(row: WorkshopSession) -> list[int]:
    """The ids of the counsellors who hold that date, in order."""
    return sorted(each.engagement.counsellor_id for each in row.holds)


def spans_held(row: WorkshopSession) -> list[Engaged]:
    """What that date takes of them now."""
    rows = (each.engagement for each in row.holds)
    return [
        Engaged(each.counsellor_id, each.starts_at, each.ends_at, each.place)
        for each in rows
        if each.occupies
    ]


def standing(workshop: Workshop) -> list[WorkshopSession]:
    """Its dates that were not cancelled, in order."""
    dates = (each for each in workshop.sessions if each.status is WorkshopStatus.PLANNED)
    return sorted(dates, key=lambda each: each.starts_at)


def bound(workshop: Workshop) -> None:
    """`first_at` and `last_at` again, from the dates that still stand; as they were without any."""
    dates = standing(workshop)
    if dates:
        workshop.first_at = dates[0].starts_at
        workshop.last_at = max(each.ends_at for each in dates)


def numbers_of(catalogue: Catalogue, workshop: Workshop) -> Numbers:
    """Its places as a form shows them: what is kept, until so many days before the first date."""
    first_on = local_day(workshop.first_at, catalogue.timezone)
    until = workshop.kept_until
    return Numbers(
        workshop.capacity,
        workshop.minimum,
        workshop.devices,
        workshop.kept_places,
        None if until is None else (first_on - until).days,
    )


def programme_locks(counsellor_ids: Iterable[int], series: str) -> Locks:
    """What planning holds alone: these counsellors, this form, and the addresses of workshops.

    Two planners with other counsellors may ask for the same free address (`free_slug`).
    """
    return Locks.of(counsellor_ids, keys={"programme", f"programme:{series}"})


def free_slug(session: Session, stem: str) -> str:
    """An address that no workshop has; the caller holds `programme_locks`."""
    taken = set(session.scalars(select(Workshop.slug).where(Workshop.slug.startswith(stem))))
    names = (stem if rank == 1 else f"{stem}-{rank}" for rank in count(1))
    return next(each for each in names if each not in taken)
