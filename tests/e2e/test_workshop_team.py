"""The team's pages of workshops: planned, one cancelled, somebody registered by telephone, and the
day itself on a phone of 360 pixels; with and without scripts, then with the keyboard alone.
"""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.domain.booking import Person
from app.models.workshops import Workshop, WorkshopSession
from app.services.registrations import register
from tests.e2e.test_agenda import phone_walk
from tests.support.browser_keyboard import KeyboardWalk
from tests.support.browser_site import LINKS, LiveSite, newcomer
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.canaries import Canary
from tests.support.presquile import NOW
from tests.support.stage import phone
from tests.support.workshops import couple, plan_workshop, registration

__all__ = ["phone_walk"]
SUNDAY, NEXT_SUNDAY = date(2027, 2, 7), date(2027, 2, 14)
"""When nobody has a permanence."""
LAST_SATURDAY = datetime(2026, 11, 21, 5, tzinfo=UTC)
WHILE_OPEN = NOW - timedelta(days=7)


class KeyboardOfTheTeam(KeyboardWalk, StaffWalk):
    """Staff pages with the keyboard alone."""

    def _skip_to_the_content(self) -> None:
        """After a press the page is at the line that was pressed: Tab goes on from there."""
        if not urlsplit(self.page.url).fragment:
            super()._skip_to_the_content()


@pytest.fixture
def keyboard(desk: Page, live_site: LiveSite) -> StaffWalk:
    return KeyboardOfTheTeam(desk, live_site.address)


def plan_a_series(walk: StaffWalk) -> None:
    """A kind of workshop, then two Sundays of it, from the list to the list."""
    walk.open("/agents/ateliers/modeles/nouveau")
    walk.press("Enregistrer")
    assert walk.status == 422
    walk.write(titre="Débuter avec le smartphone")
    walk.main.locator("textarea[name=faire]").fill("Vous apprenez à appeler.")
    walk.choose("E-mail")
    walk.press("Enregistrer")
    walk.open("/agents/ateliers/nouveau")
    walk.follow("Débuter avec le smartphone")
    walk.press("Voir les dates")
    assert walk.status == 422
    walk.write(du=SUNDAY.isoformat(), de="14:00", au=NEXT_SUNDAY.isoformat())
    walk.choose("Chaque semaine")
    walk.main.locator("select[name=lieu]").select_option(index=1)
    walk.main.locator("input[name=conseillers]").first.check()
    walk.press("Voir les dates")
    assert walk.heading == "Vérifiez les dates"
    for tick in walk.main.locator("input[name=dates]").all():
        tick.check()  # the town hall is closed on Sundays, which is only told
    walk.press("Planifier")
    assert walk.heading == "Ateliers"


def cancel_the_first(walk: StaffWalk, site: LiveSite) -> None:
    """One date of the series: the other one stands."""
    with session_of(site) as session:
        last, first = session.scalars(select(Workshop).order_by(Workshop.id.desc()).limit(2))
        ids, slug = (first.id, last.id), last.slug
    walk.open(f"/agents/ateliers/{ids[0]}")
    walk.follow("Annuler l’atelier")
    assert walk.heading == "Annuler cet atelier ?"
    walk.choose("Cet atelier seulement")
    walk.press("Annuler et prévenir")
    assert walk.sees("Annulé par le service.")
    walk.open(f"/agents/ateliers/{ids[1]}")
    walk.follow("Modifier les textes et les places")
    walk.back()
    walk.follow("Changer cette date")
    walk.back()
    walk.follow("Inscrire quelqu’un")
    assert walk.chosen("atelier") == [str(ids[1])]
    assert walk.page.url.endswith(slug)


def register_by_telephone(walk: StaffWalk, person: Canary) -> None:
    """On the page that is open, the workshop chosen: refused first, all kept, then read aloud."""
    walk.press("Inscrire")
    assert walk.status == 422
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.main.locator("select[name=commune]").select_option(label="Breuillet")
    walk.choose("À l’oral")
    walk.press("Inscrire")
    assert walk.sees("À lire à la personne")


def held_on_saturday(site: LiveSite) -> tuple[str, str]:
    """One person and a couple at a workshop of the first counsellor: its sheet, its record."""
    with session_of(site) as session:
        workshop = plan_workshop(session, LAST_SATURDAY, recorded_at=WHILE_OPEN)
        for name, asked in (("Anne", registration), ("Zoé", couple)):
            who = Person(name, "Serin", phone(), None)
            wanted = asked(workshop, commune_slug="breuillet", person=who)
            register(session, wanted, now=WHILE_OPEN, links=LINKS)
        own = WorkshopSession.workshop_id == workshop
        held = session.scalars(select(WorkshopSession.id).where(own)).one()
    return f"/agents/ateliers/{workshop}/presence/{held}", f"/agents/frequentation/atelier/{held}"


def keep_the_sheet(walk: StaffWalk, sheet: str, record: str) -> None:
    """One press each, then closed, then counted."""
    walk.open(sheet)
    walk.press("Présent")
    walk.press("Tous les deux")
    walk.press("Une personne de plus")
    walk.press("Un appareil de plus")
    walk.open(f"{sheet}/imprimer")
    walk.open(sheet)
    walk.press("Clore la feuille")
    assert walk.sees("La feuille est close : 4 personnes sont venues.")
    walk.follow("Faire le relevé de cet atelier")
    assert walk.path == record
    assert walk.value("participants") == "3"


def test_planned_cancelled_and_somebody_registered_on_a_phone(
    phone_walk: StaffWalk, live_site: LiveSite
) -> None:
    sign_in(phone_walk, colleague(live_site, Role.COORDINATOR))
    plan_a_series(phone_walk)
    cancel_the_first(phone_walk, live_site)
    register_by_telephone(phone_walk, newcomer())
    phone_walk.open("/agents/ateliers/reprendre")


def test_the_day_of_a_workshop_on_a_phone(phone_walk: StaffWalk, live_site: LiveSite) -> None:
    sheet, record = held_on_saturday(live_site)
    sign_in(phone_walk, colleague(live_site, Role.COUNSELLOR))
    keep_the_sheet(phone_walk, sheet, record)


def test_the_same_day_with_the_keyboard_alone(keyboard: StaffWalk, live_site: LiveSite) -> None:
    sheet, record = held_on_saturday(live_site)
    sign_in(keyboard, colleague(live_site, Role.COUNSELLOR))
    keep_the_sheet(keyboard, sheet, record)
