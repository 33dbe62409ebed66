"""A real Chromium: the phone of a resident, without JavaScript, or the keyboard alone; and axe."""

import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Axe().axe_script
AS_IT_IS = "location.pathname + document.documentElement.outerHTML"
TYPED = re.compile(r' value="[^"]*"')
DIGIT = re.compile(r"[0-9]")
AXE_RULES = {
    "resultTypes": ["violations"],
    "iframes": False,
    "preload": False,
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}


def chromium_path() -> str | None:
    """The browser that ./run found; None lets Playwright take its own."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = {**browser_type_launch_args, "args": ARGUMENTS}
    if path := chromium_path():
        arguments["executable_path"] = path
    return arguments


def new_context(browser: Browser, **choices: Any) -> BrowserContext:
    """A small phone in French, unless `choices` (of Playwright) say otherwise."""
    context = browser.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", service_workers="block",
        **({"viewport": PHONE, "has_touch": True} | choices),
    )  # fmt: skip
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a small phone, 360×740."""
    context = new_context(browser)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_without_javascript(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page on a wide screen, for the keyboard."""
    context = new_context(browser, viewport={"width": 1280, "height": 800}, has_touch=False)
    yield context.new_page()
    context.close()


_faultless: set[tuple[int, str]] = set()
"""Pages of this process, by width, in which axe found nothing: apart from their numbers."""


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now: rule, place and how to mend it."""
    width = page.evaluate("document.documentElement.clientWidth")
    likeness = width, DIGIT.sub("0", TYPED.sub("", page.evaluate(AS_IT_IS)))
    if likeness in _faultless:
        return []
    found = _axe(page)
    if not found:
        _faultless.add(likeness)
    return found


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    violations = page.evaluate("rules => axe.run(rules).then(found => found.violations)", AXE_RULES)
    return [
        f"{found['id']} at {node['target']}: {node['failureSummary']}"
        for found in violations
        for node in found["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether something is wider than the screen (RGAA 10.11)."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
