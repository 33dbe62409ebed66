"""Who came to one date of a workshop: told by one press each, then closed.

Closing stores who came, who did not, and how many came without being registered; whoever was not
told of is absent then, unless they had said so before. Each change is under the key of the sheet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.domain.access import Subject
from app.domain.journal import JournalAction, JournalSubject
from app.domain.sheets import (
    MOST_LENT,
    MOST_WALK_INS,
    check_reopened,
    check_writable,
    checked_count,
    state_for,
)
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshops import ParticipationState, RegistrationStatus, WorkshopStatus
from app.models.journal import JournalEntry
from app.models.workshops import Participation, Registration, Workshop, WorkshopSession
from app.services.afterwards import ONE_AT_A_TIME
from app.services.catalogue import read_catalogue
from app.services.figures_outcomes import tell_late_sheet
from app.services.half_years import HALF_YEARS
from app.services.journal import note
from app.services.registration_people import holders_of
from app.services.transaction import Locks, write_transaction
from app.services.workshop_afterwards import write_questions

TOLD_EVERY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Expected:
    """One registration on the sheet."""

    registration_id: int
    first_name: str
    last_name: str
    companion_first_name: str | None
    companion_last_name: str | None
    places: int
    devices_wanted: int
    state: ParticipationState | None
    """None: nobody has said."""
    came: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One date, with who is expected, by name. Instants are UTC."""

    workshop_id: int
    date_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    status: WorkshopStatus
    place: str
    devices: int
    people: tuple[Expected, ...]
    walk_ins: int
    lent: int
    closed_at: datetime | None
    is_recorded: bool
    """Its attendance record is made: it is opened no more."""
    subject: Subject

    @property
    def came(self) -> int:
        """All who came, walk-ins included."""
        return sum(each.came for each in self.people) + self.walk_ins

    @property
    def untold(self) -> int:
        """Registrations of which nobody has said anything."""
        return sum(each.state is None for each in self.people)


def read_sheet(session: Session, workshop_id: int, date_id: int) -> Sheet:
    """The sheet of that date. Raises SubjectUnknown where there is none."""
    date = session.get(WorkshopSession, date_id, populate_existing=True)
    if date is None or date.workshop_id != workshop_id:
        raise SubjectUnknown
    holders = holders_of(session, [workshop_id])[workshop_id]
    return Sheet(
        workshop_id=workshop_id,
        date_id=date.id,
        title=date.workshop.title["fr"],
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        status=date.status,
        place=date.venue.name if date.venue else date.place_name or date.commune.name,
        devices=date.workshop.devices,
        people=tuple(_expected(session, date)),
        walk_ins=date.walk_ins,
        lent=date.lent,
        closed_at=date.closed_at,
        is_recorded=date.is_recorded and not date.is_deserted,
        subject=Subject(
            counsellor_ids=holders, place_commune_id=date.commune_id, ends_at=date.ends_at
        ),
    )


def _expected(session: Session, date: WorkshopSession) -> Iterator[Expected]:
    rows = session.execute(
        select(Registration, Participation)
        .join(Registration.resident)
        .outerjoin(
            Participation,
            (Participation.registration_id == Registration.id)
            & (Participation.session_id == date.id),
        )
        .where(
            Registration.workshop_id == date.workshop_id,
            Registration.status == RegistrationStatus.REGISTERED,
        )
        .options(contains_eager(Registration.resident))
        .execution_options(populate_existing=True)
    ).all()
    for row in sorted(rows, key=lambda each: _by_name(each.Registration)):
        own, said = row.Registration, row.Participation
        yield Expected(
            registration_id=own.id,
            first_name=own.resident.first_name,
            last_name=own.resident.last_name,
            companion_first_name=own.companion_first_name,
            companion_last_name=own.companion_last_name,
            places=own.places,
            devices_wanted=own.devices_wanted,
            state=said.state if said else None,
            came=said.came if said else 0,
        )


def _by_name(row: Registration) -> tuple[str, str, int]:
    return row.resident.first_name.casefold(), row.resident.last_name.casefold(), row.id


def note_sheet_seen(session: Session, sheet: Sheet, *, by: int, now: datetime) -> None:
    """Names are on it: the journal tells who opened it, once a half-hour of presses (law B22)."""
    lately = select(JournalEntry.facts).where(
        JournalEntry.user_id == by,
        JournalEntry.at > now - TOLD_EVERY,
        JournalEntry.action == JournalAction.SHEET_SEEN,
        JournalEntry.subject_id == sheet.workshop_id,
    )
    if any(facts.get("date") == sheet.date_id for facts in session.scalars(lately)):
        return
    with write_transaction(session):
        subject = JournalSubject.WORKSHOP, sheet.workshop_id
        note(session, JournalAction.SHEET_SEEN, subject, by=by, now=now, date=sheet.date_id)


def mark(
    session: Session, date_id: int, registration_id: int, came: int | None, *, now: datetime
) -> None:
    """So many of that registration came: 0, 1 or 2; told again, the last one holds.

    Raises SheetAnswerUnknown, or as `check_writable`.
    """
    with _writing(session, date_id, now) as date:
        row = session.get(Registration, registration_id, populate_existing=True)
        if row is None or row.workshop_id != date.workshop_id:
            raise SubjectUnknown
        if row.status is not RegistrationStatus.REGISTERED:  # off the sheet since the page was read
            raise SubjectUnknown
        count = checked_count(came, row.places)
        _say(session, date, row, state_for(count), count)


def count_walk_ins(session: Session, date_id: int, count: int | None, *, now: datetime) -> None:
    """So many came without being registered, in all: the same press twice is once."""
    with _writing(session, date_id, now) as date:
        date.walk_ins = checked_count(count, MOST_WALK_INS)


def count_lent(session: Session, date_id: int, count: int | None, *, now: datetime) -> None:
    """So many devices were lent, in all."""
    with _writing(session, date_id, now) as date:
        date.lent = checked_count(count, MOST_LENT)


def close_sheet(session: Session, date_id: int, *, by: int, now: datetime) -> None:
    """Who was not told of did not come. Closed twice is closed once.

    Raises SheetTooEarly before the start, WorkshopCancelled.
    """
    with write_transaction(session, closing_lock(date_id)):
        date = _date(session, date_id)
        if date.closed_at is None:
            close_open_sheet(session, date, by=by, now=now)


def closing_lock(date_id: int) -> Locks:
    """Of whoever closes that sheet: what it tells counts, and no half-year closes meanwhile."""
    return _lock(date_id, HALF_YEARS, *ONE_AT_A_TIME.keys)


def close_open_sheet(session: Session, date: WorkshopSession, *, by: int, now: datetime) -> None:
    """The same inside a transaction under `closing_lock`, of a sheet that is open.

    Closed after its half-year, what it tells counts in the one that is open (« rattrapage »).
    """
    check_writable(date.status, date.starts_at, None, now)
    for each in list(_expected(session, date)):
        if each.state is None:
            row = session.get_one(Registration, each.registration_id)
            _say(session, date, row, ParticipationState.ABSENT, 0)
    date.closed_at, date.closed_by_id = now, by
    session.flush()
    came = sum(each.came for each in _expected(session, date))
    facts = {"date": date.id, "came": came, "walk_ins": date.walk_ins}
    subject = JournalSubject.WORKSHOP, date.workshop_id
    note(session, JournalAction.SHEET_CLOSED, subject, by=by, now=now, **facts)
    write_questions(session, date, now)
    tell_late_sheet(session, read_catalogue(session), date, now)


def reopen_sheet(session: Session, date_id: int, *, by: int, now: datetime) -> None:
    """Something was told wrong: within seven days of the date, before its record is made.

    « Personne n’est venu » is taken back as well. Opened twice is opened once. Raises SheetTooLate
    or SheetRecorded. Whoever makes the record at this moment holds the row.
    """
    with write_transaction(session, _lock(date_id)):
        date = session.get_one(
            WorkshopSession, date_id, populate_existing=True, with_for_update=True
        )
        has_record = date.is_recorded and not date.is_deserted
        check_reopened(date.ends_at, now, is_recorded=has_record)
        if date.closed_at is not None:
            subject = JournalSubject.WORKSHOP, date.workshop_id
            note(session, JournalAction.SHEET_REOPENED, subject, by=by, now=now, date=date.id)
        date.closed_at = date.closed_by_id = None
        if date.is_deserted:
            date.is_recorded = date.is_deserted = False


def open_sheets(
    session: Session, *, now: datetime, since: datetime, counsellor_id: int | None = None
) -> list[WorkshopSession]:
    """The dates that are over since then and whose sheet is open, by hour."""
    query = (
        select(WorkshopSession)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            WorkshopSession.ends_at <= now,
            WorkshopSession.starts_at >= since,
            WorkshopSession.closed_at.is_(None),
            WorkshopSession.status == WorkshopStatus.PLANNED,
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    rows = session.scalars(query).all()
    if counsellor_id is None:
        return list(rows)
    holders = holders_of(session, {each.workshop_id for each in rows})
    return [each for each in rows if counsellor_id in holders[each.workshop_id]]


def _lock(date_id: int, *others: str) -> Locks:
    return Locks.of(keys={f"sheet:{date_id}", *others})


def _date(session: Session, date_id: int) -> WorkshopSession:
    return session.get_one(WorkshopSession, date_id, populate_existing=True)


@contextmanager
def _writing(session: Session, date_id: int, now: datetime) -> Iterator[WorkshopSession]:
    with write_transaction(session, _lock(date_id)):
        date = _date(session, date_id)
        check_writable(date.status, date.starts_at, date.closed_at, now)
        yield date


def _say(
    session: Session,
    date: WorkshopSession,
    row: Registration,
    state: ParticipationState,
    came: int,
) -> None:
    said = session.get(Participation, (row.id, date.id), populate_existing=True)
    if said is None:
        said = Participation(registration_id=row.id, session_id=date.id)
        session.add(said)
    said.state, said.came = state, came
