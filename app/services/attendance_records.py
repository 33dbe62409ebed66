"""Closing: who came becomes an anonymous record, once, in the transaction that says so.

Nothing joins the record to the appointment: no key, no order, no instant finer than a day.
Source: statistics §4.1 and §4.4.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    Caller,
    Channel,
    HelperRelation,
    PlaceKind,
)
from app.domain.attendance import (
    AttendanceRecord,
    Held,
    Told,
    of_appointment,
    of_walk_in,
)
from app.domain.attendance_checks import check
from app.domain.attendance_errors import AlreadyRecorded
from app.domain.closing import counted_on
from app.domain.errors import DomainError
from app.domain.national_labels import (
    AT_HOME,
    AT_VENUE,
    INDIVIDUAL,
    NATIONAL,
    NOT_TOLD,
    REMOTE,
)
from app.domain.staff_errors import StateRefused
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow
from app.models.places import Topic
from app.services.agenda import ENTRIES, IN_ORDER, Entry, entry_of
from app.services.attendance import OUTCOME, lock_appointment, settle_outcome
from app.services.attendance_record_rows import row_of
from app.services.catalogue import Catalogue, read_catalogue
from app.services.figures_time import read_insee
from app.services.half_years import closed_half_years
from app.services.transaction import write_transaction

LOOKED_BACK = timedelta(days=365)
"""The card of an older appointment is erased: nobody could tell any more who came."""
TO_CLOSE = (AppointmentStatus.BOOKED, AppointmentStatus.ATTENDED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a counsellor tells of one appointment when closing it."""

    told: Told
    is_remote: bool = False
    """Held by telephone or on a screen after all."""
    residence: str = NOT_TOLD
    """Of a walk-in: nobody asked before; an INSEE code, « autre » or « nc »."""
    travel_minutes: int = 0
    preparation_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """What a page of several did."""

    recorded: int
    absent: int
    already: int
    """Somebody else, or the same press before, had closed them: nothing is counted twice."""


def find_to_complete(
    session: Session, catalogue: Catalogue, counsellor_id: int, *, now: datetime
) -> list[Entry]:
    """The counsellor's appointments that are over, or present already, without a record; by hour.

    Until a year after: then the card goes, and nobody could tell.
    """
    query = (
        ENTRIES.where(
            Engagement.counsellor_id == counsellor_id,
            Engagement.starts_at >= now - LOOKED_BACK,
            Engagement.starts_at <= now,
            Appointment.status.in_(TO_CLOSE),
            ~Appointment.is_recorded,
        )
    ).order_by(*IN_ORDER)
    found = [entry_of(row, catalogue) for row in session.execute(query)]
    return [each for each in found if each.ends_at <= now or each.status is TO_CLOSE[1]]


def likely_themes(session: Session) -> dict[int, list[str]]:
    """The themes that a topic stands for, by topic: shown first when closing."""
    return {row.id: row.themes for row in session.execute(select(Topic.id, Topic.themes))}


def close_appointment(
    session: Session, appointment_id: int, answer: Answer, *, by: int, now: datetime
) -> None:
    """« Terminer »: present, and counted, in one commit.

    Raises AlreadyRecorded where it was closed before (nothing is doubled), StateRefused where the
    person cannot have come, and whatever `attendance_checks` finds wrong; SubjectUnknown.
    """
    with write_transaction(session, OUTCOME):
        appointment = lock_appointment(session, appointment_id)
        if appointment.is_recorded:
            raise AlreadyRecorded
        _record(session, appointment, answer, Closer(by, now))


def close_several(
    session: Session,
    answers: Mapping[int, Answer | None],
    *,
    by: int,
    now: datetime,
) -> Closed:
    """A whole half-day in one commit; None: absent. What was closed meanwhile is left as it is.

    Raises what `close_appointment` raises, with `appointment_id` in its facts; then nothing is
    saved of any of them.
    """
    done = Counter[str]()
    with write_transaction(session, OUTCOME):
        for appointment_id, answer in sorted(answers.items(), key=lambda each: each[0]):
            try:
                done[_close_one(session, appointment_id, answer, Closer(by, now))] += 1
            except DomainError as refusal:
                refusal.facts["appointment_id"] = appointment_id
                raise
    return Closed(done["recorded"], done["absent"], done["already"])


@dataclass(frozen=True, slots=True)
class Closer:
    """Who closes, and when (UTC)."""

    user_id: int
    now: datetime


def _close_one(session: Session, appointment_id: int, answer: Answer | None, closer: Closer) -> str:
    """What became of it, as `Closed` counts it."""
    appointment = lock_appointment(session, appointment_id)
    if appointment.is_recorded:
        return "already"
    if answer is None:
        wanted = AppointmentStatus.NO_SHOW
        settle_outcome(session, appointment, wanted, by=closer.user_id, now=closer.now)
        return "absent"
    _record(session, appointment, answer, closer)
    return "recorded"


def _record(session: Session, appointment: Appointment, answer: Answer, closer: Closer) -> None:
    catalogue = read_catalogue(session)
    settle_outcome(
        session, appointment, AppointmentStatus.ATTENDED, by=closer.user_id, now=closer.now
    )
    record = _told_of(appointment, answer, catalogue)
    keep(session, record, today=catalogue.today(closer.now))
    appointment.is_recorded = True


def keep(session: Session, record: AttendanceRecord, *, today: date) -> None:
    """Add the record inside the caller's transaction, under HALF_YEARS.

    One for a day of a closed half-year counts today, as « rattrapage ». Raises what
    `attendance_checks.check` raises.
    """
    check(record, today, NATIONAL, insee_codes(session))
    session.add(row_of(record, counted_on(record.on, today, closed_half_years(session))))


def insee_codes(session: Session) -> Collection[str]:
    """The communes that a record may name."""
    return frozenset(read_insee(session).values())


def _told_of(appointment: Appointment, answer: Answer, catalogue: Catalogue) -> AttendanceRecord:
    held = _held(appointment, answer, catalogue)
    if appointment.channel is Channel.WALK_IN:
        return of_walk_in(held, answer.told, residence=answer.residence)
    commune = appointment.commune
    residence = commune.insee_code if commune else None
    return of_appointment(held, answer.told, residence=residence)


def _held(appointment: Appointment, answer: Answer, catalogue: Catalogue) -> Held:
    engagement = appointment.engagement
    is_home = appointment.place_kind is PlaceKind.HOME
    held = Held(
        on=catalogue.today(engagement.starts_at),
        counsellor=engagement.counsellor.code,
        minutes=appointment.topic_minutes,
        place_kind=AT_HOME if is_home else AT_VENUE,
        place_commune=engagement.commune.insee_code,
        venue=engagement.venue.slug if engagement.venue else None,
        origin=_origin(appointment),
        travel_minutes=answer.travel_minutes,
        preparation_minutes=answer.preparation_minutes,
    )
    gone: Any = {"place_kind": REMOTE, "place_commune": None, "venue": None}
    return replace(held, **gone) if answer.is_remote else held


def _origin(appointment: Appointment) -> str:
    """How the person came to us; a walk-in is told by its record itself."""
    is_sent = (
        appointment.caller is Caller.PROFESSIONAL
        or appointment.helper_relation is HelperRelation.PROFESSIONAL
    )
    if is_sent:
        return "prescripteur"
    return "rdv_internet" if appointment.channel is Channel.WEB else "rdv_telephone"


def withdraw(session: Session, appointment_id: int, line: AttendanceRow) -> None:
    """Inside a transaction: the line goes, and the appointment is to be closed again.

    Raises StateRefused where the appointment has no record, or the line is of another day, another
    counsellor or a workshop: it cannot tell of it.
    """
    appointment = lock_appointment(session, appointment_id)
    held = appointment.engagement
    on = read_catalogue(session).today(held.starts_at)
    may_be_it = (line.on, line.counsellor, line.type) == (on, held.counsellor.code, INDIVIDUAL)
    if not (appointment.is_recorded and may_be_it):
        raise StateRefused
    session.delete(line)
    appointment.is_recorded = False
