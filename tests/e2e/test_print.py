"""On paper: a confirmation is one A5 sheet with its number; a month of workshops is to pin up."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.support.browser_site import LiveSite
from tests.support.browser_staff import session_of
from tests.support.browser_stories import book, book_a_visit
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary
from tests.support.presquile import NOW
from tests.support.workshops import plan_workshop

A5_POINTS = (420, 595)
PAGE = re.compile(rb"/Type\s*/Page\b")
SHEET = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")


def sheets(page: Page) -> list[tuple[int, int]]:
    """The sheets that come out of the printer, in points."""
    printed = page.pdf(prefer_css_page_size=True)
    sizes = [
        (round(float(width)), round(float(height))) for width, height in SHEET.findall(printed)
    ]
    assert len(PAGE.findall(printed)) == len(sizes)
    return sizes


def assert_one_readable_sheet(walk: Walk, number: str) -> None:
    assert sheets(walk.page) == [A5_POINTS]
    walk.page.emulate_media(media="print")
    assert walk.number == number
    assert walk.page.locator("#numero").is_visible()
    assert walk.page.get_by_role("button").count() == 0
    assert walk.page.locator("footer").is_hidden()
    assert walk.page.locator("a[href^='tel:']").first.is_visible()
    walk.page.emulate_media(media="null")


def test_a_confirmation_is_one_a5_sheet_with_the_number_on_it(walk: Walk, person: Canary) -> None:
    number = book(walk, person, "vaux-sur-mer")
    assert_one_readable_sheet(walk, number)
    walk.follow("Changer ou annuler")
    assert_one_readable_sheet(walk, number)


def test_a_visit_is_one_a5_sheet_too_and_its_print_page_prints(walk: Walk, person: Canary) -> None:
    number = book_a_visit(walk, person, "Vaux-sur-Mer")
    assert_one_readable_sheet(walk, number)
    walk.follow("Imprimer")
    assert_one_readable_sheet(walk, number)
    walk.page.evaluate("window.print = () => { document.title = 'printed' }")
    walk.main.get_by_role("button", name="Imprimer").click()
    assert walk.title == "printed"


def test_without_scripts_the_print_page_shows_no_button_that_does_nothing(
    walk_without_scripts: Walk, person: Canary
) -> None:
    walk = walk_without_scripts
    number = book(walk, person, "vaux-sur-mer")
    walk.follow("Imprimer")
    assert walk.number == number
    assert walk.main.get_by_role("button").count() == 0


def test_a_month_of_workshops_is_one_sheet_to_pin_up(walk: Walk, live_site: LiveSite) -> None:
    with session_of(live_site) as session:
        for weeks in (0, 1):
            start = datetime(2027, 6, 6, 13, tzinfo=UTC) + timedelta(weeks=weeks)
            plan_workshop(session, start, recorded_at=NOW)
    walk.open("/ateliers/programme?mois=2027-06")
    assert len(sheets(walk.page)) == 1
    walk.page.emulate_media(media="print")
    assert walk.text.count("Mots de passe et arnaques") == 2
    assert walk.sees("Dimanche 13 juin")
    assert walk.page.get_by_role("button").count() == 0
    for screen_only in ("footer", ".chips", ".links"):
        assert walk.page.locator(screen_only).first.is_hidden(), screen_only
    walk.page.emulate_media(media="null")
