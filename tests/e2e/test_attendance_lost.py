"""Every page of the records on a phone of 360 pixels; answers of the server that get lost."""

from collections.abc import Callable
from datetime import time

from playwright.sync_api import Page, Route

from app.domain.access import Role
from app.models.accounts import User
from tests.e2e.test_agenda import expected_today
from tests.e2e.test_attendance import recorded
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.presquile import NOW
from tests.support.records import held_workshop

RECORDS = "/agents/frequentation"
HOURS = time(0, 10), time(0, 20)
"""Both over, whenever the test runs."""


class Story:
    """A counsellor with two people who came, and how many records there are."""

    def __init__(self, walk: StaffWalk, site: LiveSite) -> None:
        self.walk, self.site = walk, site
        self.who = colleague(site, Role.COUNSELLOR)
        self.one, self.two = (expected_today(site, self.who, hour)[1] for hour in HOURS)
        self.before = self.count()
        self.close = f"/agents/rendez-vous/{self.one}/releve"
        sign_in(walk, self.who)

    def count(self) -> int:
        return recorded(self.site, self.one)[1]

    def more(self) -> int:
        """How many records since the story began."""
        return self.count() - self.before

    def press_and_lose_the_answer(self, words: str) -> None:
        """The server keeps what was sent; its answer never arrives, and the page tries again."""
        walk, kept = self.walk, []

        def lose(route: Route) -> None:
            if route.request.method != "POST" or kept:
                route.continue_()
                return
            kept.append(route.fetch(max_redirects=0).status)
            route.abort()

        walk.page.route("**/*", lose)
        walk.main.get_by_role("button", name=words).click()
        walk.page.get_by_text("Pas de réseau.").wait_for()
        assert len(kept) == 1
        walk._complaints.clear()  # the browser's own, about the line
        walk._go(lambda: walk.page.evaluate("window.dispatchEvent(new Event('online'))"))
        walk.page.unroute("**/*", lose)

    def tick(self, name: str, value: str) -> None:
        self.walk.main.locator(f"input[name={name}][value='{value}']").check()

    def refused(self, words: str, status: int = 422) -> None:
        self.walk.press(words)
        assert self.walk.status == status


def test_what_was_sent_is_kept_once_though_its_answer_is_lost(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    story = Story(StaffWalk(visit(), live_site.address), live_site)
    a_half_day(story)
    a_record_by_mistake(story)
    a_copy(story)
    a_workshop(story)


def a_half_day(story: Story) -> None:
    walk = story.walk
    walk.open(f"{RECORDS}/demi-journee?jour={NOW.date()}&moment=matin")
    story.refused("Terminer la demi-journée")
    for each in (story.one, story.two):
        story.tick(f"venue_{each}", "present")
    walk.choose("E-mail")
    story.press_and_lose_the_answer("Terminer la demi-journée")
    assert walk.sees("C’est noté : la demi-journée est faite.")
    assert story.more() == 2


def a_record_by_mistake(story: Story) -> None:
    walk = story.walk
    walk.open(story.close)
    assert walk.status == 409
    walk.follow("C’est une erreur : retirer ce relevé")
    story.refused("Retirer ce relevé")
    walk.main.locator("input[name=ligne]").first.check()
    walk.press("Retirer ce relevé")
    assert walk.sees("de nouveau à compléter")
    walk.open(story.close)
    story.refused("Terminer")
    walk.choose("E-mail")
    story.press_and_lose_the_answer("Terminer")
    assert walk.sees("Ce relevé est déjà fait. Rien n’est compté deux fois.")
    assert story.more() == 2


def a_copy(story: Story) -> None:
    walk = story.walk
    walk.open(f"{RECORDS}/releves")
    walk._go(
        walk.main.locator(".records__one", has_not_text="Mots de passe").locator("a").first.click
    )
    line = walk.path
    walk.open(f"{line}/supprimer")
    assert walk.status == 409
    walk.open(f"{line}/dupliquer")
    walk.write(jour="")
    story.refused("Ajouter ce relevé")
    walk.write(jour=NOW.date().isoformat())
    story.press_and_lose_the_answer("Ajouter ce relevé")
    assert walk.sees("Un nouveau relevé est fait.")
    assert story.more() == 3
    walk.open(line)
    walk.follow("Supprimer ce relevé")
    walk.press("Supprimer ce relevé")
    assert walk.sees("Le relevé est supprimé.")
    assert story.more() == 2
    walk.open(f"{RECORDS}/releves.csv?du=hier")
    assert walk.status == 422


def a_workshop(story: Story) -> None:
    walk = story.walk
    with session_of(story.site) as session:
        own = session.get_one(User, story.who.user_id).counsellor_id
        held = held_workshop(session, own or 0)
    walk.open(f"{RECORDS}/atelier/{held}")
    story.refused("Terminer")
    walk.write(participants="3")
    story.press_and_lose_the_answer("Terminer")
    assert walk.sees("Ce relevé est déjà fait. Rien n’est compté deux fois.")
    assert story.more() == 3
    walk.follow("Mes relevés")
    walk._go(walk.main.locator(".records a", has_text="Mots de passe").first.click)
    walk.follow("Supprimer ce relevé")
    walk.press("Supprimer ce relevé")
    assert walk.sees("L’atelier est de nouveau à compléter.")
    assert story.more() == 2
