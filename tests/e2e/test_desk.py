"""A call at the desk: keyboard only, without scripts, and counted in keystrokes.

The two figures are in docs/performance.md, « Phone desk »: 200 ms a key, as somebody types.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from app.domain.access import Role
from tests.support.browser import accessibility_faults, new_context, scrolls_sideways
from tests.support.browser_site import LiveSite, book_for, newcomer
from tests.support.browser_staff import (
    Colleague,
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    sign_in,
)
from tests.support.canaries import Canary

CALL = "/agents/telephone"
KEY_MS = 200
MOST_KEYS_KNOWN = 12
"""Beyond the digits of the phone."""
MOST_MS_NEW = 20_000
DONE = "Le rendez-vous est enregistré"


class Typist:
    """Somebody at a keyboard: each key is counted, a held Ctrl as one more."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1 + key.count("+")
            self.page.keyboard.press(key)

    def save(self) -> None:
        """Ctrl+Enter, from wherever the focus is."""
        with self.page.expect_navigation(wait_until="load"):
            self.press("Control+Enter")

    def is_on(self, name: str) -> None:
        """Wait until the focus is on that field: the eyes of the clerk."""
        self.page.wait_for_function("name => document.activeElement.name === name", arg=name)

    def sees(self, selector: str) -> None:
        self.page.wait_for_selector(selector)


@pytest.fixture
def clerk(live_site: LiveSite) -> Colleague:
    return colleague(live_site, Role.CCAS_AGENT, "breuillet")


@pytest.fixture
def walk(desk: Page, live_site: LiveSite, clerk: Colleague) -> StaffWalk:
    """A wide screen, the clerk of Breuillet signed in, the page of a call open."""
    walk = StaffWalk(desk, live_site.address)
    sign_in(walk, clerk)
    walk.open(CALL)
    return walk


def digits(person: Canary) -> str:
    return person.phone.replace(" ", "")


def is_done(walk: StaffWalk) -> bool:
    return DONE in walk.page.locator("h1").inner_text()


def test_a_known_caller_takes_at_most_twelve_keys_beyond_the_digits(
    walk: StaffWalk, live_site: LiveSite, person: Canary
) -> None:
    book_for(live_site, person, "breuillet", "email")
    typist = Typist(walk.page)
    typist.is_on("telephone")
    typist.type(digits(person)[-4:])
    typist.sees(f"input[name=personne][data-nom='{person.last_name}']")  # before any other key
    beyond = Typist(walk.page)
    beyond.press("Enter")
    beyond.is_on("besoin")
    assert walk.value("nom") == person.last_name
    beyond.press("2", "Enter")
    beyond.is_on("choix")
    beyond.press("Enter")
    beyond.is_on("message")
    walk.look()
    beyond.save()
    assert is_done(walk)
    assert beyond.keys <= MOST_KEYS_KNOWN


def test_a_new_caller_takes_less_than_twenty_seconds_of_typing(walk: StaffWalk) -> None:
    typist, person = Typist(walk.page), newcomer()
    typist.is_on("telephone")
    typist.type(digits(person))
    typist.press("Enter")
    typist.is_on("prenom")
    typist.type("Jean-Baptiste")
    typist.press("Enter")
    typist.type("Deschamps-Lacroix")
    typist.press("Enter", "Enter", "2", "Enter")
    typist.is_on("choix")
    typist.press("ArrowDown", "Enter")
    typist.is_on("message")
    typist.save()
    assert is_done(walk)
    assert typist.keys * KEY_MS < MOST_MS_NEW


def test_a_card_is_found_as_the_letters_of_a_name_arrive(
    walk: StaffWalk, live_site: LiveSite, person: Canary
) -> None:
    book_for(live_site, person, "breuillet", "email")
    walk.page.locator("[name=nom]").focus()
    typist = Typist(walk.page)
    typist.type(person.last_name[:3])
    typist.sees(f"input[name=personne][data-nom='{person.last_name}']")


def test_the_times_follow_the_answers_without_leaving_the_page(walk: StaffWalk) -> None:
    page = walk.page
    page.locator("input[name=besoin]").first.check()
    page.wait_for_selector("input[name=choix]")
    page.get_by_role("button", name="Voir les heures refusées").click()
    page.wait_for_selector("text=Heures refusées")
    before = page.locator("input[name=choix]").first.get_attribute("value")
    page.get_by_role("button", name="Voir les dates suivantes").click()
    page.wait_for_function(
        "first => document.querySelector('input[name=choix]').value !== first", arg=before
    )
    page.locator("input[name=deplacement][value=non]").check()
    page.wait_for_selector("[name=adresse]")
    page.wait_for_selector("text=entre")
    walk.look()


def test_digits_act_in_the_focused_group_only(walk: StaffWalk) -> None:
    page = walk.page
    page.locator("[name=prenom]").press("3")
    assert walk.value("prenom") == "3"
    assert page.locator("input[name=besoin]:checked").count() == 0
    page.locator("input[name=besoin]").first.press("0")
    assert walk.chosen("besoin") == ["autre"]


def test_without_scripts_a_call_takes_two_steps(
    phone_without_javascript: Page,
    live_site: LiveSite,
    visit: Callable[..., Page],
    clerk: Colleague,
    person: Canary,
) -> None:
    book_for(live_site, person, "breuillet", "email")
    walk = StaffWalkWithoutScripts(phone_without_javascript, live_site.address, visit().context)
    sign_in(walk, clerk)
    walk.open(CALL)
    walk.write(telephone=digits(person)[-4:])
    walk.page.locator("input[name=besoin]").first.check()
    walk.press("Chercher")
    assert person.last_name in walk.text
    walk.page.get_by_label(person.last_name).check()
    walk.page.locator("input[name=choix]").first.check(force=True)
    walk.press("Enregistrer le rendez-vous")
    assert walk.heading == DONE
    assert "Je vous confirme" in walk.text


def test_a_missing_answer_is_told_and_nothing_is_lost(walk: StaffWalk, person: Canary) -> None:
    walk.write(prenom=person.first_name, nom=person.last_name)
    Typist(walk.page).save()
    walk.look()
    assert walk.title.startswith("Erreur")
    assert walk.value("nom") == person.last_name
    walk.page.get_by_role("link", name="Choisissez le besoin.").click()
    assert walk.focused() == "besoin"


def test_the_page_fits_a_small_phone(
    browser: Browser, live_site: LiveSite, clerk: Colleague
) -> None:
    context = new_context(browser)
    walk = StaffWalk(context.new_page(), live_site.address)
    sign_in(walk, clerk)
    walk.open(f"{CALL}?besoin=email")
    assert not scrolls_sideways(walk.page)
    assert accessibility_faults(walk.page) == []
    context.close()
