"""« Horaires »: the week by counsellor, hours that begin or change on a day, one date of them."""

from datetime import time
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from app.models.accounts import Counsellor
from app.models.schedule import Availability
from app.services.planning_rule_lists import list_rules
from app.web.date_fields import read_clock
from tests.support.planning_pages import PREVIEW, new_hours, own_rule, soup_of, text_of, venues
from tests.support.presquile import NOW
from tests.support.team import Team


def test_the_list_tells_who_is_where_when_and_what_the_desk_may_not_change(team: Team) -> None:
    rule = own_rule(team)
    page = team.client("coordinator").get("/agents/horaires")
    assert rule.counsellor in text_of(page.text)
    assert "Chaque" in text_of(page.text)
    assert "Modifier" in page.text
    assert "Ajouter des horaires" not in team.client("desk").get("/agents/horaires").text


def test_a_counsellor_changes_their_own_hours_only(team: Team) -> None:
    client = team.client("counsellor")
    own, foreign = own_rule(team), own_rule(team, 1)
    page = client.get("/agents/horaires")
    assert f"/agents/horaires/plage/{own.id}" in page.text
    assert f'/agents/horaires/plage/{foreign.id}"' not in page.text
    assert client.get(f"/agents/horaires/plage/{foreign.id}").status_code == 404
    assert client.get(f"/agents/horaires/plage/{own.id}").status_code == 200


def test_new_hours_are_warned_about_then_saved(team: Team) -> None:
    client = team.client("coordinator")
    shown = new_hours(client, team, lieu=venues(team))
    assert shown.status_code == 200
    assert "Ce changement ne touche aucun rendez-vous." in text_of(shown.text)
    assert "La mairie est fermée le samedi. Planifier quand même ?" in text_of(shown.text)
    assert "est un jour férié" in text_of(shown.text)
    saved = client.submit(shown, "Enregistrer")
    assert saved.status_code == 303
    assert "Chaque samedi, de 9 h à midi" in text_of(client.get("/agents/horaires").text)


def test_who_has_left_meanwhile_is_told_beside_the_answer(team: Team) -> None:
    client, own = team.client("coordinator"), team.subjects["counsellor_id"][0]
    shown = new_hours(client, team, lieu=venues(team))
    with team.session() as session:
        session.execute(update(Counsellor).where(Counsellor.id == own).values(active=False))
        session.commit()
    refused = client.submit(shown, "Enregistrer")
    assert refused.status_code == 409
    assert "Ce conseiller n’est plus en activité." in text_of(refused.text)
    nobody = client.submit(refused, PREVIEW, conseiller="999999")
    assert nobody.status_code == 404


def test_hours_are_changed_from_a_day_on_and_undone(team: Team) -> None:
    client, rule = team.client("coordinator"), own_rule(team)
    form = client.get(f"/agents/horaires/plage/{rule.id}")
    shown = client.submit(form, PREVIEW, du="2027-01-04", a="10:30")
    saved = client.submit(shown, "Enregistrer")
    page = client.get(saved.headers["Location"])
    listed = text_of(client.get("/agents/horaires").text)
    assert "À partir du lundi 4 janvier 2027" in listed
    client.submit(page, "Annuler ce changement")
    assert "lundi 4 janvier 2027" not in text_of(client.get("/agents/horaires").text)


def test_the_second_editor_is_told_and_loses_nothing(team: Team) -> None:
    client, rule = team.client("coordinator"), own_rule(team)
    form = client.get(f"/agents/horaires/plage/{rule.id}")
    first = client.submit(form, PREVIEW, du="2027-01-04", a="10:30")
    second = client.submit(form, PREVIEW, du="2027-01-11", a="10:15")
    client.submit(first, "Enregistrer")
    refused = client.submit(second, "Enregistrer")
    assert refused.status_code == 409
    assert "Coordinator a changé la même chose à 10 h." in text_of(refused.text)
    assert soup_of(refused.text).select_one('[name="a"]')["value"] == "10:15"
    over = client.submit(client.submit(refused, PREVIEW), "Enregistrer")
    assert over.status_code == 303
    assert "de 9 h à 10 h 15" in text_of(client.get("/agents/horaires").text)
    third = client.submit(form, PREVIEW, du="2027-01-18")
    assert third.status_code == 409


def test_the_second_editor_of_dates_is_told_too_and_loses_nothing(
    team: Team, monday: time_machine.Traveller
) -> None:
    """Also of the hours themselves; the day after, the sentence names the day."""
    client, rule = team.client("coordinator"), own_rule(team)
    hours = client.get(f"/agents/horaires/plage/{rule.id}")
    form = client.get(f"/agents/horaires/plage/{rule.id}/dates")
    first = client.submit(form, PREVIEW, acte="ajouter", jour="2026-12-05")
    assert client.submit(first, "Enregistrer").status_code == 303
    told = "Coordinator a changé la même chose à 10 h."
    assert told in text_of(client.submit(hours, PREVIEW, du="2027-01-04").text)
    monday.shift(24 * 3600)
    late = team.client("coordinator")
    aged = late.submit(form, PREVIEW, acte="ajouter", jour="2026-12-12")
    assert aged.status_code == 422  # another session: the page is sent again as it was
    refused = late.submit(aged, PREVIEW)
    assert refused.status_code == 409
    assert "la même chose le lundi 23 novembre à 10 h." in text_of(refused.text)
    assert soup_of(refused.text).select_one('[name="jour"]')["value"] == "2026-12-12"
    saved = late.submit(late.submit(refused, PREVIEW), "Enregistrer")
    assert saved.status_code == 303


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"lieu": ""}, "Choisissez un lieu."),
        ({"de": ""}, "Écrivez les deux heures."),
        ({"de": "neuf heures"}, "Écrivez l’heure comme ceci"),
        ({"a": "25:00"}, "Écrivez l’heure comme ceci"),
        ({"a": "08:00"}, "L’heure de fin est avant l’heure de début."),
        ({"a": "09:10"}, "C’est trop court pour un rendez-vous."),
        ({"du": ""}, "Écrivez la date du début."),
        ({"du": "2026-11-22"}, "Cette date est passée."),
        ({"au": "2026-11-27"}, "La fin est avant le début."),
        ({"accueil": "beaucoup"}, "Écrivez un nombre de 1 à 60."),
        ({"rythme": "semaines", "semaines": "13"}, "Écrivez un nombre de 2 à 12."),
        ({"genre": "HOME_VISITS"}, "Choisissez au moins une commune"),
        (
            {"genre": "HOME_VISITS", "communes": ["breuillet", "nulle-part"]},
            "Choisissez au moins une commune",
        ),
        ({"genre": "CIRQUE"}, "Choisissez une réponse de la liste."),
        ({"jour": "7"}, "Choisissez une réponse de la liste."),
        ({"rythme": "annee"}, "Choisissez une réponse de la liste."),
        ({"rythme": "mois", "rang": "6"}, "Choisissez une réponse de la liste."),
        ({"conseiller": ""}, "Choisissez un conseiller."),
    ],
)
def test_what_cannot_be_is_said_beside_the_answer(
    team: Team, answers: dict[str, Any], said: str
) -> None:
    client = team.client("coordinator")
    given = {
        "conseiller": str(team.subjects["counsellor_id"][0]), "genre": "PERMANENCE",
        "lieu": venues(team), "jour": "5", "de": "9 h", "a": "12h", "du": "28/11/2026",
    }  # fmt: skip
    token = soup_of(client.get("/agents/horaires/nouveau").text).select_one('[name="csrf_token"]')
    data = {**given, **answers, "csrf_token": token["value"]}
    for path in ("apercu", "enregistrer"):
        refused = client.post(f"/agents/horaires/{path}", data=data)
        assert refused.status_code == 422
        assert said in text_of(refused.text)


def test_overlapping_hours_are_refused_with_the_other_place(team: Team) -> None:
    client, rule = team.client("coordinator"), own_rule(team)
    refused = new_hours(
        client, team, lieu=venues(team), jour=str(rule.weekday), du="2027-01-04",
        de=f"{rule.from_time:%H:%M}", a=f"{rule.to_time:%H:%M}",
    )  # fmt: skip
    assert refused.status_code == 409
    assert f"{rule.counsellor} est déjà là à ces heures" in text_of(refused.text)
    assert rule.place in text_of(refused.text)


def test_visits_every_three_weeks_and_once_a_month_are_told_in_words(team: Team) -> None:
    client = team.client("coordinator")
    visits = new_hours(
        client, team, genre="HOME_VISITS", communes="breuillet", rythme="semaines", semaines="3",
        accueil="2",
    )  # fmt: skip
    client.submit(visits, "Enregistrer")
    monthly = new_hours(
        client, team, lieu=venues(team), rythme="mois", rang="-1", de="14:00", a="17:00",
        au="2027-06-30",
    )  # fmt: skip
    client.submit(monthly, "Enregistrer")
    listed = text_of(client.get("/agents/horaires").text)
    assert "Le samedi, toutes les 3 semaines, de 9 h à midi" in listed
    assert "Visites à domicile : Breuillet" in listed
    assert "places gardées pour le téléphone jusqu’à 2 jours avant" in listed
    assert "Le dernier samedi du mois, de 14 h à 17 h" in listed
    with team.session() as session:
        rows = session.scalars(select(Availability).where(Availability.weekday == 5)).all()
        for row in rows:
            page = client.get(f"/agents/horaires/plage/{row.id}")
            assert soup_of(page.text).select_one('[name="rythme"][checked]')["value"] != "semaine"


def test_spaces_are_no_number_and_the_fifth_of_the_month_stays_the_fifth(team: Team) -> None:
    client, given = team.client("coordinator"), {"lieu": venues(team), "semaines": " "}
    fifth = new_hours(client, team, **given, rythme="mois", rang="5", accueil=" ")
    assert client.submit(fifth, "Enregistrer").status_code == 303
    assert "Le cinquième samedi du mois" in text_of(client.get("/agents/horaires").text)
    with team.session() as session:
        rule_id = next(each.id for each in list_rules(session, now=NOW) if each.nth == 5)
    form = client.get(f"/agents/horaires/plage/{rule_id}")
    shown = client.submit(form, PREVIEW, du="2027-01-04", a="11:00")
    assert client.submit(shown, "Enregistrer").status_code == 303
    assert "Le cinquième samedi du mois, de 9 h à 11 h" in text_of(
        client.get("/agents/horaires").text
    )
    blank = new_hours(client, team, **given, rythme="semaines", de="14:00", a="17:00")
    assert client.submit(blank, "Enregistrer").status_code == 303
    assert "toutes les 2 semaines, de 14 h à 17 h" in text_of(client.get("/agents/horaires").text)


def test_a_colleague_and_a_road_are_told(team: Team) -> None:
    client, rule = team.client("coordinator"), own_rule(team)
    first = new_hours(client, team, lieu=venues(team))
    client.submit(first, "Enregistrer")
    other = str(team.subjects["counsellor_id"][1])
    shown = new_hours(client, team, lieu=venues(team), conseiller=other)
    assert f"{rule.counsellor} tient déjà une permanence à cette heure" in text_of(shown.text)
    with team.session() as session:
        far = next(
            each.venue_slug
            for each in list_rules(session, now=NOW)
            if each.venue_slug and each.venue_slug != venues(team)
        )
    road = new_hours(client, team, lieu=far, de="12:01", a="14:00")
    assert "minutes de route depuis" in text_of(road.text)
    assert "Premier horaire possible :" in text_of(road.text)
    after = new_hours(client, team, lieu=far, de="07:00", a="08:59")
    assert "minutes de route depuis" in text_of(after.text)


def test_one_date_is_skipped_added_or_the_last(team: Team) -> None:
    client, rule = team.client("coordinator"), own_rule(team)
    day = rule.next_dates[2]
    address = f"/agents/horaires/plage/{rule.id}/dates"
    shown = client.submit(client.get(address), PREVIEW, acte="sauter", jour=day.isoformat())
    assert "Ce changement ne touche aucun rendez-vous." in text_of(shown.text)
    assert client.submit(shown, "Enregistrer").status_code == 303
    assert "Dates sautées :" in text_of(client.get("/agents/horaires").text)
    twice = client.submit(shown, "Enregistrer")
    assert twice.status_code == 409
    again = client.submit(client.get(address), PREVIEW, acte="sauter", jour=day.isoformat())
    assert again.status_code == 409
    missing = client.submit(client.get(address), PREVIEW, acte="ajouter", jour="")
    assert "Écrivez la date." in text_of(missing.text)
    token = soup_of(missing.text).select_one('[name="csrf_token"]')["value"]
    empty = client.post(f"{address}/enregistrer", data={"csrf_token": token})
    assert empty.status_code == 422
    sunday = "2026-12-06"
    extra = client.submit(client.get(address), PREVIEW, acte="ajouter", jour=sunday)
    client.submit(extra, "Enregistrer")
    assert "Dates ajoutées : dimanche 6 décembre" in text_of(client.get("/agents/horaires").text)
    end = client.submit(client.get(address), PREVIEW, acte="fin", jour="2027-02-01")
    client.submit(end, "Enregistrer")
    assert "jusqu’au lundi 1er février 2027" in text_of(client.get("/agents/horaires").text)


def test_a_forged_availability_is_not_found(team: Team) -> None:
    client = team.client("coordinator")
    token = soup_of(client.get("/agents/horaires/nouveau").text).select_one('[name="csrf_token"]')
    given = {
        "conseiller": str(team.subjects["counsellor_id"][0]), "lieu": venues(team), "de": "9h",
        "a": "12h", "du": "28/11/2026", "csrf_token": token["value"],
    }  # fmt: skip
    for plage in ("999999", "x"):
        data = {**given, "plage": plage, "version": "1"}
        refused = client.post("/agents/horaires/enregistrer", data=data)
        assert refused.status_code == 404
    assert client.get("/agents/horaires/plage/999999/dates").status_code == 404


def test_an_unknown_act_never_means_to_skip_the_date(team: Team) -> None:
    client = team.client("coordinator")
    form = client.get(f"/agents/horaires/plage/{own_rule(team).id}/dates")
    refused = client.submit(form, PREVIEW, acte="oublier", jour="2026-11-30")
    assert refused.status_code == 422
    assert "Choisissez une réponse de la liste." in text_of(refused.text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9 h 30", time(9, 30)), ("09:30", time(9, 30)), ("9h", time(9)), ("14", time(14))],
)
def test_hours_are_read_as_people_type_them(typed: str, read: time) -> None:
    assert read_clock(typed) == read
