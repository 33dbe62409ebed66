"""One process of the storm: what it tries, and how it writes down what it was told."""

import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum
from itertools import count

from sqlalchemy.orm import Session

from app.domain.appointment import Recipient
from app.domain.booking import BookingRequest, Choice
from app.domain.errors import DatabaseUnavailable, DomainError, FormAlreadyUsed, OutcomeUnknown
from app.services import booking
from app.services.appointment_facts import facts_by_token
from app.services.catalogue import read_catalogue
from bench.drills.ledger import Ledger, Promise
from bench.drills.orders import Orders
from bench.drills.plan import STEP, VISIT_MINUTES, planned_openings
from tests.support.stage import HELPER, LINKS, choice, phone, request
from tests.support.stage_plan import NOW, TOPIC_MINUTES

RUSH = {"book": 80, "twin": 10, "imitate": 4, "move": 6}
EBB = {"cancel": 55, "move": 20, "resend": 10, "shared": 15}
WAVE, RUSH_LENGTH = 10, 6
"""Of the ten attempts of a wave, six want the same things at once; the others make room again."""
PHONES_OF_A_WAVE = 2
COMMUNES = ("amont", "aval", "butte")
FORGED_ONE_IN = 25
SHARED_CANCELLED = 0.08
NOON_UTC = 11
FIRST_VISIT = NOW + timedelta(days=2)


class Theme(Enum):
    """What the processes fight for in a wave."""

    PHONES = "the last appointment that a few phones may have"
    PLACES = "the same hours of one half-day"
    ROUNDS = "visits of one half-day, in several communes"


THEMES = tuple(Theme)


class Racer:
    """Tries one thing after another, and writes down what it was told."""

    def __init__(
        self, session: Session, orders: Orders, rank: int, meet: Callable[[], list[str]]
    ) -> None:
        """`meet` returns once every process has called it, with the faults that are there then."""
        self.session, self.orders, self.rank, self.meet = session, orders, rank, meet
        self.luck = random.Random(f"{orders.seed}/{rank}")
        self.ledger = Ledger()
        self.sent: dict[str, BookingRequest] = {}
        self.choices = list(every_choice())
        self.half_days = half_days(self.choices)
        self.visits = half_days([each for each in self.choices if each.venue_slug is None])
        self.wave = 0
        self.twins = self._twins()

    def run(self) -> None:
        for attempt in range(self.orders.size.attempts):
            self.wave, step = divmod(attempt, WAVE)
            if step in (0, RUSH_LENGTH):
                self.ledger.complaints += self.meet()
            weighted = RUSH if step < RUSH_LENGTH else EBB
            act = self.luck.choices(list(weighted), list(weighted.values()))[0]
            self.ledger.note(f"{act}: {self._outcome(getattr(self, f'_{act}'))}")

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

    # -- the acts

    def _book(self) -> str:
        wanted = self._request()
        self._keep(self._send(wanted), wanted)
        return "booked"

    def _twin(self) -> str:
        """A form that every process sends, in the same order: at the same time, or nearly.

        One process in turn may then move or cancel what was booked.
        """
        number, wanted = next(self.twins)
        token = self._send(wanted)
        self.ledger.twins.setdefault(wanted.form_key, []).append(token)
        if number % self.orders.size.processes == self.rank:
            self._keep(token, wanted)
        return "booked"

    def _resend(self) -> str:
        if not self.sent:
            return self._book()
        token, wanted = self.luck.choice(list(self.sent.items()))
        if self._send(wanted) != token:
            self.ledger.complaints.append(f"form {wanted.form_key} has two tokens")
        return "same token"

    def _imitate(self) -> str:
        if not self.sent:
            return self._book()
        wanted = self.luck.choice(list(self.sent.values()))
        other = replace(wanted, language="en" if wanted.language == "fr" else "fr")
        try:
            self._send(other)
        except FormAlreadyUsed:
            return FormAlreadyUsed.code
        self.ledger.complaints.append(f"form {wanted.form_key} took other answers")
        return "fault"

    def _move(self) -> str:
        token = self._live_token()
        if token is None:
            return self._book()
        wanted = self._other_time(self.sent[token].choice)
        self._reschedule(token, wanted)
        promise = self.ledger.promises[token]
        promise.starts_at, promise.venue = wanted.starts_at.isoformat(), wanted.venue_slug
        return "moved"

    def _cancel(self) -> str:
        token = self._live_token()
        if token is None:
            return self._book()
        booking.cancel(self.session, self._id(token), now=NOW)
        self.ledger.promises[token].is_cancelled = True
        return "cancelled"

    def _shared(self) -> str:
        """Somebody else may be moving or cancelling the same appointment at this instant."""
        token = self.luck.choice(self.orders.shared)
        if self.luck.random() < SHARED_CANCELLED:
            booking.cancel(self.session, self._id(token), now=NOW)
            return "cancelled"
        self._reschedule(token, self._other_time(choice()))
        return "moved"

    # -- how they are done

    def _send(self, wanted: BookingRequest) -> str:
        return booking.book(self.session, wanted, now=NOW, links=LINKS)

    def _reschedule(self, token: str, wanted: Choice) -> None:
        booking.reschedule(self.session, self._id(token), wanted, now=NOW)

    def _id(self, token: str) -> int:
        catalogue = read_catalogue(self.session)
        return facts_by_token(self.session, catalogue, token, now=NOW, links=LINKS).id

    def _keep(self, token: str, wanted: BookingRequest) -> None:
        self.sent[token] = wanted
        starts_at = wanted.choice.starts_at.isoformat()
        self.ledger.promises[token] = Promise(wanted.form_key, starts_at, wanted.choice.venue_slug)

    def _live_token(self) -> str | None:
        live = [token for token, told in self.ledger.promises.items() if not told.is_cancelled]
        return self.luck.choice(live) if live else None

    def _other_time(self, like: Choice) -> Choice:
        """Another time for the same person, topic and kind."""
        near = self._wanted_now if self.luck.random() < 0.5 else self.choices
        same = [
            each
            for each in near
            if (each.kind, each.topic_code) == (like.kind, like.topic_code)
            and (each.venue_slug or each.commune_slug == like.commune_slug)
        ]
        return replace(self.luck.choice(same or [like]), commune_slug=like.commune_slug)

    @property
    def _wanted_now(self) -> list[Choice]:
        """The times that this wave is about; the same for every process."""
        about = THEMES[self.wave % len(THEMES)]
        if about is Theme.PHONES:
            return self.choices
        rounds = self.visits if about is Theme.ROUNDS else self.half_days
        return random.Random(f"{self.orders.seed}/{self.wave}").choice(rounds)

    def _request(self) -> BookingRequest:
        wanted = self.luck.choice(self._wanted_now)
        if self.luck.randrange(FORGED_ONE_IN) == 0:
            wanted = replace(wanted, starts_at=wanted.starts_at + timedelta(minutes=5))
        few = THEMES[self.wave % len(THEMES)] is Theme.PHONES
        callers = PHONES_OF_A_WAVE if few else self.orders.size.phones
        return self._by_somebody(
            self.luck, wanted, self.wave * PHONES_OF_A_WAVE + self.luck.randrange(callers)
        )

    def _by_somebody(self, luck: random.Random, wanted: Choice, number: int) -> BookingRequest:
        """For one of the few people, who sometimes has only the phone of who helps."""
        caller = phone(number % self.orders.size.phones)
        if wanted.venue_slug and luck.random() < 0.2:
            helper = replace(HELPER, phone=caller)
            return request(wanted, phone=None, helper=helper, message_to=Recipient.HELPER)
        return request(wanted, phone=caller)

    def _twins(self) -> Iterator[tuple[int, BookingRequest]]:
        luck = random.Random(self.orders.seed)
        for number in count():
            wanted = self._by_somebody(luck, luck.choice(self.choices), luck.randrange(100))
            yield number, replace(wanted, form_key=f"twin-{number}")


def half_days(choices: list[Choice]) -> list[list[Choice]]:
    """The times of each morning and of each afternoon."""
    found: dict[tuple[date, bool], list[Choice]] = {}
    for each in choices:
        key = each.starts_at.date(), each.starts_at.hour < NOON_UTC
        found.setdefault(key, []).append(each)
    return list(found.values())


def every_choice() -> Iterator[Choice]:
    """Every time of the grid of every opening, for every length, for people of each commune."""
    bookable = (each for each in planned_openings() if each.venue or each.starts_at >= FIRST_VISIT)
    for opening in bookable:
        for topic, topic_minutes in TOPIC_MINUTES.items():
            length = timedelta(minutes=topic_minutes if opening.venue else VISIT_MINUTES)
            starts_at = opening.starts_at
            while starts_at + length <= opening.ends_at:
                for commune in COMMUNES if opening.venue else opening.communes:
                    like = choice(venue=opening.venue, topic_code=topic, commune_slug=commune)
                    yield replace(like, starts_at=starts_at)
                starts_at += STEP
