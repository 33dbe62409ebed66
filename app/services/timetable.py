"""Loading a timetable file. Past figures stay true: a changed rule gets a new version, never less.

What no longer fits after a change stays where it is, in the list of `find_orphans`.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.candidates import occupied_minutes
from app.domain.checks import FileProblem, InvalidFile
from app.domain.timetable_entries import DeclaredAvailability, TimetableFile, TimetableRefs
from app.domain.timetable_overlaps import recurrence_of
from app.models.accounts import Counsellor
from app.models.places import Territory, Venue
from app.models.schedule import Availability
from app.services.catalogue import read_catalogue
from app.services.changes import Change, ChangeKind, added, ended, leaving, upsert
from app.services.territory import TERRITORY_KEY
from app.services.timetable_days import DatedFacts
from app.services.transaction import Locks, write_transaction

ONE_DAY = timedelta(days=1)


def timetable_refs(session: Session, effective_on: date) -> TimetableRefs:
    """What a timetable file may refer to, in the territory as loaded. Raises NoTerritory."""
    catalogue = read_catalogue(session)
    shortest = catalogue.shortest_topic_minutes
    return TimetableRefs(
        venues=[venue.slug for venue in catalogue.venues if venue.active],
        communes=[
            commune.slug
            for commune in catalogue.communes
            if commune.bookable
            and (commune.active_until is None or commune.active_until >= effective_on)
        ],
        shortest_minutes={
            kind: occupied_minutes(kind, shortest, catalogue.settings) for kind in AvailabilityKind
        },
        effective_on=effective_on,
    )


def load_timetable(
    session: Session, file: TimetableFile, *, now: datetime, effective_on: date
) -> list[Change]:
    """Make the timetable be what the file says from the local day `effective_on` on.

    The same file twice changes nothing. A changed rule is closed the day before and continued by a
    new version; a rule that the file no longer has is closed; an absence, a replacement or a
    closure that it no longer has, and that is not over, is withdrawn. Takes the locks of all
    counsellors. Who leaves on a day to come works until then: a load from that day on closes them.

    Raises NoTerritory; InvalidFile for a change that would take effect in the past.
    """
    catalogue = read_catalogue(session)
    everybody = session.scalars(select(Counsellor.id)).all()
    with write_transaction(session, Locks.of(everybody, {TERRITORY_KEY})):
        _refuse_past(session, effective_on, catalogue.today(now))
        is_ahead = effective_on > catalogue.today(now)
        changes = _load_counsellors(session, file, effective_on if is_ahead else None)
        people = dict(session.execute(select(Counsellor.code, Counsellor.id)).all())
        changes += Rules(session, people, now, effective_on).load(file)
        days = DatedFacts(session, people, catalogue.timezone, now, effective_on)
        changes += days.load(file)
        if any(change.kind is not ChangeKind.LEAVING for change in changes):
            session.scalars(select(Territory)).one().revision += 1
    return changes


def _refuse_past(session: Session, effective_on: date, today: date) -> None:
    """The past may be told by a first load, never changed by a later one."""
    has_rules = session.scalars(select(exists(select(Availability.id)))).one()
    if has_rules and effective_on < today:
        reason = f"{effective_on} est passé : on ne change l'emploi du temps qu'à venir"
        raise InvalidFile([FileProblem("--from", reason)])


def _load_counsellors(session: Session, file: TimetableFile, ahead_on: date | None) -> list[Change]:
    """`ahead_on`: the day to come from which the file counts; None: it counts now."""
    wanted: dict[str, dict[str, Any]] = {
        person.code: {
            "code": person.code,
            "first_name": person.first_name,
            "active": person.active,
        }
        for person in file.counsellors
    }
    existing = {row.code: row for row in session.scalars(select(Counsellor))}
    staying = {code for code, values in wanted.items() if values["active"]}
    gone = [code for code, row in existing.items() if row.active and code not in staying]
    if ahead_on:
        wanted |= {code: {**wanted[code], "active": True} for code in gone if code in wanted}
    changes = upsert(session, "counsellors", Counsellor, existing, wanted)
    for code in gone:
        if ahead_on:
            changes.append(leaving("counsellors", code, ahead_on))
        elif code not in wanted:
            existing[code].active = False
            changes.append(ended("counsellors", code))
    return changes


class Rules:
    """Availabilities and their versions: which to close, which to open. Commits nothing."""

    def __init__(
        self, session: Session, people: Mapping[str, int], now: datetime, effective_on: date
    ) -> None:
        self.session = session
        self.people = people
        self.now = now
        self.effective_on = effective_on
        self.venues = dict(session.execute(select(Venue.slug, Venue.id)).all())

    def load(self, file: TimetableFile) -> list[Change]:
        """Compare each rule with its latest version, in the order of the file."""
        versions: dict[str, list[Availability]] = {}
        for row in self.session.scalars(select(Availability).order_by(Availability.version)):
            versions.setdefault(row.code, []).append(row)
        changes = [
            change
            for rule in file.availabilities
            for change in self.load_one(rule, versions.pop(rule.code, []))
        ]
        for code, rows in versions.items():
            if self.close(rows):
                changes.append(ended("availabilities", code))
        self.session.flush()
        return changes

    def load_one(self, rule: DeclaredAvailability, rows: list[Availability]) -> list[Change]:
        """Continue one rule as it is declared; `rows` are its versions, the oldest first."""
        if not rows:
            self._open(rule, rule.valid_from or self.effective_on)
            return [added("availabilities", rule.code)]
        changes = self._differences(rule, rows[-1])
        if changes:
            self.close(rows)
            self._open(rule, self._starts_on(rule), rows[-1])
        return changes

    def _differences(self, rule: DeclaredAvailability, latest: Availability) -> list[Change]:
        """What the file says otherwise than the latest version.

        The anchor of the weeks counts only where the file gives one: it is kept otherwise.
        """
        values = self._values(rule)
        if rule.first_on is not None:
            values["first_on"] = rule.first_on
        if self._starts_elsewhere(rule, latest):
            values["valid_from"] = self._starts_on(rule)
        path = f"availabilities[{rule.code}]"
        return [
            Change(ChangeKind.CHANGED, f"{path}.{name}", getattr(latest, name), value)
            for name, value in values.items()
            if getattr(latest, name) != value
        ]

    def _starts_elsewhere(self, rule: DeclaredAvailability, latest: Availability) -> bool:
        """Whether it is brought forward, or postponed to the start that the file gives.

        A start that has passed says nothing about the versions that came after it.
        """
        starts_on = self._starts_on(rule)
        if starts_on < latest.valid_from:
            return rule.valid_until is None or rule.valid_until >= starts_on
        return starts_on > max(latest.valid_from, self.effective_on)

    def _starts_on(self, rule: DeclaredAvailability) -> date:
        return max(self.effective_on, rule.valid_from or self.effective_on)

    def close(self, rows: list[Availability]) -> bool:
        """End the versions in force from `effective_on` on; whether there was any."""
        closed = [row for row in rows if self._is_in_force(row)]
        for row in closed:
            row.valid_until = self.effective_on - ONE_DAY
        return bool(closed)

    def _is_in_force(self, row: Availability) -> bool:
        first = max(row.valid_from, self.effective_on)
        return row.valid_until is None or row.valid_until >= first

    def _open(
        self, rule: DeclaredAvailability, starts_on: date, latest: Availability | None = None
    ) -> None:
        anchor = min(latest.first_on, starts_on) if latest else starts_on
        row = Availability(
            code=rule.code,
            version=latest.version + 1 if latest else 1,
            first_on=rule.first_on or anchor,
            valid_from=starts_on,
            recorded_at=self.now,
            **self._values(rule),
        )
        self.session.add(row)

    def _values(self, rule: DeclaredAvailability) -> dict[str, Any]:
        """The columns that make a rule what it is, apart from where its weeks and version start."""
        return {
            "counsellor_id": self.people[rule.counsellor],
            "kind": rule.kind,
            "venue_id": self.venues[rule.venue] if rule.venue else None,
            "commune_slugs": list(rule.communes),
            "frequency": recurrence_of(rule, self.effective_on).frequency,
            "weekday": rule.weekday,
            "every_weeks": rule.every_weeks,
            "nth": rule.nth,
            "from_time": rule.from_time,
            "to_time": rule.to_time,
            "valid_until": rule.valid_until,
            "skipped_dates": [day.isoformat() for day in rule.skipped_dates],
            "extra_dates": [day.isoformat() for day in rule.extra_dates],
            "desk_until_days": rule.desk_until_days,
        }
