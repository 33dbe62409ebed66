"""Booking for somebody else: who helps is asked too, and may answer for both."""

import pytest
import time_machine

from app.domain.appointment import HelperRelation, Recipient
from app.models.appointment import Appointment, Resident
from tests.support.booking_walk import (
    FOR_ANOTHER,
    HELPER,
    PERSON,
    READING_S,
    VISIT,
    booked,
    confirm,
    errors,
    one,
    press,
    rows,
    said,
    to_check,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

UNREADABLE = "Nous ne pouvons pas lire ce nom. Écrivez-le avec des lettres seulement."
INCOMPLETE = (
    "Ce numéro de téléphone est incomplet. Il faut 10 chiffres, par exemple 06 39 98 12 34."
)
FAULTS: list[tuple[dict[str, str], list[str]]] = [
    ({"aidant_nom": ""}, ["Écrivez votre nom : vous aidez cette personne."]),
    ({"aidant_nom": "=1"}, [UNREADABLE]),
    (
        {"aidant_telephone": ""},
        ["Écrivez votre numéro de téléphone : vous aidez cette personne."],
    ),
    ({"aidant_telephone": "06 39 98 00 02 03"}, ["Ce numéro de téléphone a trop de chiffres."]),
    ({"aidant_lien": ""}, ["Choisissez votre lien avec cette personne."]),
    ({"aidant_lien": "PATRON"}, ["Choisissez votre lien avec cette personne."]),
    ({"destinataire": "FACTEUR"}, ["Choisissez à qui envoyer les messages."]),
    ({"accord": ""}, ["Cochez la case si la personne est d’accord."]),
    ({"telephone": "06"}, [INCOMPLETE]),
    ({"telephone": ""}, ["Écrivez le numéro de téléphone de la personne."]),
    ({"prenom": ""}, ["Écrivez le prénom de la personne."]),
    ({"nom": ""}, ["Écrivez le nom de la personne."]),
    (
        {"message": "EMAIL"},
        ["Écrivez l’adresse e-mail pour les messages, ou choisissez un autre moyen."],
    ),
    (
        {"telephone": "", "destinataire": "HELPER", "aidant_telephone": "05 36 49 00 10"},
        ["Nous ne pouvons pas envoyer de SMS à un téléphone fixe. Choisissez un autre moyen."],
    ),
]  # fmt: skip


def test_the_page_asks_about_both(visitor: PageClient) -> None:
    page = visitor.get(FOR_ANOTHER)
    for wanted in (
        "La personne qui a besoin d’aide",
        "Téléphone (facultatif)",
        "Adresse e-mail pour les messages (facultatif)",
        "La vôtre, si les messages viennent à vous. Sinon, celle de la personne.",
        "Votre nom",
        "Votre téléphone",
        "Quel est votre lien avec cette personne ?",
        "Un proche Un voisin ou un ami Une aide à domicile Un professionnel",
        "À qui envoyer les messages ? À la personne À moi",
        "La personne est d’accord.",
    ):  # fmt: skip
        assert wanted in said(page)


def test_each_fault_has_its_sentence_and_all_answers_stay(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    hidden = typed(visitor.get(FOR_ANOTHER))
    monday.shift(READING_S)
    address = FOR_ANOTHER.replace("coordonnees", "verifier")
    for answers, sentences in FAULTS:
        given = {**hidden, **PERSON, **HELPER, **answers}
        response = visitor.post(address, data=given)
        assert (response.status_code, errors(response)) == (422, sentences), answers
        shown = typed(response)
        for name in ("prenom", "nom", "telephone", "aidant_nom", "aidant_telephone"):
            assert shown[name] == given[name], answers
        assert shown.get("accord", "") == given["accord"]


@pytest.mark.both_databases
def test_a_helper_books_and_is_written_down_beside_the_person(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday, FOR_ANOTHER, destinataire="HELPER")
    assert (
        rows(check).items()
        >= {
            "La personne qui a besoin d’aide": "Rose Serin",
            "Téléphone": "06 39 98 00 01",
            "Vous": "Marc Serin 06 39 98 00 02 Un proche",
            "Messages": "Par SMS (message sur votre téléphone portable) À moi",
        }.items()
    )
    again = press(visitor, check, "Modifier vos réponses")
    assert typed(again).items() >= {**PERSON, **HELPER, "destinataire": "HELPER"}.items()
    done = confirm(visitor, visitor.submit(again, "Continuer"))
    assert page_of(done).h1 == "Votre rendez-vous est confirmé"
    assert one(presquile, Appointment.helper_name) == "Marc Serin"
    assert one(presquile, Appointment.helper_phone) == "+33639980002"
    assert one(presquile, Appointment.helper_relation) is HelperRelation.RELATIVE
    assert one(presquile, Appointment.message_to) is Recipient.HELPER
    assert one(presquile, Resident.phone) == "+33639980001"


def test_the_person_needs_no_phone_where_the_helper_has_one(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday, FOR_ANOTHER, telephone="", destinataire="HELPER")
    assert one(presquile, Resident.phone) is None


def test_the_check_page_says_where_the_e_mails_go(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    given = {"message": "EMAIL", "email": "marc@exemple.test", "destinataire": "HELPER"}
    check = to_check(visitor, monday, FOR_ANOTHER, **given)
    assert rows(check)["Adresse e-mail pour les messages"] == "marc@exemple.test"
    assert rows(check)["Messages"] == "Par e-mail À moi"
    confirm(visitor, check)
    assert one(presquile, Appointment.message_to) is Recipient.HELPER
    english = visitor.get(f"/en{FOR_ANOTHER.replace('11-24', '12-01')}")
    assert "E-mail address for the messages (optional)" in said(english)


def test_the_limit_counts_the_phone_of_the_helper_too(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    for hour in ("09:00", "09:45"):
        address = FOR_ANOTHER.replace("09:00", hour)
        booked(visitor, monday, address, telephone="", destinataire="HELPER")
    check = to_check(
        visitor,
        monday,
        FOR_ANOTHER.replace("09:00", "10:30"),
        telephone="",
        destinataire="HELPER",
    )
    refused = press(visitor, check, "Confirmer le rendez-vous")
    assert refused.status_code == 409
    assert errors(refused)[0].startswith("Nous ne pouvons pas prendre un autre rendez-vous")
    assert typed(refused)["aidant_nom"] == "Marc Serin"


def test_a_visit_for_somebody_else_needs_their_phone(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    address = f"{VISIT}&pour=autre"
    refused = to_check(visitor, monday, address, telephone="")
    assert errors(refused) == ["Écrivez le numéro de téléphone de la personne."]
    check = visitor.submit(refused, "Continuer", telephone=PERSON["telephone"])
    assert rows(check).keys() >= {"Adresse", "Vous", "Appel avant la visite"}
    confirm(visitor, check)
    assert one(presquile, Appointment.address_line1) == "12 impasse du Moulin"


def test_answers_of_a_helper_do_not_slip_into_an_ordinary_booking(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    confirm_address = str(page_of(check).soup.select_one("main form")["action"])
    visitor.post(confirm_address, data={**typed(check), **HELPER})
    assert one(presquile, Appointment.helper_name) is None
