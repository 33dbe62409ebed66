"""Closing an appointment on a phone of 360 pixels: counted in taps, and on a bad line."""

from sqlalchemy import func, select

from app.domain.access import Role
from app.models.appointment import Appointment
from app.models.attendance import AttendanceRow
from tests.e2e.test_agenda import FIRST, expected_today, phone_walk, press_for
from tests.support.browser_site import LiveSite
from tests.support.browser_staff import (
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    session_of,
    sign_in,
)

__all__ = ["phone_walk"]
MOST_TAPS = 5


def recorded(site: LiveSite, appointment_id: int) -> tuple[bool, int]:
    """Whether that appointment is counted, and how many records there are in all."""
    with session_of(site) as session:
        is_recorded = session.get_one(Appointment, appointment_id).is_recorded
        how_many = session.scalar(select(func.count()).select_from(AttendanceRow)) or 0
        return is_recorded, how_many


class Taps:
    """A thumb, and how often it touched the screen."""

    def __init__(self, walk: StaffWalk) -> None:
        self.walk, self.count = walk, 0

    def press_for(self, appointment_id: int, words: str) -> None:
        self.count += 1
        press_for(self.walk, appointment_id, words)

    def follow_for(self, appointment_id: int, words: str) -> None:
        self.count += 1
        line = self.walk.main.locator(f"#rdv-{appointment_id}")
        self.walk._go(line.get_by_role("link", name=words).click)

    def choose(self, words: str) -> None:
        self.count += 1
        self.walk.choose(words)

    def press(self, words: str) -> None:
        self.count += 1
        self.walk.press(words)


def test_closing_takes_five_taps(phone_walk: StaffWalk, live_site: LiveSite) -> None:
    walk, who = phone_walk, colleague(live_site, Role.COUNSELLOR)
    _person, came = expected_today(live_site, who, FIRST)
    before = recorded(live_site, came)[1]
    sign_in(walk, who)
    taps = Taps(walk)
    taps.press_for(came, "Arrivé")
    taps.follow_for(came, "Terminer")
    taps.choose("E-mail")
    taps.choose("70 ans et plus")
    if runs_scripts(walk):
        taps.count += 1
        finish_on_a_bad_line(walk, live_site, came)
    else:
        taps.press("Terminer")
    assert taps.count <= MOST_TAPS
    assert walk.page.url.endswith(f"#rdv-{came}"), "on the line that says it"
    assert walk.sees("C’est noté : le relevé est fait.")
    assert recorded(live_site, came) == (True, before + 1)
    for path in ("", "/releves", "/releves?saisi=non"):
        walk.open(f"/agents/frequentation{path}")
    walk._go(walk.main.locator(".records a").first.click)
    walk.press("Saisi")
    walk.follow("Corriger")


def runs_scripts(walk: StaffWalk) -> bool:
    return not isinstance(walk, StaffWalkWithoutScripts)


def finish_on_a_bad_line(walk: StaffWalk, site: LiveSite, appointment_id: int) -> None:
    """Without a line the answers stay in the page; they leave by themselves when it is back."""
    walk.page.context.set_offline(True)
    walk.main.get_by_role("button", name="Terminer").click()
    walk.page.get_by_text("Pas de réseau.").wait_for()
    assert recorded(site, appointment_id)[0] is False
    assert walk.main.get_by_label("70 ans et plus").is_checked()
    walk._complaints.clear()  # the browser's own, about the line
    walk._go(lambda: walk.page.context.set_offline(False))
