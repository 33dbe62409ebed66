"""Once the tab is closed, a computer that others use keeps nothing of the person."""

import base64
from collections.abc import Callable

from playwright.sync_api import Error, Page

from tests.support.browser_site import LiveSite
from tests.support.browser_stories import book, find
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

STORED = """
async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


class RememberingWalk(Walk):
    """A walk that remembers each answer: how long it may be kept, and what it said."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page, address)
        self.answers: list[tuple[str, str]] = []

    def look(self) -> None:
        self.answers.append((self.answer.headers.get("cache-control", ""), self.answer.text()))
        super().look()


def test_a_closed_tab_leaves_one_cookie_without_anything_personal(
    visit: Callable[..., Page], live_site: LiveSite, person: Canary
) -> None:
    walk = RememberingWalk(visit(), live_site.address)
    number = book(walk, person, "la-tremblade")
    find(walk, number, person)
    shown_at, context = walk.page.url, walk.page.context
    assert_nothing_personal_may_be_kept(walk.answers, person, number)
    walk.page.close()

    [cookie] = context.cookies()
    assert cookie["name"] == "coclico"
    assert cookie["expires"] == -1
    assert cookie["httpOnly"]
    assert person.leaks(unsigned(cookie["value"])) == []
    after = context.new_page()
    after.goto(live_site.address)
    assert set(after.evaluate(STORED).values()) == {0}
    context.set_offline(True)
    assert not_in_the_cache(after, shown_at)


def assert_nothing_personal_may_be_kept(
    answers: list[tuple[str, str]], person: Canary, number: str
) -> None:
    spaced = f"{number[:3]}\N{NO-BREAK SPACE}{number[3:]}"
    personal = [kept for kept, page in answers if person.leaks(page) or spaced in page]
    assert len(personal) == 3, "the check page, the confirmation, the appointment"
    assert set(personal) == {"no-store"}


def unsigned(cookie: str) -> str:
    """What a signed session cookie says to whoever opens it."""
    payload, _, _ = cookie.partition(".")
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def not_in_the_cache(page: Page, url: str) -> bool:
    """Whether the address shows nothing once the network is gone."""
    try:
        page.goto(url)
    except Error as refused:
        return "ERR_INTERNET_DISCONNECTED" in refused.message
    return False
