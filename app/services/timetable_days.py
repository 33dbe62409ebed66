"""The dated facts of a timetable file: absences, replacements and closures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import at_wall_time, start_of_day
from app.domain.timetable_entries import TimetableFile
from app.models.places import Venue
from app.models.schedule import Absence, Closure, Replacement
from app.services.changes import Change, ChangeKind, added, ended

DatedFact = TypeVar("DatedFact", Absence, Replacement, Closure)
Values = dict[str, Any]
OF_COUNSELLORS = ("counsellor_id", "absent_id", "substitute_id")


class DatedFacts:
    """One load of dated facts: what the file no longer has is withdrawn, unless it is over."""

    def __init__(
        self,
        session: Session,
        people: Mapping[str, int],
        timezone: ZoneInfo,
        now: datetime,
        effective_on: date,
    ) -> None:
        self.session = session
        self.people = people
        self.timezone = timezone
        self.now = now
        self.over_at = start_of_day(effective_on, timezone)
        """What ended by then belongs to the past, whatever the file says of it."""
        self.gone: set[int] = set()
        """The counsellors whom the file has no more."""
        self.venues = dict(session.execute(select(Venue.slug, Venue.id)).all())
        codes = {person_id: code for code, person_id in people.items()}
        slugs = {venue_id: slug for slug, venue_id in self.venues.items()}
        self.subjects = {"counsellor_id": codes, "absent_id": codes, "venue_id": slugs}
        """Who or where a fact is about, by the first of its columns."""

    def load(self, file: TimetableFile) -> list[Change]:
        """Add what is new and withdraw what is gone; one change for each."""
        staying = {self.people[each.code] for each in file.counsellors if each.active}
        self.gone = {*self.people.values()} - staying
        absences = [
            {"counsellor_id": self.people[each.counsellor], **self._period(each)}
            for each in file.absences
        ]
        replacements = [
            {
                "absent_id": self.people[each.absent],
                "substitute_id": self.people[each.substitute],
                **self._period(each),
            }
            for each in file.replacements
        ]
        closures = [
            {"venue_id": self.venues[each.venue], **self._period(each), "reason": each.reason}
            for each in file.closures
        ]
        return [
            *self._sync("absences", Absence, absences),
            *self._sync("replacements", Replacement, replacements),
            *self._sync("closures", Closure, closures),
        ]

    def _period(self, declared: Any) -> Values:
        """Local wall times of the file as instants."""
        return {
            name: at_wall_time(wall.date(), wall.time(), self.timezone)
            for name, wall in (("starts_at", declared.starts_at), ("ends_at", declared.ends_at))
        }

    def _sync(self, table: str, model: type[DatedFact], wanted: Iterable[Values]) -> list[Change]:
        changes: list[Change] = []
        kept: set[int] = set()
        rows: list[DatedFact] = list(
            self.session.scalars(select(model).where(model.withdrawn_at.is_(None)))
        )
        for values in wanted:
            same = [row for row in rows if _has(row, values)]
            kept.update(row.id for row in same)
            if not same:
                self.session.add(model(recorded_at=self.now, **values))
                changes.append(added(table, self._named(values)))
        gone = [row for row in rows if row.id not in kept and row.ends_at > self.over_at]
        changes += [self._end(table, row) for row in gone]
        self.session.flush()
        return changes

    def _end(self, table: str, row: DatedFact) -> Change:
        """Withdraw it; of who leaves, whom the file cannot name any more, the part before stays."""
        named = self._named(vars(row))
        about = {
            getattr(row, each, None) for each in ("counsellor_id", "absent_id", "substitute_id")
        }
        if about.isdisjoint(self.gone) or row.starts_at >= self.over_at:
            row.withdrawn_at = self.now
            return ended(table, named)
        before, row.ends_at = row.ends_at, self.over_at
        shown = (self._wall(each) for each in (before, self.over_at))
        return Change(ChangeKind.CHANGED, f"{table}[{named}].to", *shown)

    def _named(self, values: Mapping[str, Any]) -> str:
        """Who or where, and the period as the operator wrote it, in local time."""
        subject = next(
            names[values[column]] for column, names in self.subjects.items() if column in values
        )
        first, last = (self._wall(values[name]) for name in ("starts_at", "ends_at"))
        return f"{subject}, {first} > {last}"

    def _wall(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.timezone):%Y-%m-%d %H:%M}"


def _has(row: object, values: Values) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
