"""Who walks through the site in these tests, and how."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import new_context
from tests.support.browser_keyboard import KeyboardWalk
from tests.support.browser_site import LiveSite, live_site, newcomer, running_site
from tests.support.browser_walk import EnglishWalk, Walk, WalkWithoutScripts
from tests.support.canaries import Canary
from tests.support.untraced import untraced

__all__ = ["live_site", "running_site"]

WAYS = ("walk", "walk_without_scripts", "keyboard_walk", "english_walk")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[object]:
    """The site runs in its own processes: coverage would only see the driver of the browser."""
    pyfuncitem.obj = untraced(pyfuncitem.obj)
    return (yield)


@pytest.fixture
def person() -> Canary:
    return newcomer()


@pytest.fixture
def visit(browser: Browser, live_site: LiveSite) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own: visit() is a small phone, visit(viewport=…) another screen."""
    contexts = []

    def open_page(**choices: object) -> Page:
        contexts.append(new_context(browser, **choices))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def walk(phone: Page, live_site: LiveSite) -> Walk:
    """A small phone, in French."""
    return Walk(phone, live_site.address)


@pytest.fixture
def english_walk(phone: Page, live_site: LiveSite) -> Walk:
    return EnglishWalk(phone, live_site.address)


@pytest.fixture
def walk_without_scripts(
    phone_without_javascript: Page, live_site: LiveSite, visit: Callable[..., Page]
) -> Walk:
    return WalkWithoutScripts(phone_without_javascript, live_site.address, visit().context)


@pytest.fixture
def keyboard_walk(desk: Page, live_site: LiveSite) -> Walk:
    return KeyboardWalk(desk, live_site.address)


@pytest.fixture
def keyboard_walk_on_a_phone(visit: Callable[..., Page], live_site: LiveSite) -> Walk:
    """A small phone with a keyboard, as a tablet or a braille display brings one."""
    return KeyboardWalk(visit(has_touch=False), live_site.address)


@pytest.fixture(params=WAYS)
def any_walk(request: pytest.FixtureRequest) -> Walk:
    """A test of it runs once for each way of walking."""
    walk: Walk = request.getfixturevalue(request.param)
    return walk


@pytest.fixture(params=WAYS[:2])
def with_or_without_scripts(request: pytest.FixtureRequest) -> Walk:
    walk: Walk = request.getfixturevalue(request.param)
    return walk
