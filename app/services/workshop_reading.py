"""Read the programme of workshops as everybody may see it: places and dates, never a name.

The number of queries is constant, however many workshops there are or were.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import Session, selectinload

from app.domain.appointment_facts import CommuneWords
from app.domain.feeds import CANCELLED_KEPT
from app.domain.workshop_errors import WorkshopUnknown
from app.domain.workshop_facts import SessionFacts, WorkshopFacts
from app.domain.workshops import Level, RegistrationStatus, Room, WorkshopStatus, kept_on
from app.models.workshops import PlacesOffer, Registration, Workshop, WorkshopSession
from app.services.catalogue import Catalogue

_FRESH: Any = {"populate_existing": True}


def list_workshops(  # noqa: PLR0913 - the filters of the programme
    session: Session,
    catalogue: Catalogue,
    *,
    now: datetime,
    commune_slug: str | None = None,
    level: Level | None = None,
    theme: str | None = None,
    past: bool = False,
    limit: int,
    offset: int = 0,
) -> list[WorkshopFacts]:
    """Workshops to come, the next one first; or those that are over, the last one first.

    A cycle under way is to come until its last session is over; cancelled ones are among them.
    `commune_slug`: where at least one of its dates takes place. Raises CommuneUnknown.
    """
    query = select(Workshop).where(Workshop.last_at <= now if past else Workshop.last_at > now)
    if commune_slug is not None:
        query = query.where(_takes_place_in(catalogue.commune(commune_slug).id))
    if level is not None:
        query = query.where(Workshop.level == level)
    if theme is not None:
        quoted = f'"{theme}"'
        query = query.where(cast(Workshop.themes, String).contains(quoted, autoescape=True))
    order: Any = (
        (Workshop.last_at.desc(), Workshop.id.desc()) if past else (Workshop.first_at, Workshop.id)
    )
    return _read(session, catalogue, query.order_by(*order).limit(limit).offset(offset), now)


def workshops_between(
    session: Session,
    catalogue: Catalogue,
    span: tuple[datetime, datetime],
    *,
    now: datetime,
    commune_slug: str | None = None,
) -> list[WorkshopFacts]:
    """Those with a date that begins in that span (UTC, its end excluded), the first one first.

    Cancelled ones too. `commune_slug`: as for `list_workshops`. Raises CommuneUnknown.
    """
    begins = WorkshopSession.starts_at >= span[0], WorkshopSession.starts_at < span[1]
    query = select(Workshop).where(
        Workshop.id.in_(select(WorkshopSession.workshop_id).where(*begins))
    )
    if commune_slug is not None:
        query = query.where(_takes_place_in(catalogue.commune(commune_slug).id))
    return _read(session, catalogue, query.order_by(Workshop.first_at, Workshop.id), now)


def followed_workshops(
    session: Session,
    catalogue: Catalogue,
    span: tuple[datetime, datetime],
    *,
    now: datetime,
    commune_slug: str | None = None,
) -> list[WorkshopFacts]:
    """As `workshops_between`, for a calendar program: a cancelled date says so for a week only."""
    found = workshops_between(session, catalogue, span, now=now, commune_slug=commune_slug)
    since = now - CANCELLED_KEPT
    return [
        replace(
            workshop,
            sessions=tuple(
                each
                for each in workshop.sessions
                if not each.is_cancelled or each.updated_at > since
            ),
        )
        for workshop in found
    ]


def workshop_by_slug(
    session: Session, catalogue: Catalogue, slug: str, now: datetime
) -> WorkshopFacts:
    """The workshop of that address, over or cancelled ones too. Raises WorkshopUnknown."""
    if "\0" in slug:  # no text of PostgreSQL holds one
        raise WorkshopUnknown
    found = _read(session, catalogue, select(Workshop).where(Workshop.slug == slug), now)
    if not found:
        raise WorkshopUnknown
    return found[0]


def workshops_by_id(
    session: Session, catalogue: Catalogue, ids: Collection[int], now: datetime
) -> dict[int, WorkshopFacts]:
    """Those of these ids that exist."""
    if not ids:
        return {}
    found = _read(session, catalogue, select(Workshop).where(Workshop.id.in_(ids)), now)
    return {each.id: each for each in found}


def _takes_place_in(commune_id: int) -> ColumnElement[bool]:
    there = WorkshopSession.workshop_id == Workshop.id, WorkshopSession.commune_id == commune_id
    return select(WorkshopSession.id).where(*there).exists()


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of one workshop: places of residents of its host commune, of others, and who waits."""

    host: int = 0
    others: int = 0
    waiting: int = 0


def _read(session: Session, catalogue: Catalogue, query: Any, now: datetime) -> list[WorkshopFacts]:
    """Four queries: workshops, their sessions, registrations, and places held by open offers."""
    with_sessions = query.options(selectinload(Workshop.sessions)).execution_options(**_FRESH)
    rows = session.scalars(with_sessions).all()
    ids = [row.id for row in rows]
    registered = _registered(session, ids) if ids else {}
    held = _held(session, ids) if ids else {}
    return [
        _facts(catalogue, row, registered.get(row.id, _Counts()), held.get(row.id, _Counts()), now)
        for row in rows
    ]


def _registered(session: Session, ids: Sequence[int]) -> dict[int, _Counts]:
    seated = Registration.status == RegistrationStatus.REGISTERED
    is_own = Registration.commune_id == Workshop.host_commune_id
    waits = Registration.status == RegistrationStatus.WAITING
    query = (
        select(
            Registration.workshop_id,
            _sum(seated & is_own, Registration.places),
            _sum(seated, Registration.places),
            _sum(waits, 1),
        )
        .join(Registration.workshop)
        .where(
            Registration.workshop_id.in_(ids), Registration.status != RegistrationStatus.CANCELLED
        )
        .group_by(Registration.workshop_id)
    )
    return _counts(session.execute(query))


def _held(session: Session, ids: Sequence[int]) -> dict[int, _Counts]:
    is_own = Registration.commune_id == Workshop.host_commune_id
    query = (
        select(
            PlacesOffer.workshop_id,
            _sum(is_own, PlacesOffer.places),
            func.sum(PlacesOffer.places),
            _sum(is_own, 0),
        )
        .join(PlacesOffer.registration)
        .join(Registration.workshop)
        .where(PlacesOffer.workshop_id.in_(ids), PlacesOffer.closed_at.is_(None))
        .group_by(PlacesOffer.workshop_id)
    )
    return _counts(session.execute(query))


def _sum(condition: Any, places: Any) -> Any:
    return func.sum(case((condition, places), else_=0))


def _counts(rows: Iterable[Any]) -> dict[int, _Counts]:
    return {
        workshop_id: _Counts(int(host), int(everybody) - int(host), int(waiting))
        for workshop_id, host, everybody, waiting in rows
    }


def _facts(
    catalogue: Catalogue, row: Workshop, registered: _Counts, held: _Counts, now: datetime
) -> WorkshopFacts:
    kept = kept_on(catalogue.today(now), row.kept_places, row.kept_until)
    room = Room(row.capacity, registered.host + held.host, registered.others + held.others, kept)
    return WorkshopFacts(
        id=row.id,
        slug=row.slug,
        title=row.title,
        content=row.content,
        prerequisites=row.prerequisites,
        bring=row.bring,
        level=row.level,
        themes=tuple(row.themes),
        host=catalogue.commune_by_id(row.host_commune_id),
        sessions=tuple(_session_facts(catalogue, each) for each in row.sessions),
        capacity=row.capacity,
        free=room.free_for(is_from_host=False),
        free_for_host=room.free_for(is_from_host=True),
        waiting=registered.waiting,
        kept_places=kept,
        devices=row.devices,
        status=row.status,
        first_at=row.first_at,
        last_at=row.last_at,
        sequence=row.sequence,
        reworded_at=row.reworded_at,
    )


def _session_facts(catalogue: Catalogue, row: WorkshopSession) -> SessionFacts:
    commune = catalogue.commune_by_id(row.commune_id)
    venue = None if row.venue_id is None else catalogue.venue_by_id(row.venue_id)
    return SessionFacts(
        id=row.id,
        uid=row.uid,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place_name=venue.name if venue else row.place_name or commune.name,
        place_address=_address(venue.address, venue.postal_line)
        if venue
        else _address(row.place_address or "", _postal_line(commune)),
        access_notes=venue.access_notes if venue else {},
        sms_name=venue.sms_name if venue else commune.name,
        commune=commune,
        is_cancelled=row.status is WorkshopStatus.CANCELLED,
        sequence=row.sequence,
        updated_at=row.updated_at,
    )


def _address(*lines: str) -> str:
    return ", ".join(filter(None, lines))


def _postal_line(commune: CommuneWords) -> str:
    return f"{commune.postal_code} {commune.name}"
