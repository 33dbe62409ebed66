"""A counsellor's feed in a real browser: made on a small phone, read by a program, stopped."""

import re
import urllib.error
import urllib.request

import pytest
from icalendar import Calendar
from playwright.sync_api import Page

from app.domain.access import Role
from tests.support.browser_site import LiveSite, book_for
from tests.support.browser_staff import (
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    sign_in,
)
from tests.support.canaries import Canary

AGENDAS = "/agents/mon-compte/agendas"


def status_and_events(address: str) -> tuple[int, int]:
    """What a calendar program gets there."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, len(Calendar.from_ical(answer.read()).walk("VEVENT"))
    except urllib.error.HTTPError as refusal:
        return refusal.code, 0


@pytest.fixture(params=["with scripts", "without scripts"])
def walk(
    request: pytest.FixtureRequest,
    phone: Page,
    phone_without_javascript: Page,
    live_site: LiveSite,
) -> StaffWalk:
    if request.param == "with scripts":
        return StaffWalk(phone, live_site.address)
    return StaffWalkWithoutScripts(phone_without_javascript, live_site.address, phone.context)


def test_a_feed_is_made_read_and_stopped(
    walk: StaffWalk, live_site: LiveSite, person: Canary
) -> None:
    book_for(live_site, person, "breuillet", "email")
    sign_in(walk, colleague(live_site, Role.COUNSELLOR), AGENDAS)
    walk.follow("Créer une adresse")
    walk.choose("Détail", "Ajouter les trajets en voiture")
    walk.press("Créer l’adresse")
    assert walk.heading.startswith("L’adresse de l’agenda")
    assert walk.sees("Elle ne sera plus affichée.")
    address = walk.page.locator(".feed-address code").inner_text()
    assert re.fullmatch(rf"{live_site.address}/agendas/[\w-]{{22}}\.ics", address)
    status, events = status_and_events(address)
    assert status == 200
    assert events >= 1
    walk.follow("J’ai copié l’adresse")
    assert walk.sees("Détail, trajets")
    assert not walk.sees(address)
    walk.press("Arrêter")
    assert walk.sees("L’adresse est arrêtée. Elle ne marche plus.")
    assert status_and_events(address) == (404, 0)


def test_an_own_agenda_is_given_and_taken_back(walk: StaffWalk, live_site: LiveSite) -> None:
    sign_in(walk, colleague(live_site, Role.COUNSELLOR), AGENDAS)
    walk.follow("Agenda personnel de")
    walk.write(adresse="http://agenda.example/a.ics")
    walk.press("Relier cet agenda")
    assert walk.sees("Ce n’est pas l’adresse d’un agenda.")
    assert walk.value("adresse") == "http://agenda.example/a.ics"
    walk.write(adresse="https://agenda.example/a.ics")
    walk.press("Relier cet agenda")
    assert walk.sees("C’est enregistré.")
    walk.press("Retirer cet agenda")
    assert walk.sees("L’agenda est retiré.")
