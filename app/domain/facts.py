"""What the slot algorithm looks at, and the two indexes that make looking cheap."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from app.domain.availability import AvailabilityKind, Opening
from app.domain.calendar import PARIS, add_working_days, local_day
from app.domain.settings import Settings
from app.domain.travel import LONGEST_MINUTES, Place, TravelTimes

REACH = timedelta(minutes=LONGEST_MINUTES)
"""Beyond this no engagement can matter: neither a journey nor a buffer is longer."""


@dataclass(frozen=True, slots=True)
class Engaged:
    """Time that a counsellor has given away, and where: appointment, workshop, imported event."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Commitment:
    """A place where a counsellor must be: an engagement, or a permanence even while empty."""

    starts_at: datetime
    ends_at: datetime
    place: Place
    is_engagement: bool


class Timeline:
    """The commitments of one counsellor, to be asked which ones lie near an interval.

    They may overlap (an orphan inside an opening, a long workshop around a short one), so the
    latest end so far is kept beside the starts: an early and long one is not forgotten.
    """

    def __init__(self, commitments: Iterable[Commitment]) -> None:
        self._sorted = sorted(commitments, key=lambda each: (each.starts_at, each.ends_at))
        self._starts = [each.starts_at for each in self._sorted]
        self._latest_ends = list(accumulate((each.ends_at for each in self._sorted), max))

    def near(self, starts_at: datetime, ends_at: datetime) -> Iterator[Commitment]:
        """Every commitment that holds within REACH of the interval, by start."""
        low = bisect_right(self._latest_ends, starts_at - REACH)
        high = bisect_left(self._starts, ends_at + REACH)
        return (each for each in self._sorted[low:high] if each.ends_at > starts_at - REACH)


class OpeningIndex:
    """Openings by date and the permanences by counsellor: build it once per timetable revision."""

    def __init__(self, openings: Iterable[Opening]) -> None:
        by_day: dict[date, list[Opening]] = defaultdict(list)
        permanences: dict[int, list[Commitment]] = defaultdict(list)
        for each in sorted(openings, key=_order):
            by_day[each.on].append(each)
            if each.place:
                commitment = Commitment(each.starts_at, each.ends_at, each.place, False)
                permanences[each.counsellor_id].append(commitment)
        self._by_day = {day: tuple(openings) for day, openings in by_day.items()}
        self._days = sorted(by_day)
        self._permanences = {person: Timeline(held) for person, held in permanences.items()}

    def __iter__(self) -> Iterator[Opening]:
        return (opening for day in self._days for opening in self._by_day[day])

    def days(self, first: date, last: date) -> list[date]:
        """The dates with an opening, from `first` to `last` included, in order."""
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def on(self, day: date) -> tuple[Opening, ...]:
        """The openings of a date, by start, end, counsellor and availability."""
        return self._by_day.get(day, ())

    def permanences_near(self, opening: Opening) -> Iterable[Commitment]:
        """The permanences of the same counsellor within reach of an opening, itself included."""
        timeline = self._permanences.get(opening.counsellor_id)
        return timeline.near(opening.starts_at, opening.ends_at) if timeline else ()


def _order(opening: Opening) -> tuple[datetime, datetime, int, int]:
    return opening.starts_at, opening.ends_at, opening.counsellor_id, opening.availability_id


@dataclass(frozen=True)
class Facts:
    """All that decides which times are free, as read from the database at `now` (aware UTC).

    `openings` may be an OpeningIndex that the caller keeps between two requests. `engaged` holds
    whatever occupies, orphans of a changed timetable included, without the appointment that is
    being moved.
    """

    openings: OpeningIndex | Sequence[Opening]
    engaged: Sequence[Engaged]
    travel: TravelTimes
    settings: Settings
    now: datetime
    timezone: ZoneInfo = PARIS
    holidays: Container[date] = frozenset()
    shortest_topic_minutes: int = 45

    @cached_property
    def index(self) -> OpeningIndex:
        """The openings, indexed."""
        given = self.openings
        return given if isinstance(given, OpeningIndex) else OpeningIndex(given)

    @cached_property
    def today(self) -> date:
        """The local date."""
        return local_day(self.now, self.timezone)

    @cached_property
    def last_day(self) -> date:
        """The horizon: the last bookable local date, for everybody (product §20)."""
        return self.today + timedelta(days=self.settings.booking_window_days)

    def first_public_day(self, kind: AvailabilityKind) -> date:
        """The notice: the first local date that a resident may book (product §20)."""
        return self._first_public_days[kind]

    @cached_property
    def _first_public_days(self) -> dict[AvailabilityKind, date]:
        notices = {
            AvailabilityKind.PERMANENCE: self.settings.notice_working_days,
            AvailabilityKind.HOME_VISITS: self.settings.visit_notice_working_days,
        }
        return {kind: add_working_days(self.today, n, self.holidays) for kind, n in notices.items()}

    def commitments_near(self, opening: Opening) -> list[Commitment]:
        """The engagements and permanences of its counsellor within reach of an opening."""
        timeline = self._engagements.get(opening.counsellor_id)
        engaged = timeline.near(opening.starts_at, opening.ends_at) if timeline else ()
        return [*engaged, *self.index.permanences_near(opening)]

    @cached_property
    def _engagements(self) -> dict[int, Timeline]:
        by_counsellor: dict[int, list[Commitment]] = defaultdict(list)
        for each in self.engaged:
            commitment = Commitment(each.starts_at, each.ends_at, each.place, True)
            by_counsellor[each.counsellor_id].append(commitment)
        return {person: Timeline(engaged) for person, engaged in by_counsellor.items()}
