"""A question asked again once the personal answers are typed: each of them comes along."""

import pytest
import time_machine
from sqlalchemy import update

from app.models.appointment import Appointment
from app.models.places import Commune
from tests.support.booking_walk import (
    CHECK,
    CONFIRM,
    DETAILS,
    FOR_ANOTHER,
    HELPER,
    PERSON,
    VISIT,
    change,
    confirm,
    count,
    errors,
    one,
    press,
    rows,
    said,
    times,
    to_check,
    typed,
    words,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW

MINE = {**PERSON, "email": "rose@exemple.test"}


def test_the_need_is_changed_from_the_check_page(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    question = press(visitor, to_check(visitor, monday, **MINE), "Modifier le besoin")
    assert page_of(question).h1 == "De quelle aide avez-vous besoin ?"
    assert typed(question).items() >= {**MINE, "besoin": "motdepasse"}.items(), "the one so far"
    submits = page_of(question).soup.select("main form button[type=submit]")
    assert [words(each) for each in submits] == ["Continuer", "Retour"], "Enter presses the first"
    assert page_of(press(visitor, question, "Retour")).h1 == "Vérifiez votre rendez-vous"
    hours = visitor.submit(question, "Continuer", besoin="demarche")
    assert page_of(hours).h1 == "Quel rendez-vous vous convient ?"
    assert "Durée : 1 heure." in said(hours), "another length, so another choice of times"
    check = press(visitor, hours, times(hours)[0])
    assert rows(check)["Besoin"].startswith("Une démarche sur Internet")
    assert rows(check)["Adresse e-mail"] == "rose@exemple.test"
    assert confirm(visitor, check).status_code == 200
    assert one(presquile, Appointment.topic_minutes) == 60


def test_the_place_is_changed_from_the_check_page(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    elsewhere = press(visitor, to_check(visitor, monday, **MINE), "Modifier le lieu")
    assert typed(elsewhere).items() >= MINE.items()
    check = press(visitor, elsewhere, times(elsewhere)[0])
    assert not rows(check)["Lieu"].startswith("Mairie de Breuillet")
    assert rows(check)["Nom"] == "Rose Serin"


def test_the_commune_of_a_visit_is_changed_from_the_check_page(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    question = press(visitor, to_check(visitor, monday, VISIT, **MINE), "Modifier la commune")
    assert page_of(question).h1 == "Dans quelle commune habitez-vous ?"
    kept = {**MINE, "adresse": "12 impasse du Moulin", "commune": "breuillet"}
    assert typed(question).items() >= kept.items()
    assert page_of(press(visitor, question, "Retour")).h1 == "Vérifiez votre visite"
    hours = visitor.submit(question, "Continuer", commune="arvert")
    assert page_of(hours).h1 == "Quand pouvons-nous venir ?"
    check = press(visitor, hours, times(hours)[0])
    assert rows(check)["Commune"] == "17530 Arvert"
    assert rows(check)["Adresse"] == "12 impasse du Moulin"
    assert "Chez vous, à Arvert" in said(confirm(visitor, check))
    assert one(presquile, Appointment.address_line1) == "12 impasse du Moulin"


@pytest.mark.parametrize("address", [DETAILS, VISIT])
def test_the_check_page_leads_back_to_the_contact_page(
    visitor: PageClient, monday: time_machine.Traveller, address: str
) -> None:
    contact = press(visitor, to_check(visitor, monday, address, **MINE), "Retour")
    assert page_of(contact).h1 == "Vos coordonnées"
    assert typed(contact).items() >= MINE.items()


def test_the_times_lead_back_to_the_check_page_then_to_the_need(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    hours = press(visitor, to_check(visitor, monday, **MINE), "Modifier l’heure")
    check = press(visitor, hours, "Retour")
    assert rows(check)["Date et heure"] == "Mardi 24 novembre à 9 h"
    question = press(visitor, check, "Modifier le besoin")
    hours = visitor.submit(question, "Continuer", besoin="demarche")
    again = press(visitor, hours, "Retour")
    assert page_of(again).h1 == "De quelle aide avez-vous besoin ?"
    assert typed(again).items() >= {**MINE, "besoin": "demarche"}.items()


def test_a_question_without_an_answer_is_asked_once_more(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday, **MINE))
    for name in ("commune", "besoin"):
        address = CHECK.replace("verifier", name)
        for value in ("", "jamais", "\x00"):
            asked = visitor.post(address, data={**form, "etape": name, name: value})
            assert asked.status_code == 422
            assert len(errors(asked)) == 1
            assert typed(asked).items() >= MINE.items()
    forged = visitor.post(CONFIRM, data={**form, "etape": "nom", "commune": "arvert"})
    assert forged.status_code == 303, "an unknown question changes nothing"


@pytest.mark.parametrize("step", ["coordonnees", "verifier", "confirmer", "heure"])
def test_a_commune_that_left_meanwhile_is_asked_again_with_all_answers_kept(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, step: str
) -> None:
    form = typed(to_check(visitor, monday, **MINE))
    change(
        presquile,
        update(Commune).where(Commune.slug == "breuillet").values(active_until=NOW.date()),
    )
    monday.shift(20 * 3600)
    response = visitor.post(DETAILS.replace("coordonnees", step), data=form)
    assert response.status_code == 422
    assert errors(response) == ["La commune de Breuillet ne participe plus à Coclic’O."]
    assert page_of(response).h1 == "Dans quelle commune habitez-vous ?"
    hours = visitor.submit(response, "Continuer", commune="arvert")
    assert page_of(hours).h1 == "Quel rendez-vous vous convient ?"
    check = press(visitor, hours, times(hours)[0])
    assert rows(check)["Lieu"].startswith("Mairie d’Arvert")
    assert rows(check)["Adresse e-mail"] == "rose@exemple.test"
    assert confirm(visitor, check).status_code == 200
    assert count(presquile) == 1


def test_who_helps_is_asked_about_the_person_and_may_go_back_to_book_for_oneself(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday, FOR_ANOTHER)
    question = press(visitor, check, "Modifier le besoin")
    assert page_of(question).h1 == "De quelle aide cette personne a-t-elle besoin ?"
    assert typed(question).items() >= HELPER.items()
    contact = press(visitor, press(visitor, check, "Retour"), "Je prends ce rendez-vous pour moi")
    assert page_of(contact).h1 == "Vos coordonnées"
    assert typed(contact).items() >= PERSON.items()
    assert "aidant_nom" not in typed(contact)
    page = visitor.get("/visite-a-domicile?pour=autre&etape=deplacement")
    assert page_of(page).h1 == "Cette personne peut-elle venir à la permanence ?"
    page = visitor.get("/rendez-vous?pour=autre&etape=commune")
    assert errors(page) == ["Choisissez la commune de la personne."]
