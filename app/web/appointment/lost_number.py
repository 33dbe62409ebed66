"""« Je n’ai plus mon numéro »: a telephone is asked, and the answer is always the same (T10)."""

from time import perf_counter, sleep
from typing import Any

from flask import abort, current_app, redirect, render_template, url_for

from app.domain.appointment import MessageChannel
from app.domain.errors import DomainError
from app.extensions import db
from app.gateways.contacts import parse_phone
from app.gateways.senders import is_configured
from app.services import throttle
from app.services.lost_number import send_numbers
from app.services.transaction import answering
from app.web.access import public
from app.web.appointment.forms import LostNumberForm
from app.web.appointment.routes import blueprint
from app.web.clock import utc_now
from app.web.quotas import lost_number_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue

__all__ = ["blueprint"]

FLOOR_S = 0.15
"""What any answer takes at least: writing a message takes less, and so nobody measures one."""


@blueprint.get("/mon-rendez-vous/numero")
@public
def lost_number() -> str:
    """Which telephone? Where no SMS leaves, this page does not exist: one calls."""
    if not is_configured(MessageChannel.SMS, current_app.config["COCLICO"]):
        abort(404)
    return render_template("appointment/lost_number.html", form=LostNumberForm())


@blueprint.post("/mon-rendez-vous/numero")
@keeps_answers
@public
def lost_number_now() -> Any:
    """Each try counts for the network address, right or wrong: nobody knows which it was."""
    form = LostNumberForm()
    if form.validate():
        try:
            with answering(db.session()):
                _send(form)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("appointment.number_sent"), 303)
    return render_template("appointment/lost_number.html", form=form), form.status


@blueprint.get("/mon-rendez-vous/numero/envoye")
@public
def number_sent() -> str:
    """Said of any telephone."""
    return render_template("appointment/number_sent.html")


def _send(form: LostNumberForm) -> None:
    """The floor counts from before the first question, and waits when the database is let go."""
    now, begun = utc_now(), perf_counter()
    throttle.spend(db.session(), lost_number_quotas(current_catalogue()), now=now)
    send_numbers(db.session(), parse_phone(form.telephone.data or ""), now=now)
    sleep(max(0.0, FLOOR_S - (perf_counter() - begun)))
