"""The waiting list for the team: who waits where, and what somebody on the phone answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.call_errors import CallOutcomeMissing
from app.domain.errors import DomainError
from app.domain.staff_errors import SubjectUnknown
from app.domain.waiting_errors import OfferGone
from app.extensions import db
from app.services import offer_answers, waiting
from app.services.agenda_card import subject_of
from app.services.offer_answers import Answer
from app.services.waiting_reading import Waiter, find_waiters, waiter_of, waiter_of_offer
from app.web.access import allow, current_actor, may, requires
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.waiting.blueprint import blueprint
from app.web.waiting_words import seen_waiter
from app.web.wording import sentence

SAID = {
    "inscrit": "La personne est sur la liste d’attente.",
    "inscrit-sms": "La personne est sur la liste d’attente. À lire : « Nous vous prévenons par SMS "
    "dès qu’une place se libère. »",
    "inscrit-email": "La personne est sur la liste d’attente. À lire : « Nous vous prévenons par "
    "e-mail dès qu’une place se libère. »",
    "inscrit-appel": "La personne est sur la liste d’attente. À lire : « Nous vous appelons dès "
    "qu’une place se libère. »",
    "retire": "La personne n’est plus sur la liste d’attente.",
    "accepte": "La place est prise : le rendez-vous est enregistré.",
    "refuse": "C’est noté : la place est proposée à la personne suivante.",
    "pas-de-reponse": "C’est noté : la place est proposée à la personne suivante.",
    "trop-tard": "Cette place n’est plus gardée pour cette personne.",
}
ANSWERS = {"accepte", "refuse", "pas-de-reponse"}


@dataclass(frozen=True, slots=True)
class OfCommune:
    """Who waits in one commune, in the order in which they are asked."""

    name: str
    people: list[Mapping[str, Any]]


@blueprint.get("/agents/liste-attente")
@requires(Action.CALL)
def staff_list() -> Any:
    """By commune, those who have nothing first."""
    return _list_page()


def _list_page(status: int = 200, error: str = "") -> Any:
    now = utc_now()
    everybody = find_waiters(db.session(), current_catalogue(), now)
    return staff_page(
        "waiting/staff_list.html",
        status,
        groups=_by_commune(each for each in everybody if may(Action.CALL, each.subject)),
        said=None if error else SAID.get(request.args.get("fait", "")),
        error=error,
        has_errors=bool(error),
    )


def _by_commune(waiters: Iterable[Waiter]) -> list[OfCommune]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in waiters:
        found.setdefault(each.commune.name, []).append(seen_waiter(each))
    return [OfCommune(name, people) for name, people in sorted(found.items())]


@blueprint.post("/agents/liste-attente/<int:entry_id>/retirer")
@requires(Action.CALL)
def take_off(entry_id: int) -> Any:
    """Off the list, as the person asked on the phone; whoever is off it already, the same."""
    session, now = db.session(), utc_now()
    done = redirect(url_for("waiting.staff_list", fait="retire"), 303)
    try:
        waiter = waiter_of(session, current_catalogue(), entry_id, now)
    except SubjectUnknown:
        return done
    allow(Action.CALL, waiter.subject)
    waiting.leave(session, entry_id, now=now, by=current_actor().user_id)
    return done


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/plus-tot")
@requires(Action.CHANGE_APPOINTMENT)
def earlier_for(appointment_id: int) -> Any:
    """« Une place plus tôt », asked on the phone by somebody who keeps what they have."""
    session = db.session()
    allow(Action.CHANGE_APPOINTMENT, subject_of(session, current_catalogue(), appointment_id))
    try:
        waiting.join_for_earlier(
            session,
            appointment_id,
            None,
            now=utc_now(),
            links=current_links(),
            by=current_actor().user_id,
        )
    except DomainError as refusal:
        return _list_page(refusal.status, sentence(refusal))
    return redirect(url_for("waiting.staff_list", fait="inscrit"), 303)


@blueprint.post("/agents/a-appeler/offre/<int:offer_id>")
@requires(Action.CALL)
def answer_for(offer_id: int) -> Any:
    """« Accepte », « Refuse » or « Pas de réponse », as the person says on the phone.

    Who has answered by their own link meanwhile is off the list: nobody is named any more.
    """
    session, now = db.session(), utc_now()
    try:
        waiter = waiter_of_offer(session, current_catalogue(), offer_id, now)
    except SubjectUnknown:
        return redirect(url_for("waiting.staff_list", fait="trop-tard"), 303)
    allow(Action.CALL, waiter.subject)
    said = request.form.get("resultat", "")
    if said not in ANSWERS:
        return _list_page(422, sentence(CallOutcomeMissing()))
    try:
        is_noted = _note(offer_id, said, Answer(now, current_actor().user_id))
    except DomainError as refusal:
        return _list_page(refusal.status, sentence(refusal))
    back = said if is_noted else "trop-tard"
    return redirect(url_for("waiting.staff_list", fait=back), 303)


def _note(offer_id: int, said: str, answer: Answer) -> bool:
    session = db.session()
    if said == "refuse":
        return offer_answers.decline(session, offer_id, answer)
    if said == "pas-de-reponse":
        return offer_answers.no_answer(session, offer_id, answer)
    try:
        offer_answers.accept(session, offer_id, answer, links=current_links())
    except OfferGone:
        return False
    return True
