"""Signing in, being slowed down, the second step and the time-out, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.models.accounts import UserSession
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import (
    SIGN_IN,
    Colleague,
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    session_of,
    sign_in,
)
from tests.support.passwords import PASSWORD

OWN = "/agents/mon-compte"
WARNING = "Vous allez quitter l’espace agents dans 2 minutes."
MINUTE_MS = 60_000


@pytest.fixture
def staff(desk: Page, live_site: LiveSite) -> StaffWalk:
    """A colleague before a wide screen."""
    return StaffWalk(desk, live_site.address)


def test_signing_in_and_out_without_scripts_on_a_narrow_phone(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    page = visit(viewport=NARROWEST, java_script_enabled=False)
    walk = StaffWalkWithoutScripts(page, live_site.address, visit().context)
    who = colleague(live_site, Role.COMMITTEE)
    walk.open(f"{OWN}/mot-de-passe")
    assert walk.heading == "Espace agents"
    walk.press("Se connecter")
    assert walk.status == 401
    assert walk.sees("Adresse e-mail ou mot de passe incorrect.")
    sign_in(walk, who, f"{OWN}/mot-de-passe")
    assert walk.heading == "Changer mon mot de passe"
    walk.open(OWN)
    walk.press("Tout déconnecter")
    assert walk.sees("Tous vos appareils sont déconnectés.")
    walk.open(OWN)
    assert walk.heading == "Espace agents"


def test_nine_wrong_passwords_and_the_colleague_next_door(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    attacked, other = colleague(live_site, Role.COMMITTEE), colleague(live_site, Role.COMMITTEE)
    known = StaffWalk(visit(), live_site.address)
    sign_in(known, attacked, OWN)
    known.page.locator("header").get_by_role("button", name="Se déconnecter").click()
    intruder = StaffWalk(visit(), live_site.address)
    intruder.open(SIGN_IN)
    for _ in range(9):
        intruder.write(email=attacked.email, mot_de_passe="no")
        intruder.press("Se connecter")
    assert intruder.status == 429
    assert intruder.sees("Trop d’essais depuis cet ordinateur.")
    assert "govuk-error-summary" in intruder.focused()
    sign_in(intruder, other, OWN)
    assert intruder.heading == "Mon compte"
    sign_in(known, attacked, OWN)
    assert known.heading == "Mon compte"


def test_the_second_step_from_the_drawing_to_the_code(
    staff: StaffWalk, live_site: LiveSite
) -> None:
    who = colleague(live_site, Role.COMMITTEE)
    sign_in(staff, who, f"{OWN}/double-verification")
    secret = staff.page.locator(".qr-frame + p code").inner_text()
    staff.write(actuel=PASSWORD, code=pyotp.TOTP(secret).at(live_site.now()))
    staff.press("Activer")
    assert staff.heading == "La double vérification est active"
    spare = staff.page.locator(".codes code").first.inner_text()
    staff.open(OWN)
    staff.press("Tout déconnecter")
    sign_in(staff, who, OWN)
    next_code = pyotp.TOTP(secret).at(live_site.now() + timedelta(seconds=30))  # each serves once
    staff.write(code=next_code)
    staff.press("Se connecter")
    assert staff.heading == "Mon compte"
    staff.press("Tout déconnecter")
    sign_in(staff, who, OWN)
    assert staff.heading == "Votre code"
    staff.write(code="000000")
    staff.press("Se connecter")
    assert staff.status == 401
    assert staff.sees("Ce code n’est pas le bon.")
    staff.write(code=spare)
    staff.press("Se connecter")
    assert staff.heading == "Mon compte"
    staff.open(f"{OWN}/double-verification")  # to stop it: axe looks at each page
    staff.open("/agents/mot-de-passe-oublie")


def test_two_minutes_before_the_end_one_may_go_on(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    page = visit()
    page.clock.install()
    walk = StaffWalk(page, live_site.address)
    who = colleague(live_site, Role.COMMITTEE)
    sign_in(walk, who, f"{OWN}/mot-de-passe")
    banner = page.get_by_role("alertdialog")
    walk.write(actuel="half typed")
    page.clock.fast_forward(27 * MINUTE_MS)
    assert not banner.is_visible()
    with page.expect_response("**/agents/temps-restant") as asked:
        page.clock.fast_forward(2 * MINUTE_MS)
    assert asked.value.json()["seconds"] > 28 * 60, "another tab has kept the session alive"
    age_session(live_site, who, minutes=28.5)
    page.clock.fast_forward(28 * MINUTE_MS)
    banner.wait_for()
    assert WARNING in banner.inner_text().replace("\u00a0", " ")
    assert not walk.faults()
    with page.expect_response("**/agents/encore-la") as answer:
        page.keyboard.press("Enter")  # the button has the focus
    assert answer.value.status == 204
    banner.wait_for(state="hidden")
    age_session(live_site, who, minutes=31)
    page.clock.fast_forward(31 * MINUTE_MS)
    page.get_by_text("Vous êtes déconnecté.").wait_for()
    assert walk.value("actuel") == "half typed"


def test_a_page_after_half_an_hour_asks_to_sign_in_again(
    staff: StaffWalk, live_site: LiveSite
) -> None:
    who = colleague(live_site, Role.COMMITTEE)
    sign_in(staff, who, OWN)
    age_session(live_site, who, minutes=30)
    staff.open(OWN)
    assert staff.heading == "Espace agents"


def age_session(live_site: LiveSite, who: Colleague, *, minutes: float) -> None:
    """Nobody has opened a page with it since."""
    with session_of(live_site) as session:
        row = session.scalars(select(UserSession).where(UserSession.user_id == who.user_id)).one()
        row.seen_at -= timedelta(minutes=minutes)
        session.commit()
