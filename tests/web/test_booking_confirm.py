"""The last page, the click that books, and what comes after it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from app.models.appointment import Appointment, Resident
from tests.support.booking_walk import (
    CONFIRM,
    DETAILS,
    PERSON,
    READING_S,
    booked,
    confirm,
    count,
    dump,
    errors,
    number_of,
    one,
    press,
    rows,
    said,
    times,
    to_check,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.site import MakeApp

PARIS = ZoneInfo("Europe/Paris")
AGAIN = "Relisez vos réponses, puis appuyez encore sur « Continuer »."
TAKEN = "Cette heure vient d’être prise par une autre personne. Choisissez une autre heure."
OTHER = {"prenom": "Paul", "telephone": "06 39 98 00 09"}
TEN = DETAILS.replace("T09:00", "T09:45")


# ---- the check page


def test_the_check_page_says_everything_and_saves_nothing(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    before = dump(presquile)
    check = to_check(visitor, monday)
    assert page_of(check).h1 == "Vérifiez votre rendez-vous"
    assert "Étape 5 sur 5" in said(check)
    assert rows(check) == {
        "Date et heure": "Mardi 24 novembre à 9 h",
        "Lieu": "Mairie de Breuillet 28 rue du Centre 17920 Breuillet",
        "Besoin": "Un mot de passe oublié ou un compte bloqué 45 minutes",
        "Nom": "Rose Serin",
        "Téléphone": "06 39 98 00 01",
        "Messages": "Par SMS (message sur votre téléphone portable)",
    }
    assert check.headers["Cache-Control"] == "no-store"
    assert page_of(check).soup.select_one("meta[name=robots][content=noindex]")
    assert dump(presquile) == before


def test_an_answer_is_changed_and_the_others_stay(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday, email="rose@exemple.test")
    for what in ("le nom", "le téléphone", "l’adresse e-mail", "les messages"):
        contact = press(visitor, check, f"Modifier {what}")
        assert (contact.status_code, errors(contact)) == (200, [])
        assert typed(contact).items() >= {**PERSON, "email": "rose@exemple.test"}.items()
    check = visitor.submit(contact, "Continuer", prenom="Rosa", message="EMAIL")
    assert rows(check)["Nom"] == "Rosa Serin"
    assert rows(check)["Messages"] == "Par e-mail"


def test_the_hour_is_changed_and_the_answers_come_along(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    again = press(visitor, to_check(visitor, monday), "Modifier l’heure")
    assert page_of(again).h1 == "Quel rendez-vous vous convient ?"
    assert "J’ai du mal à me déplacer" not in said(again), "a link would lose the answers"
    for step in ("Plutôt l’après-midi", "Voir toute la journée", "Voir les dates suivantes"):
        again = press(visitor, again, step)
        assert again.status_code == 200
        assert typed(again).items() >= PERSON.items(), step
    assert times(again)[0] == "9 h, mardi 1er décembre"
    back = press(visitor, again, "Retour")
    assert times(back)[0] == "9 h, mardi 24 novembre"
    near = press(visitor, back, "Voir aussi les communes voisines")
    assert times(near)[0] == "14 h, jeudi 26 novembre, Mairie de Chaillevette"
    check = press(visitor, near, times(near)[0])
    assert rows(check)["Date et heure"] == "Jeudi 26 novembre à 14 h"
    assert rows(check)["Lieu"].startswith("Mairie de Chaillevette")
    assert rows(check)["Nom"] == "Rose Serin"
    assert page_of(confirm(visitor, check)).h1 == "Votre rendez-vous est confirmé"


# ---- confirmed


@pytest.mark.both_databases
def test_the_click_books_and_leads_to_the_confirmation(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    response = press(visitor, to_check(visitor, monday), "Confirmer le rendez-vous")
    assert response.status_code == 303
    done = visitor.get(response.location)
    assert page_of(done).h1 == "Votre rendez-vous est confirmé"
    number = number_of(done)
    assert number == str(one(presquile, Appointment.reference))
    shown = f"{number[:3]} {number[3:]}"
    for wanted in (
        "Mardi 24 novembre à 9 h",
        "Mairie de Breuillet 28 rue du Centre, 17920 Breuillet",
        "rampe à gauche de l’entrée, salle au rez-de-chaussée.",
        "Avec un conseiller Coclic’O, 45 minutes",
        f"Numéro de rendez-vous {shown}",
        "À apporter : téléphone, carnet de mots de passe",
        "Imprimer",
        "Ajouter à mon agenda",
        "Changer ou annuler",
        "Vous ne pouvez pas venir ? Prévenez-nous : une autre personne pourra prendre la place.",
    ):
        assert wanted in said(done)
    assert "Vous recevez aussi une confirmation par SMS." in said(done)
    assert "Serin" not in done.text
    assert "06 39" not in said(done)
    assert done.headers["Cache-Control"] == "no-store"
    assert number_of(visitor.get(response.location)) == number, "from a bookmark"


def test_what_stays_in_capitals_stays_so(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday, DETAILS.replace("motdepasse", "emploi"))
    assert "À apporter : CV, identifiants" in said(visitor.get(f"/r/{token}"))
    token = booked(visitor, monday, DETAILS.replace("motdepasse", "telephone").replace("09", "10"))
    assert "À apporter : l’appareil, son chargeur" in said(visitor.get(f"/r/{token}"))


@pytest.fixture
def alone(presquile: Database, monday: time_machine.Traveller, make_app: MakeApp) -> PageClient:
    """The site with nobody to send its messages."""
    client = make_app(sms_url=None, smtp_url=None).test_client()
    assert isinstance(client, PageClient)
    return client


def test_no_message_is_offered_nor_promised_where_none_can_leave(
    alone: PageClient, monday: time_machine.Traveller
) -> None:
    page = alone.get(DETAILS)
    offered = [radio["value"] for radio in page_of(page).soup.select("input[name=message]")]
    assert offered == ["NONE"]
    forged = to_check(alone, monday, message="SMS")
    assert forged.status_code == 422
    assert errors(forged) == ["Choisissez comment recevoir la confirmation."]
    check = to_check(alone, monday)
    assert rows(check)["Messages"] == "Je note moi-même, pas de message"
    done = confirm(alone, check)
    assert "SMS" not in said(done)
    assert "Notez bien ce numéro, ou imprimez cette page." in said(done)


@pytest.mark.parametrize(
    ("message", "promise"),
    [
        ("SMS", "Vous recevez aussi une confirmation par SMS."),
        ("EMAIL", "Vous recevez aussi une confirmation par e-mail."),
        ("NONE", None),
    ],
)
def test_only_the_message_that_leaves_is_promised(
    visitor: PageClient, monday: time_machine.Traveller, message: str, promise: str | None
) -> None:
    address = DETAILS.replace("2026-11-24", "2026-11-26")
    check = to_check(visitor, monday, address, message=message, email="rose@exemple.test")
    done = confirm(visitor, check)
    assert "Notez bien ce numéro, ou imprimez cette page." in said(done)
    assert ("une confirmation par" in said(done)) == (promise is not None)
    assert (promise or "") in said(done)
    token = done.request.path.rsplit("/", 1)[1]
    assert "une confirmation par" not in said(visitor.get(f"/r/{token}"))
    assert ("Vous recevrez un" in said(done)) == (promise is not None)
    monday.move_to("2026-11-26 12:00")
    assert "Vous rece" not in said(visitor.get(done.request.path)), "it is over"


@pytest.mark.parametrize(
    ("day", "now", "promise"),
    [
        ("2026-11-26", "2026-11-23T10:00", "Vous recevrez un SMS le mardi 24 novembre."),
        ("2026-11-26", "2026-11-24T10:30", "Vous recevrez un SMS le mercredi 25 novembre."),
        ("2026-11-25", "2026-11-23T10:00", "Vous recevrez un SMS le mardi 24 novembre."),
        ("2026-11-24", "2026-11-23T10:00", None),
    ],
)
def test_the_promised_reminder_is_the_one_that_will_leave(
    visitor: PageClient, monday: time_machine.Traveller, day: str, now: str, promise: str | None
) -> None:
    monday.move_to(datetime.fromisoformat(now).replace(tzinfo=PARIS))
    address = DETAILS.replace("2026-11-24", day)
    if day == "2026-11-25":
        address = address.replace("breuillet", "les-mathes")
    assert "recevoir la confirmation et le rappel ?" in said(visitor.get(address))
    done = confirm(visitor, to_check(visitor, monday, address))
    assert ("Vous recevrez" in said(done)) == (promise is not None)
    assert (promise or "") in said(done)


# ---- twice


@pytest.mark.both_databases
def test_a_double_click_books_once_and_shows_the_same_confirmation(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    first = press(visitor, check, "Confirmer le rendez-vous")
    second = press(visitor, check, "Confirmer le rendez-vous")
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert (count(presquile), count(presquile, Resident)) == (1, 1)


def test_the_same_form_with_other_answers_is_asked_again(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    confirm(visitor, check)
    response = press(visitor, check, "Confirmer le rendez-vous", prenom="Rosa")
    assert response.status_code == 409
    assert errors(response) == [
        "Cette page a déjà servi pour un autre rendez-vous. Vérifiez, puis confirmez encore."
    ]
    assert typed(response)["cle"] != typed(check)["cle"]
    assert rows(response)["Nom"] == "Rosa Serin"
    assert count(presquile) == 1


@pytest.mark.parametrize("key", ["", ".", "1", "0" * 32, "0" * 32 + "." + "0" * 64, "\x00é" * 32])
def test_a_form_without_a_key_of_ours_goes_by_the_contact_page_again(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, key: str
) -> None:
    response = press(visitor, to_check(visitor, monday), "Confirmer le rendez-vous", cle=key)
    assert (response.status_code, errors(response)) == (422, [AGAIN])
    assert page_of(response).h1 == "Vos coordonnées"
    assert typed(response).items() >= PERSON.items()
    assert count(presquile) == 0
    check = visitor.submit(response, "Continuer")
    assert confirm(visitor, check).status_code == 200


def test_posting_straight_to_the_click_does_not_pass_the_trap(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    """A robot that never waited gets the contact page, whose two seconds start there."""
    token = typed(visitor.get("/mon-rendez-vous"))["csrf_token"]
    given = {**PERSON, "message": "SMS", "csrf_token": token, "site_web": "http://robot.test"}
    for _ in range(2):
        response = visitor.post(CONFIRM, data=given)
        assert (response.status_code, errors(response)) == (422, [AGAIN])
        assert typed(response)["site_web"] == ""
        given |= {"cle": typed(response)["cle"], "horodatage": typed(response)["horodatage"]}
    assert errors(visitor.submit(response, "Continuer")) == [AGAIN], "too fast"
    assert count(presquile) == 0
    monday.shift(READING_S)
    assert confirm(visitor, visitor.submit(response, "Continuer")).status_code == 200


# ---- in English


def test_an_english_booking_speaks_english_to_the_end(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(f"/en{DETAILS}")
    monday.shift(READING_S)
    check = visitor.submit(page, "Continue", **PERSON)
    assert check.status_code == 200
    assert "Tuesday 24 November at 9 am" in said(check)
    form = page_of(check).soup.select_one("main form")
    assert form is not None
    response = visitor.post(str(form["action"]), data=typed(check))
    assert response.location.startswith("/en/rendez-vous/confirme/")
    done = visitor.get(response.location)
    assert "Tuesday 24 November at 9 am" in said(done)
    assert "conseiller" not in said(done)
    assert one(presquile, Appointment.language) == "en"
