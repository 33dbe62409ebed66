"""The availabilities in force and to come, as the pages list and change them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.staff_errors import SubjectUnknown
from app.models.accounts import Counsellor
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, read_catalogue
from app.services.planning_checks import place_of
from app.services.planning_rules import held_dates, state_of, versions

NEXT_DATES = timedelta(weeks=26)
DATES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Term:
    """Who holds an availability from a day to another, included; None: no end."""

    counsellor_id: int
    first_on: date
    last_on: date | None


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One version of an availability that is in force or will be."""

    id: int
    first_id: int
    """Of its first version: what the journal calls the availability."""
    code: str
    version: int
    state: str
    is_latest: bool
    """The one that can be continued otherwise."""
    counsellor_id: int
    counsellor: str
    kind: AvailabilityKind
    place: str
    venue_slug: str
    commune_slugs: tuple[str, ...]
    communes: tuple[str, ...]
    """Their names, for home visits."""
    weekday: int
    every_weeks: int
    nth: int | None
    from_time: time
    to_time: time
    valid_from: date
    valid_until: date | None
    desk_until_days: int | None
    skipped: tuple[date, ...]
    extra: tuple[date, ...]
    next_dates: tuple[date, ...]
    terms: tuple[Term, ...]
    """Of all versions that are not over, the oldest first: hours change hands from a day on."""

    def holder_on(self, day: date) -> int | None:
        """Whose hours they are on that day."""
        held = (each for each in self.terms if each.first_on <= day <= (each.last_on or date.max))
        return next((each.counsellor_id for each in held), None)

    def holders_after(self, day: date) -> set[int]:
        """Whose hours a change of the days after that one touches."""
        return {each.counsellor_id for each in self.terms if (each.last_on or date.max) > day}


def list_rules(session: Session, *, now: datetime) -> list[RuleEntry]:
    """By counsellor, weekday and hour; the versions of one availability in order."""
    catalogue = read_catalogue(session)
    today = catalogue.today(now)
    rows = session.execute(
        select(Availability, Counsellor.first_name, Counsellor.active).join(
            Counsellor, Counsellor.id == Availability.counsellor_id
        )
    ).all()
    of_code: dict[str, list[Availability]] = {}
    for row, _, _ in rows:
        of_code.setdefault(row.code, []).append(row)
    entries = [
        _entry(catalogue, row, name, today, of_code[row.code])
        for row, name, is_at_work in rows
        if is_at_work and _is_held(row, today)
    ]
    return sorted(
        entries,
        key=lambda each: (
            each.counsellor_id, each.weekday, each.from_time, each.code, each.valid_from,
        ),
    )  # fmt: skip


def _is_held(row: Availability, today: date) -> bool:
    return row.valid_until is None or row.valid_until >= max(row.valid_from, today)


def find_rule(session: Session, availability_id: int, *, now: datetime) -> RuleEntry:
    """The latest version of that availability. Raises SubjectUnknown."""
    rows = _versions(session, availability_id)
    return _found(session, rows[-1], rows, now)


def find_held(
    session: Session, availability_id: int, is_own: Callable[[int], bool], *, now: datetime
) -> RuleEntry:
    """Its last version that is not over, of the counsellors that `is_own` accepts by id.

    The latest one where all are over. Raises SubjectUnknown, for foreign hours too.
    """
    rows = _versions(session, availability_id)
    today = read_catalogue(session).today(now)
    held = [row for row in rows if _is_held(row, today)] or rows[-1:]
    own = [row for row in held if is_own(row.counsellor_id)]
    if not own:
        raise SubjectUnknown
    return _found(session, own[-1], rows, now)


def _versions(session: Session, availability_id: int) -> list[Availability]:
    row = session.get(Availability, availability_id)
    if row is None:
        raise SubjectUnknown
    return versions(session, row.code)


def _found(
    session: Session, row: Availability, of_code: Sequence[Availability], now: datetime
) -> RuleEntry:
    catalogue = read_catalogue(session)
    name = session.get_one(Counsellor, row.counsellor_id).first_name
    return _entry(catalogue, row, name, catalogue.today(now), of_code)


def _entry(
    catalogue: Catalogue,
    row: Availability,
    name: str,
    today: date,
    of_code: Sequence[Availability],
) -> RuleEntry:
    return RuleEntry(
        id=row.id,
        first_id=min((each.version, each.id) for each in of_code)[1],
        code=row.code,
        version=row.version,
        state=state_of(of_code),
        is_latest=row.version == max(each.version for each in of_code),
        counsellor_id=row.counsellor_id,
        counsellor=name,
        kind=row.kind,
        place=place_of(catalogue, row),
        venue_slug=catalogue.venue_by_id(row.venue_id).slug if row.venue_id else "",
        commune_slugs=tuple(row.commune_slugs),
        communes=tuple(catalogue.commune(each).name for each in row.commune_slugs),
        weekday=row.weekday,
        every_weeks=row.every_weeks,
        nth=row.nth,
        from_time=row.from_time,
        to_time=row.to_time,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        desk_until_days=row.desk_until_days,
        skipped=_to_come(row.skipped_dates, today),
        extra=_to_come(row.extra_dates, today),
        next_dates=tuple(held_dates(row, today, today + NEXT_DATES)[:DATES_SHOWN]),
        terms=tuple(
            Term(each.counsellor_id, each.valid_from, each.valid_until)
            for each in sorted(of_code, key=lambda each: each.version)
            if _is_held(each, today)
        ),
    )


def _to_come(stored: list[str], today: date) -> tuple[date, ...]:
    return tuple(day for each in stored if (day := date.fromisoformat(each)) >= today)
