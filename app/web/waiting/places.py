"""Places of a workshop that are offered: the same link and the same two buttons."""

from typing import Any

from flask import redirect, url_for

from app.domain.errors import DomainError
from app.domain.waiting_errors import OfferGone
from app.domain.workshop_errors import DevicesMissing
from app.domain.workshop_facts import PlacesOfferFacts
from app.domain.workshops import RegistrationStatus
from app.extensions import db
from app.services import workshop_offers
from app.services.offer_taking import Answer
from app.services.registration_facts import open_places_offer, places_offer_by_token
from app.services.transaction import answering
from app.web.booking_terms import FEWER_DEVICES
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.links import current_links
from app.web.site import current_catalogue
from app.web.waiting.blueprint import page
from app.web.wording import sentence
from app.web.workshop_words import place_row, workshop_when


def read_places(token: str) -> PlacesOfferFacts:
    """Raises OfferUnknown, or LinkExpired."""
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    return places_offer_by_token(session, catalogue, token, now=now, links=current_links())


def places_page(facts: PlacesOfferFacts, form: BaseForm, status: int = 0) -> Any:
    """The places and the two answers, or what became of them."""
    registration = facts.registration
    is_theirs = registration.status is RegistrationStatus.REGISTERED
    return page(
        "waiting/places.html",
        status or form.status,
        facts=facts,
        workshop=registration.workshop,
        form=form,
        when=workshop_when(registration.workshop),
        place=place_row(registration.workshop),
        is_accepted=is_theirs and not registration.is_cancelled,
        again=None if facts.is_open or not registration.waits else _again(facts),
        short_of_devices=sentence(DevicesMissing()) if facts.devices_short else "",
    )


def _again(facts: PlacesOfferFacts) -> PlacesOfferFacts | None:
    """What is offered to them now, where the workshop changed since that message."""
    session, catalogue, now = db.session(), current_catalogue(), utc_now()
    return open_places_offer(session, catalogue, facts.registration.id, current_links(), now)


def accept_places(facts: PlacesOfferFacts, form: BaseForm) -> Any:
    """Theirs from this commit on; pressed twice, it is the same registration.

    That fewer devices are lent than they asked for is told on the page that follows.
    """
    if not form.validate():
        return places_page(facts, form)
    try:
        with answering(db.session()):
            workshop_offers.accept_places(db.session(), facts.id, Answer(utc_now()))
    except OfferGone:
        return places_page(read_places(facts.token), form, OfferGone.status)
    except DomainError as refusal:
        form.refuse(refusal)
        return places_page(facts, form)
    lent = read_places(facts.token).registration.devices_wanted
    is_short = lent < min(facts.registration.devices_wanted, facts.places)
    fewer = FEWER_DEVICES if is_short else None
    token = facts.registration.token
    return redirect(url_for("appointment.registered", token=token, appareils=fewer), 303)


def decline_places(facts: PlacesOfferFacts, form: BaseForm) -> Any:
    """One tap: the next one is asked, and they are off the list."""
    if not form.validate():
        return places_page(facts, form)
    try:
        with answering(db.session()):
            workshop_offers.decline_places(db.session(), facts.id, Answer(utc_now()))
    except DomainError as refusal:
        form.refuse(refusal)
        return places_page(facts, form)
    return redirect(url_for("waiting.offer", token=facts.token), 303)
