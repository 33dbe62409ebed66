"""The questions of a booking: commune, topic, time. All are GET pages; nothing is stored yet."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from app.domain.errors import (
    CommuneDeparted,
    CommuneElsewhere,
    DomainError,
    MobilityMissing,
    TopicMissing,
)
from app.extensions import db
from app.services.times import find_neighbours, find_times
from app.web.access import public
from app.web.booking.flow import (
    FLOWS,
    HOME_VISIT,
    PERMANENCE,
    Flow,
    first_gap,
)
from app.web.booking.time_choice import time_page
from app.web.booking_terms import YES
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.wording import sentence

blueprint = Blueprint("booking", __name__)
FLOW = f"/<any({', '.join(repr(flow) for flow in FLOWS)}):flow>".replace("'", '"')
ASKED = "etape"
"""Present when the question was answered on its page: then an empty answer is an error."""


@blueprint.get("/visite-a-domicile")
@public
def mobility() -> Any:
    """Home visit, first screen: can the person come?"""
    flow = Flow.read(HOME_VISIT)
    answer = request.args.get("deplacement")
    if answer == "oui":
        return redirect(Flow.read(PERMANENCE).url("commune"))
    if answer == "non":
        return redirect(flow.url("commune"))
    error = sentence(MobilityMissing()) if ASKED in request.args else None
    return render_template("booking/mobility.html", flow=flow, error=error), 422 if error else 200


@blueprint.get("/rendez-vous", defaults={"flow": PERMANENCE})
@blueprint.get("/visite-a-domicile/commune", defaults={"flow": HOME_VISIT})
@public
def commune(flow: str) -> Any:
    """Which commune? A poster's link answers it; another commune is told where else to ask."""
    catalogue, now = current_catalogue(), utc_now()
    answers = Flow.read(flow)
    error, status = None, 200
    if answers.commune or ASKED in request.args:
        try:
            home = answers.home(catalogue, now)
        except (CommuneElsewhere, CommuneDeparted) as refusal:
            return _not_served(answers, refusal)
        except DomainError as refusal:
            error, status = sentence(refusal), refusal.status
        else:
            if home or not answers.is_visit:
                return redirect(first_gap(answers, catalogue, now, "time") or answers.url("time"))
            return _not_served(answers, CommuneElsewhere())
    communes = catalogue.served_communes(catalogue.today(now))
    page = render_template("booking/commune.html", flow=answers, communes=communes, error=error)
    return page, status


def _not_served(flow: Flow, refusal: DomainError) -> Any:
    """Not an error of the person: where else to find help. A departed commune's link is gone."""
    catalogue = current_catalogue()
    page = render_template(
        "booking/not_served.html",
        flow=flow,
        commune=refusal.facts.get("commune"),
        map_url=catalogue.texts.get("national_map_url"),
    )
    return page, 410 if isinstance(refusal, CommuneDeparted) else 200


@blueprint.get(f"{FLOW}/besoin")
@public
def topic(flow: str) -> Any:
    """What help is needed? A list, never a text box."""
    catalogue, now = current_catalogue(), utc_now()
    answers = Flow.read(flow)
    gap = first_gap(answers, catalogue, now, "topic")
    if gap:
        return redirect(gap)
    error = None
    if answers.besoin or ASKED in request.args:
        try:
            answers.topic(catalogue)
        except DomainError as refusal:
            error = sentence(refusal if answers.besoin else TopicMissing())
        else:
            return redirect(answers.url("time"))
    page = render_template(
        "booking/topic.html", flow=answers, topics=catalogue.offered_topics(), error=error
    )
    return page, 422 if error else 200


@blueprint.get(f"{FLOW}/heure")
@public
def time(flow: str) -> Any:
    """Which time? Links, so that back and refresh work; nothing is held while choosing."""
    catalogue, now = current_catalogue(), utc_now()
    answers = Flow.read(flow)
    gap = first_gap(answers, catalogue, now, "time")
    if gap:
        return redirect(gap)
    search = answers.search(catalogue, now)
    if (answers.voisines == YES or search.home is None) and not answers.is_visit:
        neighbours = find_neighbours(db.session(), catalogue, search, now=now)
        return time_page(answers, search, now, neighbours=neighbours)
    times = find_times(db.session(), catalogue, search, now=now)
    return time_page(answers, search, now, times=times)
