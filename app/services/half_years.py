"""Which half-years are closed: where late facts are counted, and which figures are written."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.half_year import HalfYear
from app.models.attendance import HalfYearClosing

HALF_YEARS = "half-years"
"""The lock of whoever closes one, and of whoever writes what a closing counts: no record is told
under an open half-year while that half-year is being closed."""


def last_closed(session: Session) -> date:
    """The last day whose figures never change any more; long ago where nothing is closed."""
    return max((half.last for half in closed_half_years(session)), default=date.min)


def closed_half_years(session: Session) -> frozenset[HalfYear]:
    """The half-years whose figures never change any more."""
    return frozenset(map(HalfYear.parse, session.scalars(select(HalfYearClosing.half_year))))
