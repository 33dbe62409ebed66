"""What a calendar program reads: a feed, which knows whether it has changed before it is built."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.access import Action, Actor, Subject, can
from app.domain.appointment import AppointmentStatus
from app.domain.calendar import start_of_day
from app.domain.feeds import (
    CANCELLED_KEPT,
    FETCH_NOTED_EVERY,
    FeedLevel,
    Stay,
    feed_days,
    journeys,
    program_name,
)
from app.domain.staff_errors import FeedUnknown
from app.domain.travel import Place
from app.gateways.ical_feed import FeedHead, render_feed
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.calendars import CalendarFeed
from app.services.agenda_workshops import HeldWorkshop
from app.services.catalogue import Catalogue
from app.services.feed_entries import Teller
from app.services.feed_workshops import (
    shown_workshops,
    told_workshops,
    workshops_of_week,
    workshops_version,
)
from app.services.feeds import Feed, FeedOwner, is_open, known_feeds, told
from app.services.held_places import find_held, held_state
from app.services.links import hash_token
from app.services.transaction import write_transaction

FORMAT = 2
"""Of the file: a new one makes every program read its feed again."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose appointments, from one local day to another (excluded). None: everybody's."""

    first: date
    until: date
    counsellor_id: int | None = None
    venue_ids: frozenset[int] | None = None

    @classmethod
    def of(cls, owner: FeedOwner, first: date, until: date) -> "Scope":
        venues = frozenset({owner.venue_id}) if owner.venue_id else None
        return cls(first, until, owner.counsellor_id, venues)

    def conditions(self, catalogue: Catalogue) -> list[ColumnElement[bool]]:
        """In the terms of the database."""
        start, end = (start_of_day(day, catalogue.timezone) for day in (self.first, self.until))
        found = [Engagement.starts_at >= start, Engagement.starts_at < end]
        if self.counsellor_id is not None:
            found.append(Engagement.counsellor_id == self.counsellor_id)
        if self.venue_ids is not None:
            found.append(Engagement.venue_id.in_(self.venue_ids))
        return found


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one state of a feed from another."""

    etag: str
    modified_at: datetime


def open_feed(session: Session, token: str, *, now: datetime) -> Feed:
    """The feed that this secret address opens, as long as who made it may have it.

    Raises FeedUnknown where it was never made, was stopped, or lost its right to be: never told
    apart (T8).
    """
    row = session.execute(
        known_feeds().where(CalendarFeed.token_hash == hash_token(token))
    ).one_or_none()
    if row is None:
        raise FeedUnknown
    if not is_open(session, *row, now=now):
        raise FeedUnknown
    return told(*row)


def feed_version(
    session: Session, catalogue: Catalogue, feed: Feed, public_url: str, *, now: datetime
) -> Version:
    """The state of the feed, from three questions that read no appointment whole."""
    scope = Scope.of(feed.owner, *feed_days(catalogue.today(now)))
    query: Any = select(
        func.count(),
        func.max(Appointment.updated_at),
        func.sum(Appointment.id),
        func.sum(Appointment.sequence),
        *held_state(scope.conditions(catalogue), now),
    )
    if feed.level is FeedLevel.DETAIL:
        query = query.add_columns(func.max(Resident.updated_at), func.sum(Resident.id))
    query = query.select_from(Appointment).join(Appointment.engagement).join(Appointment.resident)
    row = session.execute(query.where(*scope.conditions(catalogue), _is_shown(now))).one()
    of_feed = (feed.token_hash, feed.level, feed.with_travel, feed.owner.name, scope.first)
    workshops = workshops_version(session, scope.conditions(catalogue), feed.level, now)
    seen = repr((FORMAT, public_url, catalogue.key[1:], of_feed, tuple(row), workshops))
    changed = row[1], row.offered_at, workshops[-1]
    modified_at = max(each or feed.created_at for each in (*changed, feed.created_at))
    return Version(hashlib.sha256(seen.encode()).hexdigest()[:32], modified_at)


def feed_content(
    session: Session, catalogue: Catalogue, feed: Feed, public_url: str, *, now: datetime
) -> bytes:
    """The whole file of the feed."""
    scope = Scope.of(feed.owner, *feed_days(catalogue.today(now)))
    rows = _rows(session, catalogue, scope, _is_shown(now))
    is_shared = feed.owner.venue_id is not None
    tell = Teller(catalogue, public_url, feed.level, names_counsellor=is_shared)
    workshops = shown_workshops(session, catalogue, scope.conditions(catalogue), now)
    stays = _in_turn([*_stays(rows), *_workshop_stays(workshops)])
    roads = journeys(stays, catalogue.travel) if feed.with_travel else []
    head = _head(catalogue, f"feed-{feed.id}", feed.owner.name, public_url)
    held = find_held(session, scope.conditions(catalogue), now)
    gatherings = told_workshops(session, workshops, tell, feed.level)
    return render_feed(head, [*map(tell.entry, rows), *map(tell.held, held), *gatherings], roads)


def week_content(
    session: Session,
    catalogue: Catalogue,
    scope: Scope,
    head: tuple[str, str],
    *,
    reader: Actor,
    now: datetime,
) -> bytes:
    """The appointments and workshops of some days, as a file for once; cancelled ones not.

    `head` is its name and the address of the site. The file tells what the week's page tells: who
    comes only where `reader` may know it at `now`, the street only to whoever may see it.
    """
    rows = _rows(session, catalogue, scope, Appointment.status != AppointmentStatus.CANCELLED)
    subjects = [(row, _subject(row)) for row in rows]
    name, public_url = head
    tell = Teller(
        catalogue, public_url, FeedLevel.DETAIL, names_counsellor=scope.counsellor_id is None
    )
    entries = [
        tell.entry(row, with_street=can(reader, Action.SEE_ADDRESS, subject, now))
        for row, subject in subjects
        if can(reader, Action.SEE_INITIAL, subject, now)
    ]
    conditions = scope.conditions(catalogue)
    entries += workshops_of_week(session, catalogue, conditions, tell, reader=reader, now=now)
    uid = f"semaine-{scope.first.isoformat()}"
    return render_feed(_head(catalogue, uid, name, public_url), entries)


def _subject(row: Row[Any]) -> Subject:
    """What rights are asked about."""
    return Subject(
        commune_ids=frozenset({row.home_id} - {None}),
        counsellor_ids=frozenset({row.counsellor_id}),
        place_commune_id=row.commune_id,
        ends_at=row.ends_at,
    )


def note_fetch(session: Session, feed: Feed, user_agent: str, *, now: datetime) -> None:
    """Write when it was read last and by which program; at most once a quarter of an hour."""
    if feed.fetched_at and timedelta() <= now - feed.fetched_at < FETCH_NOTED_EVERY:
        return
    with write_transaction(session):
        session.execute(
            update(CalendarFeed)
            .where(CalendarFeed.id == feed.id)
            .values(fetched_at=now, fetched_by=program_name(user_agent))
        )


def _is_shown(now: datetime) -> ColumnElement[bool]:
    """A cancelled one stays a week, and says so."""
    return or_(
        Appointment.status != AppointmentStatus.CANCELLED,
        Appointment.updated_at > now - CANCELLED_KEPT,
    )


def _head(catalogue: Catalogue, uid: str, name: str, public_url: str) -> FeedHead:
    host = urlsplit(public_url).hostname or ""
    return FeedHead(uid, f"{catalogue.service['name']} – {name}", host, catalogue.timezone)


def _rows(
    session: Session, catalogue: Catalogue, scope: Scope, shown: ColumnElement[bool]
) -> list[Row[Any]]:
    """By counsellor, then by time."""
    query = (
        select(
            Appointment.id,
            Appointment.uid,
            Appointment.status,
            Appointment.sequence,
            Appointment.updated_at,
            Appointment.topic_id,
            Appointment.window_minutes,
            Appointment.commune_id.label("home_id"),
            Appointment.address_line1,
            Appointment.address_line2,
            Engagement.counsellor_id,
            Engagement.starts_at,
            Engagement.ends_at,
            Engagement.commune_id,
            Engagement.venue_id,
            Resident.first_name,
            Resident.last_name,
            Counsellor.first_name.label("counsellor"),
        )
        .join(Appointment.engagement)
        .join(Appointment.resident)
        .join(Engagement.counsellor)
        .where(*scope.conditions(catalogue), shown)
        .order_by(Engagement.counsellor_id, Engagement.starts_at, Appointment.id)
    )
    return list(session.execute(query))


def _stays(rows: Iterable[Row[Any]]) -> list[Stay]:
    return [
        Stay(
            uid=row.uid,
            counsellor_id=row.counsellor_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=Place(row.commune_id, row.venue_id),
            sequence=row.sequence,
            updated_at=row.updated_at,
        )
        for row in rows
        if row.status is not AppointmentStatus.CANCELLED
    ]


def _workshop_stays(workshops: Iterable[HeldWorkshop]) -> list[Stay]:
    return [
        Stay(
            uid=each.uid,
            counsellor_id=each.counsellor_id,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            place=each.place,
            sequence=each.sequence,
            updated_at=each.updated_at,
        )
        for each in workshops
        if not each.is_cancelled
    ]


def _in_turn(stays: list[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda each: (each.counsellor_id, each.starts_at, str(each.uid)))
