"""The agenda: a week or a day, of one counsellor, of a commune, of all; filters in the address."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from app.domain import planning_errors as errors
from app.domain.access import Action
from app.domain.errors import DomainError
from app.extensions import db
from app.gateways.spreadsheets import csv_text
from app.services.agenda import Entry, Period, counsellor_names
from app.services.agenda_saved import save_period
from app.services.agenda_week import read_week
from app.web import filters
from app.web.access import current_actor, requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.grid import columns_of, hours
from app.web.agenda.people import see
from app.web.booking_terms import YEARS, parse_date
from app.web.clock import utc_now
from app.web.security import personal
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

DAY, WEEK = "jour", "semaine"
ALL_COUNSELLORS, ALL_COMMUNES = "tous", "toutes"
HEADER = ("Date", "Heure", "Conseiller", "Qui", "Où", "État")
LONGEST_FILE = timedelta(days=366)
Names = dict[int, tuple[str, str]]
"""Code and first name of each counsellor, by id."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for, or what whoever is signed in would ask for."""

    view: str
    first: date
    counsellor: str
    commune: str

    @property
    def last(self) -> date:
        return self.first if self.view == DAY else self.first + timedelta(days=6)

    def url(self, **changes: Any) -> str:
        """The same page with something else in its address."""
        given = {
            "vue": self.view,
            "debut": self.first.isoformat(),
            "conseiller": self.counsellor,
            "commune": self.commune,
        }
        return url_for("agenda.week", **(given | changes))

    def shifted(self, periods: int) -> str:
        """The address so many weeks or days later."""
        length = 1 if self.view == DAY else 7
        return self.url(debut=(self.first + timedelta(days=periods * length)).isoformat())


@blueprint.get("/agents/agenda.csv")
@requires(Action.SEE_AGENDA)
def week_file() -> Response:
    """The agenda « du … au … » as a table, the days of the page where none are said.

    Of people it tells no more than the page shows; the journal tells who took it.
    """
    catalogue, now, names = current_catalogue(), utc_now(), counsellor_names(db.session())
    by = current_actor().user_id
    try:
        period = _file_period(_period(_filters(names), names))
    except DomainError as refusal:
        return _page(refusal)
    entries = save_period(db.session(), catalogue, period, by=by, now=now)
    answer = Response(csv_text(HEADER, (_cells(each, now) for each in entries)))
    answer.mimetype = "text/csv"
    name = f"agenda-{period.first.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return personal(answer)


def _file_period(shown: Period) -> Period:
    """Raises DateUnreadable, EndUnreadable, EndBeforeStart or PeriodTooLong."""
    first = _file_day("du", shown.first, errors.DateUnreadable)
    last = _file_day("au", shown.last, errors.EndUnreadable)
    if last < first:
        raise errors.EndBeforeStart
    if last - first > LONGEST_FILE:
        raise errors.PeriodTooLong
    return replace(shown, first=first, last=last)


def _file_day(name: str, shown: date, refusal: type[DomainError]) -> date:
    typed = request.args.get(name)
    if typed is None:
        return shown
    day = parse_date(typed)
    if day is None or day.year not in YEARS[1:-1]:
        raise refusal
    return day


def _cells(entry: Entry, now: datetime) -> tuple[str, ...]:
    seen, local = see(entry, now), entry.starts_at.astimezone(filters.zone())
    day, hour = f"{local:%d/%m/%Y}", f"{local:%H:%M}"
    return day, hour, entry.counsellor, seen.name, seen.where, seen.state


@blueprint.get("/agents/agenda")
@requires(Action.SEE_AGENDA)
def week() -> Any:
    """Everybody may look; of people one sees what one may know of them."""
    return _page()


def _page(refusal: DomainError | None = None) -> Response:
    """The days of the address; `refusal` says why they did not become a table."""
    catalogue, now = current_catalogue(), utc_now()
    names = counsellor_names(db.session())
    chosen = _filters(names)
    found = read_week(db.session(), catalogue, _period(chosen, names), names, now)
    return staff_page(
        "agenda/week.html",
        refusal.status if refusal else 200,
        filters=chosen,
        asked={
            "du": request.args.get("du", chosen.first.isoformat()),
            "au": request.args.get("au", chosen.last.isoformat()),
        },
        refusal=sentence(refusal) if refusal else None,
        wrong_field=refusal.field if refusal else None,
        has_errors=refusal is not None,
        today=catalogue.today(now),
        days=columns_of(found, now),
        hours=hours(),
        counsellors=list(names.values()),
        communes=catalogue.communes,
    )


def _filters(names: Names) -> Filters:
    view = DAY if request.args.get("vue") == DAY else WEEK
    on = parse_date(request.args.get("debut", ""))
    if on is None or on.year not in YEARS[1:-1]:
        on = current_catalogue().today(utc_now())
    first = on if view == DAY else on - timedelta(days=on.weekday())
    counsellor = request.args.get("conseiller", "")
    codes = {code for code, _name in names.values()} | {ALL_COUNSELLORS}
    return Filters(
        view=view,
        first=first,
        counsellor=counsellor if counsellor in codes else _own_counsellor(names),
        commune=_known_commune(request.args.get("commune", "")),
    )


def _own_counsellor(names: Names) -> str:
    """A counsellor first sees their own agenda."""
    return names.get(current_actor().counsellor_id or 0, (ALL_COUNSELLORS, ""))[0]


def _known_commune(slug: str) -> str:
    """A desk of one commune first sees that one."""
    if slug == ALL_COMMUNES:
        return slug
    try:
        return current_catalogue().commune(slug).slug
    except DomainError:
        own = current_actor().commune_ids
        if len(own) != 1:
            return ALL_COMMUNES
        return current_catalogue().commune_by_id(next(iter(own))).slug


def _period(chosen: Filters, names: Names) -> Period:
    by_code = {code: counsellor_id for counsellor_id, (code, _name) in names.items()}
    communes: frozenset[int] = frozenset()
    if chosen.commune != ALL_COMMUNES:
        communes = frozenset({current_catalogue().commune(chosen.commune).id})
    return Period(chosen.first, chosen.last, by_code.get(chosen.counsellor), communes)
