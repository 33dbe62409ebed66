"""Upcoming appointments that the timetable no longer holds: they stay, and somebody decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.appointment import CallReason, EngagementKind, EventKind
from app.domain.handover import is_prevented
from app.domain.schedule import Opening, Timetable, expand
from app.domain.slots import orphans
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement
from app.services.catalogue import read_catalogue
from app.services.handover import engaged
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

    By time. They still occupy their counsellor: nothing is offered over them. What the team handed
    to a colleague needs no opening, as long as the colleague is there and the venue open.
    """
    catalogue = read_catalogue(session)
    rows = upcoming_rows(session, now)
    if not rows:
        return []
    last = catalogue.today(rows[-1].Engagement.ends_at)
    timetable = read_timetable(catalogue, last)
    openings = expand(timetable, catalogue.today(now), last)
    return [_orphan(*row) for row in lost_rows(session, rows, timetable, openings)]


def upcoming_rows(session: Session, now: datetime) -> Sequence[Any]:
    """(Engagement, Appointment, first name of the counsellor) of what is to come, by time."""
    return session.execute(
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


def lost_rows(
    session: Session,
    rows: Sequence[Any],
    timetable: Timetable,
    openings: Iterable[Opening],
    *,
    apart_from_calls: bool = False,
) -> list[Any]:
    """Those of the rows that neither these openings nor an agreement hold, in the same order.

    `apart_from_calls`: by the timetable alone, whatever somebody is still asked to call about.
    """
    lost = unheld_rows(rows, openings)
    agreed = _handed_over(session, [row.Appointment.id for row in lost])
    if not apart_from_calls:
        agreed -= _to_move(session)
    return [
        row
        for row in lost
        if row.Appointment.id not in agreed or is_prevented(timetable, engaged(row.Engagement))
    ]


def unheld_rows(rows: Sequence[Any], openings: Iterable[Opening]) -> list[Any]:
    """Those of the rows that no opening of their counsellor at their place holds."""
    found = {engaged(row.Engagement): row for row in rows}
    return [found[each] for each in orphans(openings, found)]


def _handed_over(session: Session, appointment_ids: list[int]) -> set[int]:
    """The appointments that the team gave to a colleague, and nobody has placed since."""
    latest = (
        select(func.max(AppointmentEvent.id))
        .where(
            AppointmentEvent.appointment_id.in_(appointment_ids),
            AppointmentEvent.new_counsellor_id.is_not(None),
        )
        .group_by(AppointmentEvent.appointment_id)
    )
    given = select(AppointmentEvent.appointment_id).where(
        AppointmentEvent.id.in_(latest), AppointmentEvent.kind == EventKind.REASSIGNED
    )
    return set(session.scalars(given))


def _to_move(session: Session) -> set[int | None]:
    """Where somebody is to be called to move it, it has lost its place again."""
    return set(
        session.scalars(
            select(CallTask.appointment_id).where(
                CallTask.reason == CallReason.TO_MOVE, CallTask.closed_at.is_(None)
            )
        )
    )


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
