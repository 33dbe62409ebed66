"""An appointment that exists: find it, see it, print it, put it in a calendar, move it, cancel it.

A link of a message only shows pages; whatever changes something is a POST at another address.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from app.domain.appointment import MessageChannel
from app.domain.errors import (
    AppointmentNotFound,
    CancelUnknown,
    DatabaseUnavailable,
    DomainError,
    LinkUnknown,
    OutcomeUnknown,
)
from app.domain.workshop_errors import WorkshopStarted
from app.domain.workshop_facts import RegistrationFacts
from app.extensions import db
from app.gateways.contacts import parse_phone
from app.gateways.ical import (
    FILE_NAME,
    REGISTRATION_FILE_NAME,
    registration_calendar,
    render_appointment,
)
from app.gateways.senders import is_configured
from app.services import booking, registrations, throttle
from app.services.appointment_facts import (
    AppointmentFacts,
    facts_by_token,
    letterhead,
    token_by_reference,
)
from app.services.appointment_rows import Act
from app.services.registration_facts import registration_token_by_reference
from app.services.transaction import answering
from app.web.access import public
from app.web.appointment import registration
from app.web.appointment.forms import CancelForm, FindForm
from app.web.appointment.ticket import page_facts
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.quotas import link_quotas, lookup_quotas
from app.web.security import keeps_answers, personal
from app.web.site import current_catalogue

blueprint = Blueprint("appointment", __name__)


def by_token(token: str) -> AppointmentFacts:
    """The appointment that this link opens.

    Raises LinkUnknown (404), LinkExpired (410), or TooManyTries (429) for a network address that
    tries many links: only misses are counted, so a link that works always works.
    """
    catalogue, now = current_catalogue(), utc_now()
    try:
        return facts_by_token(db.session(), catalogue, token, now=now, links=current_links())
    except LinkUnknown:
        throttle.spend(db.session(), link_quotas(catalogue), now=now)
        raise


def opened(token: str) -> AppointmentFacts | RegistrationFacts:
    """The appointment or the registration that this link opens: one of them, never both.

    Raises as `by_token` does.
    """
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    try:
        return facts_by_token(session, catalogue, token, now=now, links=current_links())
    except LinkUnknown:
        return registration.by_token(token)


@blueprint.get("/r/<token>")
@public
def show(token: str) -> Response:
    """The link of every message: one appointment or registration, and what can be done with it."""
    facts, done = opened(token), request.args.get("fait", "")
    if isinstance(facts, RegistrationFacts):
        return registration.page("appointment/registration_show.html", facts, done=done)
    return page("appointment/show.html", facts, done=done)


@blueprint.get("/rendez-vous/confirme/<token>")
@public
def confirmed(token: str) -> Response:
    """It is done. The same page comes back from a bookmark, with the state of the moment."""
    return _while_it_stands("appointment/confirmed.html", by_token(token))


@blueprint.get("/r/<token>/imprimer")
@public
def printed(token: str) -> Response:
    """The ticket alone, for paper; nobody is given one that is no longer good."""
    facts = opened(token)
    if isinstance(facts, RegistrationFacts):
        ticket, gone = "appointment/registration_print.html", "appointment/registration_show.html"
        return registration.page(gone if facts.is_cancelled else ticket, facts, done="")
    return _while_it_stands("appointment/print.html", facts)


def _while_it_stands(template: str, facts: AppointmentFacts) -> Response:
    """That page, or the word that it is cancelled."""
    return page("appointment/show.html" if facts.is_cancelled else template, facts, done="")


@blueprint.get("/r/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The appointment, or every date of the workshop, for the person's own calendar."""
    facts = opened(token)
    head = letterhead(current_catalogue(), current_app.config["COCLICO"].public_url)
    if isinstance(facts, RegistrationFacts):
        content, name = registration_calendar(facts, head), REGISTRATION_FILE_NAME
    else:
        content, name = render_appointment(facts, head), FILE_NAME
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return personal(response)


@blueprint.get("/r/<token>/annuler")
@public
def cancel(token: str) -> Response:
    """The question before cancelling; looking at it changes nothing."""
    return _cancel_page(opened(token), CancelForm())


@blueprint.post("/r/<token>/annulation")
@keeps_answers
@public
def cancel_now(token: str) -> Any:
    """Cancelled, at once and once; no reason is asked. Pressed again, it stays cancelled."""
    facts, form = opened(token), CancelForm()
    if not form.validate():
        return _cancel_page(facts, form)
    try:
        with answering(db.session()):
            _cancel(facts)
    except (DatabaseUnavailable, OutcomeUnknown) as silence:
        unknown = CancelUnknown()
        unknown.__cause__ = silence
        form.refuse(unknown)
        return _cancel_page(facts, form)
    except WorkshopStarted as refusal:
        form.refuse(refusal)
        return _cancel_page(facts, form)
    return redirect(url_for("appointment.show", token=token, fait="annule"), 303)


def _cancel(facts: AppointmentFacts | RegistrationFacts) -> None:
    if isinstance(facts, RegistrationFacts):
        registrations.cancel_registration(db.session(), facts.id, Act(utc_now()))
    else:
        booking.cancel(db.session(), facts.id, now=utc_now())


def _cancel_page(facts: AppointmentFacts | RegistrationFacts, form: CancelForm) -> Response:
    if isinstance(facts, RegistrationFacts):
        return registration.page(
            "appointment/registration_cancel.html", facts, form.status, form=form
        )
    return page("appointment/cancel.html", facts, form.status, form=form)


@blueprint.get("/mon-rendez-vous")
@public
def find() -> str:
    """Find an appointment with its number and its phone."""
    return _find_page(FindForm())


@blueprint.post("/mon-rendez-vous")
@keeps_answers
@public
def find_now() -> Any:
    """Look it up; failures are counted per phone and per network address (law B26)."""
    form = FindForm()
    if form.validate():
        try:
            with answering(db.session()):
                token = _look_up(form)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("appointment.show", token=token), 303)
    return _find_page(form), form.status


def _find_page(form: FindForm) -> str:
    can_send = is_configured(MessageChannel.SMS, current_app.config["COCLICO"])
    return render_template("appointment/find.html", form=form, can_send_number=can_send)


def _look_up(form: FindForm) -> str:
    """Count the try first, so that many at once cannot slip by; give it back when it was right."""
    now, phone = utc_now(), parse_phone(form.telephone.data or "").number
    quotas = lookup_quotas(current_catalogue(), phone)
    throttle.spend(db.session(), quotas, now=now)
    token = _token_of(form.reference, phone, now)
    throttle.give_back(db.session(), quotas)
    return token


def _token_of(reference: int, phone: str, now: datetime) -> str:
    """Of an appointment or of a registration: their numbers are of one pool, never the same.

    Raises AppointmentNotFound.
    """
    session, links = db.session(), current_links()
    try:
        return token_by_reference(session, reference, phone, now=now, links=links)
    except AppointmentNotFound:
        return registration_token_by_reference(session, reference, phone, now=now, links=links)


def page(template: str, facts: AppointmentFacts, status: int = 200, **names: Any) -> Response:
    """A page about one appointment: kept by no cache, listed by no engine."""
    content = render_template(template, noindex=True, **page_facts(facts), **names)
    return personal(Response(content, status=status))
