"""A home visit: asked first whether the person can come, then the same questions and an address."""

import pytest
import time_machine
from sqlalchemy import text

from app.domain.appointment import CallTime, PlaceKind
from app.models.appointment import Appointment, CallTask
from tests.support.booking_walk import (
    ADDRESS,
    DETAILS,
    HOME,
    PERSON,
    READING_S,
    VISIT,
    booked,
    change,
    confirm,
    count,
    errors,
    follow,
    number_of,
    one,
    parameters,
    press,
    rows,
    said,
    set_settings,
    times,
    to_check,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

TIMES = f"/visite-a-domicile/heure?{ADDRESS}"
CAN_COME = "Pouvez-vous venir à la permanence ?"


def test_the_first_question_is_whether_the_person_can_come(visitor: PageClient) -> None:
    page = visitor.get("/visite-a-domicile")
    assert page_of(page).h1 == CAN_COME
    assert "Étape 1 sur 6" in said(page)
    assert "Nous ne demandons pas de raison médicale." in said(page)
    assert visitor.submit(page, deplacement="oui").location == "/rendez-vous"
    commune = visitor.get(visitor.submit(page, deplacement="non").location)
    assert "Étape 2 sur 6" in said(commune)
    assert page_of(follow(visitor, commune, "Retour")).h1 == CAN_COME
    refused = press(visitor, page, "Continuer")
    assert (refused.status_code, errors(refused)) == (422, ["Choisissez une réponse."])
    assert visitor.get("/visite-a-domicile?deplacement=peut-être").status_code == 200


def test_what_was_answered_before_is_kept(visitor: PageClient) -> None:
    page = visitor.get(f"/visite-a-domicile?{ADDRESS}&pour=autre")
    for answer, path in (("non", "/visite-a-domicile/heure"), ("oui", "/rendez-vous/heure")):
        shown = visitor.get(
            visitor.submit(page, deplacement=answer).location, follow_redirects=True
        )
        assert shown.request.path == path
        assert parameters(shown.request.full_path) == parameters(f"?{ADDRESS}&pour=autre")
    back = follow(visitor, shown, "J’ai du mal à me déplacer")
    assert parameters(back.request.full_path) == parameters(f"?{ADDRESS}&pour=autre")


def test_the_questions_lead_to_windows_that_can_be_kept(visitor: PageClient) -> None:
    commune = visitor.get("/visite-a-domicile/commune")
    topic = visitor.get(visitor.submit(commune, commune="breuillet").location)
    assert "Étape 3 sur 6" in said(topic)
    shown = visitor.get(visitor.submit(topic, besoin="motdepasse").location)
    assert page_of(shown).h1 == "Quand pouvons-nous venir ?"
    assert "Étape 4 sur 6" in said(shown)
    assert "Chez vous, à Breuillet Durée : 45 minutes." in said(shown)
    first = "entre 13 h 30 et 14 h, mercredi 25 novembre"
    assert times(shown)[0] == first
    assert "voisines" not in said(shown)
    assert "24 novembre" not in said(shown), "visits are called about first: two working days"
    contact = follow(visitor, shown, first)
    assert "lieu" not in parameters(contact.request.full_path)


def test_neighbours_have_no_meaning_for_a_visit(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    assert times(visitor.get(f"{TIMES}&voisines=oui")) == times(visitor.get(TIMES))
    again = press(visitor, to_check(visitor, monday, f"{VISIT}&voisines=oui"), "Modifier l’heure")
    assert times(again) == times(visitor.get(TIMES))


def test_the_contact_page_asks_where_to_come(visitor: PageClient) -> None:
    page = visitor.get(VISIT)
    assert "Étape 5 sur 6" in said(page)
    asked = [str(field["name"]) for field in page_of(page).soup.select("main input[type=text]")]
    assert asked[:3] == ["site_web", "adresse", "complement"]
    for wanted in (
        "Adresse (numéro et rue, ou lieu-dit)",
        "Bâtiment, étage, appartement (facultatif)",
        "Ne mettez pas de code d’entrée ici : nous le demanderons par téléphone.",
        "Commune 17920 Breuillet",
        "Nous vous appelons avant la visite.",
        "Quand peut-on vous appeler ? Le matin L’après-midi Peu importe",
    ):
        assert wanted in said(page)
    for line in ("1", "2"):
        assert page_of(page).soup.select_one(f"input[autocomplete=address-line{line}]")


def test_an_address_that_cannot_be_one_is_asked_again(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    hidden = typed(visitor.get(VISIT))
    monday.shift(READING_S)
    address = VISIT.replace("coordonnees", "verifier")
    for answers, sentence in (
        ({"adresse": ""}, "Écrivez l’adresse où nous pouvons venir."),
        ({"adresse": "a" * 151}, "Cette adresse est trop longue. Écrivez 150 lettres au plus."),
        (
            {"adresse": "<b>1 rue Haute</b>"},
            "Nous ne pouvons pas lire cette adresse. Écrivez des lettres et des chiffres.",
        ),
        (
            {"complement": "🏠\x07"},
            "Nous ne pouvons pas lire cette adresse. Écrivez des lettres et des chiffres.",
        ),
        ({"rappel": "JAMAIS"}, "Choisissez quand nous pouvons vous appeler."),
        ({"telephone": ""}, "Écrivez votre numéro de téléphone."),
    ):
        given = {**hidden, **PERSON, **HOME, **answers}
        response = visitor.post(address, data=given)
        assert (response.status_code, errors(response)) == (422, [sentence]), answers
        assert typed(response)["prenom"] == "Rose"


@pytest.mark.both_databases
def test_a_visit_is_booked_with_its_window_its_call_and_its_advice(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday, VISIT, complement="Étage 2, porte n° 4", rappel="MORNING")
    assert page_of(check).h1 == "Vérifiez votre visite"
    assert rows(check) == {
        "Date et heure": "Mercredi 25 novembre, entre 14 h et 14 h 30",
        "Adresse": "12 impasse du Moulin Étage 2, porte n° 4",
        "Commune": "17920 Breuillet",
        "Besoin": "Un mot de passe oublié ou un compte bloqué 45 minutes",
        "Nom": "Rose Serin",
        "Téléphone": "06 39 98 00 01",
        "Messages": "Par SMS (message sur votre téléphone portable)",
        "Appel avant la visite": "Le matin",
    }
    again = press(visitor, check, "Modifier l’adresse")
    assert typed(again)["complement"] == "Étage 2, porte n° 4"
    done = confirm(visitor, visitor.submit(again, "Continuer"))
    assert page_of(done).h1 == "Votre visite est enregistrée"
    assert number_of(done) == str(one(presquile, Appointment.reference))
    for wanted in (
        "Mercredi 25 novembre, entre 14 h et 14 h 30",
        "Chez vous, à Breuillet",
        "Nous vous appelons avant la visite pour la préparer.",
        "La personne qui vient montre sa carte professionnelle. Elle ne demande jamais d’argent.",
        "Ne donnez jamais votre code de carte bancaire.",
        "À préparer : téléphone, carnet de mots de passe",
    ):
        assert wanted in said(done)
    assert "Moulin" not in done.text, "whoever sees the link does not see the street"
    assert one(presquile, Appointment.place_kind) is PlaceKind.HOME
    assert one(presquile, Appointment.call_time) is CallTime.MORNING
    assert count(presquile, CallTask) == 1


def test_nobody_is_visited_in_another_commune(presquile: Database, visitor: PageClient) -> None:
    for setting in ("refuse", "allow"):
        set_settings(presquile, other_commune=setting)
        for path in (TIMES, VISIT, "/visite-a-domicile/commune?commune=breuillet"):
            address = path.replace("commune=breuillet", "commune=autre")
            response = visitor.get(address, follow_redirects=True)
            assert response.status_code == 200
            assert page_of(response).h1 == "Vous habitez dans une autre commune"
            assert "05 36 49 00 00" in said(response)


def test_no_visit_left_says_until_when(presquile: Database, visitor: PageClient) -> None:
    change(presquile, text("DELETE FROM availability"))
    shown = visitor.get(TIMES)
    assert "Il n’y a plus de visite libre avant le vendredi 22 janvier 2027." in said(shown)
    assert "Appeler le 05 36 49 00 00" in said(shown)
    assert "Voir les communes voisines" not in said(shown)


def test_a_venue_given_with_a_visit_is_forgotten(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday, f"{VISIT}&lieu=mairie-breuillet")
    assert one(presquile, Appointment.place_kind) is PlaceKind.HOME


def test_a_permanence_is_no_visit_nor_the_reverse(visitor: PageClient) -> None:
    """The hour of a permanence asked as a visit, and the other way round."""
    permanence_hour = f"/visite-a-domicile/coordonnees?{ADDRESS}&debut=2026-11-26T09:00"
    visit_hour = DETAILS.replace("2026-11-24T09:00", "2026-11-25T14:00")
    for address in (permanence_hour, visit_hour):
        response = visitor.get(address)
        assert response.status_code == 409
        assert errors(response) == ["Cette heure n’est plus proposée. Choisissez une autre heure."]


def test_an_english_visit_is_asked_in_english(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(f"/en{VISIT}")
    monday.shift(READING_S)
    check = visitor.submit(page, "Continue", **PERSON, **HOME)
    assert "Wednesday 25 November, between 2 pm and 2.30 pm" in said(check)
    form = page_of(check).soup.select_one("main form")
    assert form is not None
    done = visitor.get(visitor.post(str(form["action"]), data=typed(check)).location)
    assert "in Breuillet" in said(done)
    assert "à Breuillet" not in said(done)
