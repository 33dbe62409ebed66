"""Handing an appointment to a colleague, at the same hour and place: the person notices nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, CallOutcome, CallReason, EventKind
from app.domain.availability import Timetable
from app.domain.errors import DomainError
from app.domain.handover import Obstacle, ObstacleKind, is_there, obstacle_for, works_that_day
from app.domain.journal import JournalAction, JournalSubject
from app.domain.slots import Engaged, Facts
from app.domain.staff_errors import (
    ColleagueAway,
    ColleagueBusy,
    ColleagueTooFar,
    StateRefused,
    SubjectUnknown,
)
from app.domain.travel import Place
from app.gateways.dates import clock
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement
from app.models.outbox import OutboxMessage
from app.services.appointment_rows import Act, close_call_tasks, messages_of, note_event, touch
from app.services.booking import locked_appointment
from app.services.catalogue import Catalogue, read_catalogue
from app.services.holds import remove_dead_holds
from app.services.journal import note
from app.services.slots import load_facts, read_timetable
from app.services.transaction import Locks, write_transaction
from app.services.wall import walled


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who might hold the appointment instead."""

    counsellor_id: int
    first_name: str
    refusal: DomainError | None
    """What stands in the way; None: free, and there in time."""
    is_there: bool
    """Holds a session at that place at that hour."""
    works_that_day: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Where everybody is, as handing over looks at it."""

    catalogue: Catalogue
    timetable: Timetable
    facts: Facts


def read_picture(session: Session, *, now: datetime, around: date) -> Picture:
    """What may matter on that local day."""
    catalogue = read_catalogue(session)
    today = catalogue.today(now)
    facts = load_facts(session, catalogue, now=now, last=max(today, around), around=around)
    timetable = read_timetable(catalogue, max(facts.last_day, around))
    return Picture(catalogue, timetable, facts)


def colleagues_for(session: Session, appointment_id: int, *, now: datetime) -> list[Colleague]:
    """Each other counsellor at work, with what stands in the way of handing it over to them.

    The free ones first, and of those who is there anyway; then by id. Raises NoResultFound.
    """
    engagement = session.scalars(
        select(Engagement).join(Appointment).where(Appointment.id == appointment_id)
    ).one()
    held = engaged(engagement)
    picture = read_picture(session, now=now, around=_day(session, held))
    return rank_colleagues(picture, held, active_counsellors(session))


def active_counsellors(session: Session) -> list[Counsellor]:
    """Whose agenda is open, by id."""
    return list(
        session.scalars(select(Counsellor).where(Counsellor.active).order_by(Counsellor.id))
    )


def rank_colleagues(
    picture: Picture, held: Engaged, counsellors: list[Counsellor]
) -> list[Colleague]:
    """Those counsellors but the one who holds it, best first."""
    found = [
        _colleague(picture, replace(held, counsellor_id=each.id), each)
        for each in counsellors
        if each.id != held.counsellor_id
    ]
    return sorted(found, key=_preference)


def _preference(each: Colleague) -> tuple[bool, bool, bool, int]:
    return each.refusal is not None, not each.is_there, not each.works_that_day, each.counsellor_id


def _colleague(picture: Picture, held: Engaged, row: Counsellor) -> Colleague:
    return Colleague(
        counsellor_id=row.id,
        first_name=row.first_name,
        refusal=refusal_of(picture, held, row),
        is_there=is_there(picture.facts, held),
        works_that_day=works_that_day(picture.facts, held),
    )


def refusal_of(picture: Picture, held: Engaged, colleague: Counsellor) -> DomainError | None:
    """What keeps that colleague from holding it: ColleagueAway, ColleagueBusy, ColleagueTooFar."""
    if not colleague.active:
        return ColleagueAway(colleague=colleague.first_name)
    own = replace(held, counsellor_id=colleague.id)
    obstacle = obstacle_for(picture.facts, picture.timetable.absences, own)
    return _refusal(picture.catalogue, colleague, obstacle) if obstacle else None


def _refusal(catalogue: Catalogue, colleague: Counsellor, obstacle: Obstacle) -> DomainError:
    name, place = colleague.first_name, place_name(catalogue, obstacle.other)
    if obstacle.kind is ObstacleKind.AWAY:
        return ColleagueAway(colleague=name)
    if obstacle.first is None:
        return ColleagueBusy(colleague=name, place=place)
    first_at = clock(obstacle.first.starts_at, "fr", catalogue.timezone)
    return ColleagueTooFar(colleague=name, place=place, minutes=obstacle.minutes, first_at=first_at)


def place_name(catalogue: Catalogue, place: Place | None) -> str:
    """« Mairie de Breuillet », « visite à Breuillet »; « ailleurs » where nobody knows."""
    if place is None:
        return "ailleurs"
    if place.venue_id is None:
        return f"visite {catalogue.commune_by_id(place.commune_id).name_in}"
    return catalogue.venue_by_id(place.venue_id).name


def reassign(
    session: Session, appointment_id: int, counsellor_id: int, *, now: datetime, by: Act
) -> None:
    """Hand an appointment to a colleague, under the locks of both. To its own holder: no change.

    Raises ColleagueBusy, ColleagueTooFar, ColleagueAway; StateRefused where it has begun, is no
    longer booked or somebody else holds it meanwhile; SubjectUnknown for no such colleague.
    """
    holder = session.scalars(
        select(Engagement.counsellor_id).join(Appointment).where(Appointment.id == appointment_id)
    ).one()
    with walled(), write_transaction(session, Locks.of({holder, counsellor_id})):
        appointment = locked_appointment(session, appointment_id)
        held = engaged(appointment.engagement)
        if held.counsellor_id != holder:
            raise StateRefused
        if holder == counsellor_id:
            return
        remove_dead_holds(session, {counsellor_id}, now)
        picture = read_picture(session, now=now, around=_day(session, held))
        hand_over(session, picture, appointment, counsellor_id, by)


def hand_over(
    session: Session, picture: Picture, appointment: Appointment, counsellor_id: int, act: Act
) -> None:
    """The same inside a write transaction that holds both locks. Raises as `reassign` does."""
    colleague = session.get(Counsellor, counsellor_id)
    if colleague is None:
        raise SubjectUnknown
    engagement = appointment.engagement
    if appointment.status is not AppointmentStatus.BOOKED or engagement.starts_at <= act.at:
        raise StateRefused
    refusal = refusal_of(picture, engaged(engagement), colleague)
    if refusal is not None:
        raise refusal
    give_to(session, appointment, counsellor_id, act)


def give_to(session: Session, appointment: Appointment, counsellor_id: int, act: Act) -> None:
    """Write it down: agendas follow, what waits to be sent stays true, nobody is called for it."""
    engagement = appointment.engagement
    given_by = engagement.counsellor_id
    with note_event(session, appointment, EventKind.REASSIGNED, act):
        engagement.counsellor_id = counsellor_id
    touch(appointment, act.at)
    keep_messages(session, appointment, {appointment.sequence - 1})
    close_call_tasks(
        session, appointment, CallOutcome.NOT_NEEDED, act.at, reasons=[CallReason.TO_MOVE]
    )
    note_given(session, appointment, given_by, act)


def note_given(session: Session, appointment: Appointment, given_by: int, act: Act) -> None:
    """The line of the journal: from whom, and to whom it is now."""
    note(
        session,
        JournalAction.APPOINTMENT_REASSIGNED,
        (JournalSubject.APPOINTMENT, appointment.id),
        by=act.user_id,
        now=act.at,
        from_counsellor=given_by,
        to_counsellor=appointment.engagement.counsellor_id,
        reason=act.reason,
    )


def keep_messages(
    session: Session, appointment: Appointment, versions: Iterable[int], *also: ColumnElement[bool]
) -> None:
    """A message of these versions tells when and where it is now: it is not out of date.

    Those that left or failed too: what is tried again is the same message, and one try knows
    another by its version.
    """
    session.execute(
        update(OutboxMessage)
        .where(*messages_of([appointment.id]), OutboxMessage.version.in_(versions), *also)
        .values(version=appointment.sequence)
        .execution_options(synchronize_session=False)
    )


def engaged(row: Engagement) -> Engaged:
    """The row in the terms of the rules."""
    return Engaged(row.counsellor_id, row.starts_at, row.ends_at, row.place)


def _day(session: Session, held: Engaged) -> date:
    return read_catalogue(session).today(held.starts_at)
