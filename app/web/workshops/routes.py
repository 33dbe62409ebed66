"""The programme of workshops, one of them, and the feed of their dates."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Response, current_app, render_template, request

from app.domain.workshops import Level
from app.extensions import db
from app.gateways.ical_programme import render_programme
from app.services.appointment_facts import letterhead
from app.services.workshop_reading import followed_workshops, list_workshops, workshop_by_slug
from app.web.access import public
from app.web.clock import utc_now
from app.web.filters import language
from app.web.site import current_catalogue
from app.web.workshop_words import (
    LEVELS,
    THEMES,
    date_lines,
    place_lines,
    place_row,
    places,
    workshop_when,
)
from app.web.workshops.blueprint import blueprint
from app.web.workshops.filtering import Filters

__all__ = ["blueprint"]

A_PAGE = 20
PAST, AHEAD = timedelta(days=30), timedelta(days=400)
"""What the feed holds: who follows it keeps what was, and sees a year."""
FRESH = "public, max-age=900"


@blueprint.get("/ateliers")
@public
def listed() -> Any:
    """The workshops to come, by date; full, under way and cancelled ones told as such.

    A filter that there is not shows all, and says so (404).
    """
    catalogue, now = current_catalogue(), utc_now()
    filters = Filters.read(catalogue)
    offset = (filters.page - 1) * A_PAGE
    found = list_workshops(
        db.session(), catalogue, now=now, limit=A_PAGE + 1, offset=offset, **filters.query
    )
    page = render_template(
        "workshops/list.html",
        cards=[_card(each) for each in found[:A_PAGE]],
        filters=filters,
        lists=filters.lists(catalogue.served_communes(catalogue.today(now))),
        has_more=len(found) > A_PAGE,
        errors=filters.errors,
    )
    return page, 404 if filters.unknown else 200


def _card(workshop: Any) -> dict[str, Any]:
    row = place_row(workshop)
    communes = dict.fromkeys(each.commune.name for each in workshop.sessions)
    return {
        "workshop": workshop,
        "when": workshop_when(workshop),
        "where": ", ".join(communes),
        "place": row["text"],
        "level": LEVELS[workshop.level],
        "places": places(workshop),
    }


@blueprint.get("/ateliers/<slug>")
@public
def detail(slug: str) -> str:
    """What one does there, where and when, and whether one may still come. 404: WorkshopUnknown."""
    workshop = workshop_by_slug(db.session(), current_catalogue(), slug, utc_now())
    return render_template("workshops/detail.html", **detail_words(workshop))


def detail_words(workshop: Any) -> dict[str, Any]:
    """The names that the template of one workshop uses."""
    standing = workshop.standing_sessions or workshop.sessions
    by_place = {(each.place_name, each.place_address): each for each in standing}
    return {
        "workshop": workshop,
        "when": workshop_when(workshop),
        "dates": date_lines(workshop),
        "venues": [(each.place_name, place_lines(each)) for each in by_place.values()],
        "level": LEVELS[workshop.level],
        "is_for_beginners": workshop.level is Level.BEGINNER,
        "themes": [str(THEMES[code]) for code in workshop.themes if code in THEMES],
        "places": places(workshop),
    }


@blueprint.get("/ateliers.ics")
@public
def feed() -> Response:
    """All dates for a calendar program, of one commune or of all; no place counted, no name.

    Raises CommuneUnknown (422).
    """
    catalogue, now = current_catalogue(), utc_now()
    found = followed_workshops(
        db.session(),
        catalogue,
        (now - PAST, now + AHEAD),
        now=now,
        commune_slug=request.args.get("commune") or None,
    )
    head = letterhead(catalogue, current_app.config["COCLICO"].public_url)
    content = render_programme(found, head, language())
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.set_etag(hashlib.sha256(content).hexdigest())
    answer.headers["Cache-Control"] = FRESH
    answer.make_conditional(request)
    return answer
