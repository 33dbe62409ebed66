"""What is planned at the venues: it follows them to another commune, and forbids them to close."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.domain.calendar import local_day
from app.domain.checks import FileProblem, InvalidFile
from app.domain.workshops import WorkshopStatus
from app.models.appointment import Engagement
from app.models.places import Commune, Venue
from app.models.waiting import Offer
from app.models.workshops import WorkshopSession

WORKSHOP_THERE = "un atelier y est encore prévu : le déplacer ou l'annuler d'abord"
WORKSHOP_AFTER = "un atelier y est prévu après ce jour : le déplacer ou l'annuler d'abord"


def follow_venues(session: Session, now: datetime) -> None:
    """What is to come at a venue is in the venue's commune, also where that was just corrected.

    Otherwise no opening would hold it any more: the commune is part of a place. What is over stays
    where it was counted. Under the locks of all counsellors.
    """
    session.flush()
    for dated in (Engagement, Offer, WorkshopSession):
        own = select(Venue.commune_id).where(Venue.id == dated.venue_id).scalar_subquery()
        session.execute(
            update(dated)
            .where(dated.ends_at > now, dated.venue_id.is_not(None), dated.commune_id != own)
            .values(commune_id=own)
        )


def refuse_venues_with_workshops(session: Session, now: datetime) -> None:
    """Raises InvalidFile for a venue out of use where a workshop is still to take place."""
    planned = (
        select(Venue.slug)
        .join(WorkshopSession, WorkshopSession.venue_id == Venue.id)
        .where(Venue.active.is_(False), *_to_come(now))
        .distinct()
        .order_by(Venue.slug)
    )
    if slugs := session.scalars(planned).all():
        raise InvalidFile(FileProblem(f"venues[{slug}]", WORKSHOP_THERE) for slug in slugs)


def departures_with_workshops(session: Session, now: datetime, timezone: ZoneInfo) -> list[str]:
    """The communes that leave before the last workshop that is planned there: slugs."""
    dates = session.execute(
        select(Commune.slug, Commune.active_until, WorkshopSession.starts_at)
        .join(Commune, Commune.id == WorkshopSession.commune_id)
        .where(Commune.active_until.is_not(None), *_to_come(now))
    )
    return sorted({slug for slug, last, starts_at in dates if _is_after(starts_at, last, timezone)})


def _is_after(starts_at: datetime, last: date | None, timezone: ZoneInfo) -> bool:
    return last is not None and local_day(starts_at, timezone) > last


def _to_come(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return WorkshopSession.status == WorkshopStatus.PLANNED, WorkshopSession.ends_at > now
