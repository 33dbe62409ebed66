"""A colleague is ill: from the preview to the call list and back, on a screen of 320 pixels."""

from collections.abc import Callable, Iterator
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, Engagement, Resident
from app.models.journal import TimetableChange
from app.models.schedule import Availability
from tests.support.browser import NARROWEST
from tests.support.browser_site import LiveSite, book_for, newcomer
from tests.support.browser_sizes import words_beyond_the_edge
from tests.support.browser_staff import (
    StaffWalk,
    StaffWalkWithoutScripts,
    colleague,
    session_of,
    sign_in,
)
from tests.support.canaries import Canary

PARIS = ZoneInfo("Europe/Paris")
PREVIEW = "Voir les rendez-vous touchés"


class NarrowWalk(StaffWalk):
    """Each page is looked at by axe; nothing is cut."""

    def look(self) -> None:
        beyond = words_beyond_the_edge(self.page)
        assert not beyond, f"{self.page.url}: {beyond}"
        super().look()


class NarrowWalkWithoutScripts(StaffWalkWithoutScripts, NarrowWalk):
    """The same where the browser runs no script."""


@pytest.fixture(params=["scripts", "no scripts"])
def walk(
    request: pytest.FixtureRequest, visit: Callable[..., Page], live_site: LiveSite
) -> Iterator[StaffWalk]:
    """The coordinator on a narrow phone. The timetable is left as it was found."""
    if request.param == "scripts":
        walk: StaffWalk = NarrowWalk(visit(viewport=NARROWEST), live_site.address)
    else:
        page = visit(viewport=NARROWEST, java_script_enabled=False)
        walk = NarrowWalkWithoutScripts(page, live_site.address, visit().context)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), "/agents/absences")
    yield walk
    with session_of(live_site) as session:
        left = select(TimetableChange).where(TimetableChange.undone_at.is_(None))
        assert session.scalars(left).all() == []


def expected(site: LiveSite) -> tuple[Canary, int, str, date]:
    """Somebody who comes to Breuillet: who holds it (id, first name), on which local day."""
    person = newcomer()
    book_for(site, person, "breuillet", "email")
    with session_of(site) as session:
        row = session.execute(
            select(Engagement.starts_at, Counsellor.id, Counsellor.first_name)
            .join(Counsellor, Counsellor.id == Engagement.counsellor_id)
            .join(Appointment, Appointment.engagement_id == Engagement.id)
            .join(Resident, Resident.id == Appointment.resident_id)
            .where(Resident.last_name == person.last_name)
        ).one()
    on = row.starts_at.astimezone(UTC).astimezone(PARIS).date()
    return person, row.id, row.first_name, on


def initial(person: Canary) -> str:
    return f"{person.first_name} {person.last_name[:1]}."


def test_an_absence_with_its_replacement_goes_from_the_preview_to_the_call_list_and_back(
    walk: StaffWalk, live_site: LiveSite
) -> None:
    person, holder, name, on = expected(live_site)
    with session_of(live_site) as session:
        others = select(Counsellor.id).where(Counsellor.id != holder, Counsellor.active)
        substitute = session.scalars(others.order_by(Counsellor.id)).first()
    walk.follow("Déclarer une absence")
    walk.press(PREVIEW)
    assert walk.sees("Choisissez un conseiller.")
    walk.page.locator(f'input[name=conseiller][value="{holder}"]').check()
    walk.page.locator(f'input[name=remplacant][value="{substitute}"]').check()
    walk.write(du=on.isoformat())
    walk.press(PREVIEW)
    assert walk.sees("Rien n’est encore enregistré.")
    assert walk.sees(initial(person))
    assert walk.sees("Proposer à un collègue")

    line = walk.main.locator("fieldset").filter(has_text=initial(person))
    line.get_by_label("Créer la liste d’appels").check()
    walk.press("Enregistrer et appliquer")
    assert walk.sees("Ce qui a changé")
    result = walk.path
    walk.open("/agents/a-appeler")
    assert walk.sees(person.last_name)
    walk.open("/agents/a-replacer")
    assert walk.sees(initial(person))
    walk.open("/agents/absences")
    assert walk.sees(f"{name}, remplacement par")

    walk.open(result)
    walk.press("Annuler ce changement")
    assert walk.sees("Tout est revenu comme avant.")
    walk.open("/agents/a-replacer")
    assert not walk.sees(initial(person))


def test_a_venue_is_closed_and_opened_again(walk: StaffWalk, live_site: LiveSite) -> None:
    person, _, _, on = expected(live_site)
    walk.open("/agents/fermetures")
    walk.follow("Fermer un lieu")
    walk.choose("Mairie de Breuillet")
    walk.write(du=on.isoformat(), raison="Travaux")
    walk.press(PREVIEW)
    assert walk.sees(initial(person))
    walk.press("Corriger mes réponses")
    assert walk.main.locator("input[name=raison]").input_value() == "Travaux"
    walk.press(PREVIEW)
    walk.press("Enregistrer et appliquer")
    walk.open("/agents/fermetures")
    assert walk.sees("Travaux")
    walk.press("Annuler ce changement")
    walk.open("/agents/fermetures")
    assert not walk.sees("Travaux")


def test_hours_are_planned_warned_about_and_taken_back(
    walk: StaffWalk, live_site: LiveSite
) -> None:
    with session_of(live_site) as session:
        rule = session.scalars(
            select(Availability).where(Availability.venue_id.is_not(None))
        ).first()
        assert rule is not None
        rule_id, person = rule.id, rule.counsellor_id
    walk.open("/agents/horaires")
    walk.open(f"/agents/horaires/plage/{rule_id}")
    walk.open(f"/agents/horaires/plage/{rule_id}/dates")
    walk.press(PREVIEW)
    assert walk.sees("Écrivez la date.")
    walk.open("/agents/horaires/nouveau")
    walk.page.locator(f'input[name=conseiller][value="{person}"]').check()
    walk.main.locator("select[name=lieu]").select_option(label="Mairie de Breuillet")
    walk.main.locator("select[name=jour]").select_option("5")
    walk.write(de="09:00", a="12:00", du="2026-11-28")
    walk.press(PREVIEW)
    assert walk.sees("La mairie est fermée le samedi. Planifier quand même ?")
    walk.press("Enregistrer")
    walk.press("Annuler ce changement")
    assert walk.sees("Tout est revenu comme avant.")
