"""Counts, rates and comparisons of attendance; each one's definition stands in its docstring.

Definitions: statistics §2. Percentages and means are exact fractions or integers: the page rounds
them once, where they are written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.domain.allotment import allot
from app.domain.appointment import CancelledBy
from app.domain.cubes import Volume, VolumeKey
from app.domain.national_labels import WORKSHOP
from app.domain.workshops import ParticipationState

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of appointments, or of places in workshops; by month, commune and type."""

    attended: int = 0
    absent: int = 0
    cancelled_by_person: int = 0
    cancelled_by_service: int = 0
    delay_days: int = 0
    """Sum, over those attended or missed, of the days from the booking to the appointment."""

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(
            self.attended + other.attended,
            self.absent + other.absent,
            self.cancelled_by_person + other.cancelled_by_person,
            self.cancelled_by_service + other.cancelled_by_service,
            self.delay_days + other.delay_days,
        )

    @property
    def expected(self) -> int:
        """Those that were still to be held: people came, or did not."""
        return self.attended + self.absent


@dataclass(frozen=True, slots=True)
class Seat:
    """One registration seen from one date of its workshop."""

    places: int
    cancelled_by: CancelledBy | None
    """None: it stands."""
    state: ParticipationState | None
    came: int
    is_date_cancelled: bool
    is_sheet_closed: bool
    delay_days: int
    """From the registration to the date."""

    @property
    def outcomes(self) -> Outcomes:
        """What became of its places, one by one; while the sheet is open, only who cancelled.

        Who had said that they would miss a date of a cycle cancelled it. Who only waited had no
        place, and is no `Seat`.
        """
        is_told = self.is_sheet_closed and self.state is not None
        if self.cancelled_by is not None and not is_told:
            return self._cancelled(self.cancelled_by)
        if self.is_date_cancelled:
            return self._cancelled(CancelledBy.SERVICE)
        if not is_told:
            return Outcomes()
        if self.state is ParticipationState.EXCUSED:
            return self._cancelled(CancelledBy.PERSON)
        absent = max(0, self.places - self.came)
        return Outcomes(
            attended=self.came, absent=absent, delay_days=self.delay_days * (self.came + absent)
        )

    def _cancelled(self, by: CancelledBy) -> Outcomes:
        is_theirs = by is CancelledBy.PERSON
        return Outcomes(
            cancelled_by_person=self.places if is_theirs else 0,
            cancelled_by_service=0 if is_theirs else self.places,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """The key figures of a period and a place."""

    activities: int
    """Records: one for each meeting, whatever the number of people."""
    helped: int
    """« Accompagnements »: one for each person of each activity."""
    workshops: int
    participations: int
    """People of the workshops."""
    already_helped: int
    minutes: int
    """Of activities: a workshop of two hours is two hours."""

    @property
    def mean_minutes(self) -> Fraction | None:
        """The mean duration, by activity and never by participant; None without any."""
        return Fraction(self.minutes, self.activities) if self.activities else None


def total(volumes: Iterable[Volume]) -> Volume:
    return sum(volumes, Volume())


def within(
    cube: Mapping[VolumeKey, Volume], is_wanted: Callable[[VolumeKey], bool] = lambda _key: True
) -> Figures:
    """The key figures of the cells that are wanted."""
    cells = {key: volume for key, volume in cube.items() if is_wanted(key)}
    everything = total(cells.values())
    workshops = total(volume for key, volume in cells.items() if key.type == WORKSHOP)
    return Figures(
        activities=everything.activities,
        helped=everything.participants,
        workshops=workshops.activities,
        participations=workshops.participants,
        already_helped=everything.already_helped,
        minutes=everything.minutes,
    )


def presence_rate(outcomes: Outcomes) -> Fraction | None:
    """Attended / (attended + absent); a cancelled appointment is no absence. None without any."""
    return Fraction(outcomes.attended, outcomes.expected) if outcomes.expected else None


def mean_delay_days(outcomes: Outcomes) -> Fraction | None:
    """The mean number of days between booking and appointment; None without any."""
    return Fraction(outcomes.delay_days, outcomes.expected) if outcomes.expected else None


def percentages(counts: Mapping[str, int], whole: int = HUNDRED) -> dict[str, int] | None:
    """Each part of the counts, by largest remainder: they add up to `whole` (1000: in tenths).

    Equal remainders: the smallest code first. None where there is nothing to share.
    """
    return allot(whole, counts) if sum(counts.values()) else None


def portion(count: int, among: int) -> Fraction | None:
    """A single rate, such as the part of « Non communiqué »; None among nobody."""
    return Fraction(count, among) if among else None


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside the same one of the same period last year; None: not known then."""

    now: int
    before: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None else self.now - self.before

    @property
    def percent(self) -> int | None:
        """The change in whole percents, halves away from zero; None from nothing, or unknown."""
        if not self.before:
            return None
        change = Fraction(HUNDRED * (self.now - self.before), self.before)
        size = int(abs(change) + Fraction(1, 2))
        return size if change >= 0 else -size


def compare(now: Mapping[str, int], before: Mapping[str, int] | None) -> dict[str, Change]:
    """Each line with last year's; a line that was not there then was 0, unless all is unknown."""
    if before is None:
        return {code: Change(count, None) for code, count in now.items()}
    codes = [*now, *(code for code in before if code not in now)]
    return {code: Change(now.get(code, 0), before.get(code, 0)) for code in codes}
