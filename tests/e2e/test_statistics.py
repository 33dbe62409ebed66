"""The boards, the keys and the closing at 320 px in a real browser; axe looks at every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.domain.access import Role
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import StaffWalk, colleague, sign_in


@pytest.fixture
def boss(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """A coordinator before a narrow screen."""
    walk = StaffWalk(visit(viewport=NARROWEST), live_site.address)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), "/agents/statistiques")
    return walk


def test_figures_are_read_defined_and_closed(boss: StaffWalk) -> None:
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
