"""« Mes messages »: what a person wants to receive, from the link of any message (law B30)."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.appointment_facts import AppointmentFacts
from app.domain.workshop_facts import RegistrationFacts
from app.extensions import db
from app.services.registration_facts import registration_holder
from app.services.wishes import holder_of, set_wishes, wishes_of
from app.web.access import public
from app.web.appointment import registration
from app.web.appointment.routes import blueprint, opened, page
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.wishes_form import WishesForm


@blueprint.get("/r/<token>/messages")
@public
def own_messages(token: str) -> Any:
    """The three boxes as they are; looking at them changes nothing."""
    facts, form = opened(token), WishesForm()
    form.shows(wishes_of(db.session(), _holder(facts)))
    return _page(facts, form, is_saved=request.args.get("fait") == "enregistre")


@blueprint.post("/r/<token>/messages")
@keeps_answers
@public
def own_messages_now(token: str) -> Any:
    """Kept on the card: for this appointment and the others. No appointment is lost by it."""
    facts, form = opened(token), WishesForm()
    if not form.validate():
        return _page(facts, form, is_saved=False)
    set_wishes(db.session(), _holder(facts), form.wishes, by=None, now=utc_now())
    return redirect(url_for("appointment.own_messages", token=token, fait="enregistre"), 303)


def _holder(facts: AppointmentFacts | RegistrationFacts) -> int:
    if isinstance(facts, RegistrationFacts):
        return registration_holder(db.session(), facts.id)
    return holder_of(db.session(), facts.id)


def _page(
    facts: AppointmentFacts | RegistrationFacts, form: WishesForm, *, is_saved: bool
) -> Response:
    if isinstance(facts, RegistrationFacts):
        template = "appointment/registration_messages.html"
        return registration.page(template, facts, form.status, form=form, is_saved=is_saved)
    template = "appointment/own_messages.html"
    return page(template, facts, form.status, form=form, is_saved=is_saved)
