"""« Inscrire à un atelier », on one page, with the person on the line."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.access import Action
from app.domain.appointment import Channel, Recipient
from app.domain.errors import DomainError, FormAlreadyUsed
from app.domain.workshops import RegistrationDesk, RegistrationRequest, RegistrationStatus
from app.extensions import db
from app.services import registrations
from app.services.choosing import home_commune
from app.services.desk_search import Card
from app.services.registration_desk import registration_of_link
from app.services.transaction import answering
from app.services.wishes import accept_again
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.desk.asked import FRENCH, caller_of, message_of, person_of
from app.web.desk.blueprint import blueprint
from app.web.desk.forms import commune_choices
from app.web.desk.page import chosen_card, correction_of, fill_from, message_for, people_of
from app.web.desk.workshop_form import FILTERS, WorkshopDeskForm, devices_of, recipient_of
from app.web.desk.workshop_list import Listed, offer_workshops_to
from app.web.forms import showable
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page


def _form() -> WorkshopDeskForm:
    """As sent; or empty, with what the address says of the list."""
    catalogue, now = current_catalogue(), utc_now()
    served = catalogue.served_communes(catalogue.today(now))
    communes = commune_choices(catalogue, [(each.slug, each.name) for each in served])
    form = WorkshopDeskForm(catalogue, communes)
    if request.method == "GET":
        own = [each.slug for each in served if each.id in current_actor().commune_ids]
        form.commune.data = next(iter(own), "")
        form.atelier.data = None
        for name in FILTERS:
            form[name].data = showable(request.args.get(name, "")[:80])
    return form


@blueprint.get("/agents/telephone/atelier")
@requires(Action.BOOK)
def workshop() -> Response:
    """The empty page; an address may answer the workshop and the card."""
    form = _form()
    form.personne.data = request.args.get("personne", "")[:20]
    listed = offer_workshops_to(form, slug=request.args.get("atelier", "")[:120])
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    return _page(form, card, listed)


@blueprint.post("/agents/telephone/atelier/chercher")
@keeps_answers
@requires(Action.BOOK)
def look_for_workshop() -> Response:
    """The same page, with the people who may be on the line and the workshops asked for."""
    form = _form()
    form.check_token()
    if more := request.form.get("plus"):
        form.ateliers_nombre.data = more
    listed = offer_workshops_to(form)
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    return _page(form, card, listed)


@blueprint.post("/agents/telephone/atelier")
@keeps_answers
@requires(Action.BOOK)
def register() -> Any:
    """Register, or put on the list where that was asked; a refusal keeps every answer."""
    form = _form()
    listed = offer_workshops_to(form)
    card = chosen_card(form)
    if not form.check_token():
        return _page(form, card, listed)
    wanted = _asked(form, card)
    if wanted is None:
        return _page(form, card, listed)
    try:
        with answering(db.session()):
            done = _register(wanted, card)
    except DomainError as refusal:
        if isinstance(refusal, FormAlreadyUsed):
            form.give_key()
        form.refuse(refusal)
        return _page(form, card, listed)
    number = registration_of_link(db.session(), done.token)
    said = "attente" if done.status is RegistrationStatus.WAITING else "inscrit"
    return redirect(url_for("desk.registration", registration_id=number, fait=said), 303)


def _register(wanted: RegistrationRequest, card: Card | None) -> registrations.Registered:
    now, by = utc_now(), current_actor().user_id
    done = registrations.register(db.session(), wanted, now=now, links=current_links())
    if card is not None and wanted.message_to is Recipient.PERSON:
        accept_again(db.session(), card.id, wanted.message_channel, by=by, now=now)
    return done


def _asked(form: WorkshopDeskForm, card: Card | None) -> RegistrationRequest | None:
    """The whole registration; None where an answer is missing or wrong, which the form tells."""
    catalogue, now, user_id = current_catalogue(), utc_now(), current_actor().user_id
    person, companion = person_of(form, card), form.companion()
    form.taken("commune", lambda slug: home_commune(catalogue, slug or None, now))
    message = form.taken("message", message_of)
    caller, helper = form.taken("appel", caller_of), form.helper()
    workshop_id = form.taken("atelier", form.workshop_id)
    devices = form.taken("appareil", devices_of)
    recipient = form.taken("destinataire", recipient_of)
    if form.errors or not (person and message and caller and recipient) or workshop_id is None:
        return None
    return RegistrationRequest(
        workshop_id=workshop_id,
        person=person,
        companion=companion,
        commune_slug=form.commune.data,
        devices_wanted=devices or 0,
        may_wait=bool(form.attente.data),
        accepts_one=bool(form.une_place.data),
        helper=helper,
        message_channel=message,
        message_to=recipient,
        language=card.language if card else FRENCH,
        channel=Channel.PHONE,
        form_key=form.cle.data or "",
        desk=RegistrationDesk(user_id, caller, card.id if card else None),
    )


def _page(form: WorkshopDeskForm, card: Card | None, listed: Listed) -> Response:
    return staff_page(
        "desk/workshop.html",
        form.status,
        form=form,
        people=people_of(form, card),
        correction_href=correction_of(form, card),
        message_for=message_for,
        may_choose=bool(form.atelier.choices),
        listed=listed,
    )
