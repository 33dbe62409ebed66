"""The page of a person: what is known, their appointments, and what can be done about it."""

from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action, Subject
from app.extensions import db
from app.services.desk_search import Card
from app.services.erasure_requests import asked_erasure
from app.services.export_requests import is_export_asked
from app.services.people import PersonFile, Visit, note_seen, read_person
from app.services.person_doubles import find_doubles
from app.services.registration_people import PersonRegistration
from app.services.wishes import helper_numbers
from app.web import registration_words
from app.web.access import allow, current_actor, may, requires
from app.web.appointment_words import state_of
from app.web.clock import utc_now
from app.web.people.blueprint import blueprint
from app.web.people.words import card_rows
from app.web.site import current_catalogue, dialled
from app.web.staff_page import staff_page
from app.web.wishes_form import WishesForm

SAID = {
    "corrige": "La fiche est corrigée.",
    "rapproche": "Les deux fiches n’en font plus qu’une.",
    "distincte": "C’est noté : cette fiche est celle d’une autre personne.",
    "demande": "La demande est transmise à la coordination.",
    "classe": "La demande est classée. La fiche reste.",
    "messages": "Ses choix sont notés. Ses rendez-vous ne changent pas.",
    "stop": "« STOP » est noté : plus aucun SMS ne part vers ce numéro, ni pour cette personne, "
    "ni pour celles qu’elle aide. Prévenez par téléphone.",
    "stop-aidant": "« STOP » est noté : plus aucun SMS ne part vers le numéro de cet aidant, pour "
    "toutes les personnes qu’il aide. Prévenez par téléphone.",
}


@blueprint.get("/agents/personnes/<int:resident_id>")
@requires(Action.SEE_PERSON)
def person(resident_id: int) -> Any:
    """The card; that somebody looked is journalled."""
    found = allowed_person(resident_id)
    tell_seen(resident_id)
    return person_page(found)


def allowed_person(resident_id: int, action: Action = Action.SEE_PERSON) -> PersonFile:
    """The card, if it is any business of whoever asks. Raises SubjectUnknown (404)."""
    found = read_person(db.session(), current_catalogue(), resident_id, now=utc_now())
    allow(action, found.subject)
    return found


def tell_seen(resident_id: int) -> None:
    """Every page that opens a card is told in the journal, not this part's first one alone."""
    note_seen(db.session(), resident_id, by=current_actor().user_id, now=utc_now())


def to_person(resident_id: int, done: str) -> Any:
    """Back to the card, which says what was done."""
    return redirect(url_for("people.person", resident_id=resident_id, fait=done), 303)


def person_page(found: PersonFile, status: int = 200, refused: str | None = None) -> Any:
    """The card as it is now; `refused` says why nothing was done."""
    now = utc_now()
    shown = [each for each in found.visits if may(Action.CHANGE_APPOINTMENT, each.subject)]
    return staff_page(
        "people/card.html",
        status,
        person=found,
        rows=card_rows(found),
        may_do=_may_do,
        phone_href=dialled("tel", found.phone),
        visits=[(each, state_of(each, now), _href(each)) for each in shown],
        hidden_count=len(found.visits) - len(shown),
        workshops=_workshops(found),
        doubles=_doubles(found),
        calls_after=current_catalogue().settings.missed_before_call,
        asked_erasure=asked_erasure(db.session(), found.id),
        asked_export=is_export_asked(db.session(), found.id, now=now),
        wishes=_wishes_form(found),
        helpers=[] if found.wishes.no_sms else helper_numbers(db.session(), found.id),
        has_errors=refused is not None,
        refusal=refused,
        said=SAID.get(request.args.get("fait", "")) if not refused else None,
    )


def _workshops(found: PersonFile) -> list[tuple[PersonRegistration, str]]:
    """Their registrations that may be shown, with the state of each."""
    return [
        (each, registration_words.state_of(each))
        for each in found.registrations
        if may(Action.SEE_REGISTERED, each.subject)
    ]


def _wishes_form(found: PersonFile) -> WishesForm:
    form = WishesForm()
    form.shows(found.wishes)
    return form


def _may_do(action: str, subject: Subject) -> bool:
    return may(Action[action], subject)


def _href(visit: Visit) -> str:
    return url_for("agenda.appointment", appointment_id=visit.appointment_id)


def _doubles(found: PersonFile) -> tuple[list[Card], bool]:
    """The likely cards of the same person that may be shown, and whether there are others."""
    if found.is_erased or not may(Action.CORRECT_PERSON, found.subject):
        return [], False
    cards = find_doubles(db.session(), current_catalogue(), found.id, now=utc_now())
    shown = [card for card in cards if may(Action.CORRECT_PERSON, card.subject)]
    return shown, len(shown) < len(cards)
