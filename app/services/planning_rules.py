"""Availabilities planned on a page: created, continued as a new version, ended, one date changed.

The versions are those of `services.timetable`: what was in force stays true for figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import ChangeReason
from app.domain.calendar import ONE_DAY
from app.domain.candidates import occupied_minutes
from app.domain.checks import WEEKDAYS
from app.domain.journal import JournalAction, JournalSubject
from app.domain.planning_errors import DateUnfit, StartPast
from app.domain.planning_rules import Rule
from app.domain.recurrence import same_weeks
from app.domain.timetable_entries import DeclaredAvailability
from app.gateways.holidays import public_holidays
from app.models.accounts import Counsellor
from app.models.schedule import Availability
from app.services.catalogue import read_catalogue
from app.services.journal import refuse_edited
from app.services.planning import Steps, check_at_work
from app.services.planning_checks import check_places, refuse_overlaps
from app.services.rule_versions import dates_by_hand, in_force
from app.services.stored_timetable import stored_recurrence
from app.services.timetable import Rules

EDITS = (
    JournalAction.AVAILABILITY_CHANGED,
    JournalAction.AVAILABILITY_ENDED,
    JournalAction.DATE_SKIPPED,
    JournalAction.DATE_ADDED,
    JournalAction.TIMETABLE_UNDONE,
)
"""What makes the page of an availability out of date."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """Reception hours that begin, or go on otherwise « à partir du … »."""

    rule: Rule
    availability_id: int | None = None
    """Of the first version of what goes on otherwise; None: a new one."""
    state: str | None = None
    """The one that the page showed (`state_of`)."""

    reason = ChangeReason.TIMETABLE_CHANGED

    @property
    def kind(self) -> JournalAction:
        if self.availability_id is None:
            return JournalAction.AVAILABILITY_CREATED
        return JournalAction.AVAILABILITY_CHANGED

    @property
    def counsellor_id(self) -> int:
        return self.rule.counsellor_id

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        if self.availability_id is None:
            return JournalSubject.COUNSELLOR, self.rule.counsellor_id
        return JournalSubject.AVAILABILITY, self.availability_id

    def write(self, session: Session, now: datetime) -> Steps:
        """A version from `starts_on` on; the one before ends the day before.

        Raises the refusals of Rule.check, AgendaClosed, VenueMissing, PlacesMissing,
        OutsideAgreement, RuleOverlaps, or EditedMeanwhile where somebody changed it meanwhile.
        """
        catalogue = read_catalogue(session)
        shortest = catalogue.shortest_topic_minutes
        self.rule.check(
            catalogue.today(now), occupied_minutes(self.rule.kind, shortest, catalogue.settings)
        )
        person = check_at_work(session, self.rule.counsellor_id)
        check_places(catalogue, self.rule)
        rows = versions_of(session, self.availability_id) if self.availability_id else []
        if rows:
            _refuse_changed(session, rows, self)
        code = rows[-1].code if rows else _free_code(session, person, self.rule)
        declared = _declared(self.rule, person.code, code, rows)
        refuse_overlaps(session, catalogue, declared, self.rule.starts_on)
        return _continued(session, declared, rows, now, self.rule.starts_on)


@dataclass(frozen=True, slots=True)
class RuleEnd:
    """It is held until that day, included, and no more."""

    availability_id: int
    """Of its first version."""
    counsellor_id: int
    last_on: date
    state: str | None = None
    """The one that the page showed (`state_of`)."""

    kind = JournalAction.AVAILABILITY_ENDED
    reason = ChangeReason.TIMETABLE_CHANGED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.AVAILABILITY, self.availability_id

    def write(self, session: Session, now: datetime) -> Steps:
        """Raises StartPast, EditedMeanwhile, or DateUnfit where it ends by then anyway."""
        if self.last_on < read_catalogue(session).today(now):
            raise StartPast
        rows = versions_of(session, self.availability_id)
        _refuse_changed(session, rows, self)
        before = {row.id: row.valid_until for row in rows}
        rules = Rules(session, {}, now, self.last_on + ONE_DAY)
        if not rules.close(rows):
            raise DateUnfit
        session.flush()
        return _steps(rows, before)


@dataclass(frozen=True, slots=True)
class RuleDate:
    """One session less, or one more, on one local date."""

    availability_id: int
    """Of its first version."""
    counsellor_id: int
    on: date
    is_extra: bool
    state: str | None = None
    """The one that the page showed (`state_of`)."""

    reason = ChangeReason.TIMETABLE_CHANGED

    @property
    def kind(self) -> JournalAction:
        return JournalAction.DATE_ADDED if self.is_extra else JournalAction.DATE_SKIPPED

    @property
    def subject(self) -> tuple[JournalSubject, int]:
        return JournalSubject.AVAILABILITY, self.availability_id

    def write(self, session: Session, now: datetime) -> Steps:
        """Raises StartPast, EditedMeanwhile, or DateUnfit: nothing to skip that day, or it is held
        already.
        """
        catalogue = read_catalogue(session)
        if self.on < catalogue.today(now):
            raise StartPast
        rows = versions_of(session, self.availability_id)
        _refuse_changed(session, rows, self)
        row = in_force(rows, self.on)
        kept = [row.id, list(row.skipped_dates), list(row.extra_dates)]
        if self._is_held(row) == self.is_extra:
            raise DateUnfit
        day = self.on.isoformat()
        if self.is_extra:
            row.skipped_dates = [each for each in row.skipped_dates if each != day]
            if not self._is_held(row):
                row.extra_dates = sorted({*row.extra_dates, day})
        else:
            row.skipped_dates = sorted({*row.skipped_dates, day})
        session.flush()
        return {"dates": [kept]}

    def _is_held(self, row: Availability) -> bool:
        """Whether somebody receives that day; on a public holiday, only where it was added.

        To skip a holiday says that it stays skipped whatever the calendar becomes: no refusal.
        """
        is_off = self.is_extra and self.on in public_holidays(self.on.year, self.on.year)
        if is_off and self.on.isoformat() not in row.extra_dates:
            return False
        return self.on in held_dates(row, self.on, self.on)


def state_of(rows: Iterable[Availability]) -> str:
    """A name for an availability as it is: it goes on otherwise, ends, or has other dates."""
    told = sorted(
        (row.version, str(row.valid_until or ""), tuple(row.skipped_dates), tuple(row.extra_dates))
        for row in rows
    )
    return f"{told[-1][0]}.{crc32(repr(told).encode()):x}"


def _refuse_changed(
    session: Session, rows: Sequence[Availability], plan: RulePlan | RuleEnd | RuleDate
) -> None:
    """Raises EditedMeanwhile, naming who changed these hours since the page showed them."""
    if plan.state != state_of(rows):
        refuse_edited(session, plan.subject, EDITS)


def versions_of(session: Session, availability_id: int) -> list[Availability]:
    """All versions of the availability that has this one, the oldest first."""
    return versions(session, session.get_one(Availability, availability_id).code)


def versions(session: Session, code: str) -> list[Availability]:
    """All versions of one availability, the oldest first."""
    query = select(Availability).where(Availability.code == code)
    return list(session.scalars(query.order_by(Availability.version)))


def held_dates(row: Availability, first: date, last: date) -> list[date]:
    """The dates of that version, skipped ones left out."""
    return stored_recurrence(row).dates(first, last)


def _free_code(session: Session, person: Counsellor, rule: Rule) -> str:
    """A name that no availability has: who, which day, when."""
    stem = f"{person.code}-{WEEKDAYS[rule.weekday]}-{rule.from_time:%H%M}"
    taken = set(session.scalars(select(Availability.code)))
    names = (stem if rank == 1 else f"{stem}-{rank}" for rank in count(1))
    return next(each for each in names if each not in taken)


def _declared(
    rule: Rule, person: str, code: str, rows: Sequence[Availability]
) -> DeclaredAvailability:
    """The rule in the terms of a timetable file; dates skipped or added before are kept."""
    return DeclaredAvailability(
        code=code,
        counsellor=person,
        kind=rule.kind,
        venue=rule.venue_slug,
        communes=rule.commune_slugs,
        weekday=rule.weekday,
        every_weeks=rule.every_weeks,
        nth=rule.nth,
        first_on=_anchor(rule, rows[-1] if rows else None),
        from_time=rule.from_time,
        to_time=rule.to_time,
        valid_from=None,
        valid_until=rule.ends_on,
        skipped_dates=dates_by_hand(rows, "skipped_dates", rule.starts_on, rule.ends_on),
        extra_dates=dates_by_hand(rows, "extra_dates", rule.starts_on, rule.ends_on),
        desk_until_days=rule.desk_until_days,
    )


def first_date(rule: Rule) -> date:
    """The first such weekday from the start on: « toutes les 2 semaines » counts from there."""
    return rule.starts_on + timedelta(days=(rule.weekday - rule.starts_on.weekday()) % 7)


def _anchor(rule: Rule, latest: Availability | None) -> date | None:
    """Which weeks « toutes les 2 semaines » means; the same rhythm keeps its weeks."""
    if rule.every_weeks == 1:
        return None
    if latest is None or (latest.every_weeks, latest.weekday) != (rule.every_weeks, rule.weekday):
        return first_date(rule)
    return same_weeks(latest.first_on, rule.every_weeks, rule.starts_on)


def _continued(
    session: Session,
    declared: DeclaredAvailability,
    rows: list[Availability],
    now: datetime,
    starts_on: date,
) -> Steps:
    before = {row.id: row.valid_until for row in rows}
    people = dict(session.execute(select(Counsellor.code, Counsellor.id)).all())
    Rules(session, people, now, starts_on).load_one(declared, rows)
    session.flush()
    return _steps(versions(session, declared.code), before)


def _steps(rows: Sequence[Availability], before: Mapping[int, date | None]) -> Steps:
    """What is new, and which versions end on another day than before."""
    return {
        "availability": [row.id for row in rows if row.id not in before],
        "ended": [
            [row.id, until.isoformat() if (until := before[row.id]) else None]
            for row in rows
            if row.id in before and before[row.id] != row.valid_until
        ],
    }
