"""Free places offered to who waits, one person at a time (issue C).

Nothing remembers which places were freed: whatever is free and fits somebody is offered. So a
worker that dies loses nothing, and two of them do no more than one: each offer is one transaction,
under the lock of the counsellor, of what is looked at again there.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from app.domain.appointment import EngagementKind
from app.domain.errors import SlotTaken
from app.domain.intervals import overlaps
from app.domain.messages import MessageKind, Notice, SubjectKind
from app.domain.offer import rank, without_stranding
from app.domain.slots import Facts, Slot, Wish, find_slots, slots_at
from app.domain.waiting import MOST_HELD_ONLINE, answer_by, call_by
from app.models.appointment import Engagement
from app.models.waiting import Offer
from app.services.appointment_rows import window_minutes
from app.services.catalogue import Catalogue, NoTerritory, read_catalogue
from app.services.holds import held_online, remove_dead_holds
from app.services.hours import open_hours
from app.services.links import first_version
from app.services.outbox import write_message
from app.services.refilling import never_failing
from app.services.slots import load_facts
from app.services.transaction import Locks, write_transaction
from app.services.waiting_people import Waiting, public_times, read_people
from app.services.waiting_tidy import tidy_waiting
from app.services.wall import walled

AT_ONCE = 20
"""Places offered right after somebody has freed one: the worker offers the others."""


def offer_places(session: Session, now: datetime, limit: int) -> int:
    """Tidy the list, then offer what is free to whoever fits it first; how much was done."""
    try:
        catalogue = read_catalogue(session)
    except NoTerritory:
        return 0
    done = tidy_waiting(session, catalogue, now, limit)
    people = read_people(session, catalogue, now)
    if not people:
        return done
    board = _Board(session, catalogue, now)
    for each in people:
        if done >= limit:
            break
        done += board.serve(each)
    return done


def refill(session: Session, now: datetime) -> None:
    """Offer at once what a commit has just freed. Never fails it: the worker would do the same."""
    with never_failing(session):
        offer_places(session, now, AT_ONCE)


class _Board:
    """What is free, read once until an offer changes it."""

    def __init__(self, session: Session, catalogue: Catalogue, now: datetime) -> None:
        self._session, self._catalogue, self._now = session, catalogue, now
        self._hours = open_hours(catalogue, now)
        self._public = public_times(session, now)
        self._facts: Facts | None = None
        self._free: dict[Wish, list[Slot]] = {}
        self._held = held_online(session, now)

    def serve(self, waiting: Waiting) -> bool:
        """Offer somebody the best place for them, if there is one; whether there was."""
        for slot, deadline in self._places(waiting):
            with suppress(SlotTaken):  # somebody was quicker: the next pass sees it
                if _hold(self._session, waiting, slot, deadline, self._now):
                    self._facts, self._free = None, {}
                    self._held = held_online(self._session, self._now)
                    return True
            return False
        return False

    def _places(self, waiting: Waiting) -> Iterator[tuple[Slot, datetime]]:
        """What fits, the soonest first, each with the hour until which it would be theirs."""
        free = chain.from_iterable(self._free_for(wish) for wish in waiting.wishes())
        zone = self._catalogue.timezone
        for slot in rank(free, waiting.commune_id):
            if any(overlaps(slot, each) for each in self._public.get(slot.counsellor_id, ())):
                continue
            is_wanted = waiting.wanted.fits(slot, waiting.refused, zone)
            if is_wanted and self._may_hold(waiting, slot):
                deadline = self._deadline(waiting, slot)
                if deadline is not None:
                    yield slot, deadline

    def _may_hold(self, waiting: Waiting, slot: Slot) -> bool:
        return _has_room(self._held, waiting, slot)

    def _free_for(self, wish: Wish) -> list[Slot]:
        if wish not in self._free:
            if self._facts is None:
                self._facts = load_facts(self._session, self._catalogue, now=self._now)
            found = find_slots(self._facts, wish)
            self._free[wish] = without_stranding(found, self._facts.timezone)
        return self._free[wish]

    def _deadline(self, waiting: Waiting, slot: Slot) -> datetime | None:
        if waiting.is_told_by_machine:
            return answer_by(self._now, slot.starts_at, self._catalogue.settings, self._hours)
        town_hall = self._catalogue.commune_by_id(waiting.commune_id).town_hall
        spans = town_hall.get("opening_hours", ())
        return call_by(self._now, slot.starts_at, spans, self._hours)


def _hold(
    session: Session, waiting: Waiting, slot: Slot, deadline: datetime, now: datetime
) -> bool:
    """Hold the place for them and write the message; whether it was still free, and theirs to have.

    Raises SlotTaken where only the wall has seen it taken.
    """
    entry_id = waiting.wanted.entry_id
    lock = Locks.of({slot.counsellor_id}, {waiting_key(entry_id)})
    with walled(), write_transaction(session, lock):
        catalogue = read_catalogue(session)
        again = read_people(session, catalogue, now, only=entry_id)
        remove_dead_holds(session, {slot.counsellor_id}, now)
        if not again or not _is_free(session, catalogue, again[0], slot, now):
            return False
        offer = _write_offer(session, again[0], slot, deadline, now)
        _tell(session, again[0], offer, open_hours(catalogue, now).next_open(now), now)
        return True


def _has_room(held: Counter[tuple[int, bool]], waiting: Waiting, slot: Slot) -> bool:
    kind = slot.place.commune_id, slot.place.venue_id is None
    return not waiting.is_online or held[kind] < MOST_HELD_ONLINE


def waiting_key(entry_id: int) -> str:
    """What is held alone while somebody's place on the list changes."""
    return f"waiting:{entry_id}"


def _is_free(
    session: Session, catalogue: Catalogue, waiting: Waiting, slot: Slot, now: datetime
) -> bool:
    """Looked at again under the lock, by the rules of a resident who books."""
    if not waiting.wanted.fits(slot, waiting.refused, catalogue.timezone):
        return False
    if not _has_room(held_online(session, now), waiting, slot):
        return False
    facts = load_facts(session, catalogue, now=now, around=catalogue.today(slot.starts_at))
    judged = chain.from_iterable(slots_at(facts, wish, slot.starts_at) for wish in waiting.wishes())
    return any(each.slot == slot and each.refusal is None for each in judged)


def _write_offer(
    session: Session, waiting: Waiting, slot: Slot, deadline: datetime, now: datetime
) -> Offer:
    hold = Engagement(
        counsellor_id=slot.counsellor_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        kind=EngagementKind.OFFER,
        commune_id=slot.place.commune_id,
        venue_id=slot.place.venue_id,
        occupies=True,
        held_until=deadline,
    )
    offer = Offer(
        entry_id=waiting.wanted.entry_id,
        engagement=hold,
        counsellor_id=slot.counsellor_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        window_minutes=window_minutes(slot),
        commune_id=slot.place.commune_id,
        venue_id=slot.place.venue_id,
        offered_at=now,
        answer_by=deadline,
        link_version=first_version(now),
    )
    session.add(offer)
    session.flush()
    return offer


def _tell(
    session: Session, waiting: Waiting, offer: Offer, due_at: datetime, now: datetime
) -> None:
    """By the machine, within the hours; whoever it cannot tell is on the list « À appeler »."""
    if not waiting.is_told_by_machine:
        return
    notice = Notice(
        MessageKind.OFFER, waiting.channel, waiting.recipient, expires_at=offer.answer_by
    )
    write_message(
        session,
        notice,
        offer.id,
        version=0,
        now=now,
        subject_kind=SubjectKind.OFFER,
        due_at=due_at,
    )
