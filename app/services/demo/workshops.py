"""A term of workshops: past ones with their sheets, a full one, a cycle, a cancelled one, one with
too few people. On Fridays, when no counsellor has a permanence. Registered by the site's own rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import Channel, EngagementKind, MessageChannel, Recipient
from app.domain.booking import Person, Phone
from app.domain.messages import OutboxState, SubjectKind
from app.domain.workshops import (
    Companion,
    RegistrationRequest,
    WorkshopStatus,
    engaged_span,
)
from app.models.accounts import Counsellor, User
from app.models.appointment import Appointment, Engagement
from app.models.outbox import OutboxMessage
from app.models.workshops import (
    Registration,
    Workshop,
    WorkshopEngagement,
    WorkshopSession,
    WorkshopTemplate,
)
from app.services import sheets
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, VenueEntry
from app.services.demo import names
from app.services.demo.calendar import ONE_WEEK, DemoCalendar
from app.services.demo.workshop_texts import KINDS, Kind
from app.services.links import Links
from app.services.registrations import excuse, register
from app.services.transaction import write_transaction

MINUTES, CAPACITY, MINIMUM, DEVICES = 120, 6, 3, 2
FIRST_NUMBER = 33_536_490_100
"""Landlines kept for fiction, told by voice; those of the appointments may be the same."""
SENT_AFTER = timedelta(seconds=4)
REGISTERED_BEFORE = (20, 16, 13, 11, 9, 7, 6, 4)
"""Days before the first date, one registration after the other."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One workshop of the term: on which Fridays (0 is the next one), and who comes."""

    kind: str
    counsellor: str
    venue: str
    fridays: tuple[int, ...]
    people: int
    """Registrations; beyond the places they wait. The third one is a couple."""
    kept_places: int = 0
    is_cancelled: bool = False


TERM = (
    Planned("smartphone", "jeanne", "mairie-breuillet", (-3,), 5),
    Planned("mots-de-passe", "karim", "mairie-vaux-sur-mer", (-2,), 4),
    Planned("photos", "jeanne", "mairie-arvert", (-1,), 5),
    Planned("appels-video", "jeanne", "mairie-saint-augustin", (0,), 1),
    Planned("mots-de-passe", "karim", "mairie-saint-palais-sur-mer", (1,), 7),
    Planned("ordinateur", "jeanne", "mairie-la-tremblade", (1, 2, 3, 4), 3),
    Planned("photos", "karim", "mairie-breuillet", (2,), 0, is_cancelled=True),
    Planned("sante-en-ligne", "karim", "mairie-vaux-sur-mer", (4,), 2, kept_places=3),
    Planned("smartphone", "jeanne", "mairie-les-mathes", (6,), 2),
)
HOURS = {"jeanne": time(14), "karim": time(10)}


def tell_workshops(
    session: Session, calendar: DemoCalendar, catalogue: Catalogue, links: Links
) -> None:
    """Write the term, register people as the days went by, close the sheets of the past."""
    _Term(session, calendar, catalogue, links).tell()


class _Term:
    def __init__(
        self, session: Session, calendar: DemoCalendar, catalogue: Catalogue, links: Links
    ) -> None:
        self._session, self._calendar, self._links = session, calendar, links
        self._catalogue = catalogue
        # An own source of chance: workshops change nothing in the story of the appointments.
        self._rng = Random(f"ateliers {calendar.today}")  # noqa: S311 # nosec B311
        self._numbers = count(FIRST_NUMBER)
        self._kinds = {each.code: each for each in KINDS}

    def tell(self) -> None:
        with write_transaction(self._session):
            templates = {each.code: _template(each, self._calendar) for each in KINDS}
            self._session.add_all(templates.values())
            self._session.flush()
            planned = [(each, self._write(each, templates[each.kind])) for each in TERM]
            ids = [(each, row.id) for each, row in planned]
        for each, workshop_id in ids:
            self._fill(each, workshop_id)
        self._close_past()
        with write_transaction(self._session):
            self._draw_references()
            self._note_messages()

    def _friday(self, rank: int) -> date:
        """The Friday of that rank around the demo's day, holidays left out."""
        today = self._calendar.today
        first = today + timedelta(days=(4 - today.weekday()) % 7)
        step = ONE_WEEK if rank >= 0 else -ONE_WEEK
        day = first if rank >= 0 else first - ONE_WEEK
        left = rank if rank >= 0 else -rank - 1
        while left or day in self._calendar.holidays:
            left -= day not in self._calendar.holidays
            day += step
        return day

    def _write(self, planned: Planned, template: WorkshopTemplate) -> Workshop:
        venue = self._catalogue.venue(planned.venue)
        days = [self._friday(rank) for rank in planned.fridays]
        starts = [self._calendar.at(day, HOURS[planned.counsellor]) for day in days]
        status = WorkshopStatus.CANCELLED if planned.is_cancelled else WorkshopStatus.PLANNED
        workshop = Workshop(
            **_words(self._kinds[planned.kind]),
            slug=f"{planned.kind}-{days[0].isoformat()}",
            template=template,
            host_commune_id=venue.commune.id,
            capacity=CAPACITY,
            minimum=MINIMUM,
            devices=DEVICES,
            kept_places=planned.kept_places,
            kept_until=days[0] - ONE_WEEK if planned.kept_places else None,
            status=status,
            first_at=starts[0],
            last_at=starts[-1] + timedelta(minutes=MINUTES),
            recorded_at=self._calendar.prepared_at,
        )
        self._session.add(workshop)
        for starts_at in starts:
            self._hold(workshop, planned, venue, starts_at)
        self._session.flush()
        return workshop

    def _hold(
        self, workshop: Workshop, planned: Planned, venue: VenueEntry, starts_at: datetime
    ) -> None:
        code = Counsellor.code == planned.counsellor
        counsellor_id = self._session.scalars(select(Counsellor.id).where(code)).one()
        row = WorkshopSession(
            uid=UUID(int=self._rng.getrandbits(128), version=4),
            workshop=workshop,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=MINUTES),
            commune_id=venue.commune.id,
            venue_id=venue.id,
            status=workshop.status,
            updated_at=self._calendar.prepared_at,
        )
        taken_from, taken_until = engaged_span(row.starts_at, row.ends_at, self._catalogue.settings)
        engagement = Engagement(
            counsellor_id=counsellor_id,
            starts_at=taken_from,
            ends_at=taken_until,
            kind=EngagementKind.WORKSHOP,
            commune_id=venue.commune.id,
            venue_id=venue.id,
            occupies=not planned.is_cancelled,
        )
        self._session.add(WorkshopEngagement(session=row, engagement=engagement))

    def _fill(self, planned: Planned, workshop_id: int) -> None:
        """One registration after the other, before the first date and before the demo's day."""
        workshop = self._session.get_one(Workshop, workshop_id)
        last = min(workshop.first_at, self._calendar.now) - timedelta(hours=10)
        days = REGISTERED_BEFORE[: planned.people]
        instants = [last - timedelta(days=each, minutes=each * 7) for each in days]
        slug = self._catalogue.venue(planned.venue).commune.slug
        for rank, at in enumerate(sorted(instants)):
            request = self._request(workshop_id, slug, is_couple=rank == 2)
            register(self._session, request, now=at, links=self._links)
        if len(planned.fridays) > 1:
            self._excuse_one(workshop_id, last)

    def _request(self, workshop_id: int, slug: str, *, is_couple: bool) -> RegistrationRequest:
        person = Person(*self._name(), self._phone(), None)
        request = RegistrationRequest(
            workshop_id=workshop_id,
            person=person,
            companion=None,
            commune_slug=slug,
            devices_wanted=0,
            may_wait=True,
            accepts_one=False,
            helper=None,
            message_channel=MessageChannel.VOICE,
            message_to=Recipient.PERSON,
            language="fr",
            channel=Channel.WEB,
            form_key=f"{self._rng.getrandbits(128):032x}",
        )
        if not is_couple:
            return request
        first_name, _ = self._name()
        companion = Companion(first_name, person.last_name)
        return replace(request, companion=companion, accepts_one=True)

    def _name(self) -> tuple[str, str]:
        return self._rng.choice(names.FIRST_NAMES), self._rng.choice(names.LAST_NAMES)

    def _phone(self) -> Phone:
        return Phone(f"+{next(self._numbers)}", is_mobile=False, is_foreign=False)

    def _excuse_one(self, workshop_id: int, at: datetime) -> None:
        """Somebody misses the second date of the cycle."""
        row = self._registrations(workshop_id)[0]
        dates = select(WorkshopSession.id).where(WorkshopSession.workshop_id == workshop_id)
        second = self._session.scalars(dates.order_by(WorkshopSession.starts_at)).all()[1]
        excuse(self._session, row.id, second, Act(at))

    def _registrations(self, workshop_id: int) -> Sequence[Registration]:
        query = select(Registration).where(Registration.workshop_id == workshop_id)
        return self._session.scalars(query.order_by(Registration.id)).all()

    def _close_past(self) -> None:
        """Who came, one or two who did not, somebody who came unannounced."""
        for date_id, workshop_id, user_id, ends_at in self._past():
            for row in self._registrations(workshop_id):
                came = 0 if self._rng.random() < 0.2 else row.places
                sheets.mark(self._session, date_id, row.id, came, now=ends_at)
            sheets.count_walk_ins(self._session, date_id, self._rng.randrange(2), now=ends_at)
            sheets.close_sheet(self._session, date_id, by=user_id, now=ends_at)

    def _past(self) -> Iterator[tuple[int, int, int, datetime]]:
        rows = self._session.execute(
            select(
                WorkshopSession.id, WorkshopSession.workshop_id, User.id, WorkshopSession.ends_at
            )
            .join(WorkshopEngagement, WorkshopEngagement.session_id == WorkshopSession.id)
            .join(Engagement, Engagement.id == WorkshopEngagement.engagement_id)
            .join(User, User.counsellor_id == Engagement.counsellor_id)
            .where(WorkshopSession.ends_at < self._calendar.now)
            .order_by(WorkshopSession.starts_at)
        ).all()
        yield from ((row[0], row[1], row[2], row[3]) for row in rows)

    def _draw_references(self) -> None:
        """Of the demo's seed: what the site drew is never the same twice."""
        rows = self._session.scalars(select(Registration).order_by(Registration.id)).all()
        for row in rows:
            row.reference = None
        self._session.flush()
        known = set(self._session.scalars(select(Appointment.reference)))
        free = (
            each for each in self._rng.sample(range(100_000, 1_000_000), 2_000) if each not in known
        )
        for row in rows:
            row.reference = next(free)

    def _note_messages(self) -> None:
        own = OutboxMessage.subject_kind.in_([SubjectKind.REGISTRATION, SubjectKind.PLACES])
        rows = self._session.scalars(
            select(OutboxMessage).where(own, OutboxMessage.state == OutboxState.PENDING)
        )
        for row in rows:
            row.state, row.attempts = OutboxState.SENT, 1
            row.closed_at = row.created_at + SENT_AFTER


def _template(kind: Kind, calendar: DemoCalendar) -> WorkshopTemplate:
    return WorkshopTemplate(
        code=kind.code,
        **_words(kind),
        minutes=MINUTES,
        capacity=CAPACITY,
        minimum=MINIMUM,
        devices=DEVICES,
        active=True,
        edited_at=calendar.prepared_at,
    )


def _words(kind: Kind) -> dict[str, object]:
    texts = {
        name: {language: text for language, text in zip(("fr", "en"), words, strict=True) if text}
        for name, words in (
            ("title", kind.title),
            ("content", kind.content),
            ("prerequisites", kind.prerequisites),
            ("bring", kind.bring),
        )
    }
    return {**texts, "level": kind.level, "themes": list(kind.themes)}
