"""Workshops in the team's hands: calls, one registration, the card, the sheet on the day."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.domain.desk_words import spoken_reference
from app.domain.journal import JournalAction
from app.domain.workshop_errors import SessionUnknown
from app.domain.workshops import ParticipationState, RegistrationStatus, WorkshopStatus
from app.models.journal import JournalEntry
from app.models.workshops import Participation, PlacesOffer, Registration, WorkshopSession
from app.services.appointment_rows import Act
from app.services.registrations import excuse
from app.services.transaction import write_transaction
from tests.support.booking_walk import said
from tests.support.page_client import page_of
from tests.support.people_pages import search
from tests.support.presquile import NOW
from tests.support.team import OWN, Team
from tests.support.workshop_day import STARTS_AT, enrol, hold_workshops, plan_for

CALLS = "/agents/a-appeler"


@pytest.fixture
def workshops(team: Team) -> Team:
    hold_workshops(team)
    return team


def page_of_registration(team: Team, rank: int = 0) -> str:
    return f"/agents/inscriptions/{team.subjects['registration_id'][rank]}"


def row(team: Team, registration_id: int) -> Registration:
    with team.session() as session:
        found = session.get_one(Registration, registration_id)
        assert found.resident
        return found


def test_places_are_offered_by_voice_to_who_lives_here(workshops: Team) -> None:
    desk = workshops.client("desk")
    page = desk.get(CALLS)
    assert "Firmin Estran" in said(page)
    assert "Mots de passe et arnaques" in said(page)
    assert "Firmin Estran" in said(desk.get(f"{CALLS}/imprimer"))
    assert "Firmin" not in said(workshops.client("committee").get(CALLS))
    form = page_of(page).soup.select_one("form[action*='/a-appeler/places/']")
    assert form is not None
    token = form.select_one("[name=csrf_token]")["value"]  # type: ignore[index]
    wrong = desk.post(form["action"], data={"csrf_token": token, "resultat": "peut-etre"})
    assert wrong.status_code == 422
    done = desk.post(form["action"], data={"csrf_token": token, "resultat": "accepte"})
    assert "La place est prise" in said(desk.get(done.headers["Location"]))
    again = desk.post(form["action"], data={"csrf_token": token, "resultat": "refuse"})
    assert "n’est plus gardée" in said(desk.get(again.headers["Location"]))
    with workshops.session() as session:
        offer = session.get_one(PlacesOffer, workshops.subjects["places_offer_id"][0])
        assert offer.registration.status is RegistrationStatus.REGISTERED


def test_a_reminder_that_no_machine_sends_is_a_call(
    workshops: Team, monday: time_machine.Traveller
) -> None:
    monday.move_to(STARTS_AT - timedelta(hours=20), tick=False)
    desk = workshops.client("desk")
    page = desk.get(CALLS)
    assert "Colette Varech" in said(page)
    assert "Rappeler l’atelier" in said(page)
    assert "1 appel à faire" in said(workshops.client("counsellor").get("/agents/aujourdhui"))
    done = desk.submit(page, "Joint Colette Varech", resultat="joint")
    assert "C’est noté : joint." in said(desk.get(done.headers["Location"]))
    assert "Colette Varech" not in said(desk.get(CALLS))


def test_a_registration_is_read_changed_and_cancelled(workshops: Team) -> None:
    with workshops.session() as session:
        holder = workshops.subjects["counsellor_id"][0]
        cycle = plan_for(session, OWN, holder, STARTS_AT + timedelta(days=7), dates=2)
        number = enrol(session, cycle.id, OWN, "Yolande Galet")
    address, desk = f"/agents/inscriptions/{number}", workshops.client("desk")
    page = desk.get(address)
    assert "Inscrit" in said(page)
    assert workshops.client("foreign_desk").get(address).status_code == 404
    assert workshops.client("colleague").get(address).status_code == 404
    assert workshops.client("committee").get(address).status_code == 403
    done = desk.submit(page, "Ne vient pas à cette date samedi 5 décembre à 14 h")
    page = desk.get(done.headers["Location"])
    assert "Elle garde sa place." in said(page)
    with workshops.session() as session, write_transaction(session):
        session.get_one(WorkshopSession, cycle.date_id).status = WorkshopStatus.CANCELLED
    assert "Ne vient pas à cette date" not in said(desk.get(address)), "one date stands"
    done = desk.submit(page, "Annuler l’inscription")
    page = desk.get(done.headers["Location"])
    assert "Annulé (personne)" in said(page)
    assert "Annuler l’inscription" not in said(page)
    assert row(workshops, number).status is RegistrationStatus.CANCELLED
    with workshops.session() as session:
        acts = session.scalars(
            select(JournalEntry.action).where(JournalEntry.subject_kind == "REGISTRATION")
        ).all()
    assert acts == [JournalAction.REGISTRATION_CHANGED, JournalAction.REGISTRATION_CANCELLED]


def test_a_card_shows_its_workshops_and_is_found_by_their_number(workshops: Team) -> None:
    boss, number = workshops.client("coordinator"), workshops.subjects["registration_id"][0]
    held = row(workshops, number)
    assert "Colette Varech" in search(boss, str(held.reference))
    assert "Colette Varech" in search(workshops.client("desk"), "varech")
    assert "Colette Varech" not in search(workshops.client("foreign_desk"), "varech")
    card = f"/agents/personnes/{held.resident_id}"
    assert "Mots de passe et arnaques, numéro" in said(boss.get(card))
    assert "Ses ateliers" in said(boss.get(f"{card}/donnees"))
    other = row(workshops, workshops.subjects["registration_id"][0]).workshop_id
    with workshops.session() as session:
        double = session.get_one(
            Registration, enrol(session, other, OWN, "Colette Varech", may_wait=True)
        )
        double_id = double.resident_id
    check = said(boss.get(f"/agents/personnes/{double_id}/rapprocher?avec={held.resident_id}"))
    assert "Ateliers 2, des deux fiches" in check
    assert "les liens déjà envoyés à Colette Varech ne marcheront plus" in check
    erase = boss.get(f"{card}/effacer")
    assert "Annulez d’abord l’inscription à un atelier" in said(erase)


def test_the_sheet_on_the_day(workshops: Team, monday: time_machine.Traveller) -> None:
    workshop, date = workshops.subjects["workshop_id"][0], workshops.subjects["date_id"][0]
    sheet = f"/agents/ateliers/{workshop}/presence/{date}"
    counsellor = workshops.client("counsellor")
    assert "L’atelier n’a pas commencé." in said(counsellor.get(sheet))
    monday.move_to(STARTS_AT + timedelta(minutes=5), tick=False)
    counsellor = workshops.client("counsellor")

    def press(words: str, **sent: str) -> str:
        answer = counsellor.submit(counsellor.get(sheet), words, **sent)
        assert answer.status_code == 303
        return said(counsellor.get(answer.headers["Location"]))

    assert "C’est noté." in press("Présent Colette", venus="1")
    assert "Venus sans inscription : 1" in press("Une personne de plus")
    assert "Venus sans inscription : 2" in press("Une personne de plus")
    assert "Appareils prêtés : 1" in press("Un appareil de plus")
    paper = said(counsellor.get(f"{sheet}/imprimer"))
    assert "Colette V." in paper
    assert "Varech" not in paper
    assert "3 personnes sont venues" in press("Clore la feuille")
    assert "La feuille est rouverte." in press("Rouvrir la feuille")
    assert "Absent" in press("Absent Colette", venus="0")
    token = page_of(counsellor.get(sheet)).soup.select_one("[name=csrf_token]")["value"]
    wrong = counsellor.post(f"{sheet}/sans-inscription", data={"csrf_token": token, "nombre": "-1"})
    assert wrong.status_code == 422
    assert "Choisissez une des réponses" in said(wrong)
    with workshops.session() as session:
        assert session.get_one(WorkshopSession, date).walk_ins == 2
        assert len(session.scalars(select(Participation)).all()) == 1
        acts = session.scalars(
            select(JournalEntry.action).where(JournalEntry.subject_kind == "WORKSHOP")
        ).all()
    assert acts.count(JournalAction.SHEET_SEEN) == 2
    assert acts.count(JournalAction.SHEET_CLOSED) == 1
    assert acts.count(JournalAction.SHEET_REOPENED) == 1


def test_who_misses_a_date_is_not_expected_on_paper(workshops: Team) -> None:
    workshop, date = workshops.subjects["workshop_id"][0], workshops.subjects["date_id"][0]
    held = workshops.subjects["registration_id"][0]
    with workshops.session() as session, pytest.raises(SessionUnknown):
        excuse(session, held, date, Act(NOW))  # the only date: who misses it cancels
    with workshops.session() as session:
        missed = ParticipationState.EXCUSED
        session.add(Participation(registration_id=held, session_id=date, state=missed))
        session.commit()
    paper = f"/agents/ateliers/{workshop}/presence/{date}/imprimer"
    assert "Colette V. (ne vient pas ce jour-là)" in said(workshops.client("counsellor").get(paper))


def test_the_desk_reads_aloud_what_somebody_has_a_place_for(workshops: Team) -> None:
    counsellor_id = workshops.subjects["counsellor_id"][0]
    with workshops.session() as session:
        planned = plan_for(session, OWN, counsellor_id, STARTS_AT + timedelta(days=7), dates=2)
    typed = {"prenom": "Nadège", "nom": "Passerose", "telephone": "06 39 98 00 88"}
    typed |= {"accompagnant_prenom": "Odile", "accompagnant_nom": "Passerose", "message": "VOICE"}
    desk = workshops.client("desk")
    form = desk.get("/agents/telephone/atelier")
    done = desk.submit(form, "Inscrire", atelier=str(planned.id), **typed)
    page = desk.get(done.headers["Location"])
    aloud = page_of(page).soup.select_one(".read-aloud")
    assert aloud is not None
    with workshops.session() as session:
        kept = session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert kept is not None
        assert (kept.status, kept.places) == (RegistrationStatus.REGISTERED, 2)
    spoken = " ".join(aloud.get_text().replace("\u00a0", " ").split())
    assert kept.reference is not None
    number = f"Votre numéro est le {spoken_reference(kept.reference)}."
    for words in ("Je vous confirme", "Samedi 5 décembre", "Samedi 12 décembre", number):
        assert words in spoken, spoken


def test_a_closed_sheet_leads_whoever_led_it_to_its_record(
    workshops: Team, monday: time_machine.Traveller
) -> None:
    workshop, date = workshops.subjects["workshop_id"][0], workshops.subjects["date_id"][0]
    sheet, record = (
        f"/agents/{path}"
        for path in (f"ateliers/{workshop}/presence/{date}", f"frequentation/atelier/{date}")
    )
    monday.move_to(STARTS_AT + timedelta(minutes=5), tick=False)
    counsellor = workshops.client("counsellor")
    page = counsellor.get(sheet)
    assert record not in page.text
    counsellor.submit(page, "Clore la feuille")
    assert record in counsellor.get(sheet).text
    assert record not in workshops.client("coordinator").get(sheet).text
    done = counsellor.submit(counsellor.get(record), "Terminer", participants="3")
    assert done.status_code == 303, said(done)
    assert "Le relevé de cet atelier est fait : cette feuille ne change plus." in said(
        counsellor.get(sheet)
    )


def test_the_day_and_the_agenda_show_workshops_without_names(
    workshops: Team, monday: time_machine.Traveller
) -> None:
    monday.move_to(STARTS_AT - timedelta(hours=2), tick=False)
    for who, sees_sheet in (("counsellor", True), ("desk", False)):
        page = workshops.client(who).get("/agents/aujourdhui")
        assert "Atelier : Mots de passe et arnaques" in said(page), who
        assert "1 inscrit sur 2" in said(page)
        assert ("Feuille de présence" in said(page)) == sees_sheet
        printed = said(workshops.client(who).get("/agents/aujourdhui/imprimer"))
        assert "Atelier : Mots de passe et arnaques" in printed
    for who in ("counsellor", "colleague", "foreign_desk"):
        week = workshops.client(who).get("/agents/agenda?conseiller=tous&commune=toutes")
        assert said(week).count("14 h Atelier : Mots de passe et arnaques") == 2
        assert "Varech" not in said(week)
    assert "trop peu d’inscrits" in said(workshops.client("coordinator").get("/agents/aujourdhui"))
    monday.move_to(STARTS_AT + timedelta(hours=3), tick=False)
    for who in ("counsellor", "coordinator"):
        told = said(workshops.client(who).get("/agents/aujourdhui"))
        assert "Mots de passe et arnaques" in told
        assert "résence" in told


def test_the_desk_registers_somebody_in_one_page(workshops: Team) -> None:
    desk, address = workshops.client("desk"), "/agents/telephone/atelier"
    assert "Inscrire à un atelier" in said(desk.get("/agents/telephone"))
    page = desk.get(address)
    assert "Breuillet : Mots de passe et arnaques, complet, numéro 2" in said(page)
    full, other = workshops.subjects["workshop_id"]
    nothing = desk.submit(page, "Inscrire")
    assert nothing.status_code == 422
    for wanted in ("Écrivez le prénom de la personne.", "Choisissez un atelier."):
        assert wanted in said(nothing)
    typed = {"prenom": "Nadège", "nom": "Passerose", "telephone": "06 39 98 00 88"}
    typed |= {"message": "VOICE", "appareil": "1", "atelier": str(full)}
    refused = desk.submit(page, "Inscrire", **typed)
    assert refused.status_code == 409
    assert "cochez « Sur la liste d’attente »" in said(refused)
    assert 'value="Passerose"' in refused.text
    done = desk.submit(refused, "Inscrire", attente="oui")
    waits = said(desk.get(done.headers["Location"]))
    assert "Vous êtes sur la liste d’attente, numéro 2" in waits
    again = desk.submit(desk.get(address), "Inscrire", attente="oui", **typed)
    assert again.status_code == 409
    assert "Il y a déjà une inscription à ce nom." in said(again)
    pair = {"accompagnant_prenom": "Odile", "atelier": str(other)}
    missing = desk.submit(desk.get(address), "Inscrire", **(typed | pair))
    assert missing.status_code == 422
    with workshops.session() as session:
        rows = session.scalars(select(Registration).where(Registration.booked_by_id.is_not(None)))
        [row] = rows.all()
        assert (row.status, row.devices_wanted) == (RegistrationStatus.WAITING, 1)
        acts = session.scalars(
            select(JournalEntry.action).where(JournalEntry.subject_kind == "REGISTRATION")
        ).all()
    assert acts == [JournalAction.REGISTERED]


def test_a_sheet_that_became_a_record_is_opened_no_more(
    workshops: Team, monday: time_machine.Traveller
) -> None:
    workshop, date = workshops.subjects["workshop_id"][0], workshops.subjects["date_id"][0]
    sheet = f"/agents/ateliers/{workshop}/presence/{date}"
    monday.move_to(STARTS_AT + timedelta(minutes=5), tick=False)
    counsellor = workshops.client("counsellor")
    counsellor.submit(counsellor.get(sheet), "Clore la feuille")
    closed = counsellor.get(sheet)
    with workshops.session() as session:
        session.get_one(WorkshopSession, date).is_recorded = True
        session.commit()
    assert "Rouvrir la feuille" not in said(counsellor.get(sheet))
    refused = counsellor.submit(closed, "Rouvrir la feuille")
    assert refused.status_code == 409
    assert "Le relevé de cet atelier est fait" in said(refused)
