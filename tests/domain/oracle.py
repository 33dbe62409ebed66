"""The rules of free times written a second time, the slow way: cell by cell of five minutes.

It shares no code with app/domain/slots.py or candidates.py; it reads the same openings,
engagements, travel minutes and settings, and answers the same question.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from app.domain.schedule import AvailabilityKind, Opening
from app.domain.slots import Facts, Wish
from app.domain.travel import Place

CELL = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)

Times = set[tuple[int, datetime, datetime, Place]]
"""(counsellor, start, end, place)"""


def free_times(facts: Facts, wish: Wish, for_desk: bool = False) -> Times:
    """Every time that can be booked."""
    length = wish.duration_minutes * MINUTE
    if wish.kind is AvailabilityKind.HOME_VISITS:
        length = 30 * MINUTE + max(60, wish.duration_minutes) * MINUTE
    return {
        (opening.counsellor_id, start, start + length, place)
        for opening in facts.openings
        for place in places_of(opening, wish)
        if is_open_to(opening, facts, wish, for_desk)
        for start in starts_of(opening, wish)
        if start + length <= opening.ends_at and start >= facts.now
        if can_be_there(facts, opening.counsellor_id, place, start, start + length)
    }


def places_of(opening: Opening, wish: Wish) -> list[Place]:
    if opening.kind != wish.kind:
        return []
    if wish.kind is AvailabilityKind.HOME_VISITS:
        return [Place(wish.commune_id, None)] if wish.commune_id in opening.commune_ids else []
    return [place for place in [opening.place] if place and place.commune_id == wish.commune_id]


def is_open_to(opening: Opening, facts: Facts, wish: Wish, for_desk: bool) -> bool:
    today = facts.now.astimezone(facts.timezone).date()
    ahead = (opening.on - today).days
    if ahead > facts.settings.booking_window_days:
        return False
    if for_desk:
        return True
    notice = 1 if wish.kind is AvailabilityKind.PERMANENCE else 2
    working_days = [day for day in days_between(today, opening.on) if day.weekday() < 5]
    reserved = opening.desk_until_days is not None and ahead > opening.desk_until_days
    # As many working days must have begun since today; a week-end after them is open too.
    return len(working_days) >= notice and not reserved


def days_between(after: date, until: date) -> list[date]:
    return [after + timedelta(days=n) for n in range(1, (until - after).days + 1)]


def starts_of(opening: Opening, wish: Wish) -> Iterator[datetime]:
    """The cells of the opening that fall on the grid of its block."""
    origin = opening.block_starts_at or opening.starts_at
    for cell in cells(opening.starts_at, opening.ends_at):
        if (cell - origin) % (wish.step_minutes * MINUTE) == timedelta():
            yield cell


def cells(start: datetime, end: datetime) -> list[datetime]:
    return [start + CELL * n for n in range((end - start) // CELL)]


def can_be_there(
    facts: Facts, counsellor_id: int, place: Place, start: datetime, end: datetime
) -> bool:
    """Whether from every cell bound elsewhere there is time to come, and to every one to go."""
    for cell, other in bound_cells(facts, counsellor_id, place):
        if cell < start:
            if start - (cell + CELL) < gap(facts, other, place):
                return False
        elif cell < end or cell - end < gap(facts, place, other):
            return False
    return True


def bound_cells(facts: Facts, counsellor_id: int, place: Place) -> Iterator[tuple[datetime, Place]]:
    for engaged in facts.engaged:
        if engaged.counsellor_id == counsellor_id:
            for cell in cells(engaged.starts_at, engaged.ends_at):
                yield cell, engaged.place
    for opening in facts.openings:
        if opening.counsellor_id == counsellor_id and opening.place not in (None, place):
            for cell in cells(opening.starts_at, opening.ends_at):
                yield cell, opening.place


def gap(facts: Facts, start: Place, end: Place) -> timedelta:
    """Travel by the table of the tests: 25, 40 and 15 minutes between communes 1, 2 and 3."""
    pair = frozenset({start.commune_id, end.commune_id})
    listed = {frozenset({1, 2}): 25, frozenset({1, 3}): 40, frozenset({2, 3}): 15}
    is_same_venue = start == end and start.venue_id is not None
    travel = 0 if is_same_venue else listed.get(pair, 10)
    return max(travel, facts.settings.travel_buffer_minutes) * MINUTE
