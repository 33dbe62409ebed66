"""A resident's way to the waiting list, and to the place that is offered."""

from typing import Any

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.waiting import Offer
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.offer_facts import offer_facts_of
from tests.support.booking_walk import (
    ADDRESS,
    HELPER,
    HOME,
    PERSON,
    READING_S,
    press,
    said,
)
from tests.support.page_client import PageClient, page_of
from tests.support.waiting import note_sent

WAIT = f"/rendez-vous/attente?{ADDRESS}&attente=oui"
WAIT_VISIT = f"/visite-a-domicile/attente?{ADDRESS}&attente=oui"
NO_THANKS = "Non, me prévenir"
CONFIRM = "Confirmer : prévenez-moi"


def checked(
    client: PageClient, clock: time_machine.Traveller, url: str = WAIT, **answers: str
) -> Any:
    """The check page, unless refused; free times that suit are passed over."""
    answer = asked(client, clock, url, **answers)
    return press(client, answer, NO_THANKS) if shows_times(answer) else answer


def shows_times(response: Any) -> bool:
    """Whether it is the page of the times that are free already."""
    return page_of(response).h1 == "Des heures sont libres"


def asked(
    client: PageClient, clock: time_machine.Traveller, url: str = WAIT, **answers: str
) -> Any:
    """What the contact page of the list leads to."""
    page = client.get(url)
    clock.shift(READING_S)
    more = HELPER if "pour=autre" in url else {}
    more = more | HOME if "visite" in url else more
    return press(client, page, "Continuer", **{**PERSON, **more, **answers})


def joined(
    client: PageClient, clock: time_machine.Traveller, url: str = WAIT, **answers: str
) -> str:
    """On the list: the address of one's own page."""
    done = press(client, checked(client, clock, url, **answers), CONFIRM)
    assert done.status_code == 303, said(done)
    return str(done.location)


def offered(client: PageClient, session: Session) -> str:
    """The address of the offer that is open, as its message carries it."""
    links = Links(client.application.config["COCLICO"].link_key)
    session.rollback()
    open_now = select(Offer.id).where(Offer.closed_at.is_(None))
    offer_id = session.scalars(open_now.order_by(Offer.id.desc()).limit(1)).one()
    facts = offer_facts_of(session, read_catalogue(session), offer_id, links)
    assert facts is not None
    note_sent(session, offer_id)
    return f"/offre/{facts.token}"
