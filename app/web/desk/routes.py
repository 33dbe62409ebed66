"""A call, on one page: who, what for, when. Nothing is stored before it is saved.

What a caller says travels in the body of a POST, never in an address. Without scripts the page is
sent once to see people and times, once to save; with them, the same two lists come as fragments.
"""

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for

from app.domain.access import Action
from app.domain.appointment import MessageChannel
from app.domain.errors import DomainError, FormAlreadyUsed, SlotGone
from app.extensions import db
from app.gateways.contacts import parse_phone
from app.services import booking, waiting
from app.services.desk_call import appointment_of
from app.services.desk_search import Card
from app.services.transaction import answering
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.desk import done, registering, registration
from app.web.desk.asked import booking_of, home_of, waiting_of
from app.web.desk.blueprint import blueprint
from app.web.desk.forms import DeskForm
from app.web.desk.page import (
    chosen_card,
    correction_of,
    desk_form,
    fill_from,
    message_for,
    nearest_of,
    people_of,
    times_of,
)
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.typesetting import typeset
from app.web.unmet import note_unmet

__all__ = ["blueprint", "done", "registering", "registration"]

PREFILLED = {
    "personne": "personne",
    "commune": "commune",
    "besoin": "besoin",
    "deplacement": "deplacement",
    "lieu": "lieu",
    "conseiller": "conseiller",
    "le": "des",
}
"""What an address may answer already: codes and ids, nothing that a person said."""

TOLD_BY = {MessageChannel.SMS: "sms", MessageChannel.EMAIL: "email"}
"""How somebody on the list hears of a place; who gets no message is called."""


@blueprint.get("/agents/telephone")
@requires(Action.BOOK)
def call() -> Response:
    """The page when the phone rings; « même lieu » answers a part of it."""
    form = desk_form()
    for name, field in PREFILLED.items():
        if given := request.args.get(name, "")[:80]:
            form[field].data = given
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    return _page(form, card)


@blueprint.post("/agents/telephone/chercher")
@keeps_answers
@requires(Action.BOOK)
def look() -> Response:
    """The first of two steps where no script runs: the same page, with people and times."""
    form = desk_form()
    form.check_token()
    _look_further(form)
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    else:
        _prefer_voice(form)
    return _page(form, card)


def _look_further(form: DeskForm) -> None:
    """The buttons of the list: refused times, or the dates from one on."""
    if "voir" in request.form:
        form.refusees.data = "oui"
    if "aller" in request.form:
        form.des.data = request.form["aller"][:10]


def _prefer_voice(form: DeskForm) -> None:
    """No SMS goes to a landline: the clerk is told before the last step, not after it."""
    try:
        phone = parse_phone(form.telephone.data or "")
    except DomainError:
        return
    if not phone.is_mobile and form.message.data == "SMS":
        form.message.data = "VOICE"


@blueprint.post("/agents/telephone/personnes")
@requires(Action.BOOK)
def people() -> Response:
    """The people found so far, as a fragment."""
    form = desk_form()
    shown = people_of(form, None)
    return _fragment("desk/people_list.html", form, people=shown, said=shown.said)


@blueprint.post("/agents/telephone/heures")
@requires(Action.BOOK)
def times() -> Response:
    """The times for the answers so far, as a fragment."""
    form = desk_form()
    _look_further(form)
    return _fragment("desk/times_list.html", form, times=times_of(form), nearest=[], said="")


def _fragment(template: str, form: DeskForm, **names: Any) -> Response:
    html = render_template(template, form=form, message_for=message_for, **names)
    return jsonify(html=typeset(html, "fr"), said=names["said"])


@blueprint.post("/agents/telephone")
@keeps_answers
@requires(Action.BOOK)
def book() -> Any:
    """Saved in one commit, once however often it is sent; a refusal keeps every answer."""
    form, now = desk_form(), utc_now()
    card = chosen_card(form)
    if not form.check_token():
        return _page(form, card)
    wanted = booking_of(form, current_catalogue(), card, current_actor().user_id, now)
    if wanted is None:
        return _page(form, card)
    try:
        with answering(db.session()):
            token = booking.book(db.session(), wanted, now=now, links=current_links())
            appointment_id = appointment_of(db.session(), token)
    except SlotGone as refusal:
        form.refuse(refusal, "choix")
        return _page(form, card, nearest=nearest_of(form, wanted.choice))
    except DomainError as refusal:
        if isinstance(refusal, FormAlreadyUsed):
            form.give_key()
        form.refuse(refusal)
        return _page(form, card)
    return redirect(url_for("desk.finished", appointment_id=appointment_id), 303)


@blueprint.post("/agents/telephone/liste-attente")
@keeps_answers
@requires(Action.BOOK)
def wait() -> Any:
    """« Mettre sur la liste d’attente », when no hour suits; a refusal keeps every answer."""
    form, now = desk_form(), utc_now()
    form.is_for_list = True
    card = chosen_card(form)
    if not form.check_token():
        return _page(form, card)
    wanted = waiting_of(form, current_catalogue(), card, current_actor().user_id, now)
    form.choix.data = ""
    if wanted is None:
        return _page(form, card)
    try:
        with answering(db.session()):
            waiting.join(db.session(), wanted, now=now, links=current_links())
        note_unmet(form.kind, home_of(form, current_catalogue(), now), form.cle.data or "")
    except DomainError as refusal:
        if isinstance(refusal, FormAlreadyUsed):
            form.give_key()
        form.refuse(refusal)
        return _page(form, card)
    how = TOLD_BY.get(wanted.booking.message_channel, "appel")
    return redirect(url_for("waiting.staff_list", fait=f"inscrit-{how}"), 303)


def _page(form: DeskForm, card: Card | None, nearest: Any = ()) -> Response:
    people, times = people_of(form, card), times_of(form)
    return staff_page(
        "desk/call.html",
        form.status,
        form=form,
        people=people,
        correction_href=correction_of(form, card),
        times=times,
        nearest=nearest,
        message_for=message_for,
    )
