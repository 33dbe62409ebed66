"""The timetable pages: absences, closures, what to place again; shown first, saved once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from app.domain.appointment import CallReason
from app.models.accounts import Counsellor
from app.models.appointment import Appointment, CallTask
from app.models.outbox import OutboxMessage
from app.models.schedule import Absence, Closure
from tests.support.page_client import PageClient
from tests.support.page_rules import Page
from tests.support.presquile import NOW
from tests.support.team import Team

TO_DECLARE = "/agents/absences/nouvelle"
TO_CLOSE = "/agents/fermetures/nouvelle"


def text_of(page: str) -> str:
    """What is read, with plain spaces and hyphens."""
    plain = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})
    return Page(page, "/agents").text.translate(plain).replace(" .", ".")


def soup_of(page: str) -> Any:
    return Page(page, "/agents").soup


def held(team: Team) -> tuple[int, str, str, int | None]:
    """Of the own appointment: whose it is, on which local day, and its venue."""
    with team.session() as session:
        found = session.get_one(Appointment, team.subjects["appointment_id"][0]).engagement
        return found.counsellor_id, f"{found.starts_at:%Y-%m-%d}", "", found.venue_id


def first_name(team: Team, rank: int) -> str:
    with team.session() as session:
        return session.get_one(Counsellor, team.subjects["counsellor_id"][rank]).first_name


def declare(client: PageClient, team: Team, **answers: str) -> Any:
    person, day, _, _ = held(team)
    form = client.get(TO_DECLARE)
    return client.submit(
        form, "Voir les rendez-vous touchés", conseiller=str(person), du=day, **answers
    )


def test_an_absence_is_shown_with_its_impact_then_saved_by_one_press(team: Team) -> None:
    client = team.client("coordinator")
    shown = declare(client, team)
    assert shown.status_code == 200
    assert "Cette absence touche 1 rendez-vous." in text_of(shown.text)
    assert "Apolline B." in text_of(shown.text)
    with team.session() as session:
        assert len(session.scalars(select(Absence)).all()) == 2
    saved = client.submit(shown, "Enregistrer et appliquer")
    assert saved.status_code == 303
    page = client.get(saved.headers["Location"])
    assert "Ce qui a changé" in text_of(page.text)
    assert "Annuler ce changement" in page.text
    listed = client.get("/agents/absences")
    assert first_name(team, 0) in listed.text
    undone = client.submit(page, "Annuler ce changement")
    assert undone.status_code == 303
    assert "Tout est revenu comme avant" in text_of(client.get(undone.headers["Location"]).text)


def test_what_was_chosen_is_done(team: Team) -> None:
    client = team.client("coordinator")
    shown = declare(client, team)
    name = f"choix-{team.subjects['appointment_id'][0]}"
    saved = client.submit(shown, "Enregistrer et appliquer", **{name: "appel"})
    page = client.get(saved.headers["Location"])
    assert "le rendez-vous reste à replacer" in text_of(page.text)
    with team.session() as session:
        task = session.scalars(select(CallTask)).one()
        assert task.reason is CallReason.TO_MOVE
    queue = client.get("/agents/a-replacer")
    assert "Apolline B." in text_of(queue.text)


def test_one_press_places_an_orphan_again(team: Team) -> None:
    client = team.client("coordinator")
    name = f"choix-{team.subjects['appointment_id'][0]}"
    client.submit(declare(client, team), "Enregistrer et appliquer", **{name: "appel"})
    queue = client.get("/agents/a-replacer")
    button = soup_of(queue.text).select_one('button[name="choix"][value^="ici."]')
    assert button is not None
    form = button.find_parent("form")
    token = form.select_one('[name="csrf_token"]')["value"]
    done = client.post(form["action"], data={"csrf_token": token, "choix": button["value"]})
    assert done.headers["Location"].endswith("fait=ici")
    assert "reçoit un message" in text_of(client.get(done.headers["Location"]).text)
    assert "Tous les rendez-vous ont leur permanence." in text_of(
        client.get("/agents/a-replacer").text
    )
    again = client.post(form["action"], data={"csrf_token": token, "choix": button["value"]})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"du": ""}, "Écrivez la date du début."),
        ({"du": "bientôt"}, "du premier jour, en chiffres"),
        ({"du": "22/11/2026"}, "Cette date est passée."),
        ({"du": "24/11/2026", "au": "23/11/2026"}, "La fin est avant le début."),
        ({"du": "24/11/2026", "au": "jamais"}, "du dernier jour, en chiffres"),
        ({"du": "24/11/2026", "au": "31/12/2028"}, "Cette période est trop longue."),
        ({"du": "24/11/2026", "repetition": "semaine"}, "jusqu’à quelle date cela se répète"),
        ({"du": "24/11/2026", "conseiller": ""}, "Choisissez un conseiller."),
        ({"du": "24/11/2026", "remplacant": "999"}, "Cette personne ne peut pas remplacer."),
        ({"du": "24/11/2026", "remplacant": "own"}, "Cette personne ne peut pas remplacer."),
    ],
)
def test_what_cannot_be_is_said_beside_the_answer_and_nothing_is_lost(
    team: Team, answers: dict[str, str], said: str
) -> None:
    client = team.client("coordinator")
    own = str(team.subjects["counsellor_id"][0])
    given = {"conseiller": own, "moment": "matin", **answers}
    given = {name: own if value == "own" else value for name, value in given.items()}
    form = client.get(TO_DECLARE)
    refused = client.post(
        "/agents/absences/apercu", data={**given, "csrf_token": token_of(form.text)}
    )
    assert refused.status_code == 422
    assert said in text_of(refused.text)
    soup = soup_of(refused.text)
    assert soup.select_one('[name="du"]')["value"] == given["du"]
    assert soup.select_one('[name="moment"][checked]')["value"] == "matin"


@pytest.mark.parametrize("answer", [{"moment": "soir"}, {"repetition": "mois"}])
@pytest.mark.parametrize("page", [TO_DECLARE, TO_CLOSE])
def test_an_answer_of_no_list_is_refused(team: Team, page: str, answer: dict[str, str]) -> None:
    """It never becomes « whole day, once » without a word."""
    client = team.client("coordinator")
    who = {"conseiller": "1"} if "absence" in page else {"lieu": "1"}
    refused = client.submit(
        client.get(page), "Voir les rendez-vous touchés", du="24/11/2026", **who, **answer
    )
    assert refused.status_code == 422
    assert "Choisissez une réponse de la liste." in text_of(refused.text)


def token_of(page: str) -> str:
    return str(soup_of(page).select_one('[name="csrf_token"]')["value"])


def test_the_same_absence_twice_is_refused_and_may_be_corrected(team: Team) -> None:
    client = team.client("coordinator")
    shown = declare(client, team)
    client.submit(shown, "Enregistrer et appliquer")
    again = client.submit(shown, "Enregistrer et appliquer")
    assert again.status_code == 409
    assert "Coordinator a déjà enregistré une absence à ces dates." in text_of(again.text)


def test_the_answers_come_back_to_be_corrected(team: Team) -> None:
    client = team.client("coordinator")
    shown = declare(client, team, moment="apres-midi")
    form = soup_of(shown.text).select_one("main form")
    kept = {each["name"]: each["value"] for each in form.select('input[type="hidden"]')}
    corrected = client.post("/agents/absences/apercu", data={**kept, "corriger": "oui"})
    assert corrected.status_code == 200
    soup = soup_of(corrected.text)
    assert soup.select_one('[name="du"]')["value"] == held(team)[1]
    assert soup.select_one('[name="moment"][checked]')["value"] == "apres-midi"


def test_a_counsellor_declares_their_own_absence_only(team: Team) -> None:
    client = team.client("counsellor")
    form = client.get(TO_DECLARE)
    soup = soup_of(form.text)
    own, foreign = map(str, team.subjects["counsellor_id"])
    assert soup.select_one('[name="conseiller"]')["value"] == own
    data = {"csrf_token": token_of(form.text), "conseiller": foreign, "du": "24/11/2026"}
    client.post("/agents/absences/enregistrer", data=data)
    with team.session() as session:
        rows = session.scalars(select(Absence).where(Absence.series.is_not(None))).all()
        assert {str(row.counsellor_id) for row in rows} <= {own}


def test_a_weekly_absence_is_one_line_and_is_withdrawn_whole(team: Team) -> None:
    client = team.client("coordinator")
    own = str(team.subjects["counsellor_id"][0])
    form = client.get(TO_DECLARE)
    shown = client.submit(
        form, "Voir les rendez-vous touchés", conseiller=own, du="04/01/2027", au="01/03/2027",
        moment="matin", repetition="semaine", remplacant=str(team.subjects["counsellor_id"][1]),
    )  # fmt: skip
    assert "Cette absence ne touche aucun rendez-vous." in text_of(shown.text)
    client.submit(shown, "Enregistrer")
    listed = client.get("/agents/absences")
    assert "lundi 4 janvier 2027, le matin" in text_of(listed.text)
    assert "et 3 autres dates" in text_of(listed.text)
    assert "remplacement par" in text_of(listed.text)
    with team.session() as session:
        absence = session.scalars(select(Absence).where(Absence.series.is_not(None))).first()
    previewed = client.post(
        f"/agents/absences/{absence.id}/retrait/apercu", data={"csrf_token": token_of(listed.text)}
    )
    assert "Le retrait de cette absence ne touche aucun rendez-vous." in text_of(previewed.text)
    assert "Ne rien changer" in text_of(previewed.text)
    assert "lundi 4 janvier" in text_of(client.get("/agents/absences").text)
    withdrawn = client.submit(previewed, "Enregistrer")
    assert withdrawn.status_code == 303
    assert "Aucun rendez-vous n’est touché." in text_of(
        client.get(withdrawn.headers["Location"]).text
    )
    assert "lundi 4 janvier" not in text_of(client.get("/agents/absences").text)
    twice = client.submit(previewed, "Enregistrer")
    assert twice.status_code == 409
    assert "Coordinator l’a déjà retirée à 10 h." in text_of(twice.text)


def test_a_venue_is_closed_with_its_impact_and_opened_again(team: Team) -> None:
    client = team.client("coordinator")
    _, day, _, venue = held(team)
    form = client.get(TO_CLOSE)
    shown = client.submit(
        form, "Voir les rendez-vous touchés", lieu=str(venue), du=day, raison="Travaux"
    )
    assert "Cette fermeture touche 1 rendez-vous." in text_of(shown.text)
    saved = client.submit(shown, "Enregistrer et appliquer")
    assert saved.status_code == 303
    assert "Travaux" in client.get("/agents/fermetures").text
    again = client.submit(shown, "Enregistrer et appliquer")
    assert again.status_code == 409
    assert "Coordinator a déjà fermé ce lieu à ces dates." in text_of(again.text)
    with team.session() as session:
        row = session.scalars(select(Closure).where(Closure.reason == "Travaux")).one()
    token = token_of(client.get("/agents/fermetures").text)
    shown = client.post(f"/agents/fermetures/{row.id}/retrait/apercu", data={"csrf_token": token})
    assert "Le retrait de cette fermeture" in text_of(shown.text)
    client.submit(shown, "Enregistrer")
    assert "Travaux" not in client.get("/agents/fermetures").text
    assert client.submit(shown, "Enregistrer").status_code == 409


def test_a_closure_needs_a_venue_and_a_short_reason(team: Team) -> None:
    client = team.client("coordinator")
    form = client.get(TO_CLOSE)
    refused = client.submit(form, "Voir les rendez-vous touchés", du="24/11/2026", raison="x" * 81)
    assert refused.status_code == 422
    assert "Choisissez un lieu." in text_of(refused.text)
    assert "80 lettres au plus" in text_of(refused.text)


def test_undo_is_refused_in_a_sentence_once_somebody_was_told(
    team: Team, monday: time_machine.Traveller
) -> None:
    client = team.client("coordinator")
    saved = client.submit(declare(client, team), "Enregistrer et appliquer")
    where = saved.headers["Location"]
    page = client.get(where)
    monday.move_to(NOW + timedelta(minutes=11))
    late = client.get(where)
    assert "Plus de dix minutes ont passé" in text_of(late.text)
    assert "Annuler ce changement" not in late.text
    refused = client.submit(page, "Annuler ce changement")
    assert refused.status_code == 409


def test_the_desk_reads_and_plans_nothing(team: Team) -> None:
    client = team.client("desk")
    assert "Déclarer une absence" not in client.get("/agents/absences").text
    assert "Fermer un lieu" not in client.get("/agents/fermetures").text
    assert client.get(TO_DECLARE).status_code == 403


def test_what_does_not_exist_is_not_found(team: Team) -> None:
    client = team.client("coordinator")
    token = token_of(client.get("/agents/absences").text)
    for path in ("absences/99999/retrait", "fermetures/99999/retrait", "a-replacer/99999"):
        assert client.post(f"/agents/{path}", data={"csrf_token": token}).status_code == 404
    assert client.get("/agents/horaires/changement/99999").status_code == 404


def test_messages_wait_as_long_as_the_change_can_be_undone(team: Team) -> None:
    with team.session() as session:
        session.execute(update(Appointment).values(message_channel="SMS"))
        session.commit()
    client = team.client("coordinator")
    shown = declare(client, team)
    soup = soup_of(shown.text)
    radio = soup.select_one('input[type="radio"][value^="ici."]')
    client.submit(shown, "Enregistrer et appliquer", **{radio["name"]: radio["value"]})
    with team.session() as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert message.due_at == NOW + timedelta(minutes=10)
