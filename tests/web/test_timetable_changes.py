"""What a change of the timetable says of itself, and who may take it back."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.domain.impact import Way
from app.models.appointment import Appointment
from app.models.schedule import Absence
from app.services.impact_lines import Line
from app.web.timetable.absences import kept_words
from app.web.timetable.impact_page import blocks_of, total_words
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.team import Team

SHOW, SAVE = "Voir les rendez-vous touchés", "Enregistrer et appliquer"


def held(team: Team) -> Any:
    """The engagement of the own appointment."""
    with team.session() as session:
        found = session.get_one(Appointment, team.subjects["appointment_id"][0]).engagement
        session.refresh(found, ["counsellor"])
        return found


def declare(client: PageClient, team: Team, **answers: str) -> Any:
    """The preview of an absence of whoever holds the own appointment."""
    own = held(team)
    form, day = client.get("/agents/absences/nouvelle"), f"{own.starts_at:%Y-%m-%d}"
    return client.submit(form, SHOW, conseiller=str(own.counsellor_id), du=day, **answers)


def close(client: PageClient, team: Team) -> Any:
    own = held(team)
    form, day = client.get("/agents/fermetures/nouvelle"), f"{own.starts_at:%Y-%m-%d}"
    return client.submit(form, SHOW, lieu=str(own.venue_id), du=day)


def undo_of(saved: Any) -> str:
    """Where « Annuler ce changement » leads, for the change that was just saved."""
    return f"{saved.headers['Location']}/annulation"


def test_who_came_by_the_substitute_is_shown_before_the_absence_is_withdrawn(team: Team) -> None:
    """The colleague holds the sessions; who is theirs by then must go somewhere."""
    client, name = team.client("coordinator"), held(team).counsellor.first_name
    substitute = str(team.subjects["counsellor_id"][1])
    saved = client.submit(declare(client, team, remplacant=substitute), SAVE)
    assert "Confié à" in said(client.get(saved.headers["Location"]))
    with team.session() as session:
        row = session.scalars(select(Absence).where(Absence.series.is_not(None))).one()
    listed = client.get("/agents/absences")
    form = page_of(listed).soup.select_one(f'form[action$="/{row.id}/retrait/apercu"]')
    token = form.select_one("[name=csrf_token]")["value"]
    shown = client.post(form["action"], data={"csrf_token": token})
    assert "Avec les choix proposés : 1 gardé, 0 déplacé, 0 à appeler." in said(shown)
    assert "Le retrait de cette absence touche 1 rendez-vous." in said(shown)
    with team.session() as session:
        assert session.get_one(Absence, row.id).withdrawn_at is None
    page = said(client.get(client.submit(shown, SAVE).headers["Location"]))
    assert f"Confié à {name}" in page
    assert "plus libre" not in page


def test_of_a_long_replacement_the_first_remarks_are_told_and_the_others_fold(team: Team) -> None:
    substitute, until = str(team.subjects["counsellor_id"][1]), "2027-01-31"
    page = page_of(declare(team.client("coordinator"), team, remplacant=substitute, au=until)).soup
    told, folded = page.select("main .notice"), page.select("main details.fold li")
    assert len(told) == 5
    summary = page.select_one("main details.fold summary")
    assert summary is not None
    assert summary.get_text(strip=True) == f"{len(folded)} autres remarques"
    assert "personne ne tiendra les horaires" in folded[0].get_text()


def test_what_was_booked_since_the_preview_is_told_as_such(team: Team) -> None:
    client = team.client("coordinator")
    form = page_of(declare(client, team)).soup.select_one("main form")
    kept = {each["name"]: each["value"] for each in form.select('input[type="hidden"]')}
    saved = client.post("/agents/absences/enregistrer", data=kept)
    page = said(client.get(saved.headers["Location"]))
    assert "Un rendez-vous est arrivé depuis votre choix" in page
    assert "plus libre" not in page


def test_a_place_that_was_taken_meanwhile_is_told_as_such(team: Team) -> None:
    client = team.client("coordinator")
    name = f"choix-{team.subjects['appointment_id'][0]}"
    saved = client.submit(declare(client, team), SAVE, **{name: "collegue.999"})
    page = said(client.get(saved.headers["Location"]))
    assert "Une place n’était plus libre" in page
    assert "arrivé depuis" not in page


def test_a_change_is_offered_to_whoever_may_take_it_back(team: Team) -> None:
    coordinator = team.client("coordinator")
    undo = undo_of(coordinator.submit(declare(coordinator, team), SAVE))
    for path in ("/agents/horaires", "/agents/absences", "/agents/fermetures"):
        offered = {
            name: undo in team.client(name).get(path).text
            for name in ("coordinator", "counsellor", "colleague", "desk")
        }
        assert [name for name, is_offered in offered.items() if is_offered] == [
            "coordinator", "counsellor",
        ]  # fmt: skip


def test_a_closure_is_taken_back_by_whoever_may_close(team: Team) -> None:
    coordinator, counsellor = team.client("coordinator"), team.client("counsellor")
    saved = coordinator.submit(close(coordinator, team), SAVE)
    assert undo_of(saved) in coordinator.get("/agents/fermetures").text
    assert undo_of(saved) not in counsellor.get("/agents/fermetures").text
    assert counsellor.get(saved.headers["Location"]).status_code == 404


def test_two_blocks_tell_whose_appointments_they_are() -> None:
    taken_over = a_line("Jeanne", "Mairie des Mathes", "collegue.2")
    own = [a_line("Karim", place, "appel", True) for place in ("Mairie d’Arvert", "Médiathèque")]
    shown = blocks_of([taken_over, *own])
    assert [each["title"] for each in shown] == [
        "Rendez-vous de Jeanne, repris par Karim",
        (
            "Rendez-vous de Karim, à déplacer : "
            "Karim ne sera plus à la mairie d’Arvert ni à la médiathèque"
        ),
    ]
    assert [each["title"] for each in blocks_of([taken_over])] == [None]
    assert [len(each["lines"]) for each in blocks_of(own)] == [2]


def a_line(counsellor: str, place: str, chosen: str, gives_way: bool = False) -> Line:
    at = datetime(2026, 11, 25, 8, tzinfo=UTC)
    is_visit = place.startswith("visite")
    return Line(1, 1000, "Rose S.", at, 1, counsellor, place, (), chosen, is_visit, gives_way)


def test_who_replaces_is_away_from_homes_too() -> None:
    taken_over = a_line("Inès", "Mairie des Mathes", "collegue.2")
    own = a_line("Anaïs", "visite à Breuillet", "appel", True)
    assert [each["title"] for each in blocks_of([taken_over, own])] == [
        "Rendez-vous d’Inès, repris par Anaïs",
        "Rendez-vous d’Anaïs, à déplacer : Anaïs ne sera plus en visite à Breuillet",
    ]


def test_the_total_tells_what_becomes_of_all() -> None:
    ways = [Way.COLLEAGUE, Way.COLLEAGUE, Way.HERE, Way.CALL]
    assert total_words(ways) == "2 gardés, 1 déplacé, 1 à appeler"
    assert total_words([]) is None


def test_the_absences_light_the_timetable_in_the_menu(team: Team) -> None:
    for address in ("/agents/absences", "/agents/absences/nouvelle", "/agents/fermetures"):
        page = page_of(team.client("coordinator").get(address)).soup
        lit = page.select_one('a[aria-current="page"]:has(span)')
        assert lit.get_text().strip() == "Horaires"


def test_nobody_replaces_themselves(team: Team) -> None:
    own = held(team)
    page = page_of(team.client("counsellor").get("/agents/absences/nouvelle")).soup
    values = [each["value"] for each in page.select('[name="remplacant"]')]
    assert str(own.counsellor_id) not in values
    assert len(values) > 1
    refused = declare(team.client("coordinator"), team, remplacant=str(own.counsellor_id))
    assert refused.status_code == 422
    assert "Cette personne ne peut pas remplacer." in said(refused)


def test_the_withdrawal_tells_who_keeps_their_new_date() -> None:
    assert kept_words(0) is None
    assert kept_words(1) == "1 personne avait été déplacée : elle garde sa nouvelle date."
    assert str(kept_words(2)).startswith("2 personnes avaient été déplacées")
