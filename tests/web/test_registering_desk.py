"""Registering somebody on the line: the list of workshops, who calls, two people together."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.domain.appointment import Caller, HelperRelation, Recipient
from app.extensions import db
from app.models.workshops import Registration, Workshop
from app.services.transaction import write_transaction
from tests.support.booking_walk import said, words
from tests.support.page_client import PageClient, filled, form_of, page_of
from tests.support.presquile import NOW
from tests.support.team import OWN, Team
from tests.support.workshop_day import STARTS_AT, hold_workshops, plan_for
from tests.support.workshops import plan_workshop

ADDRESS = "/agents/telephone/atelier"
TYPED = {"prenom": "Nadège", "nom": "Passerose", "telephone": "06 39 98 00 88", "message": "VOICE"}


@pytest.fixture
def desk(team: Team) -> PageClient:
    hold_workshops(team)
    return team.client("desk")


def listed(page: TestResponse) -> list[str]:
    """The ids of the workshops on the page."""
    return [str(each["value"]) for each in page_of(page).soup.select("input[name=atelier]")]


def look(desk: PageClient, page: TestResponse, **answers: str) -> TestResponse:
    """« Voir ces ateliers » or « Voir plus d’ateliers »: all that was typed goes along."""
    values = filled(form_of(page_of(page), "Inscrire")) | answers
    return desk.post(f"{ADDRESS}/chercher", data=values)


def test_the_list_is_filtered_and_goes_on_and_keeps_what_was_answered(
    desk: PageClient, team: Team
) -> None:
    own, foreign = team.subjects["workshop_id"]
    home = desk.get(f"{ADDRESS}?ateliers_commune={OWN}")
    assert listed(home) == [str(own)]
    unknown = desk.get(f"{ADDRESS}?ateliers_theme=magie")
    assert unknown.status_code == 422
    assert "Ce choix n’existe pas. Choisissez dans la liste." in said(unknown)
    assert listed(unknown) == [str(own), str(foreign)]
    none = look(desk, home, ateliers_theme="bureautique", prenom="Nadège", atelier=str(own))
    assert listed(none) == [str(own)], "what is chosen stays in sight"
    assert 'value="Nadège"' in none.text
    assert "Aucun atelier pour ce choix." in said(desk.get(f"{ADDRESS}?ateliers_theme=bureautique"))
    with team.session() as session:
        for days in range(45):
            start = STARTS_AT + timedelta(days=30 + days)
            last = plan_workshop(session, start, recorded_at=NOW)
        slug = session.get_one(Workshop, last).slug
    page = desk.get(ADDRESS)
    assert len(listed(page)) == 40
    assert len(listed(look(desk, page, plus="80"))) == 47
    assert "Voir plus" not in said(desk.get(f"{ADDRESS}?ateliers_nombre=999999"))
    beyond = desk.get(f"{ADDRESS}?atelier={slug}")
    assert len(listed(beyond)) == 41
    assert page_of(beyond).soup.select_one(f"input[name=atelier][value='{last}'][checked]")


def test_the_page_asks_the_database_as_often_however_many_workshops(
    desk: PageClient, team: Team
) -> None:
    counts: list[int] = []
    for rank in range(2):
        asked: list[str] = []

        def note(*given: object, asked: list[str] = asked) -> None:
            asked.append(str(given[2]))

        with team.app.app_context():
            engine = db.engine
        desk.get(ADDRESS)
        event.listen(engine, "before_cursor_execute", note)
        desk.get(ADDRESS)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
        with team.session() as session:
            for days in range(10 * (1 - rank)):
                plan_workshop(session, STARTS_AT + timedelta(days=30 + days), recorded_at=NOW)
    assert counts[0] == counts[1]


def test_who_calls_is_noted_and_a_couple_leaves_with_two_papers(
    desk: PageClient, team: Team
) -> None:
    with team.session() as session:
        planned = plan_for(
            session, OWN, team.subjects["counsellor_id"][0], STARTS_AT + timedelta(days=7)
        )
    answers = TYPED | {"atelier": str(planned.id), "appel": "RELATIVE", "telephone": ""}
    answers |= {"accompagnant_prenom": "Odile", "accompagnant_nom": "Passerose"}
    page = desk.get(ADDRESS)
    refused = desk.submit(page, "Inscrire", **answers, destinataire="HELPER")
    assert refused.status_code == 422
    for wanted in (
        "Écrivez le nom de la personne qui appelle.",
        "Écrivez le téléphone de la personne qui appelle.",
        "Choisissez le lien avec la personne.",
    ):
        assert wanted in said(refused)
    helper = {"aidant_nom": "Ginette Estran", "aidant_telephone": "06 39 98 00 99"}
    done = desk.submit(refused, "Inscrire", aidant_lien="RELATIVE", **helper)
    page = desk.get(done.headers["Location"])
    assert "Ginette Estran" in page.text
    assert "Odile Passerose vient aussi" in said(page)
    with team.session() as session:
        row = session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert row is not None
        assert (row.helper_phone, row.helper_relation) == ("+33639980099", HelperRelation.RELATIVE)
        assert (row.message_to, row.caller, row.places) == (Recipient.HELPER, Caller.RELATIVE, 2)
    (paper,) = [str(each["href"]) for each in page_of(page).soup.select("a[href$='/imprimer']")]
    printed = page_of(desk.get(paper)).soup
    assert len(printed.select(".ticket")) == 2
    assert "Passerose" not in printed.get_text()
    with team.session() as session, write_transaction(session):
        session.get_one(Registration, row.id).places = 1
    assert len(page_of(desk.get(paper)).soup.select(".ticket")) == 1


def test_another_phone_than_the_card_s_and_more_devices_than_people_are_refused(
    desk: PageClient, team: Team
) -> None:
    card_id, workshop_id = team.subjects["resident_id"][0], team.subjects["workshop_id"][0]
    page = desk.get(f"{ADDRESS}?personne={card_id}")
    answers = {"atelier": str(workshop_id), "message": "VOICE", "telephone": "06 39 98 00 88"}
    refused = desk.submit(page, "Inscrire", **answers)
    assert refused.status_code == 422
    assert "Ce n’est pas le téléphone de la fiche." in said(refused)
    assert page_of(refused).soup.select_one(f'a[href="/agents/personnes/{card_id}/corriger"]')
    refused = desk.submit(page, "Inscrire", **answers | {"telephone": ""}, appareil="2")
    assert refused.status_code == 422
    beside = page_of(refused).soup.select_one(".desk__short .govuk-error-message")
    assert "Une personne, un appareil au plus." in words(beside)


def test_who_leaves_the_waiting_list_frees_no_place(team: Team) -> None:
    hold_workshops(team)
    with team.session() as session:
        own = Registration.workshop_id == team.subjects["workshop_id"][0]
        has_a_place, waits = session.scalars(
            select(Registration.id).where(own).order_by(Registration.id)
        )
    desk, offered = team.client("desk"), "Si quelqu’un attend, la place lui"
    page = desk.get(f"/agents/inscriptions/{waits}")
    assert "La personne quitte la liste d’attente." in said(page)
    done = desk.get(desk.submit(page, "Annuler l’inscription").headers["Location"])
    assert "La personne n’est plus sur la liste d’attente." in said(done)
    assert offered not in said(page) + said(done)
    page = desk.get(f"/agents/inscriptions/{has_a_place}")
    done = desk.get(desk.submit(page, "Annuler l’inscription").headers["Location"])
    assert f"{offered} sera proposée" in said(page)
    assert f"{offered} est proposée" in said(done)
