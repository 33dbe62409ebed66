"""(j) the boards of figures: nine years of cubes behind twelve months of lines, against none.

Both databases hold the same lines; what grows is what half-years that were closed have left.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.domain.cubes import TERRITORY
from app.domain.half_year import HalfYear
from app.domain.national_labels import AT_HOME, AT_VENUE, INDIVIDUAL, NATIONAL, WORKSHOP
from app.domain.nomenclature import Family
from app.models.attendance import (
    AttendanceRow,
    HalfYearClosing,
    HoursCube,
    OutcomeCount,
    PublicCube,
    ResidenceCube,
    VolumeCube,
)
from app.models.places import Commune
from bench.agenda import SECRET_KEY, signed_in_cookie
from bench.databases import session_on
from bench.load import Call, get
from bench.pages import interleaved, paired, rates
from bench.servers import OURS, serving

LINES = 5_000
DAYS = 365
FAMILIES = (Family.AGE, Family.GENDER, Family.STATUS, Family.THEME)
LABELS_OF = date(2026, 1, 1)
"""Labels of the form as it is: the years before it are only there to weigh."""
ONE = {"count": 7}


def add_figures(url: str, years: int) -> None:
    """Twelve months of lines, and before them so many years of closed half-years."""
    today = datetime.now(UTC).date()
    with session_on(url) as session:
        codes = list(session.scalars(select(Commune.insee_code)))
        session.execute(insert(AttendanceRow), list(_lines(codes, today)))
        this = HalfYear.of(today)
        for year, half in product(range(this.year - 1 - years, this.year - 1), (1, 2)):
            _close(session, HalfYear(year, half), codes)
        session.commit()


def _lines(codes: list[str], today: date) -> Iterator[dict[str, Any]]:
    for rank in range(LINES):
        on, code = today - timedelta(days=rank % DAYS), codes[rank % len(codes)]
        counts = {"genders": {"f": 1}, "ages": {"70p": 1}, "statuses": {"retraite": 1}}
        yield {
            **counts,
            "on": on, "counted_on": on, "counsellor": "jeanne", "type": INDIVIDUAL, "minutes": 45,
            "place_kind": AT_VENUE, "place_commune": code, "participants": 1, "themes": ["email"],
            "procedures": [], "residences": {code: 1}, "already_helped": 0, "devices": [],
            "title": "", "leaders": 1, "travel_minutes": 0, "preparation_minutes": 0,
        }  # fmt: skip


def _close(session: Any, half: HalfYear, codes: list[str]) -> None:
    """What the closing of a busy half-year leaves."""
    closing = {"half_year": half.code, "closed_on": half.closable_on, "closed_by_id": 1}
    session.execute(insert(HalfYearClosing), [{**closing, "missing": 0}])
    months = list(product(half.months, codes))
    where = [{"month": month, "commune": code} for month, code in months]
    worked = {"planned": 900, "held": 800, "used": 500, "lost": {"PLACE_CLOSED": 100}}
    road = {"travel_minutes": 20, "preparation_minutes": 0}
    told = {"activities": 9, "participants": 9, "already_helped": 3, "minutes": 400}
    session.execute(insert(HoursCube), [{**each, **worked, **road} for each in where])
    session.execute(
        insert(VolumeCube),
        [
            {**each, "type": type_, "place_kind": kind, **told, **road, "late_activities": 0}
            for each, type_, kind in product(where, (INDIVIDUAL, WORKSHOP), (AT_VENUE, AT_HOME))
        ],
    )
    lived = {"participants": 9, "minutes": 400}
    session.execute(insert(ResidenceCube), [{**each, **lived} for each in where])
    ended = {"attended": 9, "absent": 1, "cancelled_by_person": 1, "cancelled_by_service": 0}
    session.execute(
        insert(OutcomeCount),
        [{**each, "type": INDIVIDUAL, **ended, "delay_days": 60} for each in where],
    )
    session.execute(
        insert(PublicCube),
        [
            {"half_year": half.code, "commune": code, "family": family, "code": label.code, **ONE}
            for code, family in product([TERRITORY, *codes], FAMILIES)
            for label in NATIONAL.labels_at(family, LABELS_OF)
        ],
    )


def measure_boards(
    databases: dict[int, str], folder: Path, rounds: int, seconds: float
) -> dict[str, Any]:
    """Median time of the boards, one client at a time, by years of closed half-years."""
    with ExitStack() as running:
        plans = {
            str(years): (
                running.enter_context(serving(OURS, url, folder, SECRET_KEY=SECRET_KEY)),
                _calls(url, years),
            )
            for years, url in databases.items()
        }
        measured = interleaved(plans, rounds, seconds, clients=1)
    first, last = measured[str(min(databases))], measured[str(max(databases))]
    return {
        "by_past": {name: rates(each) for name, each in measured.items()},
        "ratio": paired(last, first, "median_ms"),
    }


def _calls(url: str, years: int) -> list[Call]:
    """The half-year, the year, a commune, and a year that is over: what a coordinator looks at.

    The last one is closed where any is, and is read from cubes; else from lines.
    """
    cookie = signed_in_cookie(url)
    year = datetime.now(UTC).year
    over = year - 2 if years else year - 1
    queries = "", f"?periode={year}", "?commune=breuillet", f"?periode={over}"
    return [get(f"/agents/statistiques{query}", Cookie=cookie) for query in queries]
