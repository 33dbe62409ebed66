"""What the slot algorithm looks at, and the two indexes that make looking cheap."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate, chain
from operator import attrgetter
from zoneinfo import ZoneInfo

from app.domain.availability import AvailabilityKind, Opening
from app.domain.calendar import PARIS, add_working_days, local_day
from app.domain.settings import Settings
from app.domain.travel import Place, TravelTimes


@dataclass(frozen=True, slots=True)
class Engaged:
    """Time that a counsellor has given away, and where: an appointment or a workshop."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class Busy:
    """Time that a counsellor's own agenda says is taken; where is unknown: no road is added."""

    counsellor_id: int
    starts_at: datetime
    ends_at: datetime


Commitment = Engaged | Busy | Opening
"""What keeps a counsellor from a place: what takes them, or a permanence even while it is empty."""

_by_time = attrgetter("starts_at", "ends_at")
_in_order = attrgetter("starts_at", "ends_at", "counsellor_id", "availability_id")


class Timeline:
    """The commitments of one counsellor, to be asked which ones lie near an interval.

    They may overlap (an orphan inside an opening, a long workshop around a short one), so the
    latest end so far is kept beside the starts: an early and long one is not forgotten.
    """

    def __init__(self, commitments: Iterable[Commitment]) -> None:
        self._sorted = sorted(commitments, key=_by_time)
        self._starts = [each.starts_at for each in self._sorted]
        self._latest_ends = list(accumulate((each.ends_at for each in self._sorted), max))

    def between(self, starts_at: datetime, ends_at: datetime) -> list[Commitment]:
        """Every commitment that holds at some instant of those hours, by start."""
        low = bisect_right(self._latest_ends, starts_at)
        high = bisect_left(self._starts, ends_at)
        return [each for each in self._sorted[low:high] if each.ends_at > starts_at]


NOTHING = Timeline(())


class OpeningIndex:
    """Openings by date and the permanences by counsellor: build it once per timetable revision."""

    def __init__(self, openings: Iterable[Opening]) -> None:
        by_day: dict[date, list[Opening]] = defaultdict(list)
        permanences: dict[int, list[Commitment]] = defaultdict(list)
        for each in sorted(openings, key=_in_order):
            by_day[each.on].append(each)
            if each.place:
                permanences[each.counsellor_id].append(each)
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

    def permanences_of(self, counsellor_id: int) -> Timeline:
        """All the permanences of a counsellor."""
        return self._permanences.get(counsellor_id, NOTHING)


@dataclass(frozen=True)
class Facts:
    """All that decides which times are free, as read from the database at `now` (aware UTC).

    `openings` may be an OpeningIndex that the caller keeps between two requests. `engaged` holds
    whatever occupies, orphans of a changed timetable included, without the appointment that is
    being moved; `busy`, what the counsellors' own agendas say is taken.
    """

    openings: OpeningIndex | Sequence[Opening]
    engaged: Sequence[Engaged]
    travel: TravelTimes
    settings: Settings
    now: datetime
    timezone: ZoneInfo = PARIS
    holidays: Container[date] = frozenset()
    shortest_topic_minutes: int = 45
    busy: Sequence[Busy] = ()

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
        """What its counsellor is bound by, as far around an opening as anything can matter.

        The opening itself is among them where it is a permanence.
        """
        counsellor_id = opening.counsellor_id
        starts_at, ends_at = opening.starts_at - self._reach, opening.ends_at + self._reach
        engaged = self._engagements.get(counsellor_id, NOTHING).between(starts_at, ends_at)
        return engaged + self.index.permanences_of(counsellor_id).between(starts_at, ends_at)

    @cached_property
    def _reach(self) -> timedelta:
        """The longest gap that two commitments may need."""
        settings, travel = self.settings, self.travel
        return timedelta(minutes=max(settings.travel_buffer_minutes, travel.longest_minutes))

    @cached_property
    def _engagements(self) -> dict[int, Timeline]:
        by_counsellor: dict[int, list[Commitment]] = defaultdict(list)
        for each in chain[Engaged | Busy](self.engaged, self.busy):
            by_counsellor[each.counsellor_id].append(each)
        return {person: Timeline(engaged) for person, engaged in by_counsellor.items()}
