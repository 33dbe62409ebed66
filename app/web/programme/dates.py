"""The programme as a list of dates, with its filters."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, request

from app.domain.access import Action, Role
from app.domain.planning_errors import DateUnreadable
from app.extensions import db
from app.services.programme_lists import SHOWN, Wanted, list_dates
from app.services.programme_minimum import questions
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.date_fields import read_date
from app.web.numbers import small_number
from app.web.programme.blueprint import blueprint
from app.web.programme.fields import may_plan
from app.web.programme.rights import holders_offered, may_change
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

SAID = {
    "planifie": "C’est planifié.",
    "reprise": "Le programme est repris.",
}
"""By `?fait=`: what has just been done."""


@blueprint.get("/agents/ateliers")
@requires(Action.SEE_PROGRAMME)
def dates() -> Response:
    """From a day on (today): where, who holds it, how many come."""
    first, why_not = _first()
    found = list_dates(db.session(), current_catalogue(), _wanted(first))
    shown, more = found[:SHOWN], found[SHOWN:]
    zone = current_catalogue().timezone
    by_day = groupby(shown, key=lambda each: each.starts_at.astimezone(zone).date())
    return staff_page(
        "programme/dates.html",
        422 if why_not else 200,
        days=[(day, list(lines)) for day, lines in by_day],
        next_day=more[0].starts_at.astimezone(zone).date() if more else None,
        first=request.args.get("du") if why_not else first,
        why_not=why_not,
        has_errors=bool(why_not),
        communes=_communes(),
        commune=request.args.get("commune", ""),
        people=holders_offered(),
        person=small_number(request.args.get("conseiller")),
        said=SAID.get(request.args.get("fait", "")),
        asked=own_questions(),
        may_plan=may_plan(),
    )


def own_questions() -> list[Any]:
    """« Maintenir ou annuler ? », of what whoever is signed in may change."""
    found = questions(db.session(), current_catalogue(), now=utc_now())
    return [each for each in found if may_change(each.counsellor_ids)]


def _first() -> tuple[date, str | None]:
    today = current_catalogue().today(utc_now())
    try:
        return read_date(request.args.get("du")) or today, None
    except ValueError:
        return today, str(sentence(DateUnreadable()))


def _wanted(first: date) -> Wanted:
    slug = request.args.get("commune", "")
    chosen = frozenset(each.id for each in _communes() if each.slug == slug)
    seen = frozenset(each.id for each in _communes()) if _is_of_communes() else frozenset()
    return Wanted(first, chosen or seen, small_number(request.args.get("conseiller")))


def _communes() -> list[Any]:
    """Those of a desk or a referent are its own."""
    towns = current_catalogue().communes
    if _is_of_communes():
        return [each for each in towns if each.id in current_actor().commune_ids]
    return [each for each in towns if each.bookable]


def _is_of_communes() -> bool:
    return current_actor().role in (Role.CCAS_AGENT, Role.REFERENT)
