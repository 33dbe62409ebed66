"""Who waits for a place at the full town hall of the demo, and the two places held for somebody.

Told after the last booking: each joins through the rules of the site, which offer at once what is
free in the communes around. Nothing is free at the full town hall itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.appointment import Caller, Channel, MessageChannel, Recipient
from app.domain.availability import AvailabilityKind
from app.domain.booking import BookingRequest, Choice, DeskFacts
from app.domain.waiting import ENTRY_LIFE, HalfDay
from app.models.accounts import User
from app.models.waiting import Offer, WaitingEntry
from app.services import waiting
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.demo.calendar import FULL_VENUE, DemoCalendar
from app.services.demo.people import Contact, Crowd
from app.services.demo.team import DOMAIN
from app.services.links import Links
from app.services.offer_facts import offer_facts_of
from app.services.transaction import write_transaction

EVENING = timedelta(hours=4, minutes=30)
"""Before the midnight at which the demo begins."""
BETWEEN_CALLS = timedelta(minutes=11)


@dataclass(frozen=True, slots=True)
class _Wait:
    """Somebody's wish: by which channel they are told, when and how far they would come."""

    channel: MessageChannel
    half_day: HalfDay
    reach_minutes: int
    topic_code: str
    days_ago: int
    """How long they have been waiting; where nothing near suits, nothing has come since."""


WAITS = (
    _Wait(MessageChannel.VOICE, HalfDay.ANY, 30, "demarche", 0),
    _Wait(MessageChannel.SMS, HalfDay.ANY, 30, "motdepasse", 0),
    _Wait(MessageChannel.SMS, HalfDay.MORNING, 0, "telephone", 6),
    _Wait(MessageChannel.VOICE, HalfDay.ANY, 0, "demarche", 4),
    _Wait(MessageChannel.SMS, HalfDay.AFTERNOON, 0, "email", 1),
)
"""The first two would drive: a place is held for each, told by telephone and by text message."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The people at the full town hall, as they join."""

    session: Session
    catalogue: Catalogue
    calendar: DemoCalendar
    crowd: Crowd
    rng: Random
    links: Links

    def tell(self) -> str:
        """Everybody joins; the token of the place that a text message offers."""
        ids = []
        for number, wait in enumerate(WAITS):
            at = self._first_hour(wait) + number * BETWEEN_CALLS
            waiting.join(self.session, self._request(wait), now=at, links=self.links)
            ids.append(self._last_entry())
        for entry_id, wait in zip(ids, WAITS, strict=True):
            self._since(entry_id, wait.days_ago)
        return self._offered_by_message()

    def _first_hour(self, wait: _Wait) -> datetime:
        """The desk's last one; online the evening: what is then offered waits until the morning."""
        by_desk = wait.channel is MessageChannel.VOICE
        return self.calendar.last_desk_hour if by_desk else self.calendar.now - EVENING

    def _request(self, wait: _Wait) -> waiting.JoinRequest:
        is_voice = wait.channel is MessageChannel.VOICE
        home = self.catalogue.venue(FULL_VENUE).commune
        contact = next(self._people(home, is_mobile=not is_voice))
        booking = BookingRequest(
            choice=Choice(
                AvailabilityKind.PERMANENCE,
                home.slug,
                wait.topic_code,
                self.calendar.now,
                None,
            ),
            person=contact.person,
            helper=None,
            home=None,
            message_channel=wait.channel,
            message_to=Recipient.PERSON,
            language=contact.language,
            channel=Channel.PHONE if is_voice else Channel.WEB,
            form_key=f"{self.rng.getrandbits(128):032x}",
            desk=DeskFacts(self._clerk(home), Caller.PERSON) if is_voice else None,
        )
        return waiting.JoinRequest(booking, wait.half_day, wait.reach_minutes)

    def _people(self, home: CommuneEntry, *, is_mobile: bool) -> Iterator[Contact]:
        """Newcomers of that commune who speak for themselves, by a mobile or by a landline."""
        while True:
            contact = self.crowd.meet(home.id, Channel.PHONE)
            phone = contact.person.phone
            if contact.helper is None and phone and phone.is_mobile is is_mobile:
                yield replace(contact, language="fr")

    def _clerk(self, home: CommuneEntry) -> int:
        known = select(User.id).where(User.email == f"accueil.{home.slug}@{DOMAIN}")
        return self.session.scalars(known).one()

    def _last_entry(self) -> int:
        newest = select(WaitingEntry.id).order_by(WaitingEntry.id.desc()).limit(1)
        return self.session.scalars(newest).one()

    def _since(self, entry_id: int, days: int) -> None:
        joined_at: datetime = self.calendar.last_desk_hour - timedelta(days=days)
        if days:
            life = {"joined_at": joined_at, "expires_at": joined_at + ENTRY_LIFE}
            with write_transaction(self.session):
                theirs = update(WaitingEntry).where(WaitingEntry.id == entry_id)
                self.session.execute(theirs.values(life))

    def _offered_by_message(self) -> str:
        held = (
            select(Offer.id)
            .join(Offer.entry)
            .where(Offer.closed_at.is_(None), WaitingEntry.message_channel == MessageChannel.SMS)
        )
        offer_id = self.session.scalars(held.order_by(Offer.id).limit(1)).one()
        facts = offer_facts_of(self.session, self.catalogue, offer_id, self.links)
        return facts.token if facts else ""
