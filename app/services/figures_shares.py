"""Did each commune get its share: held beside the key, to date, since January, and at the end."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.allotment import allot
from app.domain.calendar import ONE_DAY
from app.domain.cubes import TERRITORY
from app.domain.fair_share import Share, projected, shares
from app.domain.half_year import HalfYear
from app.domain.hours import HeldTime, held_times
from app.domain.sharing import SharingKey, amounts_due, time_keys
from app.domain.sharing_errors import KeyNotInForce
from app.models.attendance import HalfYearClosing
from app.services.catalogue import Catalogue
from app.services.figures_hours import read_worked
from app.services.figures_time import read_period
from app.services.sharing_keys import read_keys

HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Cost:
    """Money of the period, in cents: who bears it, and what the time held was worth."""

    due: Mapping[str, int]
    """By payer, by the cost keys."""
    received: Mapping[str, int]
    """By commune, pro rata of the minutes held there."""


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of the communes over a half-year, by INSEE code."""

    to_date: Mapping[str, Share]
    since_january: Mapping[str, Share]
    """Empty where hours of that year were held on a day without a key."""
    at_the_end: Mapping[str, Share] | None
    """If all that is planned is held; None once the half-year is over, or where hours are planned
    on a day without a key.
    """
    cost: Cost | None
    """None while the territory has not set what the service costs in a year, and where a day of
    the half-year has no cost key: what nobody bears that day is not billed to those of other days.
    """
    without_cost_key: date | None
    """The first such day, to be told beside the shares; None where each day has its key."""
    tolerance: int
    """The gap that is no matter of discussion, in hundredths of a point."""


def read_shares(
    session: Session,
    catalogue: Catalogue,
    half: HalfYear,
    closed: Collection[HalfYear],
    *,
    today: date,
) -> Shares | None:
    """The shares of a half-year as known at the end of yesterday; None where no key is in force."""
    keys = read_keys(session)
    year = [HalfYear(half.year, number) for number in range(1, half.half + 1)]
    until = min(half.last, today - ONE_DAY)
    times = read_worked(session, catalogue, year, closed, until=until).times
    by_time, january = time_keys(keys.everything), date(half.year, 1, 1)
    to_date = _where_in_force(times, by_time, half.first, half.last)
    if to_date is None:
        return None
    cost, missing = _cost(_annual_cents(session, catalogue, half), half, to_date, keys.cost)
    ends = None
    if today <= half.last:
        planned = _held_if_all_goes_well(session, catalogue, half, today)
        ends = _at_the_end(times, planned, by_time, half, today)
    return Shares(
        to_date=to_date,
        since_january=_where_in_force(times, by_time, january, half.last) or {},
        at_the_end=ends,
        cost=cost,
        without_cost_key=missing,
        tolerance=catalogue.settings.gap_tolerance_points * HUNDREDTHS,
    )


def _where_in_force(
    times: Sequence[HeldTime], keys: Sequence[SharingKey], first: date, last: date
) -> dict[str, Share] | None:
    """The shares of these days; None where hours were held on one without a key."""
    try:
        return shares(times, keys, first, last)
    except KeyNotInForce:
        return None


def _at_the_end(
    held: Sequence[HeldTime],
    planned: Sequence[HeldTime],
    keys: Sequence[SharingKey],
    half: HalfYear,
    today: date,
) -> dict[str, Share] | None:
    try:
        return projected(held, planned, keys, (half.first, half.last), today)
    except KeyNotInForce:
        return None


def _held_if_all_goes_well(
    session: Session, catalogue: Catalogue, half: HalfYear, today: date
) -> list[HeldTime]:
    """What is planned from today on, known absences taken out."""
    return held_times(read_period(session, catalogue, max(half.first, today), half.last))


def _annual_cents(session: Session, catalogue: Catalogue, half: HalfYear) -> int | None:
    """What the service costs in a year: of a closed half-year, as it was set at its closing."""
    closing = session.get(HalfYearClosing, half.code)
    return catalogue.settings.annual_cost_cents if closing is None else closing.annual_cost_cents


def _cost(
    annual: int | None,
    half: HalfYear,
    to_date: Mapping[str, Share],
    keys: Sequence[SharingKey],
) -> tuple[Cost | None, date | None]:
    """The year's cost runs every day: the half-year bears its days of it.

    Without a cost key on each of them: no cost, and the first day that has none.
    """
    if annual is None:
        return None, None
    days = {str(each.half): (each.last - each.first).days + 1 for each in _halves(half.year)}
    cents = allot(annual, days)[str(half.half)]
    held = {code: share.held for code, share in to_date.items() if code != TERRITORY}
    received = allot(cents, held) if any(held.values()) else dict.fromkeys(held, 0)
    try:
        return Cost(amounts_due(cents, keys, half.first, half.last), received), None
    except KeyNotInForce as refusal:
        return None, refusal.facts["day"]


def _halves(year: int) -> tuple[HalfYear, HalfYear]:
    return HalfYear(year, 1), HalfYear(year, 2)
