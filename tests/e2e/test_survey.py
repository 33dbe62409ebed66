"""The three questions in a real browser: small phone, with and without scripts, by keyboard."""

import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.appointment import PlaceKind
from app.models.places import Commune
from app.models.survey import SurveyAnswer
from app.services.survey import invite_on_paper
from tests.e2e.test_print import A5_POINTS, sheets
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.browser_walk import Walk
from tests.support.presquile import NOW


@pytest.fixture
def link(live_site: LiveSite) -> str:
    with session_of(live_site) as session:
        commune_id = session.scalars(select(Commune.id)).first() or 0
        return f"/avis/{invite_on_paper(session, commune_id, PlaceKind.VENUE, NOW.date())}"


def answers(site: LiveSite) -> int:
    with session_of(site) as session:
        return session.scalar(select(func.sum(SurveyAnswer.count))) or 0


def test_three_questions_are_answered_once(any_walk: Walk, live_site: LiveSite, link: str) -> None:
    before = answers(live_site)
    any_walk.open(link)
    any_walk.press("Envoyer ma réponse")
    assert any_walk.status == 422
    any_walk.choose("En partie", "Peut-être")
    any_walk.press("Envoyer ma réponse")
    assert any_walk.heading == any_walk.say("Merci pour votre réponse")
    assert answers(live_site) == before + 2
    any_walk.open(link)
    assert (any_walk.status, answers(live_site)) == (410, before + 2)


def test_slips_are_one_a5_sheet_each_and_are_typed(walk: Walk, live_site: LiveSite) -> None:
    staff = StaffWalk(walk.page, live_site.address)
    sign_in(staff, colleague(live_site, Role.CCAS_AGENT, "breuillet"), "/agents/avis")
    staff.write(nombre="2")
    staff.press("Préparer les feuilles")
    assert staff.heading == "2 feuilles à imprimer"
    assert sheets(staff.page) == [A5_POINTS] * 2
    staff.open("/agents/avis/saisie")
    staff.choose("En partie")
    staff.press("Enregistrer cette feuille")
    assert staff.sees("La feuille est enregistrée.")
