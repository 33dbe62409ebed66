"""What a calendar feed shows, and for how long (product §13, slots-calendar-threats §2)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from app.domain.travel import Place, TravelTimes

PAST_DAYS = 7
MONTHS_AHEAD = 6
CANCELLED_KEPT = timedelta(days=7)
"""Outlook shows a cancelled entry as any other: it says so for a week, then it is gone."""
FETCH_NOTED_EVERY = timedelta(minutes=15)
"""A program may ask every minute: the last time is not written at each."""
LONGEST_PROGRAM = 60


class FeedLevel(StrEnum):
    """How much a feed says: feeds end up at Google or Microsoft (product §13)."""

    BUSY = "BUSY"
    """« Occupé » and the venue; nothing of anybody."""
    DETAIL = "DETAIL"
    """First name and initial, what to bring, street and arrival of a visit. Never the need."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An appointment or a workshop as a feed tells it: what is None is not told. In UTC."""

    uid: UUID
    sequence: int
    updated_at: datetime
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool
    place: str
    """The venue and its address; of a visit the commune, or with details the street too."""
    person: str | None = None
    """« Rose S. »"""
    counsellor: str | None = None
    """First name, where several share the feed."""
    arrives_until: datetime | None = None
    """Of a visit: it begins between `starts_at` and this."""
    bring: str | None = None
    record_url: str | None = None
    workshop: str | None = None
    """« Atelier : Photos (4 inscrits) »: its title and a count are no secret at any level."""
    people: tuple[str, ...] = ()
    """Of a workshop, with details only: « Rose S. »"""
    hours: tuple[datetime, datetime] | None = None
    """Of a workshop: when people come; set-up and tidying lie around it."""


@dataclass(frozen=True, slots=True)
class Stay:
    """What keeps a counsellor at a place; the journeys lie between two of them."""

    uid: UUID
    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place
    sequence: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """The road to the appointment `uid`, just before it."""

    uid: UUID
    minutes: int
    starts_at: datetime
    ends_at: datetime
    sequence: int
    updated_at: datetime


def feed_days(today: date) -> tuple[date, date]:
    """The first local day of a feed, and the first one after its end."""
    months = today.month - 1 + MONTHS_AHEAD
    first = date(today.year + months // 12, months % 12 + 1, 1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    last = min(first + timedelta(days=today.day - 1), next_month - timedelta(days=1))
    return today - timedelta(days=PAST_DAYS), last + timedelta(days=1)


def short_name(first_name: str, last_name: str) -> str:
    """« Rose S. »: who it is for those who expect them, and nobody else."""
    initial = last_name.strip()[:1].upper()
    return f"{first_name.strip()} {initial}." if initial else first_name.strip()


def journeys(stays: list[Stay], travel: TravelTimes) -> list[Journey]:
    """The road between two stays of one counsellor that follow each other on one day.

    `stays` by counsellor, then by time. Each ends when the second stay starts; no road, no journey.
    """
    return [
        _journey(before, after, minutes)
        for before, after in pairwise(stays)
        if before.counsellor_id == after.counsellor_id
        and after.starts_at - before.ends_at < timedelta(hours=12)
        and (minutes := travel.between(before.place, after.place))
    ]


def _journey(before: Stay, after: Stay, minutes: int) -> Journey:
    return Journey(
        uid=after.uid,
        minutes=minutes,
        starts_at=after.starts_at - timedelta(minutes=minutes),
        ends_at=after.starts_at,
        sequence=after.sequence,
        updated_at=max(before.updated_at, after.updated_at),
    )


BROWSER, UNKNOWN_PROGRAM = "browser", "unknown"
"""What has no name of its own: a word of the pages tells it."""
_PROGRAMS = (
    ("google", "Google Agenda"),
    ("microsoft", "Outlook"),
    ("outlook", "Outlook"),
    ("thunderbird", "Thunderbird"),
    ("nextcloud", "Nextcloud"),
    ("davx5", "DAVx⁵"),
    ("icsx5", "ICSx⁵"),
    ("dataaccessd", "Calendrier (iPhone, iPad)"),
    ("ios/", "Calendrier (iPhone, iPad)"),
    ("calendaragent", "Calendrier (Mac)"),
    ("macos", "Calendrier (Mac)"),
    ("mozilla/", BROWSER),
)
"""In this order: several call themselves Mozilla as well."""


def program_name(user_agent: str) -> str:
    """The calendar program, as people know it; else the first word that it calls itself."""
    told = user_agent.lower()
    known = next((name for mark, name in _PROGRAMS if mark in told), None)
    first_word = "".join(letter for letter in user_agent if letter.isprintable()).split("/")[0]
    return known or first_word.strip()[:LONGEST_PROGRAM] or UNKNOWN_PROGRAM


def week_of(day: date) -> tuple[date, date]:
    """The Monday of that day's week, and the next one."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)
