"""The times that a page shows: of a commune, of its neighbours, near a time that was just lost."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, groupby

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import Choice
from app.domain.calendar import ONE_DAY
from app.domain.offer import (
    Day,
    PartOfDay,
    choose_times,
    nearest,
    next_page_day,
    rank,
)
from app.domain.slots import Facts, Slot, Wish, iter_days
from app.domain.travel import Place
from app.services.answers import Answer, answer
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, VenueEntry
from app.services.choosing import NO_COMMUNE, wish_of
from app.services.slots import load_facts

NEAREST_SHOWN = 3
"""How many other times somebody is offered who just lost theirs (product §1)."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a resident looks for. `home` is None for somebody of another commune."""

    kind: AvailabilityKind
    home: CommuneEntry | None
    topic: TopicEntry
    minutes: int
    part_of_day: PartOfDay | None = None
    from_day: date | None = None
    apart_from: int | None = None
    """The engagement being moved, which is in nobody's way."""

    @property
    def is_visit(self) -> bool:
        return self.kind is AvailabilityKind.HOME_VISITS

    @property
    def key(self) -> Hashable:
        """The same for the same search."""
        home = self.home.id if self.home else None
        return self.kind, home, self.topic.id, self.minutes, self.part_of_day, self.from_day


@dataclass(frozen=True, slots=True)
class ShownDay:
    """The times of a local date at one venue (None: at home), in order."""

    on: date
    venue: VenueEntry | None
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another commune, how far it is by car, and its next times."""

    commune: CommuneEntry
    minutes: int | None
    days: tuple[ShownDay, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """What the page of free times says."""

    days: tuple[ShownDay, ...]
    next_day: date | None
    """Where « Voir les dates suivantes » starts; None where nothing is left."""
    earlier: Neighbour | None
    """The nearest commune that has a time on an earlier day."""
    last_day: date
    """The end of the booking window."""

    @property
    def venues(self) -> list[VenueEntry]:
        """The venues of the times shown, each once."""
        return list({day.venue.id: day.venue for day in self.days if day.venue}.values())


def find_times(session: Session, catalogue: Catalogue, search: Search, *, now: datetime) -> Times:
    """The next times in the resident's own commune; lazily, so two days cost two days."""
    return _found(session, catalogue, search, now, _find_times)


def _found(
    session: Session,
    catalogue: Catalogue,
    search: Search,
    now: datetime,
    find: Callable[[Catalogue, Facts, Search], Answer],
) -> Answer:
    """What `find` says of the facts of now; worked out once while they stay the same."""
    facts = load_facts(session, catalogue, now=now, apart_from=search.apart_from)
    if search.apart_from is not None or facts.first_public_day(search.kind) <= facts.today:
        return find(catalogue, facts, search)
    return answer(catalogue, facts, (find, search.key), lambda same: find(catalogue, same, search))


def _find_times(catalogue: Catalogue, facts: Facts, search: Search) -> Times:
    days, next_day = _own_days(catalogue, facts, search)
    return Times(
        days=shown_days(catalogue, days),
        next_day=next_day,
        earlier=_earlier(catalogue, facts, search, days),
        last_day=facts.last_day,
    )


def find_neighbours(
    session: Session, catalogue: Catalogue, search: Search, *, now: datetime
) -> list[Neighbour]:
    """The other communes with a free time, nearest by car first, then the least served.

    Somebody of another commune sees all communes, in the order of the territory.
    """
    return _found(session, catalogue, search, now, _find_neighbours)


def _find_neighbours(catalogue: Catalogue, facts: Facts, search: Search) -> list[Neighbour]:
    served = _served_minutes(facts)
    others = sorted(
        _others(catalogue, facts, search),
        key=lambda each: (each[1] or 0, served.get(each[0].id, 0) if search.home else 0),
    )
    found = (
        Neighbour(commune, minutes, shown_days(catalogue, _days(catalogue, facts, search, commune)))
        for commune, minutes in others
    )
    return [neighbour for neighbour in found if neighbour.days]


def nearest_times(
    session: Session,
    catalogue: Catalogue,
    choice: Choice,
    *,
    now: datetime,
    apart_from: int | None = None,
    minutes: int | None = None,
) -> list[ShownDay]:
    """The three free times nearest to one that was lost, at the same venue or on the same round.

    Where those are fewer than three, others a little further complete them: see `_ever_wider`.
    Raises the refusals of `choosing.wish_of`.
    """
    wish = wish_of(catalogue, choice, now, minutes)
    facts = load_facts(session, catalogue, now=now, apart_from=apart_from)
    found: list[Slot] = []
    for slots in _ever_wider(catalogue, facts, wish):
        wanted = NEAREST_SHOWN - len(found)
        found += nearest(slots, choice.starts_at, wanted, timezone=facts.timezone)
        if len(found) == NEAREST_SHOWN:
            break
    by_day = groupby(
        rank(found, wish.resident_commune_id),
        key=lambda slot: slot.starts_at.astimezone(facts.timezone).date(),
    )
    return list(shown_days(catalogue, [Day(on, tuple(of_day)) for on, of_day in by_day]))


def _ever_wider(catalogue: Catalogue, facts: Facts, wish: Wish) -> Iterator[Iterator[Slot]]:
    """The free times of that venue or round; of the commune's other venues; then of one commune
    after the other: their own, then by the minutes by car from there. Nobody is visited elsewhere.
    """
    yield _slots(facts, wish)
    if wish.kind is AvailabilityKind.HOME_VISITS:
        return
    anywhere = replace(wish, venue_id=None)
    yield (slot for slot in _slots(facts, anywhere) if slot.place.venue_id != wish.venue_id)
    home = Place(wish.resident_commune_id or wish.commune_id, None)
    others = [each.id for each in catalogue.served_communes(facts.today)]
    others.sort(key=lambda id_: id_ != home.commune_id and _by_car(catalogue, home, id_))
    for commune_id in others:
        if commune_id != wish.commune_id:
            yield _slots(facts, replace(anywhere, commune_id=commune_id))


def _by_car(catalogue: Catalogue, home: Place, commune_id: int) -> int:
    return catalogue.travel.between(home, Place(commune_id, None))


def _own_days(catalogue: Catalogue, facts: Facts, search: Search) -> tuple[list[Day], date | None]:
    if search.home is None:
        return [], None
    days = _days(catalogue, facts, search, search.home)
    wish = _wish(catalogue, search, search.home)
    following = _slots(facts, wish, days[-1].on + ONE_DAY if days else None)
    next_day = next_page_day(following, days, search.part_of_day, timezone=facts.timezone)
    return days, next_day


def _days(catalogue: Catalogue, facts: Facts, search: Search, commune: CommuneEntry) -> list[Day]:
    return choose_times(
        _slots(facts, _wish(catalogue, search, commune), search.from_day),
        facts.settings.times_per_day,
        facts.settings.days_shown,
        search.part_of_day,
        search.from_day,
        own_commune_id=search.home.id if search.home else None,
        timezone=facts.timezone,
    )


def _earlier(
    catalogue: Catalogue, facts: Facts, search: Search, days: list[Day]
) -> Neighbour | None:
    """Only beside the first dates, and only what a person would drive for: an earlier day."""
    if search.is_visit or search.home is None or search.from_day is not None or not days:
        return None
    for commune, minutes in sorted(_others(catalogue, facts, search), key=lambda each: each[1]):
        found = _first_day(catalogue, facts, search, commune, before=days[0].on)
        if found:
            return Neighbour(commune, minutes, shown_days(catalogue, [found]))
    return None


def _first_day(
    catalogue: Catalogue, facts: Facts, search: Search, commune: CommuneEntry, before: date
) -> Day | None:
    slots = _slots(facts, _wish(catalogue, search, commune), last=before - ONE_DAY)
    found = choose_times(slots, 1, 1, search.part_of_day, timezone=facts.timezone)
    return found[0] if found else None


def _others(
    catalogue: Catalogue, facts: Facts, search: Search
) -> Iterator[tuple[CommuneEntry, int]]:
    """The other served communes, each with the minutes by car from home (0 where home is away)."""
    for commune in catalogue.served_communes(facts.today):
        if search.home is None:
            yield commune, 0
        elif commune.id != search.home.id:
            yield commune, _by_car(catalogue, Place(search.home.id, None), commune.id)


def _slots(
    facts: Facts, wish: Wish, first: date | None = None, last: date | None = None
) -> Iterator[Slot]:
    days = iter_days(facts, wish, first=first, last=last)
    return chain.from_iterable(slots for _, slots in days)


def _wish(catalogue: Catalogue, search: Search, commune: CommuneEntry) -> Wish:
    return Wish(
        kind=search.kind,
        commune_id=commune.id,
        duration_minutes=search.minutes,
        step_minutes=search.topic.step_minutes or catalogue.settings.candidate_step_minutes,
        resident_commune_id=search.home.id if search.home else NO_COMMUNE,
    )


def shown_days(catalogue: Catalogue, days: list[Day]) -> tuple[ShownDay, ...]:
    """The days cut by venue: each line of times is at one place."""
    shown = []
    for day in days:
        by_venue: dict[int | None, list[Slot]] = {}
        for slot in day.slots:
            by_venue.setdefault(slot.place.venue_id, []).append(slot)
        for venue_id, slots in by_venue.items():
            venue = catalogue.venue_by_id(venue_id) if venue_id is not None else None
            shown.append(ShownDay(day.on, venue, tuple(slots)))
    return tuple(shown)


def _served_minutes(facts: Facts) -> dict[int, int]:
    """Minutes engaged in each commune from today on: who has had least comes first."""
    served: dict[int, int] = {}
    for each in facts.engaged:
        minutes = int((each.ends_at - each.starts_at).total_seconds()) // 60
        served[each.place.commune_id] = served.get(each.place.commune_id, 0) + minutes
    return served
