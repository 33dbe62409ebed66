"""The questions of a booking: commune, topic, time. All are GET pages; nothing is stored yet."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request

from app.domain.errors import (
    CommuneDeparted,
    CommuneElsewhere,
    DomainError,
    MobilityMissing,
    TopicMissing,
)
from app.web.access import public
from app.web.booking.flow import ASKED, FLOWS, HOME_VISIT, PERMANENCE, Flow, first_missing
from app.web.booking.questions import commune_page, topic_page
from app.web.booking.time_choice import times_page
from app.web.clock import utc_now
from app.web.site import current_catalogue
from app.web.wording import sentence

blueprint = Blueprint("booking", __name__)
FLOW = f"/<any({', '.join(repr(flow) for flow in FLOWS)}):flow>".replace("'", '"')


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
    error: DomainError | None = None
    if answers.commune or ASKED in request.args:
        try:
            answers.home(catalogue, now)
        except (CommuneElsewhere, CommuneDeparted) as refusal:
            return _not_served(answers, refusal)
        except DomainError as refusal:
            error = refusal
        else:
            missing = first_missing(answers, catalogue, now, "time")
            return redirect(answers.url(missing or answers.after_questions))
    return commune_page(answers, refusal=error)


def _not_served(flow: Flow, refusal: DomainError) -> Any:
    """Not an error of the person: where else to find help.

    The link of a commune that left is gone (410); one that never was served has none (404).
    """
    catalogue = current_catalogue()
    commune = refusal.facts.get("commune")
    left_on = commune.active_until if commune else None
    has_left = left_on is not None and left_on < catalogue.today(utc_now())
    page = render_template(
        "booking/not_served.html",
        flow=flow,
        commune=commune if has_left else None,
        map_url=catalogue.texts.get("national_map_url"),
        times_url=_times_url(flow),
    )
    return page, 410 if has_left else 404 if commune else 200


def _times_url(flow: Flow) -> str | None:
    """Who may not wait, but may book: on the way to the free times. None: they may not either."""
    booking = replace(flow, attente="")
    try:
        booking.home(current_catalogue(), utc_now())
    except DomainError:
        return None
    return booking.url("commune")


@blueprint.get(f"{FLOW}/besoin")
@public
def topic(flow: str) -> Any:
    """What help is needed? A list, never a text box."""
    catalogue, answers = current_catalogue(), Flow.read(flow)
    missing = first_missing(answers, catalogue, utc_now(), "topic")
    if missing:
        return redirect(answers.url(missing))
    error: DomainError | None = None
    if answers.besoin or ASKED in request.args:
        try:
            answers.topic(catalogue)
        except DomainError as refusal:
            error = refusal if answers.besoin else TopicMissing()
        else:
            return redirect(answers.url(answers.after_questions))
    return topic_page(answers, refusal=error)


@blueprint.get(f"{FLOW}/heure")
@public
def time(flow: str) -> Any:
    """Which time? Links, so that back and refresh work; nothing is held while choosing."""
    answers = Flow.read(flow)
    missing = first_missing(answers, current_catalogue(), utc_now(), "time")
    return redirect(answers.url(missing)) if missing else times_page(answers)
