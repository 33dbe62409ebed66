"""Who would like to come when: for each opening, how many tries, from how far ahead, by which way.

Some openings fill up, others stay half empty, and those far ahead wait. A try becomes a booking
only where the slot algorithm finds a time at the instant of the try.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from app.domain.appointment import Channel
from app.domain.availability import AvailabilityKind, Opening
from app.domain.calendar import add_working_days, is_working_day
from app.domain.candidates import Wish
from app.domain.settings import Settings
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry
from app.services.demo.calendar import FULL_VENUE, DemoCalendar

ALWAYS_FREE = ("breuillet", "saint-palais-sur-mer", "vaux-sur-mer")
"""Communes where a time is free whatever the day: from some days ahead on, few tries."""
CALM_FROM_DAYS = 4

FULL, BUSY, HALF, QUIET, EMPTY = 8, 4, 2, 1, 0
"""Tries for a permanence of three hours, which holds three or four people."""
LEVELS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, (FULL, FULL, BUSY, BUSY, HALF)),
    (14, (FULL, FULL, BUSY, BUSY, HALF, QUIET)),
    (28, (FULL, BUSY, HALF, HALF, QUIET)),
    (42, (BUSY, HALF, HALF, QUIET, QUIET, EMPTY)),
    (61, (HALF, HALF, QUIET, QUIET, EMPTY)),
)
"""Days ahead (not included) → levels, each as likely; the first line is the past."""
VISITS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (0, (2, 2, 1)),
    (7, (2, 1, 1)),
    (35, (1, 1, 0)),
    (61, (1, 0, 0)),
)

TOPIC_WEIGHTS = {
    "demarche": 26,
    "telephone": 16,
    "motdepasse": 11,
    "sante-en-ligne": 10,
    "ordinateur": 9,
    "email": 8,
    "proches": 6,
    "emploi": 5,
    "achats": 4,
}
"""The others weigh OTHER_TOPIC."""
OTHER_TOPIC = 5

CHANNELS, CHANNEL_WEIGHTS = (Channel.WEB, Channel.PHONE, Channel.DESK), (62, 28, 10)
SHARE_FROM_ELSEWHERE = 0.12
USUAL_LEAD_DAYS = 9
LONGEST_USUAL_LEAD = 45
SITE_HOURS, DESK_HOURS = ((7, 9), (9, 12), (12, 18), (18, 22)), ((9, 11), (14, 16))


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody of that home commune looks for a time in that opening, at that instant."""

    at: datetime
    opening: Opening
    home: CommuneEntry
    topic: TopicEntry
    channel: Channel
    is_in_a_hurry: bool
    """Takes the first time, not one that suits better."""


def wish_for(opening: Opening, home: CommuneEntry, topic: TopicEntry, settings: Settings) -> Wish:
    """What somebody of that commune asks of that opening, in the terms of the slot algorithm."""
    place = opening.place
    return Wish(
        kind=opening.kind,
        commune_id=place.commune_id if place else home.id,
        duration_minutes=topic.minutes,
        step_minutes=topic.step_minutes or settings.candidate_step_minutes,
        venue_id=place.venue_id if place else None,
        resident_commune_id=home.id,
    )


class Demand:
    """All that people would like, drawn once for a demo."""

    def __init__(
        self,
        rng: Random,
        calendar: DemoCalendar,
        catalogue: Catalogue,
        populations: dict[int, int],
    ) -> None:
        self._rng = rng
        self._calendar = calendar
        self._catalogue = catalogue
        self._populations = populations
        self._topics = catalogue.offered_topics()

    def tries(self, openings: Iterable[Opening]) -> Iterator[Try]:
        """The tries for those openings; the caller puts them in order of time."""
        for opening in openings:
            for _ in range(self._level(opening)):
                yield self._try(opening)

    def _topic(self) -> TopicEntry:
        weights = [TOPIC_WEIGHTS.get(topic.code, OTHER_TOPIC) for topic in self._topics]
        return self._rng.choices(self._topics, weights)[0]

    def _home(self, opening: Opening) -> CommuneEntry:
        """Where somebody who comes to that opening lives: mostly there, sometimes next door."""
        served = self._catalogue.served_communes(self._calendar.today)
        place = opening.place
        if place is None:
            return self._one_of([each for each in served if each.id in opening.commune_ids])
        if self._rng.random() < SHARE_FROM_ELSEWHERE:
            return self._one_of(served)
        return self._catalogue.commune_by_id(place.commune_id)

    def _one_of(self, communes: Sequence[CommuneEntry]) -> CommuneEntry:
        weights = [self._populations[commune.id] for commune in communes]
        return self._rng.choices(communes, weights)[0]

    def _level(self, opening: Opening) -> int:
        ahead = (opening.on - self._calendar.today).days
        table = VISITS if opening.kind is AvailabilityKind.HOME_VISITS else LEVELS
        level = self._rng.choice(next(levels for until, levels in table if ahead < until))
        if opening.place is None:
            return level
        venue = self._catalogue.venue_by_id(opening.place.venue_id or 0)
        if venue.slug == FULL_VENUE:
            return FULL
        is_calm = venue.commune.slug in ALWAYS_FREE and ahead >= CALM_FROM_DAYS
        return min(level, HALF) if is_calm else level

    def _try(self, opening: Opening) -> Try:
        channel = self._rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
        day = self._booking_day(opening)
        if self._is_for_the_desk(opening, day):
            channel = Channel.PHONE
        if channel is not Channel.WEB and not self._is_open(day):
            day = self._calendar.working_day_before(day)
        return Try(
            at=self._calendar.at(day, self._hour(channel)),
            opening=opening,
            home=self._home(opening),
            topic=self._topic(),
            channel=channel,
            is_in_a_hurry=self._rng.random() < 0.6,
        )

    def _booking_day(self, opening: Opening) -> date:
        """Some days before the opening, and before the demo's day."""
        latest = min(opening.on, self._calendar.today)
        lead = 1 + int(self._rng.expovariate(1 / USUAL_LEAD_DAYS))
        window = self._catalogue.settings.booking_window_days
        farthest = opening.on - timedelta(days=window)
        return max(latest - timedelta(days=min(lead, LONGEST_USUAL_LEAD)), farthest)

    def _is_for_the_desk(self, opening: Opening, day: date) -> bool:
        """Whether the site would refuse that opening on that day."""
        settings = self._catalogue.settings
        is_visit = opening.kind is AvailabilityKind.HOME_VISITS
        notice = settings.visit_notice_working_days if is_visit else settings.notice_working_days
        is_too_soon = opening.on < add_working_days(day, notice, self._calendar.holidays)
        kept_days = opening.desk_until_days
        is_kept = kept_days is not None and (opening.on - day).days > kept_days
        return is_too_soon or is_kept

    def _is_open(self, day: date) -> bool:
        return is_working_day(day, self._calendar.holidays)

    def _hour(self, channel: Channel) -> time:
        first, last = self._rng.choice(SITE_HOURS if channel is Channel.WEB else DESK_HOURS)
        return time(
            self._rng.randint(first, last), self._rng.randrange(60), self._rng.randrange(60)
        )
