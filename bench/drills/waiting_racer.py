"""One process of the waiting storm: it joins, offers, answers, cancels and books, all at once."""

import random
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.domain.booking import Choice, Phone
from app.domain.errors import DatabaseUnavailable, DomainError, OutcomeUnknown
from app.domain.waiting import HalfDay
from app.models.appointment import Appointment, Resident
from app.models.waiting import Offer, WaitingEntry
from app.services import booking, offer_answers, waiting
from app.services.offer_answers import Answer
from app.services.offers import offer_places
from bench.drills.ledger import Ledger
from bench.drills.orders import Orders
from bench.drills.racer import every_choice
from tests.support.stage import LINKS, request
from tests.support.stage import phone as phone_number
from tests.support.stage_plan import NOW
from tests.support.waiting import join_request

ACTS = {
    "join": 12, "earlier": 8, "offer": 14, "accept": 16, "decline": 12, "leave": 5, "cancel": 18,
    "book": 25,
}  # fmt: skip
WAVE = 10
WAVE_LENGTH = timedelta(minutes=25)
"""The clock moves from wave to wave: answers come too late, holds die."""
ONE_SECOND = timedelta(seconds=1)
"""Between two acts of one process: who has booked after joining is known by it."""
OFFERED_AT_ONCE = 3
HALF_DAYS = tuple(HalfDay)


class WaitingRacer:
    """Tries one thing after another, and writes down how it ended."""

    def __init__(
        self,
        session: Session,
        orders: Orders,
        rank: int,
        meet: Callable[[datetime], list[str]],
    ) -> None:
        """`meet` returns once every process has called it, with the faults that are there then."""
        self.session, self.orders, self.meet = session, orders, meet
        self.luck = random.Random(f"{orders.seed}/{rank}")
        self.ledger = Ledger()
        self.choices = [each for each in every_choice() if each.commune_slug == "amont"]
        self.now = NOW

    def run(self) -> None:
        for attempt in range(self.orders.size.attempts):
            wave, step = divmod(attempt, WAVE)
            self.now = NOW + wave * WAVE_LENGTH + step * ONE_SECOND
            if step == 0:
                self.ledger.complaints += self.meet(self.now)
            act = self.luck.choices(list(ACTS), list(ACTS.values()))[0]
            self.ledger.note(f"{act}: {self._outcome(getattr(self, f'_{act}'))}")
        self.ledger.complaints += self.meet(self.now)

    def _outcome(self, act: Callable[[], str]) -> str:
        try:
            return act()
        except (DatabaseUnavailable, OutcomeUnknown) as silence:
            self.ledger.complaints.append(f"the database was not there: {silence.__cause__}")
            return silence.code
        except DomainError as refusal:
            return refusal.code
        except Exception:
            self.ledger.complaints.append(traceback.format_exc())
            return "fault"

    def _join(self) -> str:
        wanted = join_request(
            self.luck.choice(HALF_DAYS),
            self.luck.choice((0, 15, 30)),
            phone=phone_number(self.luck.randrange(self.orders.size.phones)),
            is_visit=self.luck.random() < 0.2,
        )
        waiting.join(self.session, wanted, now=self.now, links=LINKS)
        return "joined"

    def _earlier(self) -> str:
        appointment_id = self._any_appointment()
        if appointment_id is None:
            return "nobody"
        wanted = self.luck.choice(HALF_DAYS), self.luck.choice((0, 30))
        waiting.join_for_earlier(self.session, appointment_id, wanted, now=self.now, links=LINKS)
        return "joined"

    def _offer(self) -> str:
        return "done" if offer_places(self.session, self.now, OFFERED_AT_ONCE) else "nothing"

    def _accept(self) -> str:
        offer_id = self._any_offer()
        if offer_id is None:
            return "none"
        token = offer_answers.accept(self.session, offer_id, Answer(self.now), links=LINKS)
        again = offer_answers.accept(self.session, offer_id, Answer(self.now), links=LINKS)
        if again != token:
            self.ledger.complaints.append(f"offer {offer_id} was accepted as two appointments")
        return "accepted"

    def _decline(self) -> str:
        offer_id = self._any_offer()
        if offer_id is None:
            return "none"
        is_noted = offer_answers.decline(self.session, offer_id, Answer(self.now))
        return "declined" if is_noted else "too late"

    def _leave(self) -> str:
        entry_id = self._any(select(WaitingEntry.id).order_by(WaitingEntry.id))
        if entry_id is None:
            return "nobody"
        waiting.leave(self.session, entry_id, now=self.now)
        return "left"

    def _cancel(self) -> str:
        appointment_id = self._any_appointment()
        if appointment_id is None:
            return "nobody"
        booking.cancel(self.session, appointment_id, now=self.now)
        return "cancelled"

    def _book(self) -> str:
        wanted: Choice = self.luck.choice(self.choices)
        booking.book(self.session, request(wanted, phone=self._caller()), now=self.now, links=LINKS)
        return "booked"

    def _caller(self) -> Phone:
        """A stranger, or somebody who has a place offered, and finds another by themselves."""
        asked = (
            select(Resident.phone).join(WaitingEntry).join(Offer, Offer.entry_id == WaitingEntry.id)
        )
        is_open = Offer.closed_at.is_(None), Resident.phone.is_not(None)
        number = self._any(asked.where(*is_open)) if self.luck.random() < 0.3 else None
        if number is None:
            return phone_number(1000 + self.luck.randrange(self.orders.size.phones))
        return Phone(number, is_mobile=True, is_foreign=False)

    def _any_appointment(self) -> int | None:
        booked = Appointment.status == AppointmentStatus.BOOKED
        return self._any(select(Appointment.id).where(booked).order_by(Appointment.id))

    def _any_offer(self) -> int | None:
        """Most often one that is open; sometimes one that is not any more."""
        found = select(Offer.id).order_by(Offer.id)
        if self.luck.random() < 0.9:
            found = found.where(Offer.closed_at.is_(None))
        return self._any(found)

    def _any(self, query: Any) -> Any:
        ids = self.session.scalars(query).all()
        self.session.rollback()
        return self.luck.choice(ids) if ids else None
