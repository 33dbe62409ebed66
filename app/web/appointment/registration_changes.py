"""What somebody changes of their own registration: one of two stays home, one date is missed."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for

from app.domain.errors import DomainError
from app.domain.workshop_errors import DevicesMissing, SessionUnknown
from app.domain.workshop_facts import RegistrationFacts, SessionFacts
from app.extensions import db
from app.services import registrations
from app.services.appointment_rows import Act
from app.services.transaction import changing
from app.web.access import public
from app.web.appointment.forms import CancelForm
from app.web.appointment.registration import by_token, page
from app.web.appointment.routes import blueprint
from app.web.booking_terms import FEWER_DEVICES
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.wording import sentence
from app.web.workshop_words import session_when


@blueprint.get("/ateliers/inscrit/<token>")
@public
def registered(token: str) -> Any:
    """It is done. The same page comes back from a bookmark, with the state of the moment."""
    facts = by_token(token)
    if facts.is_cancelled:
        return page("appointment/registration_show.html", facts, done="")
    is_short = request.args.get("appareils") == FEWER_DEVICES
    short_of_devices = sentence(DevicesMissing()) if is_short else ""
    return page("appointment/registration_done.html", facts, short_of_devices=short_of_devices)


@blueprint.get("/r/<token>/une-personne")
@public
def alone(token: str) -> Any:
    """« Nous ne serons plus qu’un »: the question; looking at it changes nothing."""
    return page("appointment/registration_alone.html", by_token(token), form=CancelForm())


@blueprint.post("/r/<token>/une-personne")
@keeps_answers
@public
def alone_now(token: str) -> Any:
    """The other place is free from this commit on; the first person keeps theirs."""
    facts = by_token(token)
    return _done(
        facts,
        "appointment/registration_alone.html",
        "seul",
        lambda: registrations.give_up_one(db.session(), facts.id, Act(utc_now())),
    )


@blueprint.get("/r/<token>/date/<int:session_id>")
@public
def excused(token: str, session_id: int) -> Any:
    """« Je ne viens pas ce jour-là »: the question. Raises SessionUnknown (404)."""
    facts = by_token(token)
    date = _date(facts, session_id)
    return page(
        "appointment/registration_excuse.html",
        facts,
        form=CancelForm(),
        date=date,
        date_when=session_when(date),
    )


@blueprint.post("/r/<token>/date/<int:session_id>")
@keeps_answers
@public
def excused_now(token: str, session_id: int) -> Any:
    """Noted, once however often; the place is kept for the other dates."""
    facts = by_token(token)
    date = _date(facts, session_id)
    return _done(
        facts,
        "appointment/registration_excuse.html",
        "absent",
        lambda: registrations.excuse(db.session(), facts.id, date.id, Act(utc_now())),
        date=date,
        date_when=session_when(date),
    )


def _done(
    facts: RegistrationFacts, template: str, done: str, act: Callable[[], None], **names: Any
) -> Any:
    """Do it and go back to the registration; a refusal is told on the page of the question."""
    form = CancelForm()
    if form.validate():
        try:
            with changing(db.session()):
                act()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("appointment.show", token=facts.token, fait=done), 303)
    return page(template, facts, form.status, form=form, **names)


def _date(facts: RegistrationFacts, session_id: int) -> SessionFacts:
    """A date of their cycle that stands. Raises SessionUnknown where none may be missed."""
    for each in facts.workshop.standing_sessions:
        if facts.can_miss_dates and each.id == session_id:
            return each
    raise SessionUnknown
