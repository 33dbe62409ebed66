"""Somebody who walks through the site with a browser: a test reads as what they do.

Each page they come to is looked at: axe finds nothing, nothing is wider than the screen, the
browser complains of nothing, and the language switch leads to the same page.
"""

import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, Route

from tests.support.browser import accessibility_faults, is_new, scrolls_sideways
from tests.support.browser_words import as_pattern, as_written, french_words, in_english, plain

ANSWERED_WITH_AN_ERROR = "Failed to load resource: the server responded with a status of 4"
TIME_OFFERED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
OWN_TAGS = "all => all.map((each) => decodeURIComponent(each.cloneNode(false).outerHTML))"
VARIABLE = re.compile(
    r'\b(?:href|value|action|formaction|aria-label|content)="[^"]*"|(?<=>)[^<]+|\d+'
)
"""What differs between two visits of one page: its words, addresses, figures."""


class Walk:
    """A visit with a finger or a mouse. `words` are those of the French page, in any language."""

    prefix = ""
    """Of the addresses in the language of this walk."""
    say = staticmethod(as_written)

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.headings: list[str] = []
        """The h1 of each page seen, in order."""
        self.status = 0
        self.answer: Response
        self._complaints: list[str] = []
        self.slowest_trap_s = 0.0
        """How long a contact page must have been read: see tests/support/clocked_site.py."""
        self._arrived_at = 0.0
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))

    # --- What a person does -----------------------------------------------------------------------

    def open(self, path: str) -> None:
        self._go(lambda: self.page.goto(f"{self.address}{self.prefix}{path}"))

    def follow(self, words: str) -> None:
        """A link, or a button that is one."""
        self._press(self.main.get_by_role("link", name=self._named(words)).first)

    def press(self, words: str) -> None:
        self._press(self.main.get_by_role("button", name=self._named(words)).first)

    def choose(self, *answers: str) -> None:
        """A radio or a box, by its label."""
        for answer in answers:
            self._check(self.main.get_by_label(self._named(answer)).first)

    def write(self, **answers: str) -> None:
        """Type into the fields of these names."""
        for name, text in answers.items():
            self._fill(self.main.locator(f"input[name={name}]"), text)

    def take_time(self, rank: int = 0) -> str:
        """Press one of the times offered, and return its words for screen readers."""
        chosen = self.times.nth(rank)
        label = plain(chosen.get_attribute("aria-label") or "")
        self._press(chosen)
        return label

    def take_time_named(self, label: str) -> None:
        """The same time on another page."""
        self._press(self.main.get_by_label(as_pattern(label)))

    def follow_error(self, words: str) -> str:
        """A link of the list of errors; returns the name of the field that it leads to."""
        self.main.locator(".govuk-error-summary").get_by_role(
            "link", name=self._named(words)
        ).click()
        return self.focused()

    def back(self) -> None:
        self._go(self.page.go_back)

    def read_for_a_while(self) -> None:
        """As long as a person needs at the least to fill the contact page."""
        time.sleep(max(0, self._arrived_at + self.slowest_trap_s - time.monotonic()))

    # --- What a person sees -----------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def times(self) -> Locator:
        return self.main.locator(".time")

    @property
    def heading(self) -> str:
        return self.headings[-1]

    @property
    def text(self) -> str:
        """What the main part says."""
        return plain(self.main.inner_text())

    @property
    def title(self) -> str:
        return plain(self.page.title())

    @property
    def path(self) -> str:
        """The address without its host and its language."""
        return urlsplit(self.page.url).path.removeprefix(self.prefix)

    @property
    def number(self) -> str:
        """The digits of the number on the confirmation."""
        return re.sub(r"\D", "", self.page.locator("#numero").inner_text())

    def sees(self, words: str) -> bool:
        return plain(self.say(words)) in self.text

    def value(self, name: str) -> str:
        """What a field holds."""
        return self.main.locator(f"input[name={name}]").input_value()

    def chosen(self, name: str) -> list[str]:
        """The values of the radios or boxes that are ticked."""
        ticked = self.main.locator(f"input[name={name}]:checked")
        return [each.get_attribute("value") or "" for each in ticked.all()]

    def offered(self) -> list[str]:
        """The local starts of the times on the page, as « 2026-12-01T09:45 », in order."""
        return [TIME_OFFERED.findall(each)[0] for each in self.times.evaluate_all(OWN_TAGS)]

    def focused(self) -> str:
        """The name of the field that has the focus, or else its class."""
        focused: str = self.page.evaluate(
            "document.activeElement.name || document.activeElement.className"
        )
        return focused

    def asks_nothing(self) -> bool:
        """Whether the page has no field that one could type in or tick."""
        return self.main.locator("input:not([type=hidden])").count() == 0

    # --- How it is done: a way of walking overrides these -----------------------------------------

    def _press(self, target: Locator) -> None:
        self._go(target.click)

    def _check(self, target: Locator) -> None:
        target.check()

    def _fill(self, target: Locator, text: str) -> None:
        target.fill(text)

    def _named(self, words: str) -> re.Pattern[str]:
        return as_pattern(self.say(words))

    def _go(self, act: Callable[[], object]) -> None:
        with self.page.expect_navigation(wait_until="load") as arrival:
            act()
        self._arrived_at = time.monotonic()
        self.answer = arrival.value
        self.status = self.answer.status
        self.headings.append(plain(self.main.locator("h1").inner_text()))
        self.look()

    def faults(self) -> list[str]:
        return accessibility_faults(self.page)

    def _is_new(self) -> bool:
        """Whether axe has not seen such a page yet: the same elements, on the same screen."""
        size = self.page.viewport_size or {}
        return is_new(self.status, *size.values(), VARIABLE.sub("", self.page.content()))

    def look(self) -> None:
        """Assert what holds on every page."""
        where = f"{self.page.url} ({self.status}, {self.heading})"
        faults = self._complaints + (self.faults() if self._is_new() else [])
        assert not faults, f"{where}: {faults}"
        assert not scrolls_sideways(self.page), f"{where} scrolls sideways"
        assert self._other_language() == self._same_page_elsewhere(), where

    def _other_language(self) -> str:
        """Where the switch leads; the engines are told the same (hreflang)."""
        switch = self.page.locator(".head__language")
        code, href = switch.get_attribute("hreflang"), switch.get_attribute("href") or ""
        told = self.page.locator(f"link[rel=alternate][hreflang={code}]").get_attribute("href")
        assert (told or "").endswith(href)
        return href

    def _same_page_elsewhere(self) -> str:
        """Where it should lead: here, with the same parameters, in the other language."""
        here = urlsplit(self.page.url)
        path = here.path.removeprefix(self.prefix) if self.prefix else f"/en{here.path}"
        if (
            self.answer.request.method == "POST"
        ):  # no link leads to the answer to a POST: to the page before it, then
            path = urlsplit(self._other_language()).path
        return path + (f"?{here.query}" if here.query else "")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED_WITH_AN_ERROR):
            self._complaints.append(message.text)


class EnglishWalk(Walk):
    """The same on the English pages, where nothing French may be left."""

    prefix = "/en"
    say = staticmethod(in_english)

    def look(self) -> None:
        super().look()
        assert self.page.locator("html").get_attribute("lang") == "en"
        left = french_words(self.page)
        assert not left, f"French on {self.page.url}: {left}"


class WalkWithoutScripts(Walk):
    """The same where the browser runs no script. Axe is one: it reads the answers elsewhere."""

    def __init__(self, page: Page, address: str, elsewhere: BrowserContext) -> None:
        super().__init__(page, address)
        self._twin = elsewhere.new_page()
        self._twin.route("**/*.js", lambda route: route.abort())

    def faults(self) -> list[str]:
        """What axe finds in the same answer, opened where axe runs and the site's scripts not."""
        answer, url = self.answer, self.page.url

        def same_answer(route: Route) -> None:
            route.fulfill(status=answer.status, headers=answer.all_headers(), body=answer.body())

        self._twin.route(url, same_answer)
        self._twin.goto(url)
        self._twin.unroute(url)
        return accessibility_faults(self._twin)
