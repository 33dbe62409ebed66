"""The times that the desk reads out: own commune first, then the neighbours, nearest by car.

The desk has no notice; a place kept for near deadlines is free only where the person has one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby, islice

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import Choice
from app.domain.calendar import ONE_DAY, local_day
from app.domain.offer import Day, choose_times, mark_stranding, nearest, next_page_day
from app.domain.slots import Facts, Judged, Refusal, RefusalCode, Slot, Wish, judge
from app.domain.travel import Place
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.choosing import NO_COMMUNE, wish_of
from app.services.slots import load_facts
from app.services.times import NEAREST_SHOWN, ShownDay, shown_days

OWN_DAYS, OWN_PER_DAY = 3, 4
NEIGHBOURS_SHOWN, NEIGHBOUR_TIMES = 3, 3
REFUSED_SHOWN = 30
KEPT = Refusal(RefusalCode.DESK_ONLY)


@dataclass(frozen=True, slots=True)
class DeskSearch:
    """What the caller asks for. `home` is None for somebody of another commune."""

    kind: AvailabilityKind
    home: CommuneEntry | None
    topic: TopicEntry
    has_deadline: bool = False
    from_day: date | None = None
    venue: VenueEntry | None = None
    """« Même lieu »: the venue of the person before comes first."""
    counsellor_id: int | None = None
    """A follow-up: whom the person sees already, whose times come first."""

    @property
    def is_visit(self) -> bool:
        return self.kind is AvailabilityKind.HOME_VISITS


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A commune, how far it is by car (None: no way to go), and its best times."""

    commune: CommuneEntry
    minutes: int | None
    days: tuple[ShownDay, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A time that cannot be had, and why."""

    slot: Slot
    venue: VenueEntry | None
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class DeskTimes:
    """What the list of times says."""

    first: DeskPlace | None
    """Where the caller comes first of all: their commune, or the venue asked for."""
    neighbours: tuple[DeskPlace, ...]
    refused: tuple[Refused, ...]
    next_day: date | None
    last_day: date
    same: DeskPlace | None = None
    """The first place again, with the counsellor whom the person sees already; in that case `first`
    holds the times of the others.
    """

    @property
    def is_empty(self) -> bool:
        return not (self.neighbours or self.same or (self.first and self.first.days))


def find_desk_times(
    session: Session,
    catalogue: Catalogue,
    search: DeskSearch,
    *,
    now: datetime,
    with_refused: bool = False,
) -> DeskTimes:
    """The best times of the first place and of the nearest others, lazily.

    `with_refused` adds the times of the first place that cannot be had, with their reason.
    """
    facts = load_facts(session, catalogue, now=now)
    place = search.venue.commune if search.venue else search.home
    if place is None:
        return DeskTimes(
            None, _neighbours(catalogue, facts, search, None), (), None, facts.last_day
        )
    same, days = _first_times(catalogue, facts, search, place)
    shown = _read_out(same, days)
    refused = _refused(catalogue, facts, search, place, shown) if with_refused else ()
    return DeskTimes(
        first=DeskPlace(place, None, shown_days(catalogue, days)),
        neighbours=() if search.is_visit else _neighbours(catalogue, facts, search, place),
        refused=refused,
        next_day=_next_day(catalogue, facts, search, place, shown),
        last_day=facts.last_day,
        same=DeskPlace(place, None, shown_days(catalogue, same)) if same else None,
    )


def _first_times(
    catalogue: Catalogue, facts: Facts, search: DeskSearch, place: CommuneEntry
) -> tuple[list[Day], list[Day]]:
    """The times with the counsellor whom the person sees, then the others: none is in both."""
    most = OWN_DAYS, OWN_PER_DAY
    wanted = search.counsellor_id
    if wanted is None:
        return [], _best(catalogue, facts, search, place, most)

    def is_theirs(slot: Slot) -> bool:
        return slot.counsellor_id == wanted

    same = _best(catalogue, facts, search, place, most, is_wanted=is_theirs)
    told = {(slot.starts_at, slot.place) for day in same for slot in day.slots}

    def is_another(slot: Slot) -> bool:
        return (slot.starts_at, slot.place) not in told

    return same, _best(catalogue, facts, search, place, most, is_wanted=is_another)


def _read_out(*lists: list[Day]) -> list[Day]:
    """The list that ends first: whatever comes after it has not been read out whole."""
    return min((each for each in lists if each), key=lambda days: days[-1].on, default=[])


def nearest_desk_times(
    session: Session, catalogue: Catalogue, choice: Choice, *, has_deadline: bool, now: datetime
) -> list[ShownDay]:
    """The three free times nearest to one that was lost, at the same venue or on the same round.

    Raises the refusals of `choosing.wish_of`.
    """
    wish = wish_of(catalogue, choice, now)
    facts = load_facts(session, catalogue, now=now)
    free = _free(facts, wish, has_deadline, None)
    found = nearest(free, choice.starts_at, NEAREST_SHOWN, timezone=facts.timezone)
    by_day = groupby(found, key=lambda slot: local_day(slot.starts_at, facts.timezone))
    return list(shown_days(catalogue, [Day(on, tuple(of_day)) for on, of_day in by_day]))


def _best(
    catalogue: Catalogue,
    facts: Facts,
    search: DeskSearch,
    commune: CommuneEntry,
    most: tuple[int, int],
    *,
    is_wanted: Callable[[Slot], bool] = lambda _slot: True,
) -> list[Day]:
    """The first days that have a time, as many and with as many times as `most` says."""
    wish = _wish(catalogue, search, commune)
    days, per_day = most
    return choose_times(
        filter(is_wanted, _free(facts, wish, search.has_deadline, search.from_day)),
        per_day,
        days,
        own_commune_id=search.home.id if search.home else None,
        timezone=facts.timezone,
    )


def _next_day(
    catalogue: Catalogue, facts: Facts, search: DeskSearch, place: CommuneEntry, days: list[Day]
) -> date | None:
    if not days:
        return None
    wish = _wish(catalogue, search, place)
    following = _free(facts, wish, search.has_deadline, days[-1].on + ONE_DAY)
    return next_page_day(following, days, timezone=facts.timezone)


def _neighbours(
    catalogue: Catalogue, facts: Facts, search: DeskSearch, place: CommuneEntry | None
) -> tuple[DeskPlace, ...]:
    """The nearest communes with a time; for who lives elsewhere, in the order of the territory."""
    others = [
        (_minutes(catalogue, search.home, commune), commune)
        for commune in catalogue.served_communes(facts.today)
        if place is None or commune.id != place.id
    ]
    found = (
        DeskPlace(
            commune,
            minutes,
            shown_days(catalogue, _best(catalogue, facts, search, commune, (1, NEIGHBOUR_TIMES))),
        )
        for minutes, commune in sorted(others, key=lambda each: each[0] or 0)
    )
    return tuple(islice((each for each in found if each.days), NEIGHBOURS_SHOWN))


def _minutes(catalogue: Catalogue, home: CommuneEntry | None, commune: CommuneEntry) -> int | None:
    if home is None or home.id == commune.id:
        return None
    return catalogue.travel.between(Place(home.id, None), Place(commune.id, None))


def _refused(
    catalogue: Catalogue, facts: Facts, search: DeskSearch, place: CommuneEntry, days: list[Day]
) -> tuple[Refused, ...]:
    """What was passed over up to the last day shown; all that there is where nothing is free."""
    last = days[-1].on if days else facts.last_day
    wish = _wish(catalogue, search, place)
    told: dict[tuple[datetime, Place], Refused] = {}
    for day, judged in _judged_days(facts, wish, search.has_deadline, search.from_day):
        if day > last or len(told) >= REFUSED_SHOWN:
            break
        marked = mark_stranding(judged, facts.timezone)
        free = {(each.slot.starts_at, each.slot.place) for each in marked if not each.refusal}
        for slot, refusal in marked:
            key = slot.starts_at, slot.place
            if refusal and refusal.code is not RefusalCode.PAST and key not in free:
                told.setdefault(key, Refused(slot, _venue(catalogue, slot), refusal))
    return tuple(told.values())[:REFUSED_SHOWN]


def _venue(catalogue: Catalogue, slot: Slot) -> VenueEntry | None:
    venue_id = slot.place.venue_id
    return catalogue.venue_by_id(venue_id) if venue_id is not None else None


def _free(facts: Facts, wish: Wish, has_deadline: bool, first: date | None) -> Iterator[Slot]:
    days = _judged_days(facts, wish, has_deadline, first)
    judged = chain.from_iterable(of_day for _, of_day in days)
    return (each.slot for each in judged if each.refusal is None)


def _judged_days(
    facts: Facts, wish: Wish, has_deadline: bool, first: date | None
) -> Iterator[tuple[date, list[Judged]]]:
    """Every candidate of each day from the first one on, as this caller may have it."""
    earliest = max(first or facts.today, facts.today)
    for day in facts.index.days(earliest, facts.last_day):
        judged = judge(facts, wish, first=day, last=day, for_desk=True)
        yield day, judged if has_deadline else _without_kept(facts, wish, day, judged)


def _without_kept(facts: Facts, wish: Wish, day: date, judged: list[Judged]) -> list[Judged]:
    """A place that residents are not offered yet waits for somebody with a near deadline."""
    if all(opening.desk_until_days is None for opening in facts.index.on(day)):
        return judged
    for_residents = judge(facts, wish, first=day, last=day)
    return [
        ours._replace(refusal=KEPT) if ours.refusal is None and theirs.refusal == KEPT else ours
        for ours, theirs in zip(judged, for_residents, strict=True)
    ]


def _wish(catalogue: Catalogue, search: DeskSearch, commune: CommuneEntry) -> Wish:
    venue = search.venue if search.venue and search.venue.commune.id == commune.id else None
    return Wish(
        kind=search.kind,
        commune_id=commune.id,
        duration_minutes=search.topic.minutes,
        step_minutes=search.topic.step_minutes or catalogue.settings.candidate_step_minutes,
        venue_id=venue.id if venue else None,
        resident_commune_id=search.home.id if search.home else NO_COMMUNE,
    )
