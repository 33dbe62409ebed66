"""The programme's pages: a kind of workshop, a series planned, one date changed, one cancelled."""

from datetime import timedelta
from typing import Any

import time_machine
from sqlalchemy import select

from app.domain.appointment import CallReason, MessageChannel
from app.domain.journal import JournalAction
from app.domain.workshops import WorkshopStatus
from app.models.appointment import CallTask
from app.models.journal import JournalEntry
from app.models.workshops import Workshop, WorkshopSession
from app.services.transaction import write_transaction
from tests.support.page_client import PageClient, filled, form_of, page_of
from tests.support.page_rules import Page
from tests.support.payloads import PAYLOADS
from tests.support.team import OWN, Team
from tests.support.workshop_day import STARTS_AT, enrol, hold_workshops, plan_for
from tests.support.workshop_subjects import add_workshop_subjects

KINDS = "/agents/ateliers/modeles"
PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})


def text_of(answer: Any) -> str:
    """What is read, with plain spaces."""
    return Page(answer.text, "/agents").text.translate(PLAIN).replace(" .", ".")


def write_kind(client: PageClient) -> str:
    """The address of the form that plans it."""
    form = client.get("/agents/ateliers/modeles/nouveau")
    words = {"titre": "Débuter avec le smartphone", "faire": "Vous apprenez à appeler."}
    refused = client.submit(form, "Enregistrer", **words)
    assert refused.status_code == 422
    assert "Choisissez au moins un thème." in text_of(refused)
    saved = client.submit(refused, "Enregistrer", themes="email")
    assert saved.status_code == 303
    listed = client.get(saved.headers["Location"])
    assert "Débuter avec le smartphone" in text_of(listed)
    link = Page(listed.text, "/agents").soup.select_one('a[href*="modele="]')
    assert link is not None
    return str(link["href"])


def rows(team: Team) -> list[tuple[str, WorkshopStatus, int]]:
    """The day, the state and the places of each workshop."""
    with team.session() as session:
        found = session.scalars(select(Workshop).order_by(Workshop.first_at))
        return [(f"{each.first_at:%d/%m}", each.status, each.capacity) for each in found]


def test_a_series_is_planned_changed_and_cancelled(team: Team) -> None:
    client, planned = team.client("coordinator"), WorkshopStatus.PLANNED
    form = client.get(write_kind(client))
    own, other = (str(each) for each in team.subjects["counsellor_id"])
    answers = {
        "du": "12/12/2026", "de": "9 h", "rythme": "semaine", "au": "02/01/2027",
        "sauts": "19/12/2026", "ajouts": "25/12/2026", "lieu": "autre",
        "endroit": "Salle des fêtes", "adresse": "2 place du Bourg", "commune": "breuillet",
        "conseillers": own,
    }  # fmt: skip
    refused = client.submit(form, "Voir les dates", **{**answers, "adresse": "", "gardees": "9"})
    assert refused.status_code == 422
    assert "Écrivez l’adresse de l’autre lieu." in text_of(refused)
    shown = client.submit(refused, "Voir les dates", **answers)
    assert shown.status_code == 422, "nine places are kept of six"
    shown = client.submit(shown, "Voir les dates", gardees="2", gardees_jours="7")
    assert shown.status_code == 200, text_of(shown)
    assert "C’est un jour férié (Noël)." in text_of(shown)
    assert rows(team) == []
    ticks = Page(shown.text, "/agents").soup.select('[name="dates"]')
    assert [str(each["value"])[:10] for each in ticks] == [
        "2026-12-12", "2026-12-25", "2026-12-26", "2027-01-02",
    ]  # fmt: skip
    given = filled_with_dates(shown)
    saved = client.post("/agents/ateliers/enregistrer", data=given)
    assert saved.status_code == 303, text_of(saved)
    again = client.post("/agents/ateliers/enregistrer", data=given)
    assert again.status_code == 303
    assert rows(team) == [(day, planned, 6) for day in ("12/12", "25/12", "26/12", "02/01")]
    listed = client.get("/agents/ateliers?du=2026-12-20")
    assert "Salle des fêtes, Breuillet" in text_of(listed)
    assert "0 sur 6 places prises" in text_of(listed)
    assert "12 décembre" not in text_of(listed)
    change_and_cancel(team, client, other)


def filled_with_dates(shown: Any) -> dict[str, Any]:
    """What the check page sends, each ticked date of it."""
    soup = Page(shown.text, "/agents").soup
    form = soup.select_one('form[action$="enregistrer"]')
    assert form is not None
    given: dict[str, Any] = {}
    for field in form.select("input[name]"):
        is_box = field.get("type") == "checkbox"
        if not is_box or field.has_attr("checked"):
            given.setdefault(str(field["name"]), []).append(str(field["value"]))
    return given


def change_and_cancel(team: Team, client: PageClient, other: str) -> None:
    with team.session() as session:
        first = session.scalars(select(Workshop).order_by(Workshop.first_at)).first()
        assert first is not None
        page, date_id = f"/agents/ateliers/{first.id}", first.sessions[0].id
    late = team.client("counsellor")
    stale = late.get(f"{page}/modifier")
    saved = client.submit(client.get(f"{page}/modifier"), "Enregistrer", capacite="8")
    assert saved.status_code == 303, text_of(saved)
    told = late.submit(stale, "Enregistrer", capacite="5")
    assert told.status_code == 409
    assert "Coordinator a changé la même chose" in text_of(told)
    form = client.get(f"{page}/dates/{date_id}")
    shown = client.submit(form, "Voir qui est concerné", de="14:00", conseillers=other)
    assert "Personne n’est inscrit." in text_of(shown)
    moved = client.submit(shown, "Enregistrer")
    assert moved.status_code == 303, text_of(moved)
    seen = client.get(moved.headers["Location"])
    assert "de 14 h à 16 h" in text_of(seen)
    assert "A changé un atelier" in text_of(seen)
    assert "C’est enregistré." in text_of(seen)
    assert "sont prévenues" not in text_of(seen), "there is nobody to tell"
    assert client.get(f"{page}/dates/999999").status_code == 404
    cancel_all(team, client, page, date_id)


def cancel_all(team: Team, client: PageClient, page: str, date_id: int) -> None:
    asked, colleague = client.get(f"{page}/annuler"), team.client("colleague")
    assert "Cet atelier et les suivants de la même série (4 en tout)" in text_of(asked)
    colleague.submit(colleague.get(f"{page}/modifier"), "Enregistrer", capacite="7")
    stale = client.submit(asked, "Annuler et prévenir", etendue="serie")
    assert stale.status_code == 409
    done = client.submit(stale, "Annuler et prévenir")  # what was answered is still there
    assert done.status_code == 303
    assert "Personne n’était inscrit." in text_of(client.get(done.headers["Location"]))
    over = client.get(f"{page}/annuler?date={date_id}")
    assert over.status_code == 409
    assert "Annuler et prévenir" not in text_of(over)
    assert {status for _, status, _ in rows(team)} == {WorkshopStatus.CANCELLED}
    assert "Annulé par le service." in text_of(client.get(page))
    assert client.submit(asked, "Annuler et prévenir").status_code in {303, 409}


def test_names_are_for_who_may_know_them_and_reading_them_is_noted(team: Team) -> None:
    add_workshop_subjects(team)
    page = team.address("/agents/ateliers/<workshop_id>", is_own=True)
    foreign = team.address("/agents/ateliers/<workshop_id>", is_own=False)
    for name in ("coordinator", "counsellor", "desk", "referent"):
        assert "Odette Lagrange" in text_of(team.client(name).get(page)), name
    seen = text_of(team.client("colleague").get(page))
    assert "Odette" not in seen
    assert "2 inscriptions dont vous ne voyez pas le nom." in seen
    assert team.client("desk").get(foreign).status_code == 404
    with team.session() as session:
        noted = session.scalars(
            select(JournalEntry).where(JournalEntry.action == JournalAction.SHEET_SEEN)
        ).all()
        assert len(noted) == 4
        date = session.get_one(WorkshopSession, team.subjects["date_id"][0])
        assert date.workshop.taken == 2
    client = team.client("coordinator")
    asked = text_of(client.get(f"{page}/annuler"))
    assert "2 inscriptions à appeler" in asked
    assert "À appeler : Odette Lagrange, Odette Lagrange." in asked
    form = client.get(f"{page}/modifier")
    refused = client.submit(form, "Enregistrer", capacite="1", minimum="1")
    assert refused.status_code == 409
    assert "appelez d’abord : Odette Lagrange." in text_of(refused)


def test_a_counsellor_plans_what_they_hold_and_repeats_it(team: Team) -> None:
    address = write_kind(team.client("coordinator"))
    client = team.client("counsellor")
    own, other = (str(each) for each in team.subjects["counsellor_id"])
    form = client.get(address)
    answers = {"du": "12/12/2026", "de": "09:00", "lieu": "autre", "endroit": "Salle des fêtes"}
    place = {"adresse": "2 place du Bourg", "commune": "breuillet"}
    refused = client.submit(form, "Voir les dates", **answers, **place, conseillers=other)
    assert refused.status_code == 422
    assert "Vous planifiez vos ateliers" in text_of(refused)
    shown = client.submit(refused, "Voir les dates", conseillers=own)
    assert client.submit(shown, "Planifier").status_code == 303
    twice = client.submit(
        client.get(address), "Voir les dates", **answers, **place, conseillers=own
    )
    assert "Impossible." in text_of(twice)
    nothing = client.submit(twice, "Planifier")
    assert nothing.status_code == 422
    assert "Gardez au moins une date." in text_of(nothing)
    term = client.get("/agents/ateliers/reprendre")
    wrong = client.submit(
        term, "Voir les dates", du="01/01/2028", au="02/01/2028", reprise="1/2/28"
    )
    assert "Il n’y a aucun atelier dans cette période." in text_of(wrong)
    lines = client.submit(
        wrong, "Voir les dates", du="01/12/2026", au="31/12/2026", reprise="01/03/2027"
    )
    assert "Samedi 13 mars 2027, de 9 h à 11 h · Débuter avec le smartphone" in text_of(lines)
    assert client.submit(lines, "Planifier").status_code == 303
    assert [day for day, _, _ in rows(team)] == ["12/12", "13/03"]


def test_too_few_people_is_answered_where_it_is_asked(
    team: Team, monday: time_machine.Traveller
) -> None:
    hold_workshops(team)
    workshop, enough = team.subjects["workshop_id"]
    with team.session() as session, write_transaction(session):
        session.get_one(Workshop, workshop).minimum = 5
        session.get_one(Workshop, enough).minimum = 1
    monday.move_to(STARTS_AT - timedelta(days=1), tick=False)
    client = team.client("coordinator")
    listed = client.get("/agents/ateliers")
    assert "Maintenir ou annuler ?" in text_of(listed)
    assert "1 personne inscrite, il en faut 5." in text_of(listed)
    kept = client.submit(listed, "Maintenir Mots de passe et arnaques")
    assert kept.status_code == 303
    assert "maintenu" in text_of(client.get(kept.headers["Location"])).casefold()
    assert "il en faut 5" not in text_of(client.get("/agents/ateliers"))
    with team.session() as session:
        upheld = session.get_one(Workshop, workshop)
        assert upheld.upheld_at is not None
        assert upheld.status is WorkshopStatus.PLANNED


def test_who_would_be_told_of_a_move_is_shown_before_it_is_saved(team: Team) -> None:
    add_workshop_subjects(team)
    workshop, date_id = team.subjects["workshop_id"][0], team.subjects["date_id"][0]
    client = team.client("coordinator")
    form = client.get(f"/agents/ateliers/{workshop}/dates/{date_id}")
    moved = client.submit(form, "Voir qui est concerné", de="16:00")
    shown = text_of(moved)
    assert moved.status_code == 200, shown
    for words in ("Qui est prévenu ?", "1 personne inscrite", "1 en attente"):
        assert words in shown
    assert "À appeler : Odette Lagrange, Odette Lagrange." in shown
    with team.session() as session:
        assert session.get_one(WorkshopSession, date_id).sequence == 0, "nothing is saved yet"


def test_who_is_told_by_a_call_because_no_message_leaves_in_time_is_shown_so(
    team: Team, monday: time_machine.Traveller
) -> None:
    with team.session() as session:
        planned = plan_for(session, OWN, team.subjects["counsellor_id"][0])
        by_sms = {"message_channel": MessageChannel.SMS}
        enrol(session, planned.id, OWN, "Yolande Galet", **by_sms)
    monday.move_to(STARTS_AT - timedelta(days=2) + timedelta(hours=8), tick=False)
    client = team.client("coordinator")
    form = client.get(f"/agents/ateliers/{planned.id}/dates/{planned.date_id}")
    later = client.submit(form, "Voir qui est concerné", de="16:00")
    assert "Tout le monde reçoit un message." in text_of(later)
    early = client.submit(form, "Voir qui est concerné", du="2026-11-27", de="7:00")
    assert "1 inscription à appeler" in text_of(early)
    assert "À appeler : Yolande Galet." in text_of(early)
    saved = client.submit(early, "Planifier quand même")
    assert "ou dans la liste à appeler" in text_of(client.get(saved.headers["Location"]))
    with team.session() as session:
        assert session.scalars(select(CallTask)).one().reason is CallReason.MOVED_BY_SERVICE


def test_a_kind_of_workshop_is_for_six_and_takes_place_with_three(team: Team) -> None:
    form = Page(team.client("coordinator").get(KINDS + "/nouveau").text, KINDS).soup
    usual = {name: form.select_one(f"[name={name}]") for name in ("capacite", "minimum")}
    assert {name: each and each["value"] for name, each in usual.items()} == {
        "capacite": "6",
        "minimum": "3",
    }


def test_nothing_that_is_typed_breaks_a_page_of_the_team_or_runs_in_it(team: Team) -> None:
    add_workshop_subjects(team)
    workshop, date_id = team.subjects["workshop_id"][0], team.subjects["date_id"][0]
    client, kind = team.client("coordinator"), team.subjects["template_id"][0]
    forms = {
        f"{KINDS}/nouveau": "Enregistrer",
        f"/agents/ateliers/nouveau?modele={kind}": "Voir les dates",
        f"/agents/ateliers/{workshop}/modifier": "Enregistrer",
        f"/agents/ateliers/{workshop}/dates/{date_id}": "Voir qui est concerné",
        "/agents/ateliers/reprendre": "Voir les dates",
        "/agents/telephone/atelier": "Inscrire",
    }
    for address, button in forms.items():
        page = client.get(address)
        form = form_of(page_of(page), button)
        fields = {str(each["name"]) for each in form.select("input[name], textarea[name]")}
        for payload in PAYLOADS:
            typed = dict.fromkeys(fields - {"csrf_token"}, payload)
            sent = client.post(str(form["action"]), data=filled(form) | typed)
            assert sent.status_code in {303, 409, 422}, (address, payload, sent.status_code)
            assert "<script>alert" not in sent.text
            assert "<img src=x" not in sent.text
            assert "stolen" not in sent.headers.get("Set-Cookie", "")
    with team.session() as session:
        titles = {each["fr"] for each in session.scalars(select(Workshop.title))}
    assert not titles & set(PAYLOADS)
