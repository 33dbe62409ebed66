"""The boards, the keys and the closing at 320 px in a real browser; axe looks at every page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.domain.cubes import Entry
from app.models.places import Commune
from app.services.transaction import write_transaction
from tests.domain.records import one, workshop
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.presquile import NOW
from tests.support.spring import write_entries


@pytest.fixture
def boss(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """A coordinator before a narrow screen."""
    walk = StaffWalk(visit(viewport=NARROWEST), live_site.address)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), "/agents/statistiques")
    return walk


def write_figures(site: LiveSite) -> None:
    """Enough records of that Monday for every table and drawing."""
    with session_of(site) as session, write_transaction(session):
        insee = session.scalars(select(Commune.insee_code).order_by(Commune.id)).all()
        told = [
            replace(one(code, NOW.date(), gender="f", result="regle"), origin=origin)
            for code in insee[:3]
            for origin in ("rdv_internet", "rdv_telephone")
        ]
        told.append(workshop(insee[0], NOW.date(), ages={"70p": 6}))
        write_entries(session, [Entry(each, each.on) for each in told])


def test_figures_are_read_defined_and_closed(boss: StaffWalk, live_site: LiveSite) -> None:
    write_figures(live_site)
    boss.open("/agents/statistiques?trajet=oui")
    assert boss.page.locator("svg.chart").count() > 8
    boss.page.get_by_label("Commune", exact=True).select_option(label="Breuillet")
    boss.press("Voir")
    assert "commune=breuillet" in boss.page.url
    boss.page.locator("summary", has_text="Accompagnements").click()
    assert boss.sees("Un par personne reçue.")
    boss.follow("Clés de répartition")
    boss.follow("Ajouter une clé")
    boss.press("Enregistrer la clé")
    assert boss.status == 422
    assert boss.follow_error("Écrivez le premier jour de la clé.") == "valid_from"
    boss.open("/agents/statistiques/cloture")
    assert boss.sees("Qualité des relevés")
