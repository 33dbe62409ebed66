"""The answers about the person: asked, checked, confirmed. They travel in POST bodies only."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.domain.booking import BookingRequest
from app.domain.errors import (
    DatabaseUnavailable,
    DomainError,
    FormAlreadyUsed,
    OutcomeUnknown,
    SlotGone,
    SlotTaken,
)
from app.extensions import db
from app.services import booking, usage
from app.services.catalogue import Catalogue
from app.services.choosing import check_choice
from app.services.transaction import answering
from app.web.access import public
from app.web.booking.carrying import (
    carries,
    catalogue_at_hand,
    check_page,
    details_page,
    question_left,
    wait_page,
)
from app.web.booking.flow import ASKED, Flow, first_missing
from app.web.booking.forms import ContactForm, contact_form
from app.web.booking.questions import commune_page, topic_page
from app.web.booking.routes import FLOW, blueprint
from app.web.booking.time_choice import taken_page, times_page
from app.web.booking_terms import YES
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.quotas import booking_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue

__all__ = ["blueprint"]

SILENT = (DatabaseUnavailable, OutcomeUnknown)


@blueprint.get(f"{FLOW}/coordonnees")
@public
def details(flow: str) -> Any:
    """The empty contact page of the chosen time."""
    catalogue, now = current_catalogue(), utc_now()
    answers = Flow.read(flow)
    missing = first_missing(answers, catalogue, now, "details")
    if missing:
        return redirect(answers.url(missing))
    try:
        check_choice(db.session(), catalogue, answers.choice(catalogue), now)
    except SlotGone as refusal:
        return taken_page(answers, None, refusal, now)
    return details_page(answers, contact_form(answers))


@blueprint.post(f"{FLOW}/coordonnees")
@keeps_answers
@public
@carries()
def details_again(flow: Flow, form: ContactForm) -> Any:
    """« Modifier » on the check page: the contact page with every answer still there."""
    return details_page(flow, form)


@blueprint.post(f"{FLOW}/heure")
@keeps_answers
@public
@carries(until="time")
def time_again(flow: Flow, form: ContactForm) -> Any:
    """« Modifier l’heure »: the page of times, with the personal answers carried along."""
    return times_page(flow, form)


@blueprint.post(f"{FLOW}/commune")
@keeps_answers
@public
@carries(until="commune")
def commune_again(flow: Flow, form: ContactForm) -> Any:
    """The commune, asked again; then the times there, with the personal answers carried along."""
    return commune_page(flow, form) if ASKED not in request.form else _after_questions(flow, form)


@blueprint.post(f"{FLOW}/besoin")
@keeps_answers
@public
@carries(until="topic")
def topic_again(flow: Flow, form: ContactForm) -> Any:
    """« Modifier le besoin »: another need may last longer, so the time is asked again after it."""
    return topic_page(flow, form) if ASKED not in request.form else _after_questions(flow, form)


def _after_questions(flow: Flow, form: ContactForm) -> Any:
    """The times, or the page of the waiting list."""
    if flow.is_for_list:  # « aucune heure » was said of other times
        return wait_page(replace(flow, attente=YES), form)
    return question_left(flow, form, "time") or times_page(flow.without_time(), form)


@blueprint.get(f"{FLOW}/verifier")
@public
def check_bookmark(flow: str) -> Response:
    """Nothing is stored, so a bookmark of the check page leads back to the contact page."""
    return redirect(Flow.read(flow).url("details"))


@blueprint.post(f"{FLOW}/verifier")
@keeps_answers
@public
@carries()
def check(flow: Flow, form: ContactForm) -> Any:
    """The last page before the booking: everything to read again, and nothing saved."""
    if not (form.validate() and form.check_pace()):
        return details_page(flow, form)
    catalogue, now = catalogue_at_hand(), utc_now()
    try:
        booking_request = form.to_request(flow.choice(catalogue), catalogue.settings)
        check_choice(db.session(), catalogue, booking_request.choice, now)
    except SlotGone as refusal:
        return _gone(flow, form, refusal, now)
    except DomainError as refusal:
        form.refuse(refusal)
        return details_page(flow, form)
    form.give_key()
    return check_page(flow, form, booking_request)


@blueprint.post(f"{FLOW}/confirmer")
@keeps_answers
@public
@carries()
def confirm(flow: Flow, form: ContactForm) -> Any:
    """THE click. Booked once however often it is pressed; a refusal keeps every answer."""
    if not (form.validate() and form.check_key()):
        return details_page(flow, form)
    catalogue, now = catalogue_at_hand(), utc_now()
    try:
        booking_request = form.to_request(flow.choice(catalogue), catalogue.settings)
        token = _book(catalogue, booking_request, now)
    except SlotGone as refusal:
        return _gone(flow, form, refusal, now)
    except DomainError as refusal:
        return _refused(flow, form, refusal)
    return redirect(url_for("appointment.confirmed", token=token), 303)


def _book(catalogue: Catalogue, booking_request: BookingRequest, now: datetime) -> str:
    links, quotas = current_links(), booking_quotas(catalogue, booking_request)
    with answering(db.session()):
        return booking.book(
            db.session(), booking_request, now=now, links=links, quotas=quotas, seen=catalogue
        )


def _refused(flow: Flow, form: ContactForm, refusal: DomainError) -> Any:
    """A form sent twice, or a silent database, is asked again here; the rest on its own page."""
    catalogue = catalogue_at_hand()
    form.refuse(refusal)
    field_on_details = refusal.field is not None and refusal.field in form
    if field_on_details:
        return details_page(flow, form)
    if isinstance(refusal, FormAlreadyUsed):
        form.give_key()
    booking_request = form.to_request(flow.choice(catalogue), catalogue.settings)
    return check_page(flow, form, booking_request)


def _gone(flow: Flow, form: ContactForm, refusal: DomainError, now: datetime) -> Any:
    """Somebody was quicker; how often tells whether places should be held (product §1)."""
    if isinstance(refusal, SlotTaken):
        catalogue = catalogue_at_hand()
        home, today = flow.home(catalogue, now), catalogue.today(now)
        with suppress(*SILENT):  # a figure is not worth the answers on the page
            usage.count(db.session(), usage.SLOT_TAKEN, home.id if home else 0, today=today)
    return taken_page(flow, form, refusal, now)
