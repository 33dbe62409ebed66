"""Closing a workshop by counts: one record for a session, whoever led it and whoever came."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from app.domain.access import Subject
from app.domain.attendance import OTHER_COMMUNE, Group, Held, of_workshop
from app.domain.attendance_errors import AlreadyRecorded, SomebodyCame, WorkshopNotHeld
from app.domain.journal import JournalAction, JournalSubject
from app.domain.national_labels import AT_VENUE, ELSEWHERE
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import Level, WorkshopStatus
from app.models.appointment import Engagement
from app.models.workshops import Participation, Registration, WorkshopEngagement, WorkshopSession
from app.services.attendance_lines import LINES, counsellor_code
from app.services.attendance_records import LOOKED_BACK, keep
from app.services.catalogue import read_catalogue
from app.services.figures_time import read_insee
from app.services.journal import note
from app.services.sheets import close_open_sheet, closing_lock
from app.services.transaction import write_transaction

TAKEN_BACK = timedelta(days=60)
"""How long « personne n’est venu » stays in the list, to be taken back."""
LEVELS = {
    Level.BEGINNER: "debutant",
    Level.INTERMEDIATE: "intermediaire",
    Level.ADVANCED: "avance",
}


@dataclass(frozen=True, slots=True)
class HeldWorkshop:
    """A session of a workshop, as its closing page begins."""

    session_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    on: date
    place: str
    themes: tuple[str, ...]
    attended: int
    """Of those who had registered, as the attendance sheet says."""
    walk_ins: int
    residences: dict[str, int]
    counsellor_ids: frozenset[int]
    is_recorded: bool
    is_deserted: bool
    """Nobody came."""

    @property
    def subject(self) -> Subject:
        return Subject(counsellor_ids=self.counsellor_ids)


def workshops_to_complete(
    session: Session, counsellor_id: int, *, now: datetime
) -> list[HeldWorkshop]:
    """The sessions that this counsellor led, begun and without a record, by hour."""
    is_to_complete = ~WorkshopSession.is_recorded
    return _led(session, counsellor_id, is_to_complete, now - LOOKED_BACK, now)


def deserted_workshops(
    session: Session, counsellor_id: int, *, now: datetime
) -> list[HeldWorkshop]:
    """The latest sessions of which this counsellor, or who led with them, said « personne »."""
    return _led(
        session, counsellor_id, WorkshopSession.is_deserted.is_(True), now - TAKEN_BACK, now
    )


def _led(
    session: Session,
    counsellor_id: int,
    is_wanted: ColumnElement[bool],
    since: datetime,
    now: datetime,
) -> list[HeldWorkshop]:
    query = (
        _SESSIONS.join(WorkshopSession.holds)
        .join(WorkshopEngagement.engagement)
        .where(
            Engagement.counsellor_id == counsellor_id,
            WorkshopSession.starts_at.between(since, now),
            WorkshopSession.status == WorkshopStatus.PLANNED,
            is_wanted,
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    return [_held_workshop(session, row) for row in session.scalars(query).unique()]


def read_workshop(session: Session, session_id: int) -> HeldWorkshop:
    """Raises SubjectUnknown."""
    return _held_workshop(session, _read(session, session_id))


def record_workshop(
    session: Session,
    session_id: int,
    group: Group,
    *,
    by_counsellor: int,
    now: datetime,
    travel_minutes: int = 0,
    preparation_minutes: int = 0,
) -> None:
    """Counted once, for whoever of its counsellors closes it first.

    Raises AlreadyRecorded, WorkshopNotHeld, what `attendance_checks` finds wrong; SubjectUnknown.
    """
    with write_transaction(session, LINES):
        row = _read(session, session_id, is_locked=True)
        _check_to_record(row, now)
        catalogue = read_catalogue(session)
        held = replace(
            _held(row, catalogue.today(row.starts_at)),
            counsellor=counsellor_code(session, by_counsellor),
            travel_minutes=travel_minutes,
            preparation_minutes=preparation_minutes,
        )
        title, level = row.workshop.title.get("fr", ""), LEVELS[row.workshop.level]
        record = of_workshop(held, group, title=title, level=level)
        keep(session, record, today=catalogue.today(now))
        row.is_recorded = True


def tell_nobody_came(session: Session, session_id: int, *, by: int, now: datetime) -> None:
    """« Personne n’est venu »: held, unused, no record; the sheet is closed, all absent.

    Told twice is told once. Raises AlreadyRecorded where a record tells of it, SomebodyCame where
    the sheet counts somebody, WorkshopNotHeld; SubjectUnknown.
    """
    with write_transaction(session, closing_lock(session_id)):
        row = _read(session, session_id, is_locked=True)
        if row.is_deserted:
            return
        _check_to_record(row, now)
        if came := _who_came(session, session_id)[0] + row.walk_ins:
            raise SomebodyCame(came=came)
        if row.closed_at is None:
            close_open_sheet(session, row, by=by, now=now)
        row.is_recorded = row.is_deserted = True
        _note(session, row, JournalAction.NOBODY_CAME, by, now)


def take_back_nobody(session: Session, session_id: int, *, by: int, now: datetime) -> None:
    """Somebody came after all: the workshop is to be recorded again; its sheet stays as it is.

    Figures of a closed half-year do not change: the record counts as « rattrapage ». Raises
    SubjectUnknown.
    """
    with write_transaction(session, closing_lock(session_id)):
        row = _read(session, session_id, is_locked=True)
        if row.is_deserted:
            row.is_recorded = row.is_deserted = False
            _note(session, row, JournalAction.SOMEBODY_CAME, by, now)


def _note(
    session: Session, row: WorkshopSession, action: JournalAction, by: int, now: datetime
) -> None:
    subject = JournalSubject.WORKSHOP, row.workshop_id
    note(session, action, subject, by=by, now=now, date=row.id)


def _check_to_record(row: WorkshopSession, now: datetime) -> None:
    if row.is_recorded:
        raise AlreadyRecorded
    if row.status is not WorkshopStatus.PLANNED or row.starts_at > now:
        raise WorkshopNotHeld


_SESSIONS: Any = select(WorkshopSession).options(
    joinedload(WorkshopSession.workshop),
    joinedload(WorkshopSession.venue),
    joinedload(WorkshopSession.commune),
)


def _read(session: Session, session_id: int, *, is_locked: bool = False) -> WorkshopSession:
    query = select(WorkshopSession).where(WorkshopSession.id == session_id)
    if is_locked:
        query = query.with_for_update(of=WorkshopSession).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise SubjectUnknown
    return row


def _held(row: WorkshopSession, on: date) -> Held:
    minutes = int((row.ends_at - row.starts_at).total_seconds()) // 60
    return Held(
        on=on,
        counsellor="",
        minutes=minutes,
        place_kind=AT_VENUE if row.venue else ELSEWHERE,
        place_commune=row.commune.insee_code,
        venue=row.venue.slug if row.venue else None,
        leaders=max(1, len(row.holds)),
    )


def _held_workshop(session: Session, row: WorkshopSession) -> HeldWorkshop:
    attended, residences = _who_came(session, row.id)
    return HeldWorkshop(
        session_id=row.id,
        title=row.workshop.title.get("fr", ""),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        on=read_catalogue(session).today(row.starts_at),
        place=row.venue.name if row.venue else row.place_name or "",
        themes=tuple(row.workshop.themes),
        attended=attended,
        walk_ins=row.walk_ins,
        residences=residences,
        counsellor_ids=frozenset(each.engagement.counsellor_id for each in row.holds),
        is_recorded=row.is_recorded,
        is_deserted=row.is_deserted,
    )


def _who_came(session: Session, session_id: int) -> tuple[int, dict[str, int]]:
    """How many came, and from where, as the attendance sheet says; nobody is named."""
    rows = session.execute(
        select(Registration.commune_id, Participation.came)
        .join(Participation, Participation.registration_id == Registration.id)
        .where(Participation.session_id == session_id, Participation.came > 0)
    ).all()
    insee, homes = read_insee(session), Counter[str]()
    for row in rows:
        homes[insee.get(row.commune_id, OTHER_COMMUNE)] += row.came
    return homes.total(), dict(homes)
