"""A real Chromium: the phone of a resident, without JavaScript, or the keyboard alone; and axe."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.run_folder import FOLDER

_looked_at = Path()
"""A file for each page that axe has looked at in this run."""

PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Axe().axe_script
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


def pytest_sessionstart(session: pytest.Session) -> None:
    global _looked_at  # noqa: PLW0603 - one folder for all processes of the run
    _looked_at = session.config.stash[FOLDER] / "looked-at"
    _looked_at.mkdir(exist_ok=True)


def is_new(*likeness: object) -> bool:
    """Whether no test of this run, in any process, has met what is told by these words."""
    name = hashlib.sha256(repr(likeness).encode()).hexdigest()
    try:
        (_looked_at / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now: rule, place and how to mend it."""
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
