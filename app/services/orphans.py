"""Upcoming appointments that the timetable no longer holds: they stay, and somebody decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.domain.schedule import expand
from app.domain.slots import Engaged, orphans
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.services.catalogue import read_catalogue
from app.services.slots import read_timetable


@dataclass(frozen=True, slots=True)
class Orphan:
    """An appointment to move: no person in it, only what finds it again."""

    appointment_id: int
    reference: int | None
    starts_at: datetime
    ends_at: datetime
    counsellor: str
    """First name."""
    place: str
    """Name of the venue, or of the commune for a visit."""
    is_visit: bool


def find_orphans(session: Session, *, now: datetime) -> list[Orphan]:
    """The upcoming appointments that no opening of their counsellor at their place holds.

    By time. They still occupy their counsellor: nothing is offered over them.
    """
    catalogue = read_catalogue(session)
    upcoming = session.execute(
        select(Engagement, Appointment, Counsellor.first_name)
        .join(Appointment, Appointment.engagement_id == Engagement.id)
        .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
        .where(
            Engagement.occupies,
            Engagement.kind == EngagementKind.APPOINTMENT,
            Engagement.starts_at > now,
        )
        .order_by(Engagement.starts_at, Engagement.id)
    ).all()
    if not upcoming:
        return []
    today = catalogue.today(now)
    last = catalogue.today(upcoming[-1].Engagement.ends_at)
    openings = expand(read_timetable(catalogue, last), today, last)
    found = {_engaged(row.Engagement): row for row in upcoming}
    return [_orphan(*found[lost]) for lost in orphans(openings, found)]


def _engaged(row: Engagement) -> Engaged:
    return Engaged(row.counsellor_id, row.starts_at, row.ends_at, row.place)


def _orphan(engagement: Engagement, appointment: Appointment, first_name: str) -> Orphan:
    venue = engagement.venue
    return Orphan(
        appointment_id=appointment.id,
        reference=appointment.reference,
        starts_at=engagement.starts_at,
        ends_at=engagement.ends_at,
        counsellor=first_name,
        place=venue.name if venue else engagement.commune.name,
        is_visit=venue is None,
    )
