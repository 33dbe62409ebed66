"""The contact page: what it asks, what it refuses in which words, and that it loses nothing."""

import pytest
import time_machine

from tests.support.booking_walk import (
    CHECK,
    DETAILS,
    FOR_ANOTHER,
    PERSON,
    READING_S,
    errors,
    press,
    rows,
    said,
    set_settings,
    to_check,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

INCOMPLETE = (
    "Ce numéro de téléphone est incomplet. Il faut 10 chiffres, par exemple 06 39 98 12 34."
)
NOT_RIGHT = (
    "Ce numéro de téléphone n’est pas juste. Écrivez 10 chiffres, par exemple 06 39 98 12 34."
)
PREMIUM = "Nous ne pouvons pas appeler un numéro en 08. Écrivez un autre numéro de téléphone."
LANDLINE = "Nous ne pouvons pas envoyer de SMS à un téléphone fixe. Choisissez un autre moyen."
ABROAD = "Nous ne pouvons pas envoyer de SMS à un téléphone étranger. Choisissez un autre moyen."
MALFORMED = "Il manque une partie de l’adresse e-mail, par exemple nom@exemple.fr."
UNREADABLE = "Nous ne pouvons pas lire ce nom. Écrivez-le avec des lettres seulement."
TOO_LONG = "Ce nom est trop long. Écrivez 80 lettres au plus."

REFUSED: list[tuple[dict[str, str], str]] = [
    ({"prenom": ""}, "Écrivez votre prénom."),
    ({"prenom": "  \u00a0 "}, "Écrivez votre prénom."),
    ({"nom": ""}, "Écrivez votre nom."),
    ({"telephone": ""}, "Écrivez votre numéro de téléphone."),
    ({"telephone": "06 39 98 00"}, INCOMPLETE),
    ({"telephone": "06"}, INCOMPLETE),
    ({"telephone": "06 39 98 00 01 02"}, "Ce numéro de téléphone a trop de chiffres."),
    ({"telephone": "6" * 5_000}, "Ce numéro de téléphone a trop de chiffres."),
    ({"telephone": "zéro six"}, NOT_RIGHT),
    ({"telephone": "06 39 98 OO O1"}, NOT_RIGHT),
    ({"telephone": "++--"}, NOT_RIGHT),
    ({"telephone": "0890 12 34 56"}, PREMIUM),
    ({"telephone": "08 99 12 34 56"}, PREMIUM),
    ({"telephone": "05 36 49 00 10"}, LANDLINE),
    ({"telephone": "+44 7400 123456"}, ABROAD),
    ({"email": "rose"}, MALFORMED),
    ({"email": "rose@"}, MALFORMED),
    ({"email": "rose@exemple"}, MALFORMED),
    ({"email": "a" * 300 + "@exemple.fr"}, MALFORMED),
    ({"email": "rose@exemple.fr\r\nBcc: x@y.fr"}, MALFORMED),
    ({"message": "EMAIL"}, "Écrivez votre adresse e-mail, ou choisissez un autre moyen."),
    ({"message": "PIGEON"}, "Choisissez comment recevoir la confirmation."),
    ({"nom": "a" * 10_000}, TOO_LONG),
    ({"nom": "🌹" * 10_000}, TOO_LONG),
    ({"prenom": "Rose\x00"}, UNREADABLE),
    ({"prenom": "Rose\nSerin"}, UNREADABLE),
    ({"nom": "Ser\u202ein"}, UNREADABLE),
    ({"nom": "🌹"}, UNREADABLE),
    ({"nom": "=1+1"}, UNREADABLE),
    ({"nom": "<script>alert(1)</script>"}, UNREADABLE),
    ({"nom": '"><img src=x onerror=alert(1)>'}, UNREADABLE),
    ({"nom": "123"}, UNREADABLE),
]


def test_the_page_asks_little_and_says_why(visitor: PageClient) -> None:
    response = visitor.get(DETAILS)
    page = page_of(response)
    fields = page.soup.select("main input:not([type=hidden])")
    asked = [str(field["name"]) for field in fields if field["name"] != "site_web"]
    assert asked == ["prenom", "nom", "telephone", "email", *["message"] * 3]
    assert {str(field["name"]): field.get("autocomplete") for field in fields[1:5]} == {
        "prenom": "given-name",
        "nom": "family-name",
        "telephone": "tel",
        "email": "email",
    }
    checked = page.soup.select_one("input[name=message][checked]")
    assert checked is not None
    assert checked["value"] == "SMS"
    text = said(response)
    assert "Adresse e-mail (facultatif)" in text
    assert "*" not in text
    for wanted in (
        "Étape 4 sur 5",
        "Pour vous rappeler le rendez-vous et vous prévenir s’il change.",
        "Comment voulez-vous recevoir la confirmation et le rappel ?",
        "Ces informations servent seulement à vos rendez-vous.",
        "Elles sont effacées 12 mois après le dernier.",
        "Vous avez déjà un rendez-vous ? Retrouvez-le avec son numéro.",
    ):
        assert wanted in text


def test_each_fault_has_its_sentence_and_nothing_typed_is_lost(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    hidden = typed(visitor.get(DETAILS))
    monday.shift(READING_S)
    whole = {**hidden, **PERSON, "email": "rose@exemple.test", "message": "SMS"}
    for answers, sentence in REFUSED:
        given = whole | ({"email": ""} if "message" in answers else {}) | answers
        response = visitor.post(CHECK, data=given)
        assert response.status_code == 422, answers
        assert errors(response) == [sentence], answers
        for name in ("prenom", "nom", "telephone", "email"):
            shown = given[name].replace("\x00", "\ufffd").replace("\r\n", "\n")
            assert typed(response)[name].replace("\r\n", "\n") == shown, answers
        assert typed(response)["cle"] == given["cle"]


def test_all_faults_are_told_at_once_in_the_order_of_the_page(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    response = to_check(visitor, monday, prenom="", nom="", telephone="06", email="@")
    assert errors(response) == [
        "Écrivez votre prénom.", "Écrivez votre nom.", INCOMPLETE, MALFORMED
    ]  # fmt: skip
    assert "Il y a 4 erreurs" in said(response)
    assert page_of(response).title.startswith("Erreur\u00a0: ")
    assert page_of(response).soup.select_one("[autofocus]") is not None
    again = visitor.submit(response, "Continuer", **PERSON, email="")
    assert page_of(again).h1 == "Vérifiez votre rendez-vous"


WRITTEN = (
    "06.39.98.00.01",
    "0639980001",
    "+33 6 39 98 00 01",
    "0033 (0)6 39 98 00 01",
    "06\u00a039\u00a098-00/01",
)


def test_a_phone_is_read_however_it_is_written(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    for written in WRITTEN:
        response = to_check(visitor, monday, telephone=written)
        assert rows(response)["Téléphone"] == "06 39 98 00 01", written
        assert typed(response)["telephone"] == written, "not rewritten on the screen"


def test_a_landline_and_a_foreign_phone_are_fine_without_sms(
    visitor: PageClient, monday: time_machine.Traveller, presquile: Database
) -> None:
    for phone in ("05 36 49 00 10", "+44 7400 123456"):
        response = to_check(visitor, monday, telephone=phone, message="NONE")
        assert rows(response)["Messages"] == "Je note moi-même, pas de message"
    email = to_check(visitor, monday, message="EMAIL", email="rose@exemple.test")
    assert rows(email)["Adresse e-mail"] == "rose@exemple.test"
    set_settings(presquile, foreign_sms=True)
    assert rows(to_check(visitor, monday, telephone="+44 7400 123456"))


def test_names_of_people_are_names(visitor: PageClient, monday: time_machine.Traveller) -> None:
    for name in ("Anne-Marie", "D’Artagnan", "Nguyễn", "Zoë", "Ó Súilleabháin"):
        assert name in rows(to_check(visitor, monday, nom=name))["Nom"]


# ---- robots


@pytest.mark.parametrize(
    "trap",
    [
        "too fast",
        "honeypot",
        "no stamp",
        "a stamp of another site",
        "open since the day before",
    ],
)
def test_a_robot_is_asked_again_and_a_person_loses_nothing(
    visitor: PageClient, monday: time_machine.Traveller, trap: str
) -> None:
    page = visitor.get(DETAILS.replace("11-24", "12-01"))
    waits = {"too fast": 0, "open since the day before": 24 * 3600 + 1}
    monday.shift(waits.get(trap, READING_S))
    spoiled = {
        "honeypot": {"site_web": "https://x.example"},
        "no stamp": {"horodatage": ""},
        "a stamp of another site": {"horodatage": "contact.aaaaaa.bbbbbbbbbb"},
    }.get(trap, {})
    response = visitor.submit(page, "Continuer", **PERSON, **spoiled)
    assert response.status_code == 422
    assert errors(response) == ["Relisez vos réponses, puis appuyez encore sur « Continuer »."]
    assert typed(response).items() >= PERSON.items()
    assert typed(response)["site_web"] == ""
    monday.shift(READING_S)
    again = visitor.submit(response, "Continuer")
    assert page_of(again).h1 == "Vérifiez votre rendez-vous"


def test_one_second_is_too_fast_and_two_are_enough(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    for seconds, status in ((1, 422), (2, 200)):
        page = visitor.get(DETAILS)
        monday.shift(seconds)
        assert visitor.submit(page, "Continuer", **PERSON).status_code == status


def test_a_page_may_stay_open_for_a_day(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(DETAILS.replace("11-24", "12-01"))
    monday.shift(24 * 3600 - 1)
    assert visitor.submit(page, "Continuer", **PERSON).status_code == 200


# ---- for somebody else


def test_going_on_for_somebody_else_keeps_what_was_typed(visitor: PageClient) -> None:
    name = "Je prends ce rendez-vous pour une autre personne"
    other = press(visitor, visitor.get(DETAILS), name, prenom="Rose", telephone="06 39")
    assert other.status_code == 200
    assert typed(other)["prenom"] == "Rose"
    assert typed(other)["telephone"] == "06 39"
    assert "Quel est votre lien avec cette personne ?" in said(other)
    assert "pour=autre" in str(page_of(other).soup.select_one("main form")["action"])
    assert name not in said(other)


def test_the_other_language_of_an_answered_page_is_a_page(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    refused = to_check(visitor, monday, prenom="")
    switch = page_of(refused).soup.select_one("a[hreflang=en]")
    assert switch is not None
    english = visitor.get(str(switch["href"]))
    assert english.status_code == 200
    monday.shift(READING_S)
    bad = visitor.submit(english, "Continue", **PERSON | {"telephone": "06"})
    assert bad.status_code == 422
    assert "incomplet." not in said(bad)
    assert page_of(bad).title.startswith("Error:")


def test_for_another_the_browser_does_not_propose_the_helper(visitor: PageClient) -> None:
    soup = page_of(visitor.get(FOR_ANOTHER)).soup
    for name in ("prenom", "nom", "telephone", "email"):
        assert soup.select_one(f"input[name={name}][autocomplete=off]")
    assert soup.select_one("input[name=aidant_nom][autocomplete=name]")
    assert soup.select_one("input[name=aidant_telephone][autocomplete=tel]")
