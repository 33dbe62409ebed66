"""What a change of the timetable does to an appointment, and what can be done about it.

A colleague at the same hour, the same place at its next opening, another place sooner, or a call.
Each answer takes time that the next line can no longer have: decide line by line, in order.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from app.domain.availability import Absence, AvailabilityKind
from app.domain.calendar import ONE_DAY, local_day
from app.domain.facts import Engaged, Facts
from app.domain.handover import is_there, obstacle_for, works_that_day
from app.domain.slots import Slot, Wish, iter_days, slots_at


class Way(StrEnum):
    COLLEAGUE = "collegue"
    """Same hour, same place, somebody else."""
    HERE = "ici"
    """Same place, another time."""
    ELSEWHERE = "ailleurs"
    """Another commune, sooner."""
    CALL = "appel"
    """It stays where it is, and somebody calls."""


@dataclass(frozen=True, slots=True)
class Touched:
    """An appointment that the new timetable no longer holds; no person in it."""

    appointment_id: int
    held: Engaged
    wish: Wish


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that can be done about it."""

    way: Way
    counsellor_id: int | None = None
    slot: Slot | None = None
    is_easy: bool = True
    """Nobody is asked for anything unusual: it may be chosen for the coordinator."""

    @property
    def key(self) -> str:
        """What a form sends back: « collegue.2 », « ici.20261124T0800.1.4 », « appel »."""
        if self.slot is not None:
            place = self.slot.place
            stamp = self.slot.starts_at.strftime(_STAMP)
            return f"{self.way}.{stamp}.{place.commune_id}.{place.venue_id or 0}"
        return f"{self.way}.{self.counsellor_id}" if self.counsellor_id else str(self.way)


CALL = Proposal(Way.CALL)
_STAMP = "%Y%m%dT%H%M"
_KEY = re.compile(r"(\d{8}T\d{4})\.(\d{1,9})\.(\d{1,9})")


class Board:
    """The facts under the new timetable, on which one answer after the other is written."""

    def __init__(
        self, facts: Facts, absences: Sequence[Absence], colleagues: Sequence[int]
    ) -> None:
        """`colleagues` are the ids of the counsellors at work."""
        self.facts = facts
        self.absences = absences
        self.colleagues = colleagues

    def proposals(self, touched: Touched, neighbours: Iterable[int] = ()) -> list[Proposal]:
        """What can be done, best first; a call always can. `neighbours`: communes, by distance."""
        return self._apart_from(touched)._proposals(touched, neighbours)

    def _proposals(self, touched: Touched, neighbours: Iterable[int]) -> list[Proposal]:
        given = [Proposal(Way.COLLEAGUE, each, is_easy=easy) for each, easy in self._free(touched)]
        here = self._first(touched.wish)
        times = [Proposal(Way.HERE, slot=here)] if here else []
        elsewhere = self._sooner(touched.wish, here, neighbours)
        if elsewhere is not None:
            times.append(Proposal(Way.ELSEWHERE, slot=elsewhere, is_easy=False))
        easy = [each for each in given if each.is_easy]
        return [*easy, *times, *(each for each in given if not each.is_easy), CALL]

    def find(self, touched: Touched, key: str) -> Proposal:
        """The proposal of that key, if it still holds; CALL for any other."""
        way, _, rest = key.partition(".")
        board = self._apart_from(touched)
        if way == Way.COLLEAGUE and rest.isdecimal():
            return board._colleague(touched, int(rest))
        if way in (Way.HERE, Way.ELSEWHERE):
            return board._time(touched, Way(way), rest)
        return CALL

    def write(self, touched: Touched, proposal: Proposal) -> None:
        """That answer is chosen: what follows sees the time as taken."""
        others = self._apart_from(touched).facts
        self.facts = replace(others, engaged=(*others.engaged, seated(touched, proposal)))

    def _apart_from(self, touched: Touched) -> "Board":
        return self.without([touched.held])

    def without(self, leaving: Sequence[Engaged]) -> "Board":
        """The same without those appointments, which are in nobody's way when they move."""
        engaged = tuple(each for each in self.facts.engaged if each not in leaving)
        return Board(replace(self.facts, engaged=engaged), self.absences, self.colleagues)

    def _free(self, touched: Touched) -> list[tuple[int, bool]]:
        """Who could hold it, and whether they work that day anyway; who is there comes first."""
        others = (each for each in self.colleagues if each != touched.held.counsellor_id)
        held = [replace(touched.held, counsellor_id=each) for each in others]
        free = [each for each in held if not obstacle_for(self.facts, self.absences, each)]
        free.sort(key=lambda each: (not is_there(self.facts, each), each.counsellor_id))
        return [(each.counsellor_id, works_that_day(self.facts, each)) for each in free]

    def _colleague(self, touched: Touched, counsellor_id: int) -> Proposal:
        held = replace(touched.held, counsellor_id=counsellor_id)
        is_other = counsellor_id in self.colleagues and held != touched.held
        if not is_other or obstacle_for(self.facts, self.absences, held):
            return CALL
        return Proposal(Way.COLLEAGUE, counsellor_id)

    def _sooner(self, wish: Wish, here: Slot | None, neighbours: Iterable[int]) -> Slot | None:
        """The nearest commune with a time on an earlier day; nobody's home is elsewhere."""
        if wish.kind is AvailabilityKind.HOME_VISITS:
            return None
        for commune_id in neighbours:
            slot = self._first(replace(wish, commune_id=commune_id, venue_id=None))
            if slot and (here is None or self._day(slot) < self._day(here)):
                return slot
        return None

    def _first(self, wish: Wish) -> Slot | None:
        """The first time of the desk, from tomorrow on: nobody is moved to this very day."""
        tomorrow = self.facts.today + ONE_DAY
        for _, slots in iter_days(self.facts, wish, first=tomorrow, for_desk=True):
            return slots[0]
        return None

    def _day(self, slot: Slot) -> date:
        return local_day(slot.starts_at, self.facts.timezone)

    def _time(self, touched: Touched, way: Way, rest: str) -> Proposal:
        found = _KEY.fullmatch(rest)
        try:
            stamp, commune_id, venue_id = found.groups() if found else ("", "0", "0")
            starts_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            return CALL
        wish = replace(touched.wish, commune_id=int(commune_id), venue_id=int(venue_id) or None)
        is_visit = wish.kind is AvailabilityKind.HOME_VISITS
        if is_visit and wish.commune_id != touched.wish.commune_id:
            return CALL
        judged = slots_at(self.facts, wish, starts_at, for_desk=True)
        slot = next((each.slot for each in judged if each.refusal is None), None)
        return Proposal(way, slot=slot) if slot else CALL


def default_of(proposals: Sequence[Proposal]) -> Proposal:
    """What is chosen unless somebody chooses: the same hour, else the same place, else a call."""
    return next((each for each in proposals if each.is_easy), CALL)


def seated(touched: Touched, proposal: Proposal) -> Engaged:
    """Where and when the appointment is, once that is done."""
    slot = proposal.slot
    if slot is not None:
        return Engaged(slot.counsellor_id, slot.starts_at, slot.ends_at, slot.place)
    return replace(touched.held, counsellor_id=proposal.counsellor_id or touched.held.counsellor_id)
