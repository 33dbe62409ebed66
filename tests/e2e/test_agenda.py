"""A counsellor's day on a small phone, with and without scripts; the week on a wide screen."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.domain.calendar import at_wall_time
from app.models.accounts import User
from app.models.appointment import Appointment, Resident
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite, book_for, newcomer
from tests.support.browser_sizes import words_beyond_the_edge
from tests.support.browser_staff import (
    Colleague,
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    session_of,
    sign_in,
)
from tests.support.canaries import Canary
from tests.support.presquile import NOW

TODAY = "/agents/aujourdhui"
FIRST, LAST = time(0, 0), time(23, 57)
"""Hours of today that have come, and that have not, whenever the test runs."""


def expected_today(site: LiveSite, who: Colleague, hour: time) -> tuple[Canary, int]:
    """Somebody whom that counsellor expects today at that hour; and the appointment's id."""
    person = newcomer()
    book_for(site, person, "breuillet", "email")
    with session_of(site) as session:
        newest = select(Appointment).join(Resident).order_by(Appointment.id.desc())
        row = session.scalars(newest.where(Resident.last_name == person.last_name)).first()
        assert row is not None
        own = session.get_one(User, who.user_id).counsellor_id
        starts_at = at_wall_time(NOW.date(), hour)
        held = row.engagement
        held.counsellor_id, held.starts_at = own or 0, starts_at
        held.ends_at = starts_at + timedelta(minutes=2)
        session.commit()
        return person, row.id


@pytest.fixture(params=["scripts", "no scripts"])
def phone_walk(
    request: pytest.FixtureRequest, visit: Callable[..., Page], live_site: LiveSite
) -> StaffWalk:
    """A phone of 360 pixels, with and without scripts."""
    if request.param == "scripts":
        return StaffWalk(visit(), live_site.address)
    page = visit(java_script_enabled=False)
    return StaffWalkWithoutScripts(page, live_site.address, visit().context)


def initial(person: Canary) -> str:
    return f"{person.first_name} {person.last_name[:1]}."


def test_a_day_of_a_counsellor(phone_walk: StaffWalk, live_site: LiveSite) -> None:
    walk, who = phone_walk, colleague(live_site, Role.COUNSELLOR)
    came, came_id = expected_today(live_site, who, FIRST)
    waits, waits_id = expected_today(live_site, who, LAST)
    sign_in(walk, who)
    assert walk.path == TODAY
    assert walk.sees(initial(came))
    assert walk.sees(initial(waits))
    press_for(walk, came_id, "Arrivé")
    assert walk.sees("C’est noté : la personne est arrivée.")
    press_for(walk, came_id, "Absent")
    assert walk.sees("Absent sans prévenir")
    press_for(walk, came_id, "Présent")
    assert walk.sees("C’est noté : présent.")

    walk.press("15\u00a0min de retard")
    assert walk.sees("15 minutes de retard : personnes à prévenir")
    late = walk.main.locator(f"#appel-{waits_id}-running-late")
    assert late.get_by_role("link").nth(1).get_attribute("href").startswith("tel:")  # type: ignore[union-attr]
    walk._go(late.get_by_role("button", name="Joint").click)
    assert walk.main.locator("#a-prevenir").count() == 0

    walk.press("Venu sans rendez-vous")
    assert walk.sees("Personne venue sans rendez-vous")
    walk.press("Retirer")
    assert not walk.sees("Personne venue sans rendez-vous")


def press_for(walk: StaffWalk, appointment_id: int, words: str) -> None:
    """A button in the line of that person."""
    line = walk.main.locator(f"#rdv-{appointment_id}")
    walk._go(line.get_by_role("button", name=words).click)


def see_every_page(walk: StaffWalk, appointment_id: int) -> None:
    """Each page of the agenda and its refusals."""
    page = f"/agents/rendez-vous/{appointment_id}"
    for path in (
        TODAY, f"{TODAY}/imprimer", f"{TODAY}?retard=15", "/agents/a-appeler",
        "/agents/a-appeler/imprimer", "/agents/agenda", "/agents/agenda?conseiller=tous",
        "/agents/agenda?vue=jour&conseiller=tous", "/agents/agenda?vue=jour&debut=2026-11-29",
        page, f"{page}/imprimer", "/agents/rendez-vous/999999",
    ):  # fmt: skip
        walk.open(path)
    walk.open(f"{page}/annuler")
    walk.press("Annuler le rendez-vous")
    assert walk.status == 422
    walk.open(f"{page}/deplacer")
    walk.take_time()
    walk.press("Déplacer le rendez-vous")
    assert walk.status == 422
    walk.choose("À la demande de la personne")
    walk.press("Déplacer le rendez-vous")
    assert walk.sees("Le rendez-vous est déplacé.")


class NarrowWalk(StaffWalk):
    """Nothing is cut, whatever the page; a table scrolls in a frame of its own."""

    def look(self) -> None:
        has_table = self.main.locator(".table-frame").count()
        beyond = [] if has_table else words_beyond_the_edge(self.page)
        assert not beyond, f"{self.page.url}: {beyond}"
        super().look()


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.COORDINATOR, Role.CCAS_AGENT])
def test_every_page_fits_320_pixels_and_axe_finds_nothing(
    visit: Callable[..., Page], live_site: LiveSite, role: Role
) -> None:
    counsellor = colleague(live_site, Role.COUNSELLOR)
    _person, appointment_id = expected_today(live_site, counsellor, LAST)
    who = counsellor
    if role is not Role.COUNSELLOR:
        who = colleague(live_site, role, *(["breuillet"] if role is Role.CCAS_AGENT else []))
    walk = NarrowWalk(visit(viewport=NARROWEST), live_site.address)
    sign_in(walk, who)
    see_every_page(walk, appointment_id)
    if role is not Role.CCAS_AGENT:
        walk.open(f"/agents/rendez-vous/{appointment_id}/confier")
        walk.press("Confier le rendez-vous")
        assert walk.status == 422


def test_the_week_is_a_grid_on_a_wide_screen(desk: Page, live_site: LiveSite) -> None:
    who = colleague(live_site, Role.COUNSELLOR)
    expected_today(live_site, who, FIRST)
    walk = StaffWalk(desk, live_site.address)
    sign_in(walk, who)
    walk.open("/agents/agenda?conseiller=tous")
    tops = walk.main.locator(".week__column").evaluate_all(
        "all => [...new Set(all.map((each) => Math.round(each.getBoundingClientRect().top)))]"
    )
    assert len(tops) == 1
    opening = walk.main.locator(".block--opening").first
    box = opening.bounding_box()
    assert box is not None
    assert box["height"] > 200
    desk.get_by_label("Conseiller").select_option("tous")
    walk.press("Afficher")
    assert "conseiller=tous" in desk.url


def test_the_week_prints_as_a_list(desk: Page, live_site: LiveSite) -> None:
    walk = StaffWalk(desk, live_site.address)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), "/agents/agenda")
    desk.emulate_media(media="print")
    shown = desk.locator(".week__blocks").first.evaluate("each => getComputedStyle(each).display")
    assert shown == "block"
    assert not desk.get_by_role("button", name="Afficher").is_visible()
