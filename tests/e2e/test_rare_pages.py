"""Pages that a colleague meets once a year, in a real browser, where axe looks at every one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page

from app.domain.access import LinkPurpose, Role
from app.domain.calendar import at_wall_time
from app.models.appointment import Appointment
from app.services.account_links import issue_link
from tests.e2e.test_agenda import FIRST, LAST, expected_today, press_for
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import Colleague, StaffWalk, colleague, session_of, sign_in
from tests.support.passwords import PASSWORD
from tests.support.presquile import NOW


@pytest.fixture
def walk(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """A screen of 320 px."""
    return StaffWalk(visit(viewport=NARROWEST), live_site.address)


def test_an_hour_that_was_free_when_the_page_was_read(walk: StaffWalk, live_site: LiveSite) -> None:
    who = colleague(live_site, Role.COUNSELLOR)
    _person, moved = expected_today(live_site, who, LAST)
    sign_in(walk, who, f"/agents/rendez-vous/{moved}/deplacer")
    walk.take_time()
    chosen = datetime.fromisoformat(walk.value("debut"))
    take(live_site, who, at_wall_time(chosen.date(), chosen.time()))
    walk.choose("À la demande de la personne")
    walk.press("Déplacer le rendez-vous")
    assert walk.status == 409
    assert walk.sees("garde son heure")


def take(site: LiveSite, who: Colleague, starts_at: datetime) -> None:
    """Somebody else is expected there from now on."""
    _other, taken = expected_today(site, who, FIRST)
    with session_of(site) as session:
        held = session.get_one(Appointment, taken).engagement
        held.starts_at, held.ends_at = starts_at, starts_at + timedelta(minutes=30)
        session.commit()


def test_what_was_closed_twice_and_is_taken_back(walk: StaffWalk, live_site: LiveSite) -> None:
    who = colleague(live_site, Role.COUNSELLOR)
    _person, came = expected_today(live_site, who, FIRST)
    sign_in(walk, who)
    press_for(walk, came, "Arrivé")
    walk.open(f"/agents/rendez-vous/{came}/releve")
    walk.choose("E-mail", "70 ans et plus")
    walk.press("Terminer")
    walk.open(f"/agents/rendez-vous/{came}/releve")
    assert walk.status == 409
    walk.follow("C’est une erreur : retirer ce relevé")
    assert walk.heading == "Quel relevé retirer ?"
    walk.press("Retirer ce relevé")
    assert walk.status == 422


def test_an_invitation_and_another_address(walk: StaffWalk, live_site: LiveSite) -> None:
    who = colleague(live_site, Role.COMMITTEE)
    with session_of(live_site) as session:
        token = issue_link(session, who.user_id, LinkPurpose.INVITATION, by=None, now=NOW)
    walk.open(f"/agents/mot-de-passe/{token}")
    assert walk.status == 200
    walk.press("Enregistrer mon mot de passe")
    assert walk.status == 422
    sign_in(walk, who, "/agents/mon-compte")
    walk.follow("Modifier l’adresse e-mail")
    walk.press("Enregistrer mon adresse")
    assert walk.status == 422
    walk.write(email=f"new.{who.email}", actuel=PASSWORD)
    walk.press("Enregistrer mon adresse")
    assert walk.sees(f"Votre adresse est enregistrée : new.{who.email}.")
    assert walk.value("email") == f"new.{who.email}"
