"""The programme of one month, to print and to pin up: of one commune, or of all."""

from datetime import UTC, date, datetime, time
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from app.domain.workshop_facts import SessionFacts, WorkshopFacts
from app.extensions import db
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.workshop_reading import workshops_between
from app.web import filters
from app.web.access import public
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.workshop_words import LEVELS, places, session_when
from app.web.workshops.blueprint import blueprint
from app.web.workshops.filtering import unknown_words

MONTHS = 12
"""How far one may turn the pages, back and forth: nobody plans further."""


@blueprint.get("/ateliers/programme")
@public
def monthly() -> Any:
    """All dates of a month, by day. Another commune or month than there is shows all, or this one,
    and says so (404).
    """
    catalogue, now = current_catalogue(), utc_now()
    this_month = catalogue.today(now).replace(day=1)
    asked, place = request.args.get("mois", ""), request.args.get("commune", "")
    month = parse_date(f"{asked}-01") if asked else this_month
    commune = next((each for each in catalogue.communes if each.slug == place), None)
    slug = commune.slug if commune else None
    errors = [] if month else [gettext("Ce mois n’existe pas. Choisissez un autre mois.")]
    if place and commune is None:
        errors.append(unknown_words("commune"))
    found = _dates_of(catalogue, month or this_month, now, slug)
    page = render_template(
        "workshops/monthly.html",
        title=_title(month or this_month, commune),
        days=found,
        commune=commune,
        turns=_turns(month or this_month, this_month, slug),
        chips_of=_chips(catalogue, month or this_month, commune, now),
        errors=[{"text": each} for each in errors],
    )
    return page, 404 if errors else 200


def _dates_of(
    catalogue: Catalogue, month: date, now: datetime, slug: str | None
) -> list[dict[str, Any]]:
    """The dates of that local month, in order; of a cycle those alone that are in it."""
    span = _instant(catalogue, month), _instant(catalogue, _shifted(month, 1))
    workshops = workshops_between(db.session(), catalogue, span, now=now, commune_slug=slug)
    pairs = [
        (session, workshop)
        for workshop in workshops
        for session in workshop.sessions
        if span[0] <= session.starts_at < span[1] and slug in {None, session.commune.slug}
    ]
    pairs.sort(key=lambda pair: (pair[0].starts_at, pair[0].id))
    return [_line(session, workshop) for session, workshop in pairs]


def _line(session: SessionFacts, workshop: WorkshopFacts) -> dict[str, Any]:
    rank = [each.id for each in workshop.sessions].index(session.id) + 1
    return {
        "when": session_when(session),
        "workshop": workshop,
        "place": f"{session.place_name}, {session.place_address}",
        "level": LEVELS[workshop.level],
        "is_off": workshop.is_cancelled or session.is_cancelled,
        "rank": gettext("Date %(rank)s sur %(count)s", rank=rank, count=len(workshop.sessions))
        if workshop.is_cycle
        else None,
        "places": places(workshop),
    }


def _title(month: date, commune: CommuneEntry | None) -> str:
    words = filters.month(month)
    if commune is None:
        return str(gettext("Ateliers en groupe : %(month)s", month=words))
    return str(
        gettext("Ateliers en groupe, %(commune)s : %(month)s", commune=commune.name, month=words)
    )


def _turns(month: date, this_month: date, slug: str | None) -> list[dict[str, str]]:
    """The months before and after, as far as anybody plans."""
    first, last = _shifted(this_month, -MONTHS), _shifted(this_month, MONTHS)
    beside = [each for each in (_shifted(month, -1), _shifted(month, 1)) if first <= each <= last]
    return [
        {
            "text": filters.first_upper(filters.month(each)),
            "href": _url(each, slug),
        }
        for each in beside
    ]


def _chips(
    catalogue: Catalogue, month: date, commune: CommuneEntry | None, now: datetime
) -> list[dict[str, Any]]:
    served = catalogue.served_communes(catalogue.today(now))
    everywhere = {
        "text": gettext("Toutes les communes"),
        "href": _url(month, None),
        "current": commune is None,
    }
    return [
        everywhere,
        *(
            {
                "text": each.name,
                "href": _url(month, each.slug),
                "current": commune is not None and each.id == commune.id,
            }
            for each in served
        ),
    ]


def _url(month: date, slug: str | None) -> str:
    return url_for("workshops.monthly", mois=f"{month:%Y-%m}", commune=slug)


def _shifted(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    rank = month.year * 12 + month.month - 1 + months
    return date(rank // 12, rank % 12 + 1, 1)


def _instant(catalogue: Catalogue, day: date) -> datetime:
    """The midnight that begins that local day, in UTC."""
    return datetime.combine(day, time(), tzinfo=catalogue.timezone).astimezone(UTC)
