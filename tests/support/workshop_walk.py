"""A resident's way through a registration, page by page, pressing the buttons that are there."""

from datetime import UTC, datetime
from typing import Any

import time_machine
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.workshops import WorkshopStatus
from app.models.workshops import PlacesOffer, Registration, Workshop
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.registration_facts import places_offer_of
from app.services.transaction import write_transaction
from tests.support.booking_walk import PERSON, READING_S, press, said
from tests.support.page_client import PageClient
from tests.support.presquile import NOW
from tests.support.workshops import plan_workshop

FIRST = datetime(2026, 12, 8, 13, tzinfo=UTC)
"""Tuesday 8 December at 14 h in Paris."""
ANSWERS = {**PERSON, "commune": "breuillet", "appareil": "0"}
TWO = {"accompagnant_prenom": "Paul", "accompagnant_nom": "Serin"}
CONFIRM, CONFIRM_LIST = "Confirmer l’inscription", "Confirmer : je veux la liste d’attente"
AND_ANOTHER = "Confirmer, puis inscrire une autre personne"


class Programme:
    """Workshops on the presqu'île, and who registers for them through the pages."""

    def __init__(self, session: Session, client: PageClient, clock: time_machine.Traveller) -> None:
        self.session, self.client, self.clock = session, client, clock

    def plan(self, starts_at: datetime = FIRST, **changes: Any) -> str:
        """A new workshop of Arvert: its slug."""
        planned = plan_workshop(self.session, starts_at, recorded_at=NOW, **changes)
        return self.session.get_one(Workshop, planned).slug

    def set(self, slug: str, **values: Any) -> None:
        with write_transaction(self.session):
            self.session.execute(update(Workshop).where(Workshop.slug == slug).values(**values))

    def leave_one_date(self, slug: str) -> None:
        """All its dates but the first were cancelled."""
        with write_transaction(self.session):
            own = select(Workshop).where(Workshop.slug == slug)
            for each in self.session.scalars(own).one().sessions[1:]:
                each.status = WorkshopStatus.CANCELLED

    def checked(self, slug: str, query: str = "", **answers: str) -> TestResponse:
        """The check page, unless refused."""
        page = self.client.get(f"/ateliers/{slug}/inscription{query}")
        self.clock.shift(READING_S)
        return press(self.client, page, "Continuer", **{**ANSWERS, **answers})

    def registered(self, slug: str, query: str = "", **answers: str) -> str:
        """The address of the confirmation page."""
        check = self.checked(slug, query, **answers)
        is_list = CONFIRM_LIST in said(check)
        done = press(self.client, check, CONFIRM_LIST if is_list else CONFIRM)
        assert done.status_code == 303, said(done)
        return str(done.location)

    def own_page(self, slug: str, query: str = "", **answers: str) -> str:
        """The address of the registration: « /r/<token> »."""
        token = self.registered(slug, query, **answers).rsplit("/", 1)[1]
        return f"/r/{token}"

    def fill(self, slug: str, people: int) -> list[str]:
        """So many strangers: their own pages."""
        return [
            self.own_page(slug, nom=f"Inconnu{'abcdefghij'[n]}", telephone=f"06 39 98 01 {n:02}")
            for n in range(people)
        ]

    def rows(self) -> list[Registration]:
        self.session.rollback()
        query = select(Registration).order_by(Registration.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def offer(self) -> str:
        """The address of the offer that is open, as its message carries it."""
        self.session.rollback()
        links = Links(self.client.application.config["COCLICO"].link_key)
        query = select(PlacesOffer.id).where(PlacesOffer.closed_at.is_(None))
        offer_id = self.session.scalars(query).one()
        catalogue = read_catalogue(self.session)
        facts = places_offer_of(self.session, catalogue, offer_id, links, NOW)
        assert facts is not None
        return f"/offre/{facts.token}"
