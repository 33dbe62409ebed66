"""« Me prévenir si une place se libère »: the waiting list, asked like a booking without hour."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.booking import Choice
from app.domain.errors import (
    DatabaseUnavailable,
    DomainError,
    FormAlreadyUsed,
    OutcomeUnknown,
)
from app.extensions import db
from app.services import waiting
from app.services.times import NEAREST_SHOWN, find_times
from app.services.transaction import answering
from app.web.access import public
from app.web.booking.carrying import catalogue_at_hand, wait_page
from app.web.booking.flow import HOME_VISIT, NONE_SUITS, PERMANENCE, Flow, first_missing
from app.web.booking.routes import FLOW, blueprint
from app.web.booking.summary import waiting_rows
from app.web.booking.waiting_forms import HALF_DAY_OF, wait_form
from app.web.booking_terms import YES, when_chosen
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.quotas import join_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue

__all__ = ["blueprint"]


@blueprint.get("/liste-attente")
@public
def wait_start() -> Response:
    """The address of posters and town halls: on to the first question without an answer."""
    path = HOME_VISIT if request.args.get("visite") == YES else PERMANENCE
    return _next_question(Flow.read(path), utc_now()) or redirect(_listed(path).url("wait"))


@blueprint.get(f"{FLOW}/attente")
@public
def wait(flow: str) -> Any:
    """Who waits, when they can come, and how to tell them."""
    answers = _listed(flow)
    return _next_question(answers, utc_now()) or wait_page(answers, wait_form(answers))


@blueprint.post(f"{FLOW}/attente")
@keeps_answers
@public
def wait_again(flow: str) -> Any:
    """« Modifier » on the check page: the same page with every answer still there."""
    answers = _listed(flow)
    form = wait_form(answers)
    form.check_token()
    return wait_page(answers, form)


@blueprint.get(f"{FLOW}/attente/verifier")
@public
def wait_bookmark(flow: str) -> Response:
    """Nothing is stored, so a bookmark of the check page leads back to the questions."""
    return redirect(_listed(flow).url("wait"))


@blueprint.post(f"{FLOW}/attente/verifier")
@keeps_answers
@public
def wait_check(flow: str) -> Any:
    """Everything to read again, and nothing saved; the free times that would suit come first."""
    answers = _listed(flow)
    form = wait_form(answers)
    if not (form.validate() and form.check_pace()):
        return wait_page(answers, form)
    try:
        wanted = form.to_join(answers, catalogue_at_hand(), utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return wait_page(answers, form)
    if not answers.has_seen_times and (free := _free_times(answers, form)):
        return _free_page(answers, form, free)
    form.give_key()
    return _check_page(answers, form, wanted)


@blueprint.post(f"{FLOW}/attente/confirmer")
@keeps_answers
@public
def wait_confirm(flow: str) -> Any:
    """On the list, once however often it is pressed; a refusal keeps every answer."""
    answers = _listed(flow)
    form = wait_form(answers)
    if not (form.validate() and form.check_key()):
        return wait_page(answers, form)
    try:
        wanted = form.to_join(answers, catalogue_at_hand(), utc_now())
        token = _join(wanted)
    except (FormAlreadyUsed, OutcomeUnknown) as refusal:
        form.refuse(refusal)
        if isinstance(refusal, FormAlreadyUsed):
            form.give_key()
        return _check_page(answers, form, wanted)  # the same key tells whether it was saved
    except DomainError as refusal:
        form.refuse(refusal)
        return wait_page(answers, form)
    return redirect(url_for("waiting.show", token=token, fait="inscrit"), 303)


def _join(wanted: waiting.JoinRequest) -> str:
    quotas = join_quotas(catalogue_at_hand(), wanted.booking)
    with answering(db.session()):
        return waiting.join(
            db.session(), wanted, now=utc_now(), links=current_links(), quotas=quotas
        )


def _listed(path: str) -> Flow:
    """The answers of the address, on the way to the list and to no hour."""
    g.page_path = url_for("booking.wait", flow=path).removeprefix(request.script_root)
    return Flow.read(path).for_list()


def _next_question(flow: Flow, now: datetime) -> Response | None:
    missing = first_missing(flow, current_catalogue(), now, "time")
    return redirect(flow.for_list().url(missing)) if missing else None


def _free_times(flow: Flow, form: Any) -> list[str]:
    """The first free times of their commune in the half-day they chose, in words.

    None where the database is silent: that keeps nobody from the list.
    """
    catalogue, now = catalogue_at_hand(), utc_now()
    search = replace(flow, moment=_moment(form), des="").search(catalogue, now)
    try:
        with answering(db.session()):
            days = find_times(db.session(), catalogue, search, now=now).days
    except DatabaseUnavailable:
        return []
    times = [(slot, day.venue) for day in days for slot in day.slots]
    return [
        when_chosen(
            Choice(
                search.kind,
                flow.commune,
                flow.besoin,
                slot.starts_at,
                venue.slug if venue else None,
            ),
            catalogue,
            now,
        )
        for slot, venue in times[:NEAREST_SHOWN]
    ]


def _moment(form: Any) -> str:
    return next((each for each, half in HALF_DAY_OF.items() if half == form.quand.data), "")


def _free_page(flow: Flow, form: Any, free: list[str]) -> Any:
    """Before the list: what they could have at once. Both ways keep every answer."""
    catalogue = catalogue_at_hand()
    return render_template(
        "booking/wait_free.html",
        flow=flow,
        form=form,
        commune=flow.home(catalogue, utc_now()),
        free=free,
        see_url=flow.url("time_again", attente="", moment=_moment(form)),
        wait_url=flow.url("wait_check", attente=NONE_SUITS),
    )


def _check_page(flow: Flow, form: Any, wanted: waiting.JoinRequest) -> Any:
    rows = waiting_rows(flow, wanted, catalogue_at_hand())
    page = render_template("booking/wait_check.html", flow=flow, form=form, rows=rows)
    return page, form.status
