"""The waiting list: who waits for which place, and until when an offered one is theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.availability import AvailabilityKind
from app.domain.candidates import Slot
from app.domain.offer import PartOfDay, half_at
from app.domain.open_hours import ONE_DAY, OpenHours
from app.domain.settings import Settings
from app.domain.travel import Place, TravelTimes

ENTRY_LIFE = timedelta(days=60)
"""Nobody waits longer (product §11); they may join again."""
ANSWER_BEFORE = timedelta(hours=4)
"""An answer comes at least so long before the start: else the place is everybody's."""
MOST_REFUSALS = 3
"""Refused or left without answer so often, a place is everybody's."""
MOST_SILENCES = 3
"""Told of so many places in a row without an answer, somebody is asked no more until
they say that they still wait."""
MOST_HELD_ONLINE = 3
"""Of one commune and kind, for people who put themselves on the list: a robot that joins in a loop
freezes no agenda. The other places are everybody's meanwhile."""
DESK_HOURS = ((time(9), time(12)), (time(14), time(17)))
"""Of a town hall that has not said when it is open, Monday to Friday."""
DESK_DAYS = range(5)
LONGEST_SEARCH_DAYS = 60


class HalfDay(StrEnum):
    """When somebody on the waiting list can come."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    ANY = "ANY"


class OfferOutcome(StrEnum):
    """What became of an offered place."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    """By the service, or because the person has booked meanwhile."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a message and a page say of an offered place: no name, no number of anybody."""

    id: int
    token: str
    """Of its link, for `/offre/<token>`."""
    starts_at: datetime
    window_minutes: int
    """A visit begins within so many minutes of `starts_at`; 0 at a venue."""
    is_visit: bool
    place_name: str
    place_address: str
    sms_name: str
    """The venue in a text message (GSM-7); empty for a visit."""
    answer_by: datetime
    is_open: bool
    """Held for them still: neither answered nor past its hour."""
    wants_earlier: bool
    """They have an appointment, which this one would replace."""
    language: str

    @property
    def window_ends_at(self) -> datetime:
        """A visit: the latest arrival; at a venue the same as `starts_at`."""
        return self.starts_at + timedelta(minutes=self.window_minutes)


@dataclass(frozen=True, slots=True)
class Refused:
    """A place that somebody declined, or left without an answer."""

    place: Place
    starts_at: datetime

    def is_like(self, slot: Slot, timezone: ZoneInfo) -> bool:
        """The same half-day of the same day, at the same place."""
        days = {each.astimezone(timezone).date() for each in (self.starts_at, slot.starts_at)}
        halves = {half_at(each, timezone) for each in (self.starts_at, slot.starts_at)}
        return self.place == slot.place and len(days) == len(halves) == 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody on the list waits for, in the terms of the slots. Instants are UTC."""

    entry_id: int
    kind: AvailabilityKind
    half_day: HalfDay
    commune_ids: tuple[int, ...]
    """Where they would come, their own commune first."""
    joined_at: datetime
    before: datetime | None = None
    """The start of the appointment that they have: only an earlier place helps them."""

    @property
    def rank(self) -> tuple[bool, datetime, int]:
        """Those who have nothing first; among them, whoever has waited longest."""
        return self.before is not None, self.joined_at, self.entry_id

    def fits(self, slot: Slot, refused: Iterable[Refused], timezone: ZoneInfo) -> bool:
        """Whether that free place would help them: nothing like what they have refused."""
        if slot.kind is not self.kind or slot.place.commune_id not in self.commune_ids:
            return False
        if self.before is not None and slot.starts_at >= self.before:
            return False
        if PARTS.get(self.half_day) not in (None, half_at(slot.starts_at, timezone)):
            return False
        return not any(each.is_like(slot, timezone) for each in refused)


PARTS = {HalfDay.MORNING: PartOfDay.MORNING, HalfDay.AFTERNOON: PartOfDay.AFTERNOON}


def in_order(waiting: Iterable[Wanted]) -> list[Wanted]:
    """Who is asked first (issue C): see `Wanted.rank`."""
    return sorted(waiting, key=lambda each: each.rank)


def communes_in_reach(
    home_id: int, reach_minutes: int, others: Iterable[int], travel: TravelTimes
) -> tuple[int, ...]:
    """Their own commune, then the others within so many minutes by car, nearest first."""
    home = Place(home_id, None)
    minutes = {each: travel.between(home, Place(each, None)) for each in others if each != home_id}
    near = [each for each in minutes if reach_minutes and minutes[each] <= reach_minutes]
    return (home_id, *sorted(near, key=lambda each: (minutes[each], each)))


def answer_by(
    now: datetime, starts_at: datetime, settings: Settings, hours: OpenHours
) -> datetime | None:
    """Until when the place is theirs, for somebody whom a message tells (UTC).

    24 hours (settings) counted within the open hours only; 4 where it begins soon, or where 24
    would end less than 4 hours before it. None: too late to ask anybody, the place is everybody's.
    """
    last = starts_at - ANSWER_BEFORE
    is_near = starts_at - now <= timedelta(hours=settings.waiting_short_from_hours)
    lengths = [settings.waiting_short_answer_hours]
    if not is_near:
        lengths.insert(0, settings.waiting_answer_hours)
    ends = (hours.add(now, timedelta(hours=each)) for each in lengths)
    return next((end for end in ends if end <= last), None)


def call_by(
    now: datetime, starts_at: datetime, spans: Sequence[Mapping[str, Any]], hours: OpenHours
) -> datetime | None:
    """The same for somebody whom the desk must call: the end of its next open half-day (UTC).

    `spans` are the hours of the town hall: weekday (0 is Monday), from, to, local wall time; those
    of an office where it has not said any. None as for `answer_by`.
    """
    day = now.astimezone(hours.timezone).date()
    for _ in range(LONGEST_SEARCH_DAYS):
        if hours.is_open_day(day):
            for opens, closes in _half_days(spans, day.weekday()):
                begins, ends = (
                    datetime.combine(day, each, hours.timezone).astimezone(UTC)
                    for each in (opens, closes)
                )
                if begins >= now:
                    return ends if ends <= starts_at - ANSWER_BEFORE else None
        day += ONE_DAY
    return None


def _half_days(spans: Sequence[Mapping[str, Any]], weekday: int) -> list[tuple[time, time]]:
    if not spans:
        return list(DESK_HOURS) if weekday in DESK_DAYS else []
    return sorted(
        (time.fromisoformat(each["from"]), time.fromisoformat(each["to"]))
        for each in spans
        if each["weekday"] == weekday
    )
