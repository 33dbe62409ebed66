"""Change the date: the old time is kept until the new one is saved."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import text, update

from app import extensions
from app.models.appointment import AppointmentEvent
from app.models.places import Commune
from tests.support.booking_walk import (
    DETAILS,
    PERSON,
    VISIT,
    booked,
    change,
    count,
    dump,
    errors,
    follow,
    number_of,
    press,
    rows,
    said,
    set_settings,
    times,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.silence import locked

NEW = "debut=2026-11-26T09:00&lieu=mairie-breuillet"
CONFIRM = "Confirmer le changement"
TOO_OFTEN = (
    "Vous avez changé la date plusieurs fois. Attendez une heure ou appelez le 05 36 49 00 00."
)


@pytest.fixture
def token(visitor: PageClient, monday: time_machine.Traveller) -> str:
    """Tuesday 24 November at 9 h in Breuillet."""
    return booked(visitor, monday)


@pytest.mark.both_databases
def test_an_appointment_is_moved_in_three_pages(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    before = dump(presquile)
    shown = visitor.get(f"/r/{token}/date")
    assert "Votre rendez-vous actuel Mardi 24 novembre à 9 h, Mairie de Breuillet" in said(shown)
    assert "Il est gardé jusqu’à votre confirmation." in said(shown)
    check = follow(visitor, shown, "9 h, jeudi 26 novembre, Mairie de Breuillet")
    assert page_of(check).h1 == "Vérifiez le changement"
    assert rows(check) == {
        "Ancien": "Mardi 24 novembre à 9 h, Mairie de Breuillet",
        "Nouveau": "Jeudi 26 novembre à 9 h, Mairie de Breuillet",
    }
    assert dump(presquile) == before
    number = number_of(visitor.get(f"/r/{token}"))
    response = press(visitor, check, CONFIRM)
    assert response.status_code == 303
    done = visitor.get(response.location)
    assert page_of(done).h1 == "La date est changée"
    assert "Jeudi 26 novembre à 9 h" in said(done)
    assert number_of(done) == number
    assert (count(presquile), count(presquile, AppointmentEvent)) == (1, 2)
    assert "9 h, mardi 24 novembre" in times(visitor.get(DETAILS.replace("coordonnees", "heure")))


def test_the_times_are_filtered_and_turned_over(visitor: PageClient, token: str) -> None:
    shown = visitor.get(f"/r/{token}/date")
    later = follow(visitor, shown, "Voir les dates suivantes")
    assert times(later)[0] == "9 h, mardi 1er décembre, Mairie de Breuillet"
    assert follow(visitor, later, "Plutôt le matin").status_code == 200
    none = follow(visitor, shown, "Plutôt l’après-midi")
    assert "pas d’heure libre l’après-midi avant le vendredi 22 janvier 2027." in said(none)
    assert times(follow(visitor, none, "Voir toute la journée")) == times(shown)
    assert "Appeler le 05 36 49 00 00" in said(none)
    near = follow(visitor, shown, "Voir aussi les communes voisines")
    assert times(near)
    assert page_of(follow(visitor, near, "Retour")).path == f"/r/{token}/date"
    assert rows(follow(visitor, near, times(near)[0]))["Nouveau"].startswith("Jeudi 26 novembre")


def test_the_time_that_one_has_is_told_and_not_offered(visitor: PageClient, token: str) -> None:
    shown = visitor.get(f"/r/{token}/date")
    assert "9 h votre heure actuelle" in said(shown)
    assert "9 h, mardi 24 novembre, Mairie de Breuillet" not in times(shown)
    assert times(shown)[0].endswith("mardi 24 novembre, Mairie de Breuillet"), "others are"
    assert "actuelle" not in said(visitor.get(f"/r/{token}/date?voisines=oui"))


def test_no_neighbour_free_says_so(presquile: Database, visitor: PageClient, token: str) -> None:
    change(presquile, text("DELETE FROM availability"))
    near = visitor.get(f"/r/{token}/date?voisines=oui")
    assert "Il n’y a pas de rendez-vous libre dans les communes voisines." in said(near)
    none = visitor.get(f"/r/{token}/date")
    assert "Il n’y a plus d’autre date libre avant le vendredi 22 janvier 2027." in said(none)
    in_part = visitor.get(f"/r/{token}/date?voisines=oui&moment=matin")
    assert "pas d’heure libre le matin dans les communes voisines." in said(in_part)


def test_a_visit_is_moved_to_another_window(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday, VISIT)
    shown = visitor.get(f"/r/{token}/date?voisines=oui")
    assert page_of(shown).h1 == "Quand pouvons-nous venir ?"
    assert "voisines" not in said(shown)
    check = follow(visitor, shown, times(shown)[-1])
    assert "entre" in rows(check)["Nouveau"]
    assert visitor.get(press(visitor, check, CONFIRM).location).status_code == 200
    assert count(presquile, AppointmentEvent) == 2


def test_somebody_of_another_commune_sees_all_places(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, other_commune="allow")
    token = booked(visitor, monday, DETAILS.replace("commune=breuillet", "commune=autre"))
    shown = visitor.get(f"/r/{token}/date")
    check = follow(visitor, shown, times(shown)[0])
    assert press(visitor, check, CONFIRM).status_code == 303


def test_a_time_taken_meanwhile_leaves_the_old_one(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    check = visitor.get(f"/r/{token}/date/verifier?{NEW}")
    booked(visitor, monday, f"{DETAILS.partition('&debut')[0]}&{NEW}", telephone="06 39 98 00 09")
    before = dump(presquile)
    response = press(visitor, check, CONFIRM)
    assert response.status_code == 409
    assert errors(response) == [
        "Cette heure vient d’être prise par une autre personne. Choisissez une autre heure."
    ]
    assert "Votre rendez-vous actuel est gardé : mardi 24 novembre à 9 h." in said(response)
    assert len(times(response)) == 3
    assert dump(presquile) == before
    again = follow(visitor, response, times(response)[0])
    assert press(visitor, again, CONFIRM).status_code == 303
    assert follow(visitor, response, "Voir toutes les heures").status_code == 200


def test_a_forged_time_is_refused_and_nothing_changes(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    form = typed(visitor.get(f"/r/{token}/date/verifier?{NEW}"))
    before = dump(presquile)
    for forged in (
        {"debut": "2026-11-26T09:07"},
        {"debut": "2026-11-26T22:00"},
        {"debut": "2026-11-17T09:00"},
        {"debut": "2027-06-01T09:00"},
        {"lieu": "mairie-arvert"},
        {"lieu": "nulle-part\x00"},
        {"lieu": ""},
    ):
        query = {"debut": form["debut"], "lieu": form["lieu"], **forged}
        assert visitor.get(f"/r/{token}/date/verifier", query_string=query).status_code == 409
        assert visitor.post(f"/r/{token}/changement", data={**form, **forged}).status_code == 409
    for missing in ("", "demain", "\x00", "9999-12-31T23:59"):
        to_times = visitor.get(f"/r/{token}/date/verifier?debut={missing}")
        assert to_times.location == f"/r/{token}/date"
        sent = visitor.post(f"/r/{token}/changement", data={**form, "debut": missing})
        assert sent.location == f"/r/{token}/date"
    assert visitor.post(f"/r/{token}/changement", data={}).status_code == 303
    extra = {"topic_minutes": "5", "counsellor_id": "2", "commune_id": "1", "status": "CANCELLED"}
    assert dump(presquile) == before
    assert visitor.post(f"/r/{token}/changement", data={**form, **extra}).status_code == 303
    moved = dump(presquile)["engagement"]
    assert "2026, 11, 26, 8, 0" in moved[0]
    assert "2026, 11, 26, 8, 45" in moved[0]


def test_too_late_to_move_says_what_is_left(
    visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    check = visitor.get(f"/r/{token}/date/verifier?{NEW}")
    monday.move_to("2026-11-24 07:00+00:00")
    for response in (visitor.get(f"/r/{token}/date"), press(visitor, check, CONFIRM)):
        assert response.status_code == 409
        assert "Votre rendez-vous est dans moins de 2 heures." in said(response)
        assert "Vous pouvez encore l’annuler ici." in said(response)


def test_two_tabs_the_second_move_wins_and_the_page_says_where_it_is(
    visitor: PageClient, token: str
) -> None:
    first = visitor.get(f"/r/{token}/date/verifier?{NEW}")
    second = visitor.get(f"/r/{token}/date/verifier?{NEW.replace('T09:00', 'T09:45')}")
    press(visitor, first, CONFIRM)
    done = visitor.get(press(visitor, second, CONFIRM).location)
    assert "Jeudi 26 novembre à 9 h 45" in said(done)


def test_a_cookie_lost_costs_one_more_press(visitor: PageClient, token: str) -> None:
    check = visitor.get(f"/r/{token}/date/verifier?{NEW}")
    visitor.delete_cookie("coclico")
    lost = press(visitor, check, CONFIRM)
    assert lost.status_code == 422
    assert rows(lost) == rows(check)
    assert press(visitor, lost, CONFIRM).status_code == 303


def test_while_the_database_is_locked_the_new_time_stays_on_the_page(
    presquile: Database, visitor: PageClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 20)
    with visitor.application.app_context():
        extensions.db.engine.dispose()
    check = visitor.get(f"/r/{token}/date/verifier?{NEW}")
    with locked(presquile):
        response = press(visitor, check, CONFIRM)
        assert response.status_code == 503
        assert rows(response) == rows(check)
    assert press(visitor, response, CONFIRM).status_code == 303


def test_somebody_whose_commune_left_may_still_move(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    gone = update(Commune).where(Commune.slug == "breuillet").values(active_until=date(2026, 11, 1))
    change(presquile, gone)
    assert CONFIRM not in visitor.get(f"/r/{token}/date/verifier?{NEW}").text  # nobody comes there
    page = visitor.get(f"/r/{token}/date?voisines=oui")
    link = page_of(page).soup.select_one("a.time")
    assert link
    check = visitor.get(str(link["href"]))
    assert press(visitor, check, CONFIRM).status_code == 303


def test_moving_does_not_count_in_the_limit(
    visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    booked(visitor, monday, DETAILS.replace("T09:00", "T09:45"), **PERSON)
    assert (
        press(visitor, visitor.get(f"/r/{token}/date/verifier?{NEW}"), CONFIRM).status_code == 303
    )


def test_a_date_is_not_changed_for_ever(visitor: PageClient, token: str) -> None:
    for rank in range(5):
        hour = ("T09:45", "T09:00")[rank % 2]
        check = visitor.get(f"/r/{token}/date/verifier?{NEW.replace('T09:00', hour)}")
        assert press(visitor, check, CONFIRM).status_code == 303
    check = visitor.get(f"/r/{token}/date/verifier?{NEW.replace('T09:00', 'T10:30')}")
    refused = press(visitor, check, CONFIRM)
    assert (refused.status_code, errors(refused)) == (429, [TOO_OFTEN])
    assert refused.headers["Retry-After"] == str(60 * 60)
    assert rows(refused) == rows(check)


def test_in_english_too(visitor: PageClient, token: str) -> None:
    check = visitor.get(f"/en/r/{token}/date/verifier?{NEW}")
    assert "Thursday 26 November at 9 am" in said(check)
    shown = visitor.get(f"/en/r/{token}/date")
    assert "9 am your current time" in said(shown)
    assert times(shown)[0].startswith("9.45 am, Tuesday 24 November")
    form = page_of(check).soup.select_one("main form")
    assert form is not None
    moved = visitor.post(str(form["action"]), data=typed(check))
    assert moved.location.startswith(f"/en/r/{token}")


def test_from_a_day_on_nothing_is_said_of_the_days_before(visitor: PageClient, token: str) -> None:
    shown = visitor.get(f"/r/{token}/date?des=2100-12-31")
    told = "Il n’y a plus d’autre date libre à partir du vendredi 31 décembre 2100."
    assert told in said(shown)
    assert times(follow(visitor, shown, "Voir les premières dates"))
