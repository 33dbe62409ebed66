"""Who is where, held in memory while the story is told: the slot algorithm is asked on it."""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.availability import Opening
from app.domain.calendar import ONE_DAY, local_day
from app.domain.facts import Engaged, Facts, OpeningIndex
from app.domain.offer import one_per_time, rank, without_stranding
from app.domain.slots import Slot, Wish, find_slots
from app.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class _Taken:
    day: date
    engaged: Engaged


class Agenda:
    """The openings of the period, and what has been taken of them so far."""

    def __init__(self, catalogue: Catalogue, holidays: Container[date]) -> None:
        self._catalogue = catalogue
        self._holidays = holidays
        self._index = OpeningIndex(())
        self._taken: dict[int, _Taken] = {}
        self._by_day: dict[date, dict[int, Engaged]] = defaultdict(dict)

    def show(self, openings: Iterable[Opening]) -> None:
        """From now on, these are the openings; what was taken stays."""
        self._index = OpeningIndex(openings)

    @property
    def openings(self) -> list[Opening]:
        """By date and hour."""
        return list(self._index)

    def days(self, first: date, end: date) -> list[date]:
        """The dates with an opening, `end` not included."""
        return self._index.days(first, end - ONE_DAY)

    def free(self, wish: Wish, day: date, at: datetime, *, for_desk: bool) -> list[Slot]:
        """What the site, or the desk, would offer for that day at that instant, soonest first."""
        facts = Facts(
            openings=self._index,
            engaged=list(self._by_day[day].values()),
            travel=self._catalogue.travel,
            settings=self._catalogue.settings,
            now=at,
            timezone=self._catalogue.timezone,
            holidays=self._holidays,
            shortest_topic_minutes=self._catalogue.shortest_topic_minutes,
        )
        slots = find_slots(facts, wish, first=day, last=day, for_desk=for_desk)
        return one_per_time(rank(without_stranding(slots, facts.timezone)))

    def take(self, number: int, slot: Slot) -> None:
        """That appointment holds those hours, and no others any more."""
        self.release(number)
        engaged = Engaged(slot.counsellor_id, slot.starts_at, slot.ends_at, slot.place)
        day = local_day(slot.starts_at, self._catalogue.timezone)
        self._taken[number] = _Taken(day, engaged)
        self._by_day[day][number] = engaged

    def release(self, number: int) -> None:
        """Its hours, if it holds any, are free again."""
        if taken := self._taken.pop(number, None):
            del self._by_day[taken.day][number]
