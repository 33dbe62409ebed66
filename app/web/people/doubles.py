"""Two cards of one person: a clerk says so, or says that they are two (T2)."""

from typing import Any

from flask import request

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.staff_errors import AnswerMissing
from app.extensions import db
from app.services.person_doubles import keep_apart, merge_cards
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.numbers import small_number
from app.web.people.blueprint import blueprint
from app.web.people.card import allowed_person, person_page, to_person
from app.web.wording import sentence


@blueprint.post("/agents/personnes/<int:resident_id>/rapprocher")
@requires(Action.CORRECT_PERSON)
def merge(resident_id: int) -> Any:
    """The appointments of this card go to the one named, which is kept."""
    other = allowed_person(resident_id, Action.CORRECT_PERSON)
    try:
        kept = allowed_person(_kept_id(), Action.CORRECT_PERSON)
        merge_cards(
            db.session(),
            kept.id,
            other.id,
            by=current_actor().user_id,
            now=utc_now(),
            links=current_links(),
        )
    except DomainError as refusal:
        other = allowed_person(resident_id, Action.CORRECT_PERSON)
        return person_page(other, refusal.status, sentence(refusal))
    return to_person(kept.id, "rapproche")


@blueprint.post("/agents/personnes/<int:resident_id>/distincte")
@requires(Action.CORRECT_PERSON)
def apart(resident_id: int) -> Any:
    """It is nobody else's card."""
    allowed_person(resident_id, Action.CORRECT_PERSON)
    keep_apart(db.session(), resident_id, by=current_actor().user_id, now=utc_now())
    return to_person(resident_id, "distincte")


def _kept_id() -> int:
    given = small_number(request.form.get("avec"))
    if given is None:
        raise AnswerMissing
    return given
