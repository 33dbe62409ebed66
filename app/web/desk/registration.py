"""One registration for a workshop, for the team: what it says, and what somebody on the phone asks.

Who has just typed it reads it aloud, wherever the person lives; then the table of rights decides.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action
from app.domain.appointment import Actor, Channel
from app.domain.desk_words import at_the_place, in_the_middle, spoken_clock, spoken_reference
from app.domain.errors import DomainError
from app.domain.staff_errors import SubjectUnknown
from app.domain.workshop_facts import RegistrationFacts, SessionFacts
from app.domain.workshops import RegistrationStatus
from app.extensions import db
from app.gateways import dates
from app.services.appointment_rows import Act
from app.services.message_log import messages_about_registration
from app.services.people import note_seen_in_call
from app.services.registration_facts import registration_of
from app.services.registration_people import Reached, reached
from app.services.registrations import cancel_registration, excuse, give_up_one
from app.services.transaction import changing
from app.web import message_words
from app.web.access import current_actor, may, requires
from app.web.clock import utc_now
from app.web.desk.blueprint import blueprint
from app.web.links import current_links
from app.web.numbers import small_number
from app.web.registration_words import phones_of, state_of
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

WHILE_ON_THE_LINE = timedelta(hours=1)
SAID = {
    "inscrit": "L’inscription est enregistrée.",
    "attente": "La personne est sur la liste d’attente.",
    "annule": "L’inscription est annulée. Si quelqu’un attend, la place lui est proposée.",
    "quitte": "La personne n’est plus sur la liste d’attente.",
    "seul": "C’est noté : l’inscription est pour une seule personne.",
    "excuse": "C’est noté : la personne ne vient pas à cette date. Elle garde sa place.",
}


@blueprint.get("/agents/inscriptions/<int:registration_id>")
@requires(Action.SEE_REGISTERED)
def registration(registration_id: int) -> Any:
    """The registration, with what to read aloud; that somebody looked is journalled."""
    who = _allowed(registration_id)
    by, now = current_actor().user_id, utc_now()
    note_seen_in_call(db.session(), who.registration.resident_id, by=by, now=now)
    return _page(who)


def _allowed(registration_id: int) -> Reached:
    """Raises SubjectUnknown (404) where it is none of the actor's business."""
    who = reached(db.session(), registration_id)
    own = who.registration
    is_on_the_line = (
        own.booked_by_id == current_actor().user_id
        and utc_now() < own.registered_at + WHILE_ON_THE_LINE
    )
    if not is_on_the_line and not may(Action.SEE_REGISTERED, own.subject):
        raise SubjectUnknown
    return who


@blueprint.post("/agents/inscriptions/<int:registration_id>/annuler")
@requires(Action.SEE_REGISTERED)
def cancel_for(registration_id: int) -> Any:
    """They come no more, and wait no more."""
    status = _allowed(registration_id).registration.status
    done = "quitte" if status is RegistrationStatus.WAITING else "annule"
    return _done(registration_id, done, cancel_registration)


@blueprint.post("/agents/inscriptions/<int:registration_id>/seul")
@requires(Action.SEE_REGISTERED)
def alone_for(registration_id: int) -> Any:
    """Of two, one comes no more."""
    return _done(registration_id, "seul", give_up_one)


@blueprint.post("/agents/inscriptions/<int:registration_id>/excuser")
@requires(Action.SEE_REGISTERED)
def excuse_for(registration_id: int) -> Any:
    """They miss one date of a cycle."""
    date_id = small_number(request.form.get("date")) or 0

    def note(session: Any, number: int, act: Act) -> None:
        excuse(session, number, date_id, act)

    return _done(registration_id, "excuse", note)


def _done(registration_id: int, done: str, act: Callable[[Any, int, Act], None]) -> Any:
    who = _allowed(registration_id)
    by = Act(utc_now(), Actor.STAFF, Channel.PHONE, current_actor().user_id)
    try:
        with changing(db.session()):
            act(db.session(), registration_id, by)
    except DomainError as refusal:
        return _page(who, refusal)
    address = url_for("desk.registration", registration_id=registration_id, fait=done)
    return redirect(address, 303)


def _page(who: Reached, refusal: DomainError | None = None) -> Any:
    catalogue, now = current_catalogue(), utc_now()
    number = who.registration.registration_id
    facts = registration_of(db.session(), catalogue, number, current_links(), now)
    if facts is None:
        raise SubjectUnknown
    own = reached(db.session(), number)
    done = request.args.get("fait", "") if refusal is None else ""
    return staff_page(
        "desk/registration.html",
        refusal.status if refusal else 200,
        who=own,
        facts=facts,
        phones=phones_of(own),
        state=state_of(own.registration, facts.position),
        receipts=_receipts(number),
        spoken=spoken(facts) if done in {"inscrit", "attente"} else [],
        has_begun=facts.workshop.first_at <= now,
        to_excuse=_to_excuse(facts),
        may_see_person=may(Action.SEE_PERSON, own.registration.subject),
        said=SAID.get(done),
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None,
    )


def _receipts(registration_id: int) -> list[tuple[str, str]]:
    """What was sent and what became of it; never an address."""
    sent = messages_about_registration(db.session(), registration_id)
    return [message_words.receipt_of(each) for each in sent]


def _to_excuse(facts: RegistrationFacts) -> set[int]:
    """The dates of a cycle that may still be missed."""
    if not facts.can_miss_dates:
        return set()
    return {
        each.id
        for each in facts.workshop.standing_sessions
        if not each.is_excused and each.starts_at > utc_now()
    }


def spoken(facts: RegistrationFacts) -> list[str]:
    """The sentences to read aloud (product §8), hours and digits in words."""
    own, bring = facts.workshop.standing_sessions, facts.workshop.bring.get("fr", "")
    title = facts.workshop.title["fr"]
    first = (
        f"Vous êtes sur la liste d’attente, numéro {facts.position}, pour « {title} »."
        if facts.waits
        else f"Je vous confirme : atelier « {title} »."
    )
    number = facts.reference
    sentences = [
        first,
        *(f"{_when(each)}, {at_the_place(each.place_name)}." for each in own),
        f"Votre numéro est le {spoken_reference(number)}." if number else "",
        "Si une place se libère, nous vous prévenons." if facts.waits else "",
        f"Pensez à apporter : {in_the_middle(bring)}" if bring and not facts.waits else "",
        "Si vous ne pouvez pas venir, rappelez-nous.",
    ]
    return [each for each in sentences if each]


def _when(date: SessionFacts) -> str:
    catalogue = current_catalogue()
    zone, this_year = catalogue.timezone, catalogue.today(utc_now()).year
    day = dates.long_date(date.starts_at, "fr", zone, this_year)
    start, end = (each.astimezone(zone).time() for each in (date.starts_at, date.ends_at))
    return f"{day[:1].upper()}{day[1:]}, de {spoken_clock(start)} à {spoken_clock(end)}"
