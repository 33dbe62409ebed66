"""The rights of a person over what is held on them (law B23): have it all, have it erased."""

from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, redirect, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.extensions import db
from app.services import erasure_requests as requests
from app.services.erasure_register import ErasureRegister
from app.services.export_requests import ask_export
from app.services.export_rows import Facts
from app.services.person_erasure import erase_person
from app.services.person_export import export_person
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.people.blueprint import blueprint
from app.web.people.card import allowed_person, tell_seen, to_person
from app.web.people.held_words import (
    told_appointment,
    told_looks,
    told_news,
    told_person,
    told_registration,
    told_waiting,
)
from app.web.security import personal
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence


@blueprint.get("/agents/personnes/<int:resident_id>/donnees")
@requires(Action.EXPORT_PERSON)
def held(resident_id: int) -> Any:
    """All of it, to be read or printed."""
    facts = _export(resident_id)
    return staff_page(
        "people/held.html",
        resident_id=resident_id,
        person=told_person(facts["person"]),
        appointments=[told_appointment(each) for each in facts["appointments"]],
        waiting=[told_waiting(each) for each in facts["waiting"]],
        registrations=[told_registration(each) for each in facts["registrations"]],
        news=[told_news(each) for each in facts["news"]],
        looks=told_looks(facts["looks"]),
    )


@blueprint.get("/agents/personnes/<int:resident_id>/donnees.json")
@requires(Action.EXPORT_PERSON)
def held_file(resident_id: int) -> Response:
    """The same, for another program."""
    answer = personal(jsonify(_export(resident_id)))
    answer.headers["Content-Disposition"] = f'attachment; filename="personne-{resident_id}.json"'
    return answer


@blueprint.get("/agents/personnes/<int:resident_id>/effacer")
@requires(Action.ERASE_PERSON)
def erase(resident_id: int) -> Any:
    """Sure? It cannot be undone. That somebody looked is journalled."""
    page = _erase_page(resident_id)
    tell_seen(resident_id)
    return page


@blueprint.post("/agents/personnes/<int:resident_id>/effacer")
@requires(Action.ERASE_PERSON)
def erase_now(resident_id: int) -> Any:
    """Empty all that leads to the person."""
    allowed_person(resident_id, Action.ERASE_PERSON)
    try:
        by, register = current_actor().user_id, ErasureRegister(_register_file())
        erase_person(db.session(), resident_id, by=by, now=utc_now(), register=register)
    except DomainError as refusal:
        return _erase_page(resident_id, refusal)
    return redirect(url_for("people.find", fait="efface"), 303)


@blueprint.post("/agents/personnes/<int:resident_id>/demande-acces")
@requires(Action.ASK_EXPORT)
def ask_for_export(resident_id: int) -> Any:
    """The person asked at the town hall what is held on them: the coordination reads it today."""
    allowed_person(resident_id, Action.ASK_EXPORT)
    ask_export(db.session(), resident_id, by=current_actor().user_id, now=utc_now())
    return to_person(resident_id, "demande")


@blueprint.post("/agents/personnes/<int:resident_id>/demande-effacement")
@requires(Action.ASK_ERASURE)
def ask_erasure(resident_id: int) -> Any:
    """The person asked at the town hall: the coordination reads it today."""
    allowed_person(resident_id, Action.ASK_ERASURE)
    requests.ask_erasure(db.session(), resident_id, by=current_actor().user_id, now=utc_now())
    return to_person(resident_id, "demande")


@blueprint.post("/agents/personnes/<int:resident_id>/demande-effacement/classer")
@requires(Action.ERASE_PERSON)
def decline_erasure(resident_id: int) -> Any:
    """The request has its answer, and it is no."""
    allowed_person(resident_id, Action.ERASE_PERSON)
    requests.decline_erasure(db.session(), resident_id, by=current_actor().user_id, now=utc_now())
    return to_person(resident_id, "classe")


def _register_file() -> Path:
    file: Path = current_app.config["COCLICO"].register_file
    return file


def _export(resident_id: int) -> Facts:
    allowed_person(resident_id, Action.EXPORT_PERSON)
    by = current_actor().user_id
    return export_person(db.session(), current_catalogue(), resident_id, by=by, now=utc_now())


def _erase_page(resident_id: int, refusal: DomainError | None = None) -> Any:
    person = allowed_person(resident_id, Action.ERASE_PERSON)
    return staff_page(
        "people/erase.html",
        refusal.status if refusal else 200,
        person=person,
        asked=requests.asked_erasure(db.session(), resident_id),
        upcoming=person.upcoming(utc_now()),
        expected=person.expected(utc_now()),
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None,
    )
