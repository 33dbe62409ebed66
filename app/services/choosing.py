"""From the time that somebody chose to the slot that holds it, or to the refusal that says why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE, Choice
from app.domain.errors import (
    CommuneElsewhere,
    DomainError,
    SlotNotOffered,
    SlotTaken,
    SlotTooFar,
    SlotTooSoon,
)
from app.domain.settings import OtherCommune
from app.domain.slots import Facts, Judged, RefusalCode, Slot, Wish, slots_at
from app.domain.staff_errors import DeadlineMissing
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.slots import facts_of_timetable, load_facts

NO_COMMUNE = 0
"""An id that no commune has: somebody who lives elsewhere is nowhere one of its own residents."""

REFUSALS: dict[RefusalCode, type[DomainError]] = {
    RefusalCode.NO_OPENING: SlotNotOffered,
    RefusalCode.PAST: SlotTooSoon,
    RefusalCode.NOTICE: SlotTooSoon,
    RefusalCode.HORIZON: SlotTooFar,
    RefusalCode.DESK_ONLY: SlotNotOffered,
    RefusalCode.OWN_RESIDENTS: SlotNotOffered,
}
"""What a resident is told; anything that stands in the way on the road reads as « taken »."""


def home_commune(catalogue: Catalogue, slug: str | None, now: datetime) -> CommuneEntry | None:
    """Where the person lives: one of the served communes, or None for another one.

    Raises CommuneMissing, CommuneUnknown, CommuneDeparted, or CommuneElsewhere where the
    territory turns other communes away.
    """
    if slug != OTHER_COMMUNE:
        return catalogue.served_commune(slug, catalogue.today(now))
    if catalogue.settings.other_commune is not OtherCommune.ALLOW:
        raise CommuneElsewhere
    return None


def wish_of(
    catalogue: Catalogue, choice: Choice, now: datetime, minutes: int | None = None
) -> Wish:
    """The choice in the terms of the slot algorithm; `minutes` where the length is fixed already.

    Raises the refusals of `home_commune`, TopicMissing, TopicUnknown or SlotNotOffered.
    """
    home = _home(catalogue, choice.commune_slug, now, is_booked=minutes is not None)
    topic = catalogue.topic(choice.topic_code, even_retired=minutes is not None)
    resident_commune_id = home.id if home else NO_COMMUNE
    venue = None
    if choice.kind is AvailabilityKind.PERMANENCE:
        venue = catalogue.venue(choice.venue_slug)
    elif home is None:
        raise CommuneElsewhere
    return Wish(
        kind=choice.kind,
        commune_id=venue.commune.id if venue else resident_commune_id,
        duration_minutes=minutes or topic.minutes,
        step_minutes=topic.step_minutes or catalogue.settings.candidate_step_minutes,
        venue_id=venue.id if venue else None,
        resident_commune_id=resident_commune_id,
    )


def _home(
    catalogue: Catalogue, slug: str, now: datetime, *, is_booked: bool
) -> CommuneEntry | None:
    """Who has an appointment may move it, even when their commune has left the group since."""
    if is_booked:
        return None if slug == OTHER_COMMUNE else catalogue.commune(slug)
    return home_commune(catalogue, slug, now)


def candidate_counsellors(
    catalogue: Catalogue,
    choice: Choice,
    now: datetime,
    minutes: int | None = None,
) -> frozenset[int]:
    """Who might hold that time, free or not: the counsellors to lock before looking again.

    Raises as `wish_of` does.
    """
    facts = facts_of_timetable(catalogue, now=now)
    judged = slots_at(facts, wish_of(catalogue, choice, now, minutes), choice.starts_at)
    return frozenset(each.slot.counsellor_id for each in judged)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a time is chosen: for a resident who books, unless it is said."""

    apart_from: int | None = None
    """The engagement being moved, which is in nobody's way."""
    minutes: int | None = None
    """The length promised before; None: the topic's of today."""
    for_desk: bool = False
    """The desk has no notice to wait for."""
    has_deadline: bool = False
    """A near deadline opens the places that are kept for the desk."""
    prefers: int | None = None
    """The counsellor whom the person sees already."""


def check_choice(
    session: Session,
    catalogue: Catalogue,
    choice: Choice,
    now: datetime,
    *,
    apart_from: int | None = None,
    minutes: int | None = None,
) -> None:
    """Whether the choice could be booked at this moment, so that nobody types for nothing.

    It promises nothing: the booking looks again under its lock. Raises as `choose_slot`.
    """
    counsellors = candidate_counsellors(catalogue, choice, now, minutes)
    choose_slot(session, catalogue, choice, counsellors, now, terms=Terms(apart_from, minutes))


def choose_slot(
    session: Session,
    catalogue: Catalogue,
    choice: Choice,
    counsellors: frozenset[int],
    now: datetime,
    *,
    terms: Terms = Terms(),
) -> Slot:
    """The slot that holds the choice, with the first locked counsellor who is free: the one that
    the terms prefer, then by id.

    Called under the lock. Raises as `wish_of` does, SlotTaken, SlotTooSoon, SlotTooFar,
    SlotNotOffered where no opening holds it, or DeadlineMissing for a place kept for the desk.
    """
    day = catalogue.today(choice.starts_at)
    facts = load_facts(session, catalogue, now=now, apart_from=terms.apart_from, around=day)
    wish = wish_of(catalogue, choice, now, terms.minutes)
    judged = slots_at(facts, wish, choice.starts_at, for_desk=terms.for_desk)
    locked = [each for each in judged if each.slot.counsellor_id in counsellors]
    for each in sorted(locked, key=lambda each: each.slot.counsellor_id != terms.prefers):
        if each.refusal is None:
            _check_kept(facts, wish, each.slot, terms)
            return each.slot
    raise _refusal(facts, choice, locked)


def _check_kept(facts: Facts, wish: Wish, slot: Slot, terms: Terms) -> None:
    """A place that residents are not offered yet is given for a near deadline. DeadlineMissing."""
    if not terms.for_desk or terms.has_deadline:
        return
    for each in slots_at(facts, wish, slot.starts_at):
        if each.slot == slot and each.refusal and each.refusal.code is RefusalCode.DESK_ONLY:
            raise DeadlineMissing


def _refusal(facts: Facts, choice: Choice, judged: list[Judged]) -> DomainError:
    """The plainest of the reasons; without an opening, a date out of bounds says so first."""
    if judged and judged[0].refusal:
        return REFUSALS.get(judged[0].refusal.code, SlotTaken)()
    if choice.starts_at <= facts.now:
        return SlotTooSoon()
    if choice.starts_at.astimezone(facts.timezone).date() > facts.last_day:
        return SlotTooFar()
    return SlotNotOffered()
