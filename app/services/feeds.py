"""Calendar feeds: who has which; made, listed, stopped. What they say is in `feeds_content`."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.access import Action, Subject, can
from app.domain.feeds import FeedLevel
from app.domain.journal import JournalAction, JournalSubject
from app.domain.staff_errors import SubjectUnknown
from app.models.accounts import Counsellor, User
from app.models.calendars import CalendarFeed
from app.models.places import Venue
from app.services.accounts import actor_of
from app.services.journal import note
from app.services.links import hash_token
from app.services.transaction import write_transaction

TOKEN_BYTES = 16
"""128 bits (T8): an address that nobody guesses."""


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """Whose appointments a feed shows: a counsellor's, or a venue's."""

    name: str
    counsellor_id: int | None = None
    venue_id: int | None = None
    commune_id: int | None = None
    """Of the venue."""

    @property
    def key(self) -> str:
        """How a form names it: « conseiller-3 », « lieu-5 »."""
        return f"conseiller-{self.counsellor_id}" if self.counsellor_id else f"lieu-{self.venue_id}"

    @property
    def subject(self) -> Subject:
        """As far as rights go."""
        if self.counsellor_id:
            return Subject(counsellor_ids=frozenset({self.counsellor_id}))
        return Subject(place_commune_id=self.commune_id)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in force. Only the hash of its address is known."""

    id: int
    owner: FeedOwner
    level: FeedLevel
    with_travel: bool
    created_at: datetime
    fetched_at: datetime | None
    fetched_by: str | None
    token_hash: str


def feed_owners(session: Session) -> list[FeedOwner]:
    """Who may have a feed: the active counsellors by name, then the open venues."""
    people = session.execute(
        select(Counsellor.id, Counsellor.first_name)
        .where(Counsellor.active)
        .order_by(Counsellor.first_name, Counsellor.id)
    )
    venues = session.execute(
        select(Venue.id, Venue.name, Venue.commune_id).where(Venue.active).order_by(Venue.position)
    )
    return [
        *(FeedOwner(name, counsellor_id=person) for person, name in people),
        *(FeedOwner(name, venue_id=venue, commune_id=commune) for venue, name, commune in venues),
    ]


def create_feed(
    session: Session,
    owner: FeedOwner,
    level: FeedLevel,
    *,
    with_travel: bool,
    by: int,
    now: datetime,
) -> str:
    """A new secret address; its token is told here and never again.

    A venue has no roads: `with_travel` counts for a counsellor only.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        counsellor_id=owner.counsellor_id,
        venue_id=owner.venue_id,
        token_hash=hash_token(token),
        level=level,
        with_travel=with_travel and owner.counsellor_id is not None,
        created_at=now,
        created_by_id=by,
    )
    with write_transaction(session):
        session.add(feed)
        session.flush()
        subject = JournalSubject.FEED, feed.id
        note(session, JournalAction.FEED_CREATED, subject, by=by, now=now, level=level)
    return token


def revoke_feed(session: Session, feed_id: int, *, by: int, now: datetime) -> None:
    """From this commit on the address opens nothing. Raises SubjectUnknown."""
    with write_transaction(session):
        feed = session.get(CalendarFeed, feed_id, with_for_update=True)
        if feed is None:
            raise SubjectUnknown
        if feed.revoked_at is None:
            feed.revoked_at = now
            subject = JournalSubject.FEED, feed_id
            note(session, JournalAction.FEED_REVOKED, subject, by=by, now=now)


def feeds_in_force(session: Session) -> list[Feed]:
    """All of them: counsellors by name, then venues, the newest first."""
    rows = session.execute(
        known_feeds().order_by(Counsellor.first_name, Venue.position, CalendarFeed.id.desc())
    )
    found = [told(*row) for row in rows]
    return sorted(found, key=lambda feed: feed.owner.counsellor_id is None)


def closed_feeds(session: Session, *, now: datetime) -> frozenset[int]:
    """Those in force whose address opens nothing any more, though nobody has stopped it."""
    rows = session.execute(known_feeds()).all()
    return frozenset(row[0].id for row in rows if not is_open(session, *row, now=now))


def is_open(
    session: Session,
    feed: CalendarFeed,
    counsellor: Counsellor | None,
    venue: Venue | None,
    *,
    now: datetime,
) -> bool:
    """Whether a row of `known_feeds` still opens: its counsellor or venue is there, and who made
    it is too and may still see what it shows.
    """
    if not ((counsellor is None or counsellor.active) and (venue is None or venue.active)):
        return False
    maker = session.get(User, feed.created_by_id) if feed.created_by_id else None
    if maker is None:
        return feed.created_by_id is None
    subject = told(feed, counsellor, venue).owner.subject
    return maker.active and can(actor_of(maker), Action.MANAGE_FEEDS, subject, now)


def feed_owner(session: Session, feed_id: int) -> FeedOwner:
    """Whose it is. Raises SubjectUnknown where none is in force."""
    row = session.execute(known_feeds().where(CalendarFeed.id == feed_id)).one_or_none()
    if row is None:
        raise SubjectUnknown
    return told(*row).owner


def known_feeds() -> Select[CalendarFeed, Counsellor | None, Venue | None]:
    """The feeds that nobody has stopped, each with its counsellor or its venue."""
    return (
        select(CalendarFeed, Counsellor, Venue)
        .outerjoin(Counsellor, Counsellor.id == CalendarFeed.counsellor_id)
        .outerjoin(Venue, Venue.id == CalendarFeed.venue_id)
        .where(CalendarFeed.revoked_at.is_(None))
    )


def told(row: CalendarFeed, counsellor: Counsellor | None, venue: Venue | None) -> Feed:
    """A row of `known_feeds` in the terms of this module."""
    if venue is not None:
        owner = FeedOwner(venue.name, venue_id=venue.id, commune_id=venue.commune_id)
    else:
        name = counsellor.first_name if counsellor else ""
        owner = FeedOwner(name, counsellor_id=row.counsellor_id)
    return Feed(
        id=row.id,
        owner=owner,
        level=row.level,
        with_travel=row.with_travel,
        created_at=row.created_at,
        fetched_at=row.fetched_at,
        fetched_by=row.fetched_by,
        token_hash=row.token_hash,
    )
