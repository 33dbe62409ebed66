"""What somebody plans, written to the timetable: absences, replacements, closures.

Each plan writes its rows inside the transaction of `services.impact`, which looks at what they do
to appointments, and either keeps them or only shows it. Nothing is deleted: rows are withdrawn.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import ChangeReason
from app.domain.intervals import Interval
from app.domain.journal import JournalAction, JournalSubject
from app.domain.planning import Days
from app.domain.planning_errors import (
    AgendaClosed,
    AlreadyAway,
    AlreadyClosed,
    AlreadyReplaced,
    AlreadyWithdrawn,
    SubstituteUnfit,
)
from app.domain.staff_errors import SubjectUnknown
from app.models.accounts import Counsellor
from app.models.schedule import Absence, Closure, Replacement
from app.services.catalogue import read_catalogue
from app.services.journal import author_at

Steps = dict[str, Any]
"""What undoing has to put back: ids by table."""


class Plan(Protocol):
    """One change of the timetable, not written yet."""

    @property
    def kind(self) -> JournalAction: ...
    @property
    def reason(self) -> ChangeReason:
        """Why appointments are moved or handed over by it."""
        ...

    @property
    def subject(self) -> tuple[JournalSubject, int | None]: ...
    def write(self, session: Session, now: datetime) -> Steps:
        """Write it, inside a write transaction. Raises a DomainError."""
        ...


@dataclass(frozen=True, slots=True)
class AbsencePlan:
    """Somebody is away; somebody else may hold their sessions meanwhile."""

    counsellor_id: int
    days: Days
    substitute_id: int | None = None

    reason = ChangeReason.COUNSELLOR_AWAY

    @property
    def kind(self) -> JournalAction:
        replaced = self.substitute_id is not None
        return JournalAction.REPLACEMENT_DECLARED if replaced else JournalAction.ABSENCE_DECLARED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.COUNSELLOR, self.counsellor_id

    def write(self, session: Session, now: datetime) -> Steps:
        """One row for each period; those of one absence share `series`.

        Raises the refusals of Days.check, AgendaClosed, SubstituteUnfit, AlreadyAway or
        AlreadyReplaced.
        """
        catalogue = read_catalogue(session)
        self.days.check(catalogue.today(now))
        check_at_work(session, self.counsellor_id)
        periods = self.days.periods(catalogue.timezone)
        of_one = Absence.counsellor_id == self.counsellor_id
        _refuse_twice(session, Absence, of_one, periods, self.subject)
        series = secrets.token_hex(8)
        absences = [
            Absence(
                counsellor_id=self.counsellor_id,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                series=series,
                recorded_at=now,
            )
            for each in periods
        ]
        replacements = self._replacements(session, periods, now)
        session.add_all([*absences, *replacements])
        session.flush()
        return {"absence": _ids(absences), "replacement": _ids(replacements)}

    def _replacements(
        self, session: Session, periods: Sequence[Interval], now: datetime
    ) -> list[Replacement]:
        if self.substitute_id is None:
            return []
        self._check_substitute(session, periods)
        return [
            Replacement(
                absent_id=self.counsellor_id,
                substitute_id=self.substitute_id,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                recorded_at=now,
            )
            for each in periods
        ]

    def _check_substitute(self, session: Session, periods: Sequence[Interval]) -> None:
        substitute = session.get(Counsellor, self.substitute_id)
        if substitute is None or not substitute.active or substitute.id == self.counsellor_id:
            raise SubstituteUnfit
        of_one = Replacement.absent_id == self.counsellor_id
        _refuse_twice(session, Replacement, of_one, periods, self.subject)


@dataclass(frozen=True, slots=True)
class ClosurePlan:
    """A venue is shut: no permanence there meanwhile."""

    venue_id: int
    days: Days
    why: str = ""
    """Told to nobody outside the team: « travaux », « élections »."""

    kind = JournalAction.CLOSURE_DECLARED
    reason = ChangeReason.VENUE_CLOSED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.VENUE, self.venue_id

    def write(self, session: Session, now: datetime) -> Steps:
        """Raises the refusals of Days.check, or AlreadyClosed."""
        catalogue = read_catalogue(session)
        self.days.check(catalogue.today(now))
        periods = self.days.periods(catalogue.timezone)
        of_one = Closure.venue_id == self.venue_id
        _refuse_twice(session, Closure, of_one, periods, self.subject)
        rows = [
            Closure(
                venue_id=self.venue_id,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                reason=self.why,
                recorded_at=now,
            )
            for each in periods
        ]
        session.add_all(rows)
        session.flush()
        return {"closure": _ids(rows)}


@dataclass(frozen=True, slots=True)
class AbsenceWithdrawal:
    """It does not take place after all: the whole series, and who replaced meanwhile."""

    absence_id: int

    counsellor_id: int
    kind = JournalAction.ABSENCE_WITHDRAWN
    reason = ChangeReason.TIMETABLE_CHANGED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.COUNSELLOR, self.counsellor_id

    def write(self, session: Session, now: datetime) -> Steps:
        """Periods that are over stay as they were; one that has begun is withdrawn whole.

        Raises AlreadyWithdrawn, or SubjectUnknown where it is over.
        """
        one = session.get_one(Absence, self.absence_id, populate_existing=True)
        _refuse_withdrawn(session, one, self.subject)
        rows = [each for each in _series(session, self.absence_id) if each.ends_at > now]
        if not rows:
            raise SubjectUnknown
        replacements = [
            each
            for row in rows
            for each in session.scalars(
                select(Replacement).where(
                    Replacement.withdrawn_at.is_(None),
                    Replacement.absent_id == row.counsellor_id,
                    Replacement.starts_at == row.starts_at,
                    Replacement.ends_at == row.ends_at,
                )
            )
        ]
        return {
            "withdrawn_absence": _withdraw(rows, now),
            "withdrawn_replacement": _withdraw(replacements, now),
        }


@dataclass(frozen=True, slots=True)
class ClosureWithdrawal:
    """The venue stays open after all."""

    closure_id: int

    venue_id: int
    kind = JournalAction.CLOSURE_WITHDRAWN
    reason = ChangeReason.TIMETABLE_CHANGED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.VENUE, self.venue_id

    def write(self, session: Session, now: datetime) -> Steps:
        """Raises AlreadyWithdrawn, or SubjectUnknown where it is over."""
        row = session.get_one(Closure, self.closure_id, populate_existing=True)
        _refuse_withdrawn(session, row, self.subject)
        if row.ends_at <= now:
            raise SubjectUnknown
        return {"withdrawn_closure": _withdraw([row], now)}


def check_at_work(session: Session, counsellor_id: int) -> Counsellor:
    """The counsellor, whose agenda is open. Raises AgendaClosed."""
    found = session.get(Counsellor, counsellor_id)
    if found is None or not found.active:
        raise AgendaClosed
    return found


def _series(session: Session, absence_id: int) -> Sequence[Absence]:
    """The dates of that absence that nobody has withdrawn."""
    one = session.get_one(Absence, absence_id)
    same = Absence.series == one.series if one.series else Absence.id == one.id
    query = select(Absence).where(same, Absence.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Absence.starts_at)).all()


TWICE = {Absence: AlreadyAway, Replacement: AlreadyReplaced, Closure: AlreadyClosed}


def _refuse_twice(
    session: Session,
    table: Any,
    of_one: Any,
    periods: Sequence[Interval],
    subject: tuple[JournalSubject, int],
) -> None:
    """The same person or venue has such a row already at some instant of these periods."""
    known = session.execute(
        select(table.starts_at, table.ends_at, table.recorded_at).where(
            of_one,
            table.withdrawn_at.is_(None),
            table.starts_at < periods[-1].ends_at,
            table.ends_at > periods[0].starts_at,
        )
    ).all()
    for starts_at, ends_at, recorded_at in known:
        if any(each.starts_at < ends_at and starts_at < each.ends_at for each in periods):
            raise TWICE[table](by=author_at(session, subject, recorded_at))


def _refuse_withdrawn(
    session: Session, row: Absence | Closure, subject: tuple[JournalSubject, int]
) -> None:
    at = row.withdrawn_at
    if at is not None:
        raise AlreadyWithdrawn(by=author_at(session, subject, at), at=at)


def _withdraw(rows: Iterable[Any], now: datetime) -> list[int]:
    found = list(rows)
    for row in found:
        row.withdrawn_at = now
    return _ids(found)


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.id for row in rows]
