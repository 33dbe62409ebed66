"""The feeds that somebody may have: made, listed, stopped."""

from typing import Any

from flask import Response, redirect, request, url_for
from markupsafe import Markup

from app.domain.access import Action
from app.domain.feeds import BROWSER, UNKNOWN_PROGRAM, FeedLevel
from app.extensions import db
from app.gateways.qr import qr_svg
from app.services.busy_calendars import known_calendars
from app.services.feeds import (
    FeedOwner,
    closed_feeds,
    create_feed,
    feed_owner,
    feed_owners,
    feeds_in_force,
    revoke_feed,
)
from app.web.access import allow, current_actor, may, requires
from app.web.calendars.forms import LEVEL_HINTS, LEVELS, FeedForm
from app.web.calendars.routes import blueprint, public_url
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.security import keeps_answers
from app.web.staff_page import staff_page

PROGRAMS = {BROWSER: "un navigateur", UNKNOWN_PROGRAM: "un programme inconnu"}
"""Who reads a feed, where it has no name of its own."""


@blueprint.get("/agents/mon-compte/agendas")
@requires(Action.MANAGE_FEEDS)
def own_feeds() -> Response:
    """One's own feeds: of one's agenda, or of the venues of one's communes."""
    return _list()


@blueprint.get("/agents/agendas")
@requires(Action.MANAGE_FEEDS)
def all_feeds() -> Response:
    """Every feed that one may stop; for the coordinator, all of them."""
    return _list()


def _list() -> Response:
    feeds = [each for each in feeds_in_force(db.session()) if _may_have(each.owner)]
    personal = [
        each
        for each in known_calendars(db.session(), now=utc_now())
        if may(Action.PLAN_TIMETABLE, each.subject)
    ]
    return staff_page(
        "calendars/feeds.html",
        feeds=feeds,
        closed=closed_feeds(db.session(), now=utc_now()),
        levels=LEVELS,
        personal=personal,
        programs=PROGRAMS,
    )


@blueprint.get("/agents/agendas/nouveau")
@requires(Action.MANAGE_FEEDS)
def new_feed() -> Response:
    form = FeedForm()
    form.offer(_own_owners())
    return _form_page(form)


@blueprint.post("/agents/agendas/nouveau")
@keeps_answers
@requires(Action.MANAGE_FEEDS)
def create() -> Response:
    """The address is shown by this answer, and never again."""
    form, owners = FeedForm(), _own_owners()
    form.offer(owners)
    if not form.validate():
        return _form_page(form)
    owner = next(each for each in owners if each.key == form.agenda.data)
    token = create_feed(
        db.session(),
        owner,
        FeedLevel(form.niveau.data),
        with_travel=bool(form.trajets.data),
        by=current_actor().user_id,
        now=utc_now(),
    )
    address = f"{public_url()}{url_for('calendars.feed', token=token)}"
    drawing = Markup(qr_svg(address, "Adresse de l’agenda"))  # noqa: S704 - drawn here
    webcal = f"webcal://{address.partition('://')[2]}"
    return staff_page(
        "calendars/created.html", owner=owner, address=address, webcal=webcal, drawing=drawing
    )


@blueprint.post("/agents/agendas/arret")
@requires(Action.MANAGE_FEEDS)
def stop() -> Any:
    """From now on the address opens nothing. Raises SubjectUnknown for a feed of somebody else."""
    feed_id = small_number(request.form.get("agenda"))
    if feed_id is not None:
        allow(Action.MANAGE_FEEDS, feed_owner(db.session(), feed_id).subject)
        revoke_feed(db.session(), feed_id, by=current_actor().user_id, now=utc_now())
    return redirect(url_for("calendars.own_feeds", fait="arrete" if feed_id else None), 303)


def _own_owners() -> list[FeedOwner]:
    return [each for each in feed_owners(db.session()) if _may_have(each)]


def _may_have(owner: FeedOwner) -> bool:
    return may(Action.MANAGE_FEEDS, owner.subject)


def _form_page(form: FeedForm) -> Response:
    offers_travel = any(str(each.value).startswith("conseiller") for each in form.agenda.choices)
    return staff_page(
        "calendars/new_feed.html", form.status, form=form, hints=LEVEL_HINTS, travel=offers_travel
    )
