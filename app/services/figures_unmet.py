"""Who looked for a time and found none: counted by week, commune of residence and kind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind
from app.domain.half_year import HalfYear
from app.models.outbox import UsageCount
from app.models.places import Commune
from app.services.usage import UNMET


@dataclass(frozen=True, slots=True)
class Unmet:
    """Searches that found no free time (statistics §4.4)."""

    permanence: int = 0
    visit: int = 0


def read_unmet(
    session: Session, halves: Collection[HalfYear], *, until: date, commune: str | None = None
) -> Unmet:
    """Those of the weeks whose Monday is in these half-years, and not after `until`.

    Of one commune (INSEE code), or of all. Counts of weeks past never change.
    """
    weeks = [UsageCount.week.between(half.first, min(half.last, until)) for half in halves]
    query = (
        select(UsageCount.name, func.sum(UsageCount.count))
        .where(and_(UsageCount.name.in_(UNMET.values()), or_(*weeks)))
        .group_by(UsageCount.name)
    )
    if commune is not None:
        query = query.join(Commune, Commune.id == UsageCount.commune_id)
        query = query.where(Commune.insee_code == commune)
    found = {name: int(count) for name, count in session.execute(query)}
    return Unmet(*(found.get(UNMET[kind], 0) for kind in _KINDS))


_KINDS = (AvailabilityKind.PERMANENCE, AvailabilityKind.HOME_VISITS)
