"""« Messages »: those of workshops among the others, and the page of one registration."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain.messages import OutboxState, SubjectKind
from app.domain.sending import Ending
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.registrations import register
from app.services.transaction import write_transaction
from app.services.workshop_news import Wanted, ask_for_news
from tests.support.booking_walk import said
from tests.support.presquile import NOW
from tests.support.team import LINKS, Team
from tests.support.workshops import plan_workshop, registration

PAGE = "/agents/messages"


@pytest.fixture
def registered(team: Team) -> int:
    """Somebody has just registered, and somebody else asked for news."""
    with team.session() as session:
        workshop = plan_workshop(session, NOW + timedelta(days=9), recorded_at=NOW)
        asked = registration(workshop, commune_slug="breuillet")
        register(session, asked, now=NOW, links=LINKS)
        ask_for_news(session, Wanted("rose@example.fr", None, "fr"), now=NOW, links=LINKS)
        return (
            session.scalars(select(Registration.id).order_by(Registration.id.desc())).first() or 0
        )


def test_a_registration_is_told_leaves_fails_and_is_tried_again(
    team: Team, registered: int
) -> None:
    boss = team.client("coordinator")
    page = boss.get(PAGE)
    assert "Confirmation d’un atelier, SMS : 1 Rose S." in said(page)
    assert "Nouvelles des ateliers demandées, E-mail : 1 Sans nom" in said(page)
    assert f"/agents/inscriptions/{registered}" in page.text
    with team.session() as session, write_transaction(session):
        own = OutboxMessage.subject_kind == SubjectKind.REGISTRATION
        failed = {"state": OutboxState.DEAD, "closed_at": NOW, "outcome": Ending.ADDRESS_REFUSED}
        session.execute(update(OutboxMessage).where(own).values(**failed))
    page = boss.get(PAGE)
    assert "SMS, confirmation d’un atelier : numéro ou adresse refusés." in said(page)
    answer = boss.submit(page, "Essayer encore")
    assert answer.headers["Location"] == f"{PAGE}?fait=encore"
    told = said(boss.get(f"/agents/inscriptions/{registered}"))
    assert "Messages SMS, confirmation d’un atelier : Non envoyé" in told
    assert "SMS, confirmation d’un atelier : En attente" in told


def test_each_text_of_a_workshop_has_its_page(team: Team) -> None:
    boss = team.client("coordinator")
    listed = said(boss.get(f"{PAGE}/textes"))
    assert "objet, nouvelles des ateliers" in listed
    for name in ("fr-sms-offer-workshop", "fr-email-digest-news", "fr-email-waiting-workshop"):
        shown = said(boss.get(f"{PAGE}/textes/{name}"))
        assert "le titre de l’atelier" in shown or "les ateliers à venir" in shown
