"""The territory as one read-only snapshot, read again only when its revision has grown.

Pages, bookings and messages share it: communes, venues, topics, travel minutes, settings, words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    CommuneDeparted,
    CommuneMissing,
    CommuneUnknown,
    DatabaseUnavailable,
    SlotNotOffered,
    TopicMissing,
    TopicUnknown,
)
from app.domain.settings import Settings
from app.domain.travel import Place, TravelTimes
from app.models.places import Commune, Territory, Topic, TravelTime, Venue
from app.services.stored_timetable import (
    AS_IT_IS,
    StoredTimetable,
    read_rules,
    read_stored_timetable,
)

TRIES = 5
"""Loading a file takes a moment: a reader that meets one begins again, and hardly ever twice."""


@dataclass(frozen=True, slots=True)
class CommuneEntry:
    id: int
    slug: str
    name: str
    name_in: str
    name_of: str
    postal_code: str
    bookable: bool
    active_from: date | None
    active_until: date | None
    town_hall: Mapping[str, Any]

    def is_served_on(self, day: date) -> bool:
        """Whether its residents may book on that local day."""
        return self.bookable and self.takes_part_on(day)

    def takes_part_on(self, day: date) -> bool:
        """Whether its convention covers that local day."""
        has_joined = self.active_from is None or self.active_from <= day
        return has_joined and (self.active_until is None or day <= self.active_until)


@dataclass(frozen=True, slots=True)
class VenueEntry:
    id: int
    slug: str
    commune: CommuneEntry
    name: str
    address: str
    postal_line: str
    access_notes: Mapping[str, str]
    sms_name: str
    active: bool


@dataclass(frozen=True, slots=True)
class TopicEntry:
    id: int
    code: str
    label: Mapping[str, str]
    minutes: int
    step_minutes: int | None
    bring: Mapping[str, str]
    active: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything about the territory that no booking changes."""

    key: tuple[Any, ...]
    """Which database and revision it is a picture of."""
    slug: str
    name: str
    timezone: ZoneInfo
    service: Mapping[str, Any]
    texts: Mapping[str, Any]
    colours: Mapping[str, str]
    settings: Settings
    communes: tuple[CommuneEntry, ...]
    venues: tuple[VenueEntry, ...]
    topics: tuple[TopicEntry, ...]
    travel: TravelTimes
    timetable: StoredTimetable

    @property
    def loaded_at(self) -> datetime:
        """When its file was loaded last: legal pages are of that day."""
        loaded_at: datetime = self.key[2]
        return loaded_at

    def today(self, now: datetime) -> date:
        """The local day of the territory at that instant."""
        return now.astimezone(self.timezone).date()

    def served_communes(self, today: date) -> list[CommuneEntry]:
        """The communes that residents may choose, in the order of the file."""
        return [commune for commune in self.communes if commune.is_served_on(today)]

    def commune(self, slug: str | None) -> CommuneEntry:
        """The commune of that slug, served or not. Raises CommuneMissing, CommuneUnknown."""
        if not slug:
            raise CommuneMissing
        for commune in self.communes:
            if commune.slug == slug:
                return commune
        raise CommuneUnknown

    def served_commune(self, slug: str | None, today: date) -> CommuneEntry:
        """The commune if its residents may book that day; CommuneDeparted where they may not."""
        commune = self.commune(slug)
        if not commune.is_served_on(today):
            raise CommuneDeparted(commune=commune)
        return commune

    def topic(self, code: str | None, *, even_retired: bool = False) -> TopicEntry:
        """The topic of that code, if it is offered. Raises TopicMissing, TopicUnknown."""
        if not code:
            raise TopicMissing
        for topic in self.topics:
            if topic.code == code and (topic.active or even_retired):
                return topic
        raise TopicUnknown

    def venue(self, slug: str | None) -> VenueEntry:
        """The open venue of that slug. Raises SlotNotOffered: no time is offered elsewhere."""
        for venue in self.venues:
            if venue.slug == slug and venue.active:
                return venue
        raise SlotNotOffered

    def venue_by_id(self, venue_id: int) -> VenueEntry:
        return next(venue for venue in self.venues if venue.id == venue_id)

    def commune_by_id(self, commune_id: int) -> CommuneEntry:
        return next(commune for commune in self.communes if commune.id == commune_id)

    def offered_topics(self) -> list[TopicEntry]:
        """The topics that residents may choose, in the order of the file."""
        return [topic for topic in self.topics if topic.active]

    @property
    def shortest_topic_minutes(self) -> int:
        """The least time that is worth leaving free."""
        return min((topic.minutes for topic in self.topics if topic.active), default=15)


class NoTerritory(LookupError):
    """No territory was loaded into this database yet."""


_territory: Any = Territory.__table__.c
REVISION = (_territory.revision, _territory.loaded_at, _territory.slug)
"""What tells one snapshot from another."""
_REVISION = select(*REVISION)
_latest: dict[str, Catalogue] = {}
"""The last snapshot of each database that this process uses."""


def read_catalogue(session: Session) -> Catalogue:
    """The snapshot of now: one small query tells whether the one at hand is still true.

    Raises NoTerritory when nothing was loaded; DatabaseUnavailable where it grows at each try.
    """
    return catalogue_of(session, session.connection().execute(_REVISION).one_or_none())


def catalogue_of(session: Session, revision: Sequence[Any] | None) -> Catalogue:
    """The snapshot of a revision that was read in this very transaction; NoTerritory for None."""
    if revision is None:
        raise NoTerritory
    database = _address(session.get_bind().engine)
    key = (database, *revision)
    known = _latest.get(database)
    if known is None or known.key != key:
        known = _latest[database] = _load_whole(session, key)
    return known


@lru_cache(maxsize=8)
def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def last_known() -> Catalogue | None:
    """The last snapshot seen by this process: what a page says while the database is away."""
    return next(reversed(_latest.values()), None)


def _load_whole(session: Session, key: tuple[Any, ...]) -> Catalogue:
    """One revision, never halves of two: PostgreSQL shows each query what was saved by then."""
    for _ in range(TRIES):
        found = _load(session, key)
        latest = (key[0], *session.connection().execute(_REVISION).one())
        if latest == key:
            return found
        key = latest
    raise DatabaseUnavailable


def _load(session: Session, key: tuple[Any, ...]) -> Catalogue:
    """What refers is read before what it refers to, which nobody deletes: all is found again."""
    rules = read_rules(session)
    venue_rows = session.scalars(select(Venue).order_by(Venue.position), **AS_IT_IS).all()
    commune_rows = session.scalars(select(Commune).order_by(Commune.position), **AS_IT_IS).all()
    topic_rows = session.scalars(select(Topic).order_by(Topic.position), **AS_IT_IS)
    territory = session.scalars(select(Territory), **AS_IT_IS).one()
    communes = tuple(map(_commune, commune_rows))
    by_id = {commune.id: commune for commune in communes}
    settings = Settings.from_mapping(territory.settings)
    return Catalogue(
        key=key,
        slug=territory.slug,
        name=territory.name,
        timezone=ZoneInfo(territory.timezone),
        service=territory.service,
        texts=territory.texts,
        colours=territory.colours,
        settings=settings,
        communes=communes,
        venues=tuple(_venue(row, by_id) for row in venue_rows),
        topics=tuple(map(_topic, topic_rows)),
        travel=_travel(session, commune_rows, settings),
        timetable=read_stored_timetable(
            session,
            rules,
            {row.id: Place(row.commune_id, row.id) for row in venue_rows},
            {commune.slug: commune.id for commune in communes},
        ),
    )


def _commune(row: Commune) -> CommuneEntry:
    return CommuneEntry(
        id=row.id,
        slug=row.slug,
        name=row.name,
        name_in=row.name_in,
        name_of=row.name_of,
        postal_code=row.postal_code,
        bookable=row.bookable,
        active_from=row.active_from,
        active_until=row.active_until,
        town_hall=row.town_hall,
    )


def _venue(row: Venue, communes: Mapping[int, CommuneEntry]) -> VenueEntry:
    return VenueEntry(
        id=row.id,
        slug=row.slug,
        commune=communes[row.commune_id],
        name=row.name,
        address=row.address,
        postal_line=row.postal_line,
        access_notes=row.access_notes,
        sms_name=row.sms_name,
        active=row.active,
    )


def _topic(row: Topic) -> TopicEntry:
    return TopicEntry(
        id=row.id,
        code=row.code,
        label=row.label,
        minutes=row.minutes,
        step_minutes=row.step_minutes,
        bring=row.bring,
        active=row.active,
    )


def _travel(session: Session, communes: Iterable[Commune], settings: Settings) -> TravelTimes:
    minutes = {
        (row.from_commune_id, row.to_commune_id): row.minutes
        for row in session.scalars(select(TravelTime), **AS_IT_IS)
    }
    coordinates = {row.id: (row.latitude, row.longitude) for row in communes}
    return TravelTimes(minutes, coordinates, settings.same_commune_minutes)
