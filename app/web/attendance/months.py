"""A month of the lines that are kept, and the table of a period."""

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Response, request

from app.domain import planning_errors as errors
from app.domain.access import Action
from app.domain.calendar import ONE_DAY
from app.domain.errors import DomainError
from app.domain.half_year import month_of
from app.extensions import db
from app.gateways.spreadsheets import csv_text
from app.services.attendance_lines import Line, counsellor_code, find_lines
from app.web import filters
from app.web.access import current_actor, requires
from app.web.attendance.blueprint import blueprint
from app.web.attendance.national_table import HEADER, table_rows
from app.web.attendance.words import told_line
from app.web.booking_terms import YEARS, parse_date
from app.web.clock import utc_now
from app.web.security import personal
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

LONGEST_TABLE = timedelta(days=366)
SAID = {
    "double": "Un nouveau relevé est fait.",
    "supprime": "Le relevé est supprimé.",
    "atelier-supprime": "Le relevé est supprimé. L’atelier est de nouveau à compléter.",
}


@blueprint.get("/agents/frequentation/releves")
@requires(Action.CORRECT_RECORDS)
def lines() -> Any:
    """A month of lines: one's own, or for the coordination everybody's, never beside names."""
    return _page()


@blueprint.get("/agents/frequentation/releves.csv")
@requires(Action.CORRECT_RECORDS)
def table() -> Any:
    """« Du … au … » as a table to keep, the month of the page where no days are said.

    One row per activity, under the national headers.
    """
    try:
        first, last = _table_period()
    except DomainError as refusal:
        return _page(refusal)
    answer = Response(csv_text(HEADER, table_rows(_lines_of(first, last))), mimetype="text/csv")
    name = f'attachment; filename="releves-{first.isoformat()}-{last.isoformat()}.csv"'
    answer.headers["Content-Disposition"] = name
    return personal(answer)


def _page(refusal: DomainError | None = None) -> Any:
    """The month of the address; `refusal` says why its days did not become a table."""
    first = _wanted_month()
    last, month_after = _last_of(first), _last_of(first) + ONE_DAY
    found = _lines_of(first, last)
    waiting = [each for each in found if not each.record.is_copied]
    only_waiting = request.args.get("saisi") == "non"
    return staff_page(
        "attendance/lines.html",
        refusal.status if refusal else 200,
        month=filters.month(first),
        mois=f"{first:%Y-%m}",
        days=_by_day(waiting if only_waiting else found),
        counts=(len(found), len(waiting)),
        only_waiting=only_waiting,
        earlier=f"{month_of(first - ONE_DAY):%Y-%m}",
        later=f"{month_after:%Y-%m}" if first < month_of(_today()) else None,
        asked={
            "du": request.args.get("du", first.isoformat()),
            "au": request.args.get("au", last.isoformat()),
        },
        refusal=sentence(refusal) if refusal else None,
        wrong_field=refusal.field if refusal else None,
        has_errors=refusal is not None,
        is_own=current_actor().counsellor_id is not None,
        said=SAID.get(request.args.get("fait", "")),
    )


def _by_day(lines: list[Line]) -> list[dict[str, Any]]:
    """The last day first; each with its lines and how many of them wait."""
    return [
        {"on": on, "lines": those, "waiting": sum(not each["is_copied"] for each in those)}
        for on, of_it in groupby(map(told_line, lines), key=itemgetter("on"))
        for those in [list(of_it)]
    ]


def _table_period() -> tuple[date, date]:
    """Raises DateUnreadable, EndUnreadable, EndBeforeStart or PeriodTooLong."""
    month = _wanted_month()
    first = _day("du", month, errors.DateUnreadable)
    last = _day("au", _last_of(month), errors.EndUnreadable)
    if last < first:
        raise errors.EndBeforeStart
    if last - first > LONGEST_TABLE:
        raise errors.PeriodTooLong
    return first, last


def _day(name: str, shown: date, refusal: type[DomainError]) -> date:
    typed = request.args.get(name)
    if typed is None:
        return shown
    day = parse_date(typed)
    if day is None:
        raise refusal
    return day


def _wanted_month() -> date:
    """The first day of the month in the address; without one, of this month."""
    day = parse_date(f"{request.args.get('mois', '')}-01")
    return month_of(day if day and day.year in YEARS[1:-1] else _today())


def _last_of(first: date) -> date:
    """The last day of that month."""
    return month_of(first.replace(day=28) + 4 * ONE_DAY) - ONE_DAY


def _today() -> date:
    return current_catalogue().today(utc_now())


def _lines_of(first: date, last: date) -> list[Line]:
    """The lines of those days that whoever is signed in may see."""
    own = current_actor().counsellor_id
    whose = counsellor_code(db.session(), own) if own is not None else None
    return find_lines(db.session(), first, last, counsellor=whose)
