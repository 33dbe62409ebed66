"""The other times of an appointment, as the team may give them: no notice, kept places too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE, Choice
from app.domain.calendar import ONE_DAY, local_day
from app.domain.offer import Day, choose_times, nearest, next_page_day
from app.domain.slots import Facts, Slot, Wish, iter_days
from app.domain.travel import Place
from app.services.agenda_card import Card
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.choosing import NO_COMMUNE
from app.services.slots import load_facts
from app.services.times import NEAREST_SHOWN, Neighbour, ShownDay, shown_days

HERE, ELSEWHERE = (6, 4), (3, 1)
"""Times a day, and days."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Where the appointment is now, then the other communes, nearest by car first."""

    days: tuple[ShownDay, ...]
    neighbours: tuple[Neighbour, ...]
    next_day: date | None
    """Where « dates suivantes » starts; None where nothing is left."""


def find_moves(
    session: Session, catalogue: Catalogue, card: Card, *, from_day: date | None, now: datetime
) -> Moves:
    """The free times from that day on, as if the appointment were not there."""
    facts = load_facts(session, catalogue, now=now, apart_from=card.engagement_id)
    here = card.entry.place_commune
    days = _days(catalogue, facts, card, here, from_day)
    following = _slots(
        facts, _wish(catalogue, card, here), card, days[-1].on + ONE_DAY if days else None
    )
    return Moves(
        days=shown_days(catalogue, days),
        neighbours=() if card.entry.is_visit else tuple(_others(catalogue, facts, card, from_day)),
        next_day=next_page_day(following, days, timezone=facts.timezone),
    )


def nearest_moves(
    session: Session, catalogue: Catalogue, card: Card, choice: Choice, *, now: datetime
) -> list[ShownDay]:
    """The three times nearest to one that has just been taken, in the same commune."""
    facts = load_facts(session, catalogue, now=now, apart_from=card.engagement_id)
    commune = card.entry.place_commune
    if choice.venue_slug:
        commune = catalogue.venue(choice.venue_slug).commune
    slots = _slots(facts, _wish(catalogue, card, commune), card, None)
    found = nearest(slots, choice.starts_at, NEAREST_SHOWN, timezone=facts.timezone)
    by_day = groupby(found, key=lambda slot: local_day(slot.starts_at, facts.timezone))
    return list(shown_days(catalogue, [Day(on, tuple(of_day)) for on, of_day in by_day]))


def choice_of(card: Card, starts_at: datetime, venue_slug: str | None) -> Choice:
    """The time that was pressed, in the terms of the booking."""
    entry = card.entry
    commune_slug = entry.commune.slug if entry.commune else OTHER_COMMUNE
    venue = None if entry.is_visit else venue_slug
    return Choice(_kind(card), commune_slug, entry.topic.code, starts_at, venue)


def _kind(card: Card) -> AvailabilityKind:
    is_visit = card.entry.is_visit
    return AvailabilityKind.HOME_VISITS if is_visit else AvailabilityKind.PERMANENCE


def _days(
    catalogue: Catalogue,
    facts: Facts,
    card: Card,
    commune: CommuneEntry,
    from_day: date | None,
) -> list[Day]:
    """More of them where the appointment is now than elsewhere."""
    slots = _slots(facts, _wish(catalogue, card, commune), card, from_day)
    is_here = commune.id == card.entry.place.commune_id
    per_day, days = HERE if is_here else ELSEWHERE
    return choose_times(slots, per_day, days, from_day=from_day, timezone=facts.timezone)


def _others(
    catalogue: Catalogue, facts: Facts, card: Card, from_day: date | None
) -> Iterator[Neighbour]:
    here = card.entry.place_commune
    minutes = {
        each.id: catalogue.travel.between(Place(here.id, None), Place(each.id, None))
        for each in catalogue.served_communes(facts.today)
        if each.id != here.id
    }
    for commune_id in sorted(minutes, key=lambda each: minutes[each]):
        commune = catalogue.commune_by_id(commune_id)
        days = _days(catalogue, facts, card, commune, from_day)
        if days:
            yield Neighbour(commune, minutes[commune_id], shown_days(catalogue, days))


def _wish(catalogue: Catalogue, card: Card, commune: CommuneEntry) -> Wish:
    home, topic = card.entry.commune, card.entry.topic
    return Wish(
        kind=_kind(card),
        commune_id=commune.id,
        duration_minutes=card.topic_minutes,
        step_minutes=topic.step_minutes or catalogue.settings.candidate_step_minutes,
        resident_commune_id=home.id if home else NO_COMMUNE,
    )


def _slots(facts: Facts, wish: Wish, card: Card, first: date | None) -> Iterator[Slot]:
    """What is free, but for the time that the appointment has."""
    own = card.entry.starts_at, card.entry.place
    days = iter_days(facts, wish, first=first, for_desk=True)
    slots = chain.from_iterable(slots for _, slots in days)
    return (each for each in slots if (each.starts_at, each.place) != own)
