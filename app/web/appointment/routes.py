"""An appointment that exists: find it, see it, print it, put it in a calendar, move it, cancel it.

A link of a message only shows pages; whatever changes something is a POST at another address.
"""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from app.domain.appointment import MessageChannel
from app.domain.errors import (
    CancelUnknown,
    DatabaseUnavailable,
    DomainError,
    LinkUnknown,
    OutcomeUnknown,
)
from app.extensions import db
from app.gateways.contacts import parse_phone
from app.gateways.ical import render_appointment
from app.gateways.senders import is_configured
from app.services import booking, throttle
from app.services.appointment_facts import (
    AppointmentFacts,
    facts_by_token,
    letterhead,
    token_by_reference,
)
from app.services.transaction import answering
from app.web.access import public
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


@blueprint.get("/r/<token>")
@public
def show(token: str) -> Response:
    """The link of every message: one appointment, and what can be done with it."""
    facts = by_token(token)
    return page("appointment/show.html", facts, done=request.args.get("fait", ""))


@blueprint.get("/rendez-vous/confirme/<token>")
@public
def confirmed(token: str) -> Response:
    """It is done. The same page comes back from a bookmark, with the state of the moment."""
    facts = by_token(token)
    template = "appointment/show.html" if facts.is_cancelled else "appointment/confirmed.html"
    return page(template, facts, done="")


@blueprint.get("/r/<token>/imprimer")
@public
def printed(token: str) -> Response:
    """The ticket alone, for paper."""
    return page("appointment/print.html", by_token(token))


@blueprint.get("/r/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The appointment for the person's own calendar."""
    facts = by_token(token)
    public_url = current_app.config["COCLICO"].public_url
    content = render_appointment(facts, letterhead(current_catalogue(), public_url))
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return personal(response)


@blueprint.get("/r/<token>/annuler")
@public
def cancel(token: str) -> Response:
    """The question before cancelling; looking at it changes nothing."""
    return page("appointment/cancel.html", by_token(token), form=CancelForm())


@blueprint.post("/r/<token>/annulation")
@keeps_answers
@public
def cancel_now(token: str) -> Any:
    """Cancelled, at once and once; no reason is asked. Pressed again, it stays cancelled."""
    facts, form = by_token(token), CancelForm()
    if not form.validate():
        return page("appointment/cancel.html", facts, form.status, form=form)
    try:
        with answering(db.session()):
            booking.cancel(db.session(), facts.id, now=utc_now())
    except (DatabaseUnavailable, OutcomeUnknown) as silence:
        unknown = CancelUnknown()
        unknown.__cause__ = silence
        form.refuse(unknown)
        return page("appointment/cancel.html", facts, form.status, form=form)
    return redirect(url_for("appointment.show", token=token, fait="annule"), 303)


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
    token = token_by_reference(db.session(), form.reference, phone, now=now, links=current_links())
    throttle.give_back(db.session(), quotas)
    return token


def page(template: str, facts: AppointmentFacts, status: int = 200, **names: Any) -> Response:
    """A page about one appointment: kept by no cache, listed by no engine."""
    content = render_template(template, noindex=True, **page_facts(facts), **names)
    return personal(Response(content, status=status))
