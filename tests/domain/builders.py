"""Small timetables, written in wall time of Paris, and the facts around them.

Counsellors 1 and 2; communes 1 to 3, each with the venue 10 × its number (and commune 1 a second
one, 11). The week of these tests starts on Monday 7 September 2026; summer time.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain.calendar import at_wall_time
from app.domain.recurrence import Frequency, Recurrence
from app.domain.schedule import (
    Absence,
    Availability,
    AvailabilityKind,
    Closure,
    Opening,
    Replacement,
    Timetable,
    expand,
)
from app.domain.settings import Settings
from app.domain.slots import (
    Engaged,
    Facts,
    Refusal,
    RefusalCode,
    Slot,
    Wish,
    find_slots,
    judge,
    slots_at,
)
from app.domain.travel import Place, TravelTimes

MONDAY = date(2026, 9, 7)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
ALICE, BOB = 1, 2
HALL, LIBRARY = Place(1, 10), Place(1, 11)
SECOND, THIRD = Place(2, 20), Place(3, 30)
HOME = Place(1, None)
TRAVEL = TravelTimes({(1, 2): 25, (1, 3): 40, (2, 3): 15}, {})
LONG_AGO = date(2026, 1, 5)


def clock(text: str) -> time:
    """« 9:30 » as a time of day."""
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def at(day: date, text: str) -> datetime:
    """The UTC instant of a wall time in Paris."""
    return at_wall_time(day, clock(text))


def wall(instant: datetime) -> str:
    """The wall time in Paris of an instant, as « 9:30 »."""
    local = instant.astimezone(Timetable(()).timezone)
    return f"{local.hour}:{local.minute:02}"


def weekly(weekday: int = 0, **changes: Any) -> Recurrence:
    """Every week on that day, for ever."""
    values: dict[str, Any] = {"first_on": LONG_AGO, "valid_from": LONG_AGO} | changes
    return Recurrence(Frequency.WEEKLY, weekday, **values)


def permanence(
    id: int = 1,  # noqa: A002
    who: int = ALICE,
    place: Place = HALL,
    hours: tuple[str, str] = ("9:00", "12:00"),
    rule: Recurrence | None = None,
    **changes: Any,
) -> Availability:
    """A block of reception hours at a venue, Mondays from 9 to 12 unless told."""
    from_time, to_time = map(clock, hours)
    kind = AvailabilityKind.PERMANENCE
    recurrence = rule or weekly()
    return Availability(
        id, who, kind, place, frozenset(), recurrence, from_time, to_time, **changes
    )


def visits(
    id: int = 9,  # noqa: A002
    who: int = ALICE,
    communes: Iterable[int] = (1, 2),
    hours: tuple[str, str] = ("14:00", "17:00"),
    rule: Recurrence | None = None,
    **changes: Any,
) -> Availability:
    """A half-day of home visits, Mondays from 14 to 17 unless told."""
    from_time, to_time = map(clock, hours)
    kind, where = AvailabilityKind.HOME_VISITS, frozenset(communes)
    recurrence = rule or weekly()
    return Availability(id, who, kind, None, where, recurrence, from_time, to_time, **changes)


def absence(who: int, day: date, from_time: str = "0:00", to_time: str = "23:59") -> Absence:
    return Absence(who, at(day, from_time), at(day, to_time))


def replacement(
    day: date, from_time: str = "0:00", to_time: str = "23:59", who: tuple[int, int] = (ALICE, BOB)
) -> Replacement:
    return Replacement(*who, at(day, from_time), at(day, to_time))


def closure(venue_id: int, day: date, from_time: str = "0:00", to_time: str = "23:59") -> Closure:
    return Closure(venue_id, at(day, from_time), at(day, to_time))


def engaged(who: int, day: date, from_time: str, to_time: str, place: Place = HALL) -> Engaged:
    return Engaged(who, at(day, from_time), at(day, to_time), place)


def booked(slot: Slot) -> Engaged:
    """What the counsellor gives away when somebody books that slot."""
    return Engaged(slot.counsellor_id, slot.starts_at, slot.ends_at, slot.place)


def openings_on(day: date, *availabilities: Availability, **exceptions: Any) -> list[Opening]:
    return expand(Timetable(availabilities, **exceptions), day, day)


def held(openings: Iterable[Opening]) -> list[tuple[int, int, str, str]]:
    """Openings as (availability, counsellor, from, to), in the order given."""
    return [
        (each.availability_id, each.counsellor_id, wall(each.starts_at), wall(each.ends_at))
        for each in openings
    ]


def facts(
    *availabilities: Availability,
    engaged: Iterable[Engaged] = (),
    now: datetime | None = None,
    days: int = 4,
    **changes: Any,
) -> Facts:
    """The facts of that week; `now` is the Thursday before at 10 unless told."""
    openings = expand(Timetable(availabilities), MONDAY, MONDAY + timedelta(days=days))
    settings = changes.pop("settings", Settings())
    now = now or at(MONDAY - timedelta(days=4), "10:00")
    travel = changes.pop("travel", TRAVEL)
    return Facts(openings, tuple(engaged), travel, settings, now, **changes)


def wish(commune_id: int = 1, minutes: int = 45, **changes: Any) -> Wish:
    """A permanence of 45 minutes in commune 1 unless told."""
    return Wish(AvailabilityKind.PERMANENCE, commune_id, minutes, **changes)


def visit_wish(commune_id: int = 1, minutes: int = 45, **changes: Any) -> Wish:
    return Wish(AvailabilityKind.HOME_VISITS, commune_id, minutes, **changes)


def refusal_of(known: Facts, asked: Wish, slot: Slot, *, for_desk: bool = False) -> Refusal | None:
    """What the booking would be told of that very slot; None where it can be booked."""
    said = {
        each.slot: each.refusal
        for each in slots_at(known, asked, slot.starts_at, for_desk=for_desk)
    }
    return said.get(slot, Refusal(RefusalCode.NO_OPENING))


def starts(slots: Iterable[Slot]) -> list[str]:
    """The wall times at which slots start, in the order given."""
    return [wall(slot.starts_at) for slot in slots]


def refusals(known: Facts, asked: Wish, for_desk: bool = False) -> dict[str, Refusal | None]:
    """What is said of each candidate of that Monday, by its wall time."""
    judged = judge(known, asked, last=MONDAY, for_desk=for_desk)
    return {wall(each.slot.starts_at): each.refusal for each in judged}


def free_starts(known: Facts, asked: Wish, for_desk: bool = False) -> list[str]:
    """The wall times of that Monday that can be booked."""
    return starts(find_slots(known, asked, last=MONDAY, for_desk=for_desk))
