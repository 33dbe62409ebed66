"""Workshops that an absence or a closure keeps from taking place: they stay, and somebody decides.

Nobody moves a workshop by itself: many people are registered, and a room is held for them.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.availability import Timetable
from app.domain.facts import Engaged
from app.domain.handover import is_prevented
from app.domain.workshops import WorkshopStatus
from app.models.appointment import Engagement
from app.models.workshops import WorkshopSession
from app.services.agenda_workshops import HeldWorkshop, workshops_where
from app.services.catalogue import Catalogue, read_catalogue
from app.services.slots import read_timetable


def upcoming_workshops(session: Session, catalogue: Catalogue, now: datetime) -> list[HeldWorkshop]:
    """The dates to come that stand, by start; one for each counsellor who holds them."""
    return workshops_where(
        session,
        catalogue,
        [
            Engagement.occupies.is_(True),
            Engagement.starts_at > now,
            WorkshopSession.status == WorkshopStatus.PLANNED,
        ],
    )


def stranded(held: list[HeldWorkshop], timetable: Timetable) -> list[HeldWorkshop]:
    """Those whose counsellor is away or whose venue is closed, by that timetable."""
    return [each for each in held if is_prevented(timetable, _engaged(each))]


def newly_stranded(
    held: list[HeldWorkshop], before: Timetable, after: Timetable
) -> list[HeldWorkshop]:
    """Those that took place by the first timetable, and do not by the second."""
    known = stranded(held, before)
    return [each for each in stranded(held, after) if each not in known]


def find_stranded(session: Session, *, now: datetime) -> list[HeldWorkshop]:
    """The queue: all of them, by the timetable as it is."""
    catalogue = read_catalogue(session)
    held = upcoming_workshops(session, catalogue, now)
    if not held:
        return []
    last = max(catalogue.today(each.ends_at) for each in held)
    return stranded(held, read_timetable(catalogue, last))


def _engaged(held: HeldWorkshop) -> Engaged:
    return Engaged(held.counsellor_id, held.starts_at, held.ends_at, held.place)
