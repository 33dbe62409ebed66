"""« Inscrire à un atelier », on one page, with the person on the line."""

from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice

from app.domain import names
from app.domain.access import Action
from app.domain.appointment import Channel, Recipient
from app.domain.errors import DomainError, FormAlreadyUsed
from app.domain.programme_errors import WorkshopNotChosen
from app.domain.workshop_errors import DevicesMissing
from app.domain.workshop_facts import WorkshopFacts
from app.domain.workshops import (
    MOST_PLACES,
    Companion,
    RegistrationDesk,
    RegistrationRequest,
    RegistrationStatus,
)
from app.extensions import db
from app.gateways import dates
from app.services import registrations
from app.services.choosing import home_commune
from app.services.desk_search import Card
from app.services.registration_desk import registration_of_link
from app.services.transaction import answering
from app.services.wishes import accept_again
from app.services.workshop_reading import list_workshops
from app.web import filters
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.desk.asked import FRENCH, caller_of, message_of, person_of
from app.web.desk.blueprint import blueprint
from app.web.desk.forms import DeskForm, commune_choices
from app.web.desk.page import chosen_card, fill_from, message_for, people_of
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

MOST_LISTED = 40
DEVICES = (("0", "Non"), ("1", "Un appareil"), ("2", "Deux appareils"))


class WorkshopDeskForm(DeskForm):
    """The person as in every call, then the workshop. Nothing is stored before « Inscrire »."""

    atelier = RadioField("Atelier", choices=[], validate_choice=False)
    accompagnant_prenom = StringField("Prénom de la deuxième personne")
    accompagnant_nom = StringField("Nom de la deuxième personne")
    appareil = RadioField(
        "Prêter un appareil ?",
        choices=[SelectChoice(value, label) for value, label in DEVICES],
        default="0",
        validate_choice=False,
    )
    attente = BooleanField("Si c’est complet : sur la liste d’attente")
    une_place = BooleanField("Si une seule place est libre, une personne vient seule")

    def workshop_id(self, value: str) -> int:
        """Raises WorkshopNotChosen for what is none of the list."""
        if value not in {choice.value for choice in self.atelier.choices}:
            raise WorkshopNotChosen
        return int(value)


def _form(workshops: list[WorkshopFacts]) -> WorkshopDeskForm:
    catalogue, now = current_catalogue(), utc_now()
    served = catalogue.served_communes(catalogue.today(now))
    communes = commune_choices(catalogue, [(each.slug, each.name) for each in served])
    form = WorkshopDeskForm(catalogue, communes)
    form.atelier.choices = [SelectChoice(str(each.id), _words(each)) for each in workshops]
    if request.method == "GET":
        own = [each.slug for each in served if each.id in current_actor().commune_ids]
        form.commune.data = next(iter(own), "")
    return form


def _words(workshop: WorkshopFacts) -> str:
    """« Mardi 8 décembre à 14 h, Breuillet : Photos, 4 places libres »."""
    zone, this_year = filters.zone(), dates.local_date(utc_now(), filters.zone()).year
    first = workshop.standing_sessions[0]
    when = filters.first_upper(dates.date_time(first.starts_at, "fr", zone, this_year))
    more = f", {len(workshop.standing_sessions)} dates" if workshop.is_cycle else ""
    return f"{when}{more}, {first.commune.name} : {workshop.title['fr']}, {_places(workshop)}"


def _places(workshop: WorkshopFacts) -> str:
    free, kept = workshop.free, workshop.free_for_host
    if not free and kept:
        own = f"{kept} place{'s' if kept > 1 else ''}"
        return f"{own} pour les habitants {workshop.host.name_of}"
    if not free:
        return f"complet, numéro {workshop.waiting + 1} sur la liste d’attente"
    return "1 place libre" if free == 1 else f"{free} places libres"


def _open_workshops() -> list[WorkshopFacts]:
    """To come, not cancelled, not begun."""
    catalogue, now = current_catalogue(), utc_now()
    found = list_workshops(db.session(), catalogue, now=now, limit=MOST_LISTED)
    may_come = [each for each in found if not each.is_cancelled and each.first_at > now]
    return [each for each in may_come if each.standing_sessions]


@blueprint.get("/agents/telephone/atelier")
@requires(Action.BOOK)
def workshop() -> Response:
    """The empty page; an address may answer the workshop and the card."""
    workshops = _open_workshops()
    form = _form(workshops)
    form.personne.data = request.args.get("personne", "")[:20]
    wanted = request.args.get("atelier", "")
    form.atelier.data = next((str(each.id) for each in workshops if each.slug == wanted), None)
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    return _page(form, card)


@blueprint.post("/agents/telephone/atelier/chercher")
@keeps_answers
@requires(Action.BOOK)
def look_for_workshop() -> Response:
    """The same page, with the people who may be on the line."""
    form = _form(_open_workshops())
    form.check_token()
    card = chosen_card(form)
    if card:
        fill_from(form, card)
    return _page(form, card)


@blueprint.post("/agents/telephone/atelier")
@keeps_answers
@requires(Action.BOOK)
def register() -> Any:
    """Register, or put on the list where that was asked; a refusal keeps every answer."""
    form = _form(_open_workshops())
    card = chosen_card(form)
    if not form.check_token():
        return _page(form, card)
    wanted = _asked(form, card)
    if wanted is None:
        return _page(form, card)
    try:
        with answering(db.session()):
            done = _register(wanted, card)
    except DomainError as refusal:
        if isinstance(refusal, FormAlreadyUsed):
            form.give_key()
        form.refuse(refusal)
        return _page(form, card)
    number = registration_of_link(db.session(), done.token)
    said = "attente" if done.status is RegistrationStatus.WAITING else "inscrit"
    return redirect(url_for("desk.registration", registration_id=number, fait=said), 303)


def _register(wanted: RegistrationRequest, card: Card | None) -> registrations.Registered:
    now, by = utc_now(), current_actor().user_id
    if card is not None:
        accept_again(db.session(), card.id, wanted.message_channel, by=by, now=now)
    return registrations.register(db.session(), wanted, now=now, links=current_links())


def _asked(form: WorkshopDeskForm, card: Card | None) -> RegistrationRequest | None:
    """The whole registration; None where an answer is missing or wrong, which the form tells."""
    catalogue, now, user_id = current_catalogue(), utc_now(), current_actor().user_id
    person, companion = person_of(form, card), _companion(form)
    form.taken("commune", lambda slug: home_commune(catalogue, slug or None, now))
    message = form.taken("message", message_of)
    caller = form.taken("appel", caller_of)
    workshop_id = form.taken("atelier", form.workshop_id)
    devices = form.taken("appareil", _devices)
    if form.errors or not person or not message or not caller or workshop_id is None:
        return None
    return RegistrationRequest(
        workshop_id=workshop_id,
        person=person,
        companion=companion,
        commune_slug=form.commune.data,
        devices_wanted=devices or 0,
        may_wait=bool(form.attente.data),
        accepts_one=bool(form.une_place.data),
        helper=None,
        message_channel=message,
        message_to=Recipient.PERSON,
        language=card.language if card else FRENCH,
        channel=Channel.PHONE,
        form_key=form.cle.data or "",
        desk=RegistrationDesk(user_id, caller, card.id if card else None),
    )


def _companion(form: WorkshopDeskForm) -> Companion | None:
    """Both names, or none."""
    if not (form.accompagnant_prenom.data or form.accompagnant_nom.data):
        return None
    first = form.taken("accompagnant_prenom", names.first_name)
    last = form.taken("accompagnant_nom", names.last_name)
    return Companion(first, last) if first and last else None


def _devices(value: str) -> int:
    if value not in {str(count) for count in range(MOST_PLACES + 1)}:
        raise DevicesMissing
    return int(value)


def _page(form: WorkshopDeskForm, card: Card | None) -> Response:
    return staff_page(
        "desk/workshop.html",
        form.status,
        form=form,
        people=people_of(form, card),
        message_for=message_for,
        may_choose=bool(form.atelier.choices),
    )
