"""Two cards of one person: a clerk says so after a check, or says that they are two (T2)."""

from typing import Any

from flask import request

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.staff_errors import AnswerMissing, SubjectUnknown
from app.extensions import db
from app.services.people import PersonFile
from app.services.person_doubles import check_alike, keep_apart, merge_cards
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.links import current_links
from app.web.numbers import small_number
from app.web.people.blueprint import blueprint
from app.web.people.card import allowed_person, person_page, tell_seen, to_person
from app.web.people.words import merged_rows
from app.web.staff_page import staff_page
from app.web.wording import sentence


@blueprint.get("/agents/personnes/<int:resident_id>/rapprocher")
@requires(Action.CORRECT_PERSON)
def check_merge(resident_id: int) -> Any:
    """What is kept and what is lost if this card joins the one named; nothing changes yet.

    Raises SubjectUnknown (404).
    """
    other = _mergeable(resident_id)
    try:
        kept = _mergeable(_number_in(request.args))
        check_alike(db.session(), kept.id, other.id)
    except DomainError as refusal:
        return _refused_on_card(resident_id, refusal)
    return _check_page(kept, other)


@blueprint.post("/agents/personnes/<int:resident_id>/rapprocher")
@requires(Action.CORRECT_PERSON)
def merge(resident_id: int) -> Any:
    """The appointments of this card go to the one named, which is kept.

    Where a colleague changed one of them since the check, both are shown again.
    """
    other = _mergeable(resident_id)
    try:
        kept = _mergeable(_number_in(request.form))
    except DomainError as refusal:
        return _refused_on_card(resident_id, refusal)
    seen = request.form.get("gardee"), request.form.get("perdue")
    try:
        merge_cards(
            db.session(),
            kept.id,
            other.id,
            by=current_actor().user_id,
            now=utc_now(),
            links=current_links(),
            versions=(seen[0] or "", seen[1] or ""),
        )
    except DomainError as refusal:
        kept, other = _mergeable(kept.id), _mergeable(resident_id)
        return _check_page(kept, other, refusal)
    return to_person(kept.id, "rapproche")


@blueprint.post("/agents/personnes/<int:resident_id>/distincte")
@requires(Action.CORRECT_PERSON)
def apart(resident_id: int) -> Any:
    """It is nobody else's card."""
    allowed_person(resident_id, Action.CORRECT_PERSON)
    keep_apart(db.session(), resident_id, by=current_actor().user_id, now=utc_now())
    return to_person(resident_id, "distincte")


def _mergeable(resident_id: int) -> PersonFile:
    """A card with somebody on it. Raises SubjectUnknown (404)."""
    person = allowed_person(resident_id, Action.CORRECT_PERSON)
    if person.is_erased:
        raise SubjectUnknown
    return person


def _check_page(kept: PersonFile, other: PersonFile, refusal: DomainError | None = None) -> Any:
    """Both cards side by side; that somebody looked at them is journalled."""
    gains, losses = merged_rows(kept, other)
    page = staff_page(
        "people/merge.html",
        refusal.status if refusal else 200,
        kept=kept,
        other=other,
        gains=gains,
        losses=losses,
        has_links_to_lose=kept.phone != other.phone and _has_links(other),
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None,
    )
    for each in (kept.id, other.id):
        tell_seen(each)
    return page


def _has_links(person: PersonFile) -> bool:
    """Whether a link of theirs still opens something to come: an appointment or a registration."""
    now = utc_now()
    enrolled = (each.is_live and each.last_at > now for each in person.registrations)
    return bool(person.upcoming(now)) or any(enrolled)


def _refused_on_card(resident_id: int, refusal: DomainError) -> Any:
    tell_seen(resident_id)
    return person_page(_mergeable(resident_id), refusal.status, sentence(refusal))


def _number_in(given: Any) -> int:
    number = small_number(given.get("avec"))
    if number is None:
        raise AnswerMissing
    return number
