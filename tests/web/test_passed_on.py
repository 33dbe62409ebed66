"""What leaves or is passed on is told: a week as a file, an erasure that somebody asks for."""

import pytest
from sqlalchemy import select, update

from app.domain.journal import JournalAction
from app.models.appointment import Appointment
from app.models.journal import JournalEntry
from tests.support.booking_walk import said
from tests.support.page_client import PageClient
from tests.support.people_pages import acts, card
from tests.support.team import Team

WEEK = "/agents/agenda/semaine.ics"


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


def test_a_week_as_a_file_is_told_as_a_look_at_cards_is(boss: PageClient, team: Team) -> None:
    own_id, foreign_id = team.subjects["counsellor_id"]
    assert boss.get(WEEK).status_code == 200
    assert boss.get(f"{WEEK}?conseiller={own_id}").status_code == 200
    refused = team.client("counsellor").get(f"{WEEK}?conseiller={foreign_id}")
    assert refused.status_code == 404
    with team.session() as session:
        saved = select(JournalEntry).where(JournalEntry.action == JournalAction.WEEK_SAVED)
        rows = list(session.scalars(saved.order_by(JournalEntry.id)))
    who = team.users["coordinator"]
    assert [(row.user_id, row.subject_id) for row in rows] == [(who, None), (who, own_id)]


def test_a_referent_passes_on_that_somebody_asks_for_their_data(
    boss: PageClient, team: Team
) -> None:
    referent, today = team.client("referent"), "/agents/aujourdhui"
    done = referent.submit(referent.get(card(team)), "Demander ses données")
    page = said(referent.get(done.headers["Location"]))
    assert "La demande est transmise à la coordination." in page
    assert "Demander ses données" not in page
    assert "Apolline Baiebrune, demandé lundi 23 novembre, transmis par Referent" in said(
        boss.get(today)
    )
    assert boss.get(f"{card(team)}/donnees").status_code == 200
    assert "Données demandées" not in said(boss.get(today))
    assert "Demander ses données" in said(referent.get(card(team)))
    told = ["EXPORT_ASKED", "PERSON_EXPORTED"]
    assert [act for act in acts(team) if act in told] == told


def test_a_referent_passes_an_erasure_on_and_the_coordination_answers(
    boss: PageClient, team: Team
) -> None:
    referent, today = team.client("referent"), "/agents/aujourdhui"
    done = referent.submit(referent.get(card(team)), "Demander l’effacement")
    page = referent.get(done.headers["Location"])
    assert "La demande est transmise à la coordination." in said(page)
    assert "Demander l’effacement" not in said(page)
    shown = boss.get(today)
    assert "Apolline Baiebrune, demandé lundi 23 novembre, transmis par Referent" in said(shown)
    assert "Effacements demandés" not in said(team.client("desk").get(today))
    with team.session() as session:
        expected = update(Appointment).where(
            Appointment.resident_id == team.subjects["resident_id"][0]
        )
        session.execute(expected.values(status="CANCELLED", cancelled_by="PERSON"))
        session.commit()
    page = boss.get(f"{card(team)}/effacer")
    assert "transmis par Referent" in said(page)
    done = boss.submit(page, "Classer la demande sans effacer")
    assert "La demande est classée. La fiche reste." in said(boss.get(done.headers["Location"]))
    assert "Effacements demandés" not in said(boss.get(today))
    referent.submit(referent.get(card(team)), "Demander l’effacement")
    boss.submit(boss.get(f"{card(team)}/effacer"), "Effacer pour toujours")
    assert "Effacements demandés" not in said(boss.get(today))
    told = ["ERASURE_ASKED", "ERASURE_DECLINED", "ERASURE_ASKED", "PERSON_ERASED"]
    assert [act for act in acts(team) if act in told] == told
