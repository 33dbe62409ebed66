"""A place that is offered: its link shows it, and two buttons answer."""

from typing import Any

from flask import redirect, request, url_for

from app.domain.availability import AvailabilityKind
from app.domain.errors import DomainError, LimitReached
from app.domain.waiting import OfferOutcome
from app.domain.waiting_errors import OfferGone, OfferUnknown
from app.domain.workshop_facts import PlacesOfferFacts
from app.extensions import db
from app.services import offer_answers
from app.services.choosing import check_choice
from app.services.offer_answers import Answer
from app.services.offer_facts import OfferSeen, own_link, read_offer
from app.services.transaction import answering
from app.services.waiting import own_waiting_link
from app.web.access import public
from app.web.booking_terms import local_text, when_chosen
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.links import current_links
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.waiting.blueprint import blueprint, opened, page
from app.web.waiting.places import accept_places, decline_places, places_page, read_places


class AnswerForm(BaseForm):
    """Yes or no: a token, and nothing else."""


@blueprint.get("/offre/<token>")
@public
def offer(token: str) -> Any:
    """The place and the two answers, or what became of it. Looking at it answers nothing (T5)."""
    seen, form = _seen(token), AnswerForm()
    if isinstance(seen, PlacesOfferFacts):
        return places_page(seen, form)
    return _offer_page(seen, form)


@blueprint.post("/offre/<token>/accepter")
@keeps_answers
@public
def accept(token: str) -> Any:
    """Theirs from this commit on; pressed twice, it is the same appointment."""
    seen, form, now = _seen(token), AnswerForm(), utc_now()
    if isinstance(seen, PlacesOfferFacts):
        return accept_places(seen, form)
    if not form.validate():
        return _offer_page(seen, form)
    try:
        with answering(db.session()):
            taken = offer_answers.accept(
                db.session(), seen.offer_id, Answer(now), links=current_links()
            )
    except OfferGone:
        return _offer_page(_appointment_seen(token), form, status=OfferGone.status)
    except DomainError as refusal:
        form.refuse(refusal)
        return _offer_page(seen, form, has_too_many=isinstance(refusal, LimitReached))
    if seen.facts.wants_earlier:
        return redirect(url_for("appointment.show", token=taken, fait="change"), 303)
    return redirect(url_for("appointment.confirmed", token=taken), 303)


@blueprint.post("/offre/<token>/refuser")
@keeps_answers
@public
def decline(token: str) -> Any:
    """One tap: the next person is asked, and they wait on."""
    seen, form = _seen(token), AnswerForm()
    if isinstance(seen, PlacesOfferFacts):
        return decline_places(seen, form)
    if not form.validate():
        return _offer_page(seen, form)
    try:
        with answering(db.session()):
            offer_answers.decline(db.session(), seen.offer_id, Answer(utc_now()))
    except DomainError as refusal:
        form.refuse(refusal)
        return _offer_page(seen, form)
    return redirect(url_for("waiting.offer", token=token), 303)


@blueprint.post("/offre/<token>/encore")
@keeps_answers
@public
def wait_on(token: str) -> Any:
    """« Je cherche toujours une place », after messages that nobody answered."""
    seen, form = opened(lambda: _appointment_seen(token)), AnswerForm()
    if not form.validate():
        return _offer_page(seen, form)
    try:
        with answering(db.session()):
            offer_answers.wait_on(db.session(), seen.offer_id, utc_now())
    except DomainError as refusal:
        form.refuse(refusal)
        return _offer_page(seen, form)
    return redirect(url_for("waiting.offer", token=token, fait="encore"), 303)


def _seen(token: str) -> OfferSeen | PlacesOfferFacts:
    """An hour that is offered, or places of a workshop.

    Raises OfferUnknown (404), LinkExpired (410) or TooManyTries (429).
    """

    def either() -> OfferSeen | PlacesOfferFacts:
        try:
            return _appointment_seen(token)
        except OfferUnknown:
            return read_places(token)

    return opened(either)


def _appointment_seen(token: str) -> OfferSeen:
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    return read_offer(session, catalogue, token, now=now, links=current_links())


def _offer_page(
    seen: OfferSeen, form: AnswerForm, *, status: int = 0, has_too_many: bool = False
) -> Any:
    catalogue = current_catalogue()
    return page(
        "waiting/offer.html",
        status or form.status,
        seen=seen,
        facts=seen.facts,
        form=form,
        when=when_chosen(seen.time, catalogue, utc_now()),
        outcome=seen.outcome.value if seen.outcome else "",
        book_url=_book_url(seen),
        has_too_many=has_too_many,
        leave_url=_leave_url(seen),
        said_again=seen.still_waits and request.args.get("fait") == "encore",
    )


def _book_url(seen: OfferSeen) -> str | None:
    """Where the same time can be had by whoever is first, if it is free still."""
    gone = {OfferOutcome.EXPIRED, OfferOutcome.WITHDRAWN, OfferOutcome.DECLINED}
    choice = seen.again
    if choice is None or seen.outcome not in gone or seen.own_appointment_id is not None:
        return _move_url(seen)
    try:
        check_choice(db.session(), current_catalogue(), choice, utc_now())
    except DomainError:
        return None
    is_visit = choice.kind is AvailabilityKind.HOME_VISITS
    return url_for(
        "booking.details",
        flow="visite-a-domicile" if is_visit else "rendez-vous",
        commune=choice.commune_slug,
        besoin=choice.topic_code,
        debut=local_text(choice.starts_at, current_catalogue()),
        lieu=choice.venue_slug,
        pour="autre" if seen.has_helper else None,
    )


def _leave_url(seen: OfferSeen) -> str | None:
    """The question before leaving the list, for who has answered, or let the hour pass."""
    if seen.entry_id is None or seen.outcome is None:
        return None
    token = own_waiting_link(db.session(), seen.entry_id, current_links())
    return url_for("waiting.leave", token=token)


def _move_url(seen: OfferSeen) -> str | None:
    """Who has an appointment looks for another time from its own page."""
    if seen.own_appointment_id is None or seen.outcome is None:
        return None
    token = own_link(db.session(), seen.own_appointment_id, current_links())
    return url_for("appointment.move", token=token)
