"""The only slot algorithm: which times can be booked, and why the others cannot.

What makes a candidate and what refuses it is in `candidates`; what is shown of the free ones
(remnants, ranking, three a day) is in `offer`. Pages and the booking transaction both come here.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from app.domain.availability import AvailabilityKind, Opening
from app.domain.calendar import local_day
from app.domain.candidates import (
    Judged,
    Refusal,
    RefusalCode,
    Slot,
    Wish,
    judge_opening,
    occupied_minutes,
)
from app.domain.facts import Busy, Engaged, Facts, OpeningIndex
from app.domain.intervals import contains, merge
from app.domain.travel import Place

__all__ = [
    "Busy",
    "Engaged",
    "Facts",
    "Judged",
    "OpeningIndex",
    "Refusal",
    "RefusalCode",
    "Slot",
    "Wish",
    "find_slots",
    "iter_days",
    "judge",
    "occupied_minutes",
    "orphans",
    "slots_at",
]


def find_slots(
    facts: Facts,
    wish: Wish,
    *,
    first: date | None = None,
    last: date | None = None,
    for_desk: bool = False,
) -> list[Slot]:
    """Every bookable time, before any ranking or limit, by start, counsellor and place.

    `first` and `last` are local dates; by default all that may be booked. The desk books from now
    and what is reserved to it. Raises LookupError where travel between two communes is unknown.
    """
    days = iter_days(facts, wish, first=first, last=last, for_desk=for_desk)
    return [slot for _, slots in days for slot in slots]


def iter_days(
    facts: Facts,
    wish: Wish,
    *,
    first: date | None = None,
    last: date | None = None,
    for_desk: bool = False,
) -> Iterator[tuple[date, list[Slot]]]:
    """`find_slots` one local day at a time, days without any left out.

    Lazy: a page that shows two days computes little more than two.
    """
    earliest = facts.today if for_desk else facts.first_public_day(wish.kind)
    for day in facts.index.days(max(first or earliest, earliest), last or facts.last_day):
        judged = _judge_day(facts, wish, day, for_desk)
        free = [each.slot for each in judged if each.refusal is None]
        if free:
            yield day, free


def judge(
    facts: Facts,
    wish: Wish,
    *,
    first: date | None = None,
    last: date | None = None,
    for_desk: bool = False,
) -> list[Judged]:
    """Every candidate with the reason that refuses it, by start, counsellor and place.

    By default from today to the horizon. Raises LookupError as `find_slots` does.
    """
    days = facts.index.days(first or facts.today, last or facts.last_day)
    return [each for day in days for each in _judge_day(facts, wish, day, for_desk)]


def slots_at(
    facts: Facts, wish: Wish, starts_at: datetime, *, for_desk: bool = False
) -> list[Judged]:
    """Who could hold that very time, by counsellor, each with what refuses it (None: free).

    Empty where no opening holds it: forged, or the timetable changed.
    """
    day = local_day(starts_at, facts.timezone)
    return _judge_day(facts, wish, day, for_desk, at=starts_at)


def orphans(openings: Iterable[Opening], engaged: Iterable[Engaged]) -> list[Engaged]:
    """The engagements that no opening of their counsellor at their place holds any more.

    Give it appointments only: a workshop needs no opening. In the order given.
    """
    all_openings = list(openings)
    return [each for each in engaged if not _is_held(each, all_openings)]


def _is_held(engaged: Engaged, openings: list[Opening]) -> bool:
    welcoming = (
        opening
        for opening in openings
        if opening.counsellor_id == engaged.counsellor_id and _welcomes(opening, engaged.place)
    )
    return any(contains(held, engaged) for held in merge(welcoming))


def _welcomes(opening: Opening, place: Place) -> bool:
    if opening.kind is AvailabilityKind.HOME_VISITS:
        return place.venue_id is None and place.commune_id in opening.commune_ids
    return opening.place == place


def _judge_day(
    facts: Facts, wish: Wish, day: date, for_desk: bool, at: datetime | None = None
) -> list[Judged]:
    judged: list[Judged] = []
    for opening in facts.index.on(day):
        place = _place_for(wish, opening)
        if place:
            judged += judge_opening(facts, wish, opening, place, for_desk, at=at)
    return sorted(judged, key=_order)


def _order(judged: Judged) -> tuple[datetime, int, int]:
    slot = judged.slot
    return slot.starts_at, slot.counsellor_id, slot.place.venue_id or 0


def _place_for(wish: Wish, opening: Opening) -> Place | None:
    """Where the wish would be met in that opening; None where it cannot be."""
    if opening.kind is not wish.kind:
        return None
    if wish.kind is AvailabilityKind.HOME_VISITS:
        return Place(wish.commune_id, None) if wish.commune_id in opening.commune_ids else None
    place = opening.place
    if place is None or place.commune_id != wish.commune_id:
        return None
    return place if wish.venue_id in (None, place.venue_id) else None
