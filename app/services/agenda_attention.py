"""What the coordination must look at this morning: nothing here repairs itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.domain.availability import AvailabilityKind
from app.models.appointment import Appointment, Engagement
from app.services.agenda import ENTRIES, IN_ORDER, Entry, entry_of
from app.services.busy_calendars import PersonalCalendar, stale_calendars
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.erasure_requests import AskedErasure, asked_erasures
from app.services.export_requests import AskedExport, asked_exports
from app.services.orphans import Orphan, find_orphans
from app.services.sending_costs import CeilingState, ceiling_state
from app.services.slots import facts_of_timetable
from app.services.team_list import Gap, find_gaps, read_team
from app.services.unsent import count_unsent

LOOKED_BACK = timedelta(days=30)
"""Whoever did not say what became of an older appointment will not know any more."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Each list is empty when all is well."""

    orphans: list[Orphan]
    unfinished: list[Entry]
    """Past, and nobody said whether the person came."""
    without_date: list[CommuneEntry]
    """No permanence until the end of the booking window."""
    gaps: list[Gap]
    """The communes without a referent, or without who stands in."""
    stale: list[PersonalCalendar]
    """Own agendas that nobody could read lately: their hours close, or will."""
    unsent: int
    """Messages that did not arrive, and could still be tried again or replaced by a call."""
    erasures: list[AskedErasure]
    """Asked for by a person, passed on by a referent: somebody decides."""
    exports: list[AskedExport]
    """The same, of all that is held on a person: answered by the export."""
    ceiling: CeilingState
    """How much of this month's money for text messages is spent."""


def find_attention(session: Session, catalogue: Catalogue, *, now: datetime) -> Attention:
    """All of it, for the whole territory. A fixed number of queries."""
    return Attention(
        orphans=find_orphans(session, now=now),
        unfinished=find_unfinished(session, catalogue, now=now),
        without_date=_without_date(catalogue, now),
        gaps=find_gaps(read_team(session), catalogue, now),
        stale=stale_calendars(session, now),
        unsent=count_unsent(session, now),
        erasures=asked_erasures(session),
        exports=asked_exports(session, now=now),
        ceiling=ceiling_state(session, catalogue, now),
    )


def find_unfinished(
    session: Session, catalogue: Catalogue, *, now: datetime, counsellor_id: int | None = None
) -> list[Entry]:
    """The appointments of the last 30 days that are over and still « confirmés », by hour."""
    query = ENTRIES.where(
        Engagement.starts_at >= now - LOOKED_BACK,
        Engagement.starts_at < now,
        Engagement.ends_at <= now,
        Appointment.status == AppointmentStatus.BOOKED,
    )
    if counsellor_id is not None:
        query = query.where(Engagement.counsellor_id == counsellor_id)
    return [entry_of(row, catalogue) for row in session.execute(query.order_by(*IN_ORDER))]


def _without_date(catalogue: Catalogue, now: datetime) -> list[CommuneEntry]:
    facts = facts_of_timetable(catalogue, now=now)
    held = {
        each.place.commune_id
        for each in facts.index
        if each.kind is AvailabilityKind.PERMANENCE and each.place and each.ends_at > now
    }
    return [each for each in catalogue.served_communes(facts.today) if each.id not in held]
