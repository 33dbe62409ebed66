"""« Mes messages »: what a person wants to receive, from the link of any message (law B30)."""

from typing import Any

from flask import redirect, request, url_for

from app.extensions import db
from app.services.wishes import holder_of, set_wishes, wishes_of
from app.web.access import public
from app.web.appointment.routes import blueprint, by_token, page
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.wishes_form import WishesForm


@blueprint.get("/r/<token>/messages")
@public
def own_messages(token: str) -> Any:
    """The three boxes as they are; looking at them changes nothing."""
    facts, form = by_token(token), WishesForm()
    form.shows(wishes_of(db.session(), holder_of(db.session(), facts.id)))
    is_saved = request.args.get("fait") == "enregistre"
    return page("appointment/own_messages.html", facts, form=form, is_saved=is_saved)


@blueprint.post("/r/<token>/messages")
@keeps_answers
@public
def own_messages_now(token: str) -> Any:
    """Kept on the card: for this appointment and the others. No appointment is lost by it."""
    facts, form = by_token(token), WishesForm()
    if not form.validate():
        template = "appointment/own_messages.html"
        return page(template, facts, form.status, form=form, is_saved=False)
    holder = holder_of(db.session(), facts.id)
    set_wishes(db.session(), holder, form.wishes, by=None, now=utc_now())
    return redirect(url_for("appointment.own_messages", token=token, fait="enregistre"), 303)
