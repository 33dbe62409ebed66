"""The next term: a period's programme once more, some weeks later, on the same weekdays."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import ONE_DAY, at_wall_time, local_day, start_of_day
from app.domain.programme import Term, Where
from app.domain.programme_conflicts import Board, Conflict, ConflictKind, DateCheck
from app.domain.programme_errors import (
    ConflictsChanged,
    DatesRefused,
    NoDates,
    NothingToRepeat,
)
from app.domain.travel import Place
from app.domain.workshops import WorkshopStatus
from app.models.accounts import Counsellor
from app.models.workshops import Workshop, WorkshopSession
from app.services.catalogue import Catalogue, read_catalogue
from app.services.holds import remove_dead_holds
from app.services.programme import Confirmation, note_planned, planned_as, series_of
from app.services.programme_board import check_date, read_board, spans_of
from app.services.programme_rows import (
    TEXTS,
    WITH_DATES,
    holders_of,
    numbers_of,
    programme_locks,
    standing,
    write_workshop,
)
from app.services.transaction import write_transaction
from app.services.wall import walled


@dataclass(frozen=True, slots=True)
class TermLine:
    """One date that would come back, and what is in its way."""

    source_id: int
    """The workshop that is repeated."""
    title: str
    place: Place
    place_name: str | None
    counsellor_ids: tuple[int, ...]
    is_cycle: bool
    check: DateCheck

    @property
    def key(self) -> str:
        """What a tick of this date sends back: which one, and what was known of it then."""
        return f"{self.name}.{self.check.key.partition('.')[2]}"

    @property
    def name(self) -> str:
        """Of one date: a cycle may have two on one day, in the morning and in the afternoon."""
        return f"{self.source_id}.{self.check.on}.{self.check.starts_at:%H%M}"


def check_term(session: Session, term: Term, *, now: datetime) -> list[TermLine]:
    """Every date of the period, shifted, by time; nothing is saved.

    What stands in the way of one is looked at with all those before it taken. Raises the refusals
    of Term.check, or NothingToRepeat.
    """
    catalogue = read_catalogue(session)
    term.check(catalogue.today(now))
    dates = _dates(session, catalogue, term)
    if not dates:
        raise NothingToRepeat
    at_work = set(session.scalars(select(Counsellor.id).where(Counsellor.active)))
    last = max(local_day(each.ends_at, catalogue.timezone) for each in dates)  # cycles run on
    board = read_board(session, catalogue, now=now, last=last + term.shift + ONE_DAY)
    lines = []
    for row in dates:
        line = _line(catalogue, board, term, row, at_work)
        lines.append(line)
        if not line.check.is_refused:
            hours = line.check.starts_at, line.check.ends_at
            board = board.taking(spans_of(catalogue, line.place, hours, line.counsellor_ids))
    return lines


def repeat_term(session: Session, term: Term, confirmation: Confirmation) -> list[int]:
    """Plan the dates that were kept, all or none; the ids of the new workshops.

    Texts, numbers, place and counsellors are those of what is repeated. Raises what `check_term`
    raises, NoDates, DatesRefused, ConflictsChanged, and SlotTaken by the wall.
    """
    series = series_of(confirmation, term)
    people = _people(session, term)
    with walled(), write_transaction(session, programme_locks(people, series)):
        known = planned_as(session, series)
        if known:
            return known
        remove_dead_holds(session, people, confirmation.at)
        kept = _kept(check_term(session, term, now=confirmation.at), confirmation.kept)
        return _write(session, kept, series, confirmation)


def _people(session: Session, term: Term) -> set[int]:
    rows = _dates(session, read_catalogue(session), term)
    return {each for row in rows for each in holders_of(row)}


def _dates(session: Session, catalogue: Catalogue, term: Term) -> list[WorkshopSession]:
    """The dates that stand of the workshops that begin in the period, by time."""
    starts = start_of_day(term.first, catalogue.timezone)
    ends = start_of_day(term.last + ONE_DAY, catalogue.timezone)
    rows = session.scalars(
        select(Workshop)
        .where(
            Workshop.status == WorkshopStatus.PLANNED,
            Workshop.first_at >= starts,
            Workshop.first_at < ends,
        )
        .options(*WITH_DATES)
    )
    dates = (date for row in rows for date in standing(row))
    own = [each for each in dates if term.counsellor_id in (None, *holders_of(each))]
    return sorted(own, key=lambda each: (each.starts_at, each.id))


def _line(
    catalogue: Catalogue, board: Board, term: Term, row: WorkshopSession, at_work: set[int]
) -> TermLine:
    holders, place = tuple(holders_of(row)), Place(row.commune_id, row.venue_id)
    hours = _shifted(catalogue, row, term.shift)
    check = check_date(catalogue, board, place, hours, holders)
    gone = _gone(catalogue, place, holders, at_work)
    return TermLine(
        source_id=row.workshop_id,
        title=row.workshop.title["fr"],
        place=place,
        place_name=row.place_name,
        counsellor_ids=holders,
        is_cycle=len(standing(row.workshop)) > 1,
        check=replace(check, conflicts=(*gone, *check.conflicts)),
    )


def _gone(
    catalogue: Catalogue, place: Place, holders: Iterable[int], at_work: Collection[int]
) -> list[Conflict]:
    """Who has left meanwhile, and the venue that is no more."""
    found = [Conflict(ConflictKind.GONE, each) for each in holders if each not in at_work]
    if place.venue_id is not None and not catalogue.venue_by_id(place.venue_id).active:
        found.append(Conflict(ConflictKind.VENUE_CLOSED, place=place))
    return found


def _shifted(
    catalogue: Catalogue, row: WorkshopSession, shift: timedelta
) -> tuple[datetime, datetime]:
    """The same hour on the wall, whatever the clocks did meanwhile; UTC."""
    local = row.starts_at.astimezone(catalogue.timezone)
    starts_at = at_wall_time(local.date() + shift, local.time(), catalogue.timezone)
    return starts_at, starts_at + (row.ends_at - row.starts_at)


def _kept(lines: Iterable[TermLine], keys: Collection[str]) -> list[TermLine]:
    """The dates that were ticked, by what they were then. Raises NoDates and its like."""
    if not keys:
        raise NoDates
    wanted = {key.rpartition(".")[0] for key in keys}
    kept = [each for each in lines if each.name in wanted]
    if any(each.check.is_refused for each in kept):
        raise DatesRefused
    if {each.key for each in kept} != set(keys):
        raise ConflictsChanged
    return kept


def _write(
    session: Session, kept: list[TermLine], series: str, confirmation: Confirmation
) -> list[int]:
    by_source: dict[int, list[TermLine]] = {}
    for line in kept:
        by_source.setdefault(line.source_id, []).append(line)
    made = []
    for source_id, lines in by_source.items():
        source = session.get_one(Workshop, source_id)
        made.append(_repeat(session, source, lines, series, confirmation))
    return made


def _repeat(
    session: Session,
    source: Workshop,
    lines: list[TermLine],
    series: str,
    confirmation: Confirmation,
) -> int:
    """One workshop more; a cycle whose dates are at several places keeps each of them."""
    catalogue = read_catalogue(session)
    workshop = write_workshop(
        session,
        catalogue,
        source.template,
        [(each.check.starts_at, each.check.ends_at) for each in lines],
        [_seat(source, each) for each in lines],
        numbers=numbers_of(catalogue, source),
        **{name: getattr(source, name) for name in TEXTS},
        series=f"{series}.{source.series or source.id}",
        recorded_at=confirmation.at,
        recorded_by_id=confirmation.by,
    )
    note_planned(session, workshop, confirmation)
    return workshop.id


def _seat(source: Workshop, line: TermLine) -> tuple[Where, Place, tuple[int, ...]]:
    found = next(
        each
        for each in standing(source)
        if (each.commune_id, each.venue_id, each.place_name)
        == (line.place.commune_id, line.place.venue_id, line.place_name)
    )
    where = Where("", found.place_name or "", found.place_address or "")
    return where, line.place, line.counsellor_ids
