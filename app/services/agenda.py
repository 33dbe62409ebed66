"""What is on the agendas: one query for a period, whatever is in it; rights are asked later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from app.domain.access import Subject
from app.domain.appointment import AppointmentStatus, CancelledBy, Channel
from app.domain.availability import AvailabilityKind, Opening
from app.domain.calendar import ONE_DAY, start_of_day
from app.domain.schedule import expand
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.slots import read_timetable


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment on an agenda, with its person: pages show of it what the reader may see."""

    appointment_id: int
    counsellor_id: int
    counsellor: str
    """First name."""
    starts_at: datetime
    ends_at: datetime
    window_minutes: int
    place: Place
    place_commune: CommuneEntry
    venue: VenueEntry | None
    """None: at the person's home."""
    topic: TopicEntry
    status: AppointmentStatus
    cancelled_by: CancelledBy | None
    channel: Channel
    arrived_at: datetime | None
    sequence: int
    first_name: str
    last_name: str
    phone: str | None
    helper_name: str | None
    helper_phone: str | None
    address_line1: str | None
    address_line2: str | None
    commune: CommuneEntry | None
    """Where the person lives; None: in another commune."""
    visit_ended_at: datetime | None
    is_recorded: bool
    """An attendance record tells of it, and nothing says which."""

    @property
    def is_visit(self) -> bool:
        return self.venue is None

    @property
    def window(self) -> timedelta:
        """How long after `starts_at` a visit may begin; nothing at a venue."""
        return timedelta(minutes=self.window_minutes)

    @property
    def is_cancelled(self) -> bool:
        return self.status is AppointmentStatus.CANCELLED

    @property
    def is_walk_in(self) -> bool:
        return self.channel is Channel.WALK_IN

    @property
    def subject(self) -> Subject:
        """What rights are asked about."""
        return Subject(
            commune_ids=frozenset({self.commune.id} if self.commune else ()),
            counsellor_ids=frozenset({self.counsellor_id}),
            place_commune_id=self.place.commune_id,
            ends_at=self.ends_at,
        )


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included; narrowed to one counsellor or to places of some communes."""

    first: date
    last: date
    counsellor_id: int | None = None
    commune_ids: frozenset[int] = frozenset()
    """Of the places; empty: everywhere."""
    with_residents_of: bool = False
    """Also whoever lives in those communes, wherever they go."""


ENTRIES: Any = (
    select(Appointment, Engagement, Resident, Counsellor.first_name.label("counsellor"))
    .join(Engagement, Engagement.id == Appointment.engagement_id)
    .join(Resident, Resident.id == Appointment.resident_id)
    .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
)
IN_ORDER = (Engagement.starts_at, Engagement.id)


def find_entries(
    session: Session, catalogue: Catalogue, period: Period, *, with_cancelled: bool = False
) -> list[Entry]:
    """The appointments of a period, by start; the cancelled ones only where they are asked for."""
    start = start_of_day(period.first, catalogue.timezone)
    end = start_of_day(period.last + ONE_DAY, catalogue.timezone)
    query = ENTRIES.where(
        Engagement.starts_at >= start, Engagement.starts_at < end, *_narrowed(period)
    ).order_by(*IN_ORDER)
    if not with_cancelled:
        query = query.where(Appointment.status != AppointmentStatus.CANCELLED)
    return [entry_of(row, catalogue) for row in session.execute(query)]


def places_of_period(period: Period, catalogue: Catalogue) -> list[ColumnElement[bool]]:
    """The engagements of the period and its places, whoever lives where."""
    start = start_of_day(period.first, catalogue.timezone)
    end = start_of_day(period.last + ONE_DAY, catalogue.timezone)
    found = [Engagement.starts_at >= start, Engagement.starts_at < end]
    if period.counsellor_id is not None:
        found.append(Engagement.counsellor_id == period.counsellor_id)
    if period.commune_ids:
        found.append(Engagement.commune_id.in_(period.commune_ids))
    return found


def _narrowed(period: Period) -> Iterator[ColumnElement[bool]]:
    if period.counsellor_id is not None:
        yield Engagement.counsellor_id == period.counsellor_id
    if period.commune_ids and period.with_residents_of:
        yield or_(
            Engagement.commune_id.in_(period.commune_ids),
            Appointment.commune_id.in_(period.commune_ids),
        )
    elif period.commune_ids:
        yield Engagement.commune_id.in_(period.commune_ids)


def entry_of(row: Row[Any], catalogue: Catalogue) -> Entry:
    """A row of ENTRIES in the words of the territory."""
    appointment, engagement, person = row.Appointment, row.Engagement, row.Resident
    venue_id = engagement.venue_id
    return Entry(
        appointment_id=appointment.id,
        counsellor_id=engagement.counsellor_id,
        counsellor=row.counsellor,
        starts_at=engagement.starts_at,
        ends_at=engagement.ends_at,
        window_minutes=appointment.window_minutes or 0,
        place=engagement.place,
        place_commune=catalogue.commune_by_id(engagement.commune_id),
        venue=None if venue_id is None else catalogue.venue_by_id(venue_id),
        topic=next(each for each in catalogue.topics if each.id == appointment.topic_id),
        status=appointment.status,
        cancelled_by=appointment.cancelled_by,
        channel=appointment.channel,
        arrived_at=appointment.arrived_at,
        sequence=appointment.sequence,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        helper_name=appointment.helper_name,
        helper_phone=appointment.helper_phone,
        address_line1=appointment.address_line1,
        address_line2=appointment.address_line2,
        commune=_commune(catalogue, appointment.commune_id),
        visit_ended_at=appointment.visit_ended_at,
        is_recorded=appointment.is_recorded,
    )


def _commune(catalogue: Catalogue, commune_id: int | None) -> CommuneEntry | None:
    return None if commune_id is None else catalogue.commune_by_id(commune_id)


def find_openings(catalogue: Catalogue, period: Period) -> list[Opening]:
    """Who is where by the timetable in those days, by start."""
    timetable = read_timetable(catalogue, period.last)
    return [
        each for each in expand(timetable, period.first, period.last) if is_of_period(each, period)
    ]


def is_of_period(opening: Opening, period: Period) -> bool:
    """Whether the filters of the period keep that opening."""
    if period.counsellor_id not in (None, opening.counsellor_id):
        return False
    communes = {opening.place.commune_id} if opening.place else opening.commune_ids
    return not period.commune_ids or bool(communes & period.commune_ids)


def session_of_now(openings: Iterable[Opening], now: datetime) -> Opening | None:
    """The permanence that is held at this moment, else the nearest one before or after it."""
    held = [each for each in openings if each.kind is AvailabilityKind.PERMANENCE]
    return min(held, key=lambda each: _distance(each, now), default=None)


def _distance(opening: Opening, now: datetime) -> float:
    if opening.starts_at <= now < opening.ends_at:
        return 0.0
    ends = opening.starts_at - now, now - opening.ends_at
    return max(each.total_seconds() for each in ends)


def counsellor_names(session: Session) -> dict[int, tuple[str, str]]:
    """Code and first name of each counsellor at work, by id."""
    rows = session.execute(
        select(Counsellor.id, Counsellor.code, Counsellor.first_name)
        .where(Counsellor.active)
        .order_by(Counsellor.id)
    )
    return {row.id: (row.code, row.first_name) for row in rows}
