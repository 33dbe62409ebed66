"""What leaves and what people want to receive, in a real browser on a small phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.domain.access import Role
from app.domain.sending import ALL_WELCOME, Wishes
from app.gateways.contacts import parse_phone
from app.models.appointment import Appointment, Resident
from app.models.outbox import MessageText, SendingPause
from app.services.wishes import wishes_of
from tests.e2e.test_print import sheets
from tests.support.browser import NARROWEST
from tests.support.browser_site import LINKS, LiveSite, book_for
from tests.support.browser_staff import StaffWalk, colleague, session_of, sign_in
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

COMMUNE, TOPIC = "vaux-sur-mer", "email"
MESSAGES = "/agents/messages"
A4_POINTS = (595, 842)


@pytest.fixture
def booked(live_site: LiveSite, person: Canary) -> Appointment:
    """An appointment of that person, who did it online."""
    book_for(live_site, person, COMMUNE, TOPIC)
    with session_of(live_site) as session:
        found = select(Appointment).join(Appointment.resident)
        number = parse_phone(person.phone).number
        row = session.scalars(found.where(Resident.phone == number)).one()
        session.expunge(row)
        return row


@pytest.fixture
def narrow(visit: Callable[..., Page], live_site: LiveSite) -> StaffWalk:
    """The coordinator on a screen of 320 px."""
    walk = StaffWalk(visit(viewport=NARROWEST), live_site.address)
    sign_in(walk, colleague(live_site, Role.COORDINATOR), MESSAGES)
    return walk


def test_messages_stop_and_begin_again_from_the_link(
    any_walk: Walk, live_site: LiveSite, booked: Appointment
) -> None:
    def wishes() -> Wishes:
        with session_of(live_site) as session:
            return wishes_of(session, booked.resident_id)

    any_walk.open(f"/r/{LINKS.token(booked.id, booked.link_version)}")
    any_walk.follow("Choisir mes messages")
    any_walk.page.get_by_role("checkbox").first.press("Space")
    any_walk.press("Enregistrer mon choix")
    assert any_walk.heading == any_walk.say("Votre choix est enregistré")
    assert wishes() == Wishes(no_sms=True)
    any_walk.page.get_by_role("checkbox").first.press("Space")
    any_walk.press("Enregistrer mon choix")
    assert wishes() == ALL_WELCOME


def test_all_sending_stops_and_resumes(narrow: StaffWalk, live_site: LiveSite) -> None:
    narrow.follow("Suspendre tous les envois")
    narrow.follow("Non, revenir")
    narrow.follow("Suspendre tous les envois")
    narrow.press("Oui, suspendre")
    assert narrow.sees("Tous les envois sont suspendus.")
    narrow.open("/agents/aujourdhui")
    assert narrow.page.locator(".paused").is_visible()
    narrow.open(MESSAGES)
    narrow.follow("Reprendre les envois")
    narrow.press("Oui, reprendre")
    assert narrow.sees("Les envois reprennent.")
    assert narrow.page.locator(".paused").count() == 0
    with session_of(live_site) as session:
        assert all(row.resumed_at for row in session.scalars(select(SendingPause)))


def test_a_text_is_seen_written_refused_and_taken_back(
    narrow: StaffWalk, live_site: LiveSite
) -> None:
    narrow.follow("Textes des messages")
    narrow.follow("SMS, permanence : Rappel")
    box = narrow.main.get_by_label("Texte", exact=True)
    box.fill("{service} : août ! {when}, {url} ou {phone}")
    narrow.press("Enregistrer")
    assert narrow.status == 422
    assert narrow.sees("Le signe « û » ne passe pas dans un SMS : écrivez « u ».")
    box.fill("{service} : n’oubliez pas, {when}, {place}. {url} ou {phone}")
    narrow.press("Voir l’aperçu")
    assert narrow.sees("n'oubliez pas, mercredi 1er septembre à 10h15")
    narrow.press("Enregistrer")
    assert narrow.sees("Le texte est enregistré.")
    narrow.follow("SMS, permanence : Rappel")
    narrow.press("Remettre le texte d’origine")
    assert narrow.sees("Le texte d’origine est remis.")
    with session_of(live_site) as session:
        assert session.scalars(select(MessageText)).all() == []


def test_stop_is_noted_and_a_letter_is_one_a4_sheet(
    narrow: StaffWalk, booked: Appointment, live_site: LiveSite
) -> None:
    narrow.open(f"/agents/personnes/{booked.resident_id}")
    narrow.press("Cette personne a répondu STOP")
    assert narrow.sees("« STOP » est noté")
    with session_of(live_site) as session:
        assert wishes_of(session, booked.resident_id) == Wishes(no_sms=True)
    narrow.open(f"/agents/rendez-vous/{booked.id}")
    narrow.follow("Imprimer une lettre")
    assert sheets(narrow.page) == [A4_POINTS]
