"""« Messages »: what leaves, what did not, and the switch that stops all."""

import pytest
from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind, OutboxState, Receipt
from app.domain.sending import Ending
from app.models.outbox import OutboxMessage, SendingPause
from tests.support.booking_walk import said
from tests.support.outbox_rows import add_message, closed
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import Team

PAGE = "/agents/messages"


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def write(team: Team, **changes: object) -> int:
    with team.session() as session:
        return add_message(session, team.subjects["appointment_id"][0], NOW, **changes)


def test_nothing_leaves_and_all_arrived(boss: PageClient) -> None:
    page = said(boss.get(PAGE))
    assert "Rien ne part dans les 24 heures." in page
    assert "Aucun envoi refusé ces 30 derniers jours." in page


def test_the_next_day_is_told_by_hour_and_kind(boss: PageClient, team: Team) -> None:
    write(team)
    tomorrow = NOW.replace(day=24)
    for kind in (MessageKind.LATE, MessageKind.MISSED):
        write(team, kind=kind, due_at=tomorrow.replace(hour=8), channel=MessageChannel.EMAIL)
    page = said(boss.get(PAGE))
    assert "3 envois prévus." in page
    assert "Dès maintenant Rappel, SMS : 1 Apolline B." in page
    assert "Mardi 24 novembre, entre 9 h et 10 h Conseiller en retard, E-mail : 1" in page
    assert "Baiebrune" not in page
    assert "0639" not in page.replace(" ", "")


def test_one_is_told_in_the_singular(boss: PageClient, team: Team) -> None:
    write(team)
    assert "1 envoi prévu." in said(boss.get(PAGE))


def test_what_did_not_arrive_is_tried_again(boss: PageClient, team: Team) -> None:
    write(team, **closed(OutboxState.DEAD, NOW, outcome=Ending.ADDRESS_REFUSED))
    page = boss.get(PAGE)
    assert "SMS, rappel : numéro ou adresse refusés." in said(page)
    answer = boss.submit(page, "Essayer encore")
    assert answer.headers["Location"] == f"{PAGE}?fait=encore"
    page = boss.get(answer.headers["Location"])
    assert "l’envoi part au prochain essai" in said(page)
    assert "Aucun envoi refusé" in said(page)
    assert "1 envoi prévu." in said(page)


def test_what_is_over_is_called(boss: PageClient, team: Team) -> None:
    fate = closed(OutboxState.SENT, NOW, receipt=Receipt.LOST, receipt_at=NOW, expires_at=NOW)
    message_id = write(team, **fate)
    page = boss.get(PAGE)
    assert "SMS, rappel : perdu en route." in said(page)
    assert "Il est trop tard pour essayer encore." in said(page)
    token = page_of(boss.get(f"{PAGE}/suspendre")).soup.select_one("main [name=csrf_token]")
    answer = boss.post(f"{PAGE}/{message_id}/encore", data={"csrf_token": token["value"]})
    assert answer.status_code == 409
    assert "Il est trop tard pour cet envoi. Appelez la personne." in said(answer)


def test_all_sending_stops_after_a_question_and_says_who_did_it(
    boss: PageClient, team: Team
) -> None:
    question = boss.get(f"{PAGE}/suspendre")
    assert "Suspendre tous les envois ? Plus aucun SMS ni e-mail ne part" in said(question)
    with team.session() as session:
        assert session.scalars(select(SendingPause)).all() == []
    answer = boss.submit(question, "Oui, suspendre")
    assert "Tous les envois sont suspendus." in said(boss.get(answer.headers["Location"]))
    told = "Les envois sont suspendus depuis lundi 23 novembre à 10 h par Coordinator."
    for path in (PAGE, "/agents/aujourdhui", "/agents/personnes"):
        banner = page_of(boss.get(path)).soup.select_one(".paused")
        assert told in banner.get_text().replace("\u00a0", " "), path
    assert "rien ne part avant la reprise" in said(boss.get(PAGE))
    for role in ("desk", "counsellor"):
        (banner,) = page_of(team.client(role).get("/agents/aujourdhui")).soup.select(".paused")
        assert told in banner.get_text().replace("\u00a0", " "), "they promise messages"
        assert banner.select("a") == []


def test_sending_resumes(boss: PageClient, team: Team) -> None:
    boss.submit(boss.get(f"{PAGE}/suspendre"), "Oui, suspendre")
    question = boss.get(f"{PAGE}/reprendre")
    assert "Coordinator a suspendu les envois lundi 23 novembre à 10 h." in said(question)
    answer = boss.submit(question, "Oui, reprendre")
    page = boss.get(answer.headers["Location"])
    assert "Les envois reprennent." in said(page)
    assert page_of(page).soup.select(".paused") == []
    with team.session() as session:
        row = session.scalars(select(SendingPause)).one()
        assert (row.resumed_at, row.resumed_by_id) == (NOW, team.users["coordinator"])


def test_a_menu_entry_for_the_coordinator_alone(boss: PageClient, team: Team) -> None:
    def entries(client: PageClient) -> list[str]:
        page = page_of(client.get("/agents/aujourdhui"))
        return [each.get_text() for each in page.soup.select(".staff-menu a")]

    assert "Messages" in entries(boss)
    for who in ("counsellor", "desk", "referent"):
        assert "Messages" not in entries(team.client(who)), who


def test_another_try_leaves_the_old_one_as_it_was(boss: PageClient, team: Team) -> None:
    write(team, **closed(OutboxState.DEAD, NOW))
    boss.submit(boss.get(PAGE), "Essayer encore")
    with team.session() as session:
        states = session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id))
        assert list(states) == [OutboxState.DEAD, OutboxState.PENDING]
