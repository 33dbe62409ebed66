"""« À appeler », for workshops: who is told by voice, and who is offered places by voice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, redirect, request, url_for

from app.domain.access import Action
from app.domain.appointment import CallOutcome, CallReason
from app.domain.call_errors import CallOutcomeMissing
from app.domain.errors import DomainError
from app.domain.waiting_errors import OfferGone
from app.extensions import db
from app.gateways import dates
from app.gateways.senders import carried
from app.services.offer_taking import Answer
from app.services.places_calls import PlacesCall, find_places_calls, registration_of_offer
from app.services.registration_call_list import RegistrationCall, find_registration_calls
from app.services.registration_call_notes import record_registration_call
from app.services.registration_people import Reached, reached
from app.services.workshop_offers import accept_places, decline_places, no_answer_to_places
from app.web import filters
from app.web.access import allow, current_actor, may, requires
from app.web.agenda.blueprint import blueprint
from app.web.clock import utc_now
from app.web.registration_words import phones_of
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

REASONS = {
    CallReason.CANCELLED_BY_SERVICE: "Atelier annulé par le service : prévenir",
    CallReason.MOVED_BY_SERVICE: "Atelier changé par le service : prévenir",
    CallReason.TO_MOVE: "Atelier à déplacer : prévenir",
    CallReason.RUNNING_LATE: "Conseiller en retard : prévenir",
    CallReason.REMINDER: "Rappeler l’atelier (pas de portable ni d’e-mail)",
    CallReason.UNDELIVERED: "Message non reçu : prévenir",
    CallReason.BEFORE_HOME_VISIT: "Prévenir",
}
OUTCOMES = {
    "joint": CallOutcome.REACHED,
    "message": CallOutcome.MESSAGE_LEFT,
    "pas-de-reponse": CallOutcome.NO_ANSWER,
}


@dataclass(frozen=True, slots=True)
class SeenRegistrationCall:
    """A call about a workshop, in the words of its reader."""

    name: str
    phones: tuple[tuple[str, str, str], ...]
    """(whose, number, href)."""
    registration_id: int
    title: str
    about: str
    """« Mardi 8 décembre à 14 h »."""
    reason: CallReason
    why: str
    is_due: bool
    due: str
    tries: tuple[str, ...]
    tried: int
    key: str
    is_workshop: bool = True


@dataclass(frozen=True, slots=True)
class SeenPlaces:
    """Places to offer by telephone."""

    name: str
    phones: tuple[tuple[str, str, str], ...]
    offer_id: int
    registration_id: int
    title: str
    starts_at: datetime
    places: int
    answer_by: datetime


def seen_registration_calls(now: datetime) -> list[SeenRegistrationCall]:
    """Those that whoever is signed in may make."""
    actor, catalogue = current_actor(), current_catalogue()
    found = find_registration_calls(db.session(), catalogue, actor, now=now)
    return [_seen(each, now) for each in found if _may_call(each.who)]


def seen_places(now: datetime) -> list[SeenPlaces]:
    """Places of workshops that nobody but a voice can offer, to those one may call."""
    by_machine = carried(current_app.config["COCLICO"])
    found = find_places_calls(db.session(), current_actor(), now=now, carried=by_machine)
    return [_seen_places(each) for each in found if _may_call(each.who)]


def _may_call(who: Reached) -> bool:
    return may(Action.CALL, who.registration.subject)


def _seen(call: RegistrationCall, now: datetime) -> SeenRegistrationCall:
    catalogue, zone, who = current_catalogue(), filters.zone(), call.who
    this_year = dates.local_date(now, zone).year
    number = who.registration.registration_id
    return SeenRegistrationCall(
        name=f"{who.first_name} {who.last_name}",
        phones=phones_of(who),
        registration_id=number,
        title=who.registration.title["fr"],
        about=filters.first_upper(dates.date_time(call.about_at, "fr", zone, this_year)),
        reason=call.reason,
        why=REASONS[call.reason],
        is_due=catalogue.today(call.due_at) <= catalogue.today(now),
        due=dates.long_date(call.due_at, "fr", zone, this_year),
        tries=tuple(dates.date_time(at, "fr", zone, this_year) for at in call.tries[-3:]),
        tried=len(call.tries),
        key=f"atelier-{number}-{call.reason.value.lower().replace('_', '-')}",
    )


def _seen_places(call: PlacesCall) -> SeenPlaces:
    who = call.who
    return SeenPlaces(
        name=f"{who.first_name} {who.last_name}",
        phones=phones_of(who),
        offer_id=call.offer_id,
        registration_id=who.registration.registration_id,
        title=who.registration.title["fr"],
        starts_at=who.registration.first_at,
        places=call.places,
        answer_by=call.answer_by,
    )


@blueprint.post("/agents/a-appeler/inscription/<int:registration_id>")
@requires(Action.CALL)
def record_for_workshop(registration_id: int) -> Any:
    """Joint, message, or no answer; « pas de réponse » leaves the call on the list."""
    session = db.session()
    allow(Action.CALL, reached(session, registration_id).registration.subject)
    reason = CallReason.__members__.get(request.form.get("motif", ""))
    said = request.form.get("resultat", "")
    if reason is None or said not in OUTCOMES:
        return _refused(CallOutcomeMissing())
    by, now = current_actor().user_id, utc_now()
    outcome = OUTCOMES[said]
    noted = record_registration_call(session, registration_id, reason, outcome, by=by, now=now)
    if request.form.get("retour") == "aujourdhui":
        return redirect(url_for("agenda.today", fait="appel"), 303)
    return redirect(url_for("agenda.call_list", fait=said if noted else "deja"), 303)


@blueprint.post("/agents/a-appeler/places/<int:places_offer_id>")
@requires(Action.CALL)
def answer_places(places_offer_id: int) -> Any:
    """« Accepte », « Refuse » or « Pas de réponse », as the person says on the phone."""
    session = db.session()
    registration_id = registration_of_offer(session, places_offer_id)
    allow(Action.CALL, reached(session, registration_id).registration.subject)
    answer = ANSWERS.get(request.form.get("resultat", ""))
    if answer is None:
        return _refused(CallOutcomeMissing())
    said, note = answer
    try:
        noted = note(places_offer_id, Answer(utc_now(), current_actor().user_id))
    except DomainError as refusal:
        return _refused(refusal)
    return redirect(url_for("agenda.call_list", fait=said if noted else "place-perdue"), 303)


def _accept(offer_id: int, answer: Answer) -> bool:
    try:
        accept_places(db.session(), offer_id, answer)
    except OfferGone:
        return False
    return True


def _decline(offer_id: int, answer: Answer) -> bool:
    return decline_places(db.session(), offer_id, answer)


def _no_answer(offer_id: int, answer: Answer) -> bool:
    return no_answer_to_places(db.session(), offer_id, answer)


ANSWERS: dict[str, tuple[str, Callable[[int, Answer], bool]]] = {
    "accepte": ("place-prise", _accept),
    "refuse": ("place-laissee", _decline),
    "pas-de-reponse": ("place-laissee", _no_answer),
}
"""By what was pressed: what the list says then, and who notes it."""


def _refused(refusal: DomainError) -> Any:
    return staff_page(
        "agenda/call_refused.html", refusal.status, refusal=sentence(refusal), has_errors=True
    )
