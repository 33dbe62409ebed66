"""Availabilities and the dated facts that change them → dated openings. Precedence in one table."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from app.domain.availability import (
    Absence,
    Availability,
    AvailabilityKind,
    Cause,
    Closure,
    LostOpening,
    Opening,
    Replacement,
    Timetable,
)
from app.domain.calendar import at_wall_time
from app.domain.intervals import HasInterval, Interval, intersect, overlaps, subtract

__all__ = [
    "PRECEDENCE",
    "Absence",
    "Availability",
    "AvailabilityKind",
    "Cause",
    "Closure",
    "LostOpening",
    "Opening",
    "Replacement",
    "Timetable",
    "expand",
    "explain",
]


class _Rank(IntEnum):
    """By what right somebody holds a session: the greater wins the person's time."""

    RECURRING = 1
    REPLACEMENT = 2
    EXTRA_DATE = 3


@dataclass(frozen=True, slots=True)
class _Claim:
    """A planned session, or the part of it that one person should hold, before any cut."""

    session: Opening
    rank: _Rank
    is_holiday: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class _Board:
    """Every claim by person and date, and every dated fact by the person or venue it is about."""

    claims: Mapping[tuple[int, date], list[_Claim]]
    absences: Mapping[int, list[Absence]]
    closures: Mapping[int | None, list[Closure]]

    def rivals(self, claim: _Claim, rank: _Rank) -> list[Opening]:
        """The sessions that take place and that the same person holds by that rank.

        A session that is closed or missed for an absence still takes its person's time: shutting
        a venue or declaring an absence never opens anything elsewhere.
        """
        return [
            rival.session
            for rival in self.claims[claim.session.counsellor_id, claim.session.on]
            if rival.rank is rank and not rival.is_holiday and not rival.is_skipped
        ]


def _closures(claim: _Claim, board: _Board) -> Iterable[Closure]:
    place = claim.session.place
    return board.closures.get(place.venue_id, ()) if place else ()


def _absences(claim: _Claim, board: _Board) -> Iterable[Absence]:
    return board.absences.get(claim.session.counsellor_id, ())


def _public_holiday(claim: _Claim, _board: _Board) -> Iterable[Opening]:
    return (claim.session,) if claim.is_holiday else ()


def _skipped_date(claim: _Claim, _board: _Board) -> Iterable[Opening]:
    return (claim.session,) if claim.is_skipped else ()


def _extra_dates(claim: _Claim, board: _Board) -> Iterable[Opening]:
    return board.rivals(claim, _Rank.EXTRA_DATE) if claim.rank < _Rank.EXTRA_DATE else ()


def _replacements(claim: _Claim, board: _Board) -> Iterable[Opening]:
    return board.rivals(claim, _Rank.REPLACEMENT) if claim.rank < _Rank.REPLACEMENT else ()


def _earlier_blocks(claim: _Claim, board: _Board) -> Iterable[Opening]:
    own_id = claim.session.availability_id
    return [each for each in board.rivals(claim, claim.rank) if each.availability_id < own_id]


Cut = Callable[[_Claim, _Board], Iterable[HasInterval]]

PRECEDENCE: tuple[tuple[Cause, Cut], ...] = (
    (Cause.CLOSURE, _closures),
    (Cause.ABSENCE, _absences),
    (Cause.PUBLIC_HOLIDAY, _public_holiday),
    (Cause.SKIPPED_DATE, _skipped_date),
    (Cause.EXTRA_DATE, _extra_dates),
    (Cause.REPLACEMENT, _replacements),
    (Cause.EARLIER_BLOCK, _earlier_blocks),
)
"""What takes a session, or a part of it, from the person who would hold it: strongest first."""


def expand(timetable: Timetable, first: date, last: date) -> list[Opening]:
    """The openings whose local date lies from `first` to `last` included (UTC instants).

    Sorted by start, end, counsellor and availability; those of one counsellor never overlap.
    Wall hours hold on days of 23 and 25 hours. Rule: slots-calendar-threats §1.1.
    """
    board = _board(timetable, first, last)
    held = (
        replace(claim.session, starts_at=piece.starts_at, ends_at=piece.ends_at)
        for claim in _all_claims(board)
        for piece in _cut(claim, board)[0]
    )
    return sorted(held, key=_order)


def explain(timetable: Timetable, first: date, last: date) -> list[LostOpening]:
    """What `expand` took away from the plan of those dates, each part with its strongest cause.

    A session handed to a substitute is not lost: it is an opening with `replaces_id`.
    """
    board = _board(timetable, first, last)
    lost = (
        LostOpening(replace(claim.session, starts_at=gap.starts_at, ends_at=gap.ends_at), cause)
        for claim in _all_claims(board)
        for gap, cause in _cut(claim, board)[1]
    )
    return sorted(lost, key=lambda each: _order(each.opening))


def _order(opening: Opening) -> tuple[datetime, datetime, int, int]:
    return opening.starts_at, opening.ends_at, opening.counsellor_id, opening.availability_id


def _cut(claim: _Claim, board: _Board) -> tuple[list[Interval], list[tuple[Interval, Cause]]]:
    """What is left of a claim, and what each row of the table took from it."""
    session = claim.session
    left, lost = [Interval(session.starts_at, session.ends_at)], []
    for cause, holes_of in PRECEDENCE:
        holes = [hole for hole in holes_of(claim, board) if overlaps(hole, session)]
        if holes:
            lost += [(gap, cause) for gap in intersect(left, holes)]
            left = subtract(left, holes)
    return left, lost


def _all_claims(board: _Board) -> Iterator[_Claim]:
    return (claim for of_one_day in board.claims.values() for claim in of_one_day)


def _board(timetable: Timetable, first: date, last: date) -> _Board:
    claims: dict[tuple[int, date], list[_Claim]] = defaultdict(list)
    absences: dict[int, list[Absence]] = defaultdict(list)
    closures: dict[int | None, list[Closure]] = defaultdict(list)
    for claim in _claims(timetable, first, last):
        claims[claim.session.counsellor_id, claim.session.on].append(claim)
    for absence in timetable.absences:
        absences[absence.counsellor_id].append(absence)
    for closure in timetable.closures:
        closures[closure.venue_id].append(closure)
    return _Board(claims, absences, closures)


def _claims(timetable: Timetable, first: date, last: date) -> Iterator[_Claim]:
    """Every planned session of those dates, in the hands of who should hold it."""
    by_absent = defaultdict(list)
    for replacement in sorted(timetable.replacements, key=_replacement_order):
        by_absent[replacement.absent_id].append(replacement)
    for availability in timetable.availabilities:
        rule = availability.recurrence
        for day in rule.planned_dates(first, last):
            session = _session(availability, day, timetable.timezone)
            if session is None:
                continue
            is_extra = rule.is_extra(day)
            claim = _Claim(
                session,
                _Rank.EXTRA_DATE if is_extra else _Rank.RECURRING,
                is_holiday=day in timetable.holidays and not is_extra,
                is_skipped=rule.is_skipped(day),
            )
            yield from _handed_over(claim, by_absent[availability.counsellor_id])


def _replacement_order(replacement: Replacement) -> tuple[datetime, datetime, int]:
    return replacement.starts_at, replacement.ends_at, replacement.substitute_id


def _session(availability: Availability, day: date, timezone: ZoneInfo) -> Opening | None:
    """The uncut block of that day; None where a clock change leaves nothing of it."""
    starts_at = at_wall_time(day, availability.from_time, timezone)
    ends_at = at_wall_time(day, availability.to_time, timezone)
    if starts_at >= ends_at:
        return None
    return Opening(
        availability_id=availability.id,
        counsellor_id=availability.counsellor_id,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=availability.kind,
        place=availability.place,
        commune_ids=availability.commune_ids,
        on=day,
        desk_until_days=availability.desk_until_days,
        block_starts_at=starts_at,
    )


def _handed_over(claim: _Claim, replacements: list[Replacement]) -> Iterator[_Claim]:
    """The claim, shared between its person and the substitutes of that time.

    Where two substitutes are named for the same time, the replacement that starts first has it. A
    substitute's own substitute does not inherit it: name them for the absent person.
    """
    if not replacements:
        yield claim
        return
    left = [Interval(claim.session.starts_at, claim.session.ends_at)]
    for replacement in replacements:
        for part in intersect(left, (replacement,)):
            session = replace(
                claim.session,
                counsellor_id=replacement.substitute_id,
                replaces_id=replacement.absent_id,
                starts_at=part.starts_at,
                ends_at=part.ends_at,
            )
            yield replace(claim, session=session, rank=_Rank.REPLACEMENT)
        left = subtract(left, (replacement,))
    for part in left:
        session = replace(claim.session, starts_at=part.starts_at, ends_at=part.ends_at)
        yield replace(claim, session=session)
