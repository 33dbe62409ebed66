"""The life of each fictional appointment, told in order of time through the rules of the site.

Each booking takes a time that the slot algorithm offers at that very instant, among what was then
booked; moves and cancellations go through `services.booking`.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random

from sqlalchemy.orm import Session

from app.domain.appointment import Actor, Channel, Recipient
from app.domain.booking import BookingRequest, Choice
from app.domain.calendar import ONE_DAY, local_day
from app.domain.candidates import Slot, Wish
from app.domain.offer import spread
from app.services import booking
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.demo.agenda import Agenda
from app.services.demo.calendar import FULL_VENUE, DemoCalendar
from app.services.demo.demand import Demand, Try, wish_for
from app.services.demo.people import Crowd
from app.services.demo.records import Records, Ticket

TIMES_SEEN = 3
SHARE_MOVED, SHARE_CANCELLED = 0.07, 0.08
MOVED_WITHIN_DAYS = 16
SHARE_HELPED_WITHOUT_PHONE = 0.6
ONE_CALL = timedelta(minutes=3)

Scene = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Illness:
    """A counsellor does not come one day, and says so that morning."""

    counsellor_id: int
    on: date
    at: datetime
    declare: Callable[[], None]
    """Write the absence; the agenda is then without that day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the story is made with."""

    session: Session
    rng: Random
    calendar: DemoCalendar
    catalogue: Catalogue
    agenda: Agenda
    demand: Demand
    records: Records


class History:
    """Tells the story once; `tickets` are then all its appointments, in order of booking."""

    def __init__(self, stage: Stage, illness: Illness) -> None:
        self._stage = stage
        self._rng = stage.rng
        self._agenda = stage.agenda
        self._illness = illness
        self.crowd = Crowd(stage.rng)
        self._queue: list[tuple[datetime, int, Scene]] = []
        self._turns = count()
        self._unsaved: list[Ticket] = []
        self.tickets: list[Ticket] = []

    def tell(self) -> None:
        """Everything until the demo's day, in order of time."""
        calendar, agenda = self._stage.calendar, self._agenda
        openings = [each for each in agenda.openings if each.on < calendar.end_day]
        for wanted in self._stage.demand.tries(openings):
            self._plan(wanted.at, partial(self._try, wanted))
        self._plan(self._illness.at, self._fall_ill)
        self._plan(calendar.last_desk_hour, self._fill_up)
        while self._queue:
            at, _, act = heapq.heappop(self._queue)
            act(at)
        self._save()
        self._stage.records.close(self.tickets, calendar.now)

    def _plan(self, at: datetime, act: Scene) -> None:
        heapq.heappush(self._queue, (at, next(self._turns), act))

    def _save(self) -> None:
        """Write the bookings told so far: what comes next reads them in the database."""
        self._stage.records.save(self._unsaved)
        self._unsaved.clear()

    # -- booking -------------------------------------------------------------------------------

    def _try(self, wanted: Try, at: datetime) -> None:
        """Book one of the times offered in that opening; where there is none, nobody comes."""
        settings = self._stage.catalogue.settings
        wish = wish_for(wanted.opening, wanted.home, wanted.topic, settings)
        for_desk = wanted.channel is not Channel.WEB
        offered = self._agenda.free(wish, wanted.opening.on, at, for_desk=for_desk)
        if offered:
            seen = spread(offered, TIMES_SEEN, self._stage.calendar.timezone)
            slot = offered[0] if wanted.is_in_a_hurry else self._rng.choice(seen)
            self._book(wanted, wish, slot, at)

    def _book(self, wanted: Try, wish: Wish, slot: Slot, at: datetime) -> None:
        request = self._request(wanted, slot)
        ticket = Ticket(len(self.tickets), at, request, wish, slot)
        self._agenda.take(ticket.number, slot)
        self._unsaved.append(ticket)
        self.tickets.append(ticket)
        self._plan_change(ticket)

    def _request(self, wanted: Try, slot: Slot) -> BookingRequest:
        contact = self.crowd.meet(wanted.home.id, wanted.channel)
        person, is_visit = contact.person, slot.place.venue_id is None
        told_helper = contact.message_to is Recipient.HELPER
        if told_helper and not is_visit and self._rng.random() < SHARE_HELPED_WITHOUT_PHONE:
            person = replace(person, phone=None)
        return BookingRequest(
            choice=self._choice(slot, wanted.home, wanted.topic.code),
            person=person,
            helper=contact.helper,
            home=contact.home if is_visit else None,
            message_channel=contact.message_channel,
            message_to=contact.message_to,
            language=contact.language,
            channel=wanted.channel,
            form_key=f"{self._rng.getrandbits(128):032x}",
        )

    def _choice(self, slot: Slot, home: CommuneEntry, topic_code: str) -> Choice:
        venue_id = slot.place.venue_id
        venue = self._stage.catalogue.venue_by_id(venue_id) if venue_id else None
        slug = venue.slug if venue else None
        return Choice(slot.kind, home.slug, topic_code, slot.starts_at, slug)

    # -- what happens to it then ---------------------------------------------------------------

    def _plan_change(self, ticket: Ticket) -> None:
        """Some people move their appointment, or cancel it, between booking and time."""
        drawn, share = self._rng.random(), self._rng.random()
        at = ticket.at + timedelta(seconds=int(share * self._seconds_left(ticket)))
        now = self._stage.calendar.now
        stays_full = ticket.choice.venue_slug == FULL_VENUE and ticket.slot.starts_at > now
        if at >= now or stays_full or self._is_missed(ticket):
            return
        if drawn < SHARE_MOVED:
            self._plan(at, partial(self._move, ticket))
        elif drawn < SHARE_MOVED + SHARE_CANCELLED:
            self._plan(at, partial(self._cancel, ticket, Actor.RESIDENT))

    def _seconds_left(self, ticket: Ticket) -> float:
        """From the booking to the last moment when the site still lets it be moved."""
        until = timedelta(minutes=self._stage.catalogue.settings.change_until_minutes)
        return (ticket.slot.starts_at - until - ticket.at).total_seconds()

    def _move(self, ticket: Ticket, at: datetime) -> None:
        """To another day at the same place, where one is free; else it stays."""
        offered = self._other_slots(ticket, at)
        if not offered:
            return
        slot = self._rng.choice(offered)
        self._save()
        home = self._stage.catalogue.commune(ticket.choice.commune_slug)
        choice = self._choice(slot, home, ticket.choice.topic_code)
        booking.reschedule(self._stage.session, ticket.id, choice, now=at)
        self._agenda.take(ticket.number, slot)
        ticket.slot = slot

    def _other_slots(self, ticket: Ticket, at: datetime) -> list[Slot]:
        calendar = self._stage.calendar
        today = local_day(at, calendar.timezone)
        end = min(today + timedelta(days=MOVED_WITHIN_DAYS), calendar.end_day)
        held_on = local_day(ticket.slot.starts_at, calendar.timezone)
        return [
            slot
            for day in self._agenda.days(today + ONE_DAY, end)
            if day != held_on
            for slot in self._agenda.free(ticket.wish, day, at, for_desk=False)
        ]

    def _cancel(self, ticket: Ticket, actor: Actor, at: datetime) -> None:
        self._save()
        by = None if actor is Actor.RESIDENT else Act(at, actor, Channel.DESK)
        booking.cancel(self._stage.session, ticket.id, now=at, by=by)
        self._agenda.release(ticket.number)
        ticket.is_cancelled = True

    # -- what the service does -----------------------------------------------------------------

    def _fall_ill(self, at: datetime) -> None:
        """The absence is written, and those who were expected that day are told."""
        self._save()
        self._illness.declare()
        missed = [each for each in self.tickets if self._is_missed(each)]
        for ticket in missed:
            self._cancel(ticket, Actor.STAFF, at)

    def _is_missed(self, ticket: Ticket) -> bool:
        """Whether the counsellor who falls ill was to receive them that day."""
        on = local_day(ticket.slot.starts_at, self._stage.calendar.timezone)
        is_theirs = ticket.slot.counsellor_id == self._illness.counsellor_id
        return is_theirs and on == self._illness.on

    def _fill_up(self, at: datetime) -> None:
        """The desk gives the last times of the full venue, one call after another."""
        calendar, catalogue = self._stage.calendar, self._stage.catalogue
        venue = catalogue.venue(FULL_VENUE)
        shortest = min(catalogue.offered_topics(), key=lambda topic: topic.minutes)
        for opening in self._agenda.openings:
            is_there = opening.place is not None and opening.place.venue_id == venue.id
            if is_there and opening.on >= calendar.today:
                at = self._fill(Try(at, opening, venue.commune, shortest, Channel.PHONE, True))

    def _fill(self, caller: Try) -> datetime:
        """Calls like this one, until one finds no time left; when the line is free again."""
        booked = -1
        while booked < len(self.tickets):
            booked = len(self.tickets)
            self._try(caller, caller.at)
            caller = replace(caller, at=caller.at + ONE_CALL)
        return caller.at
