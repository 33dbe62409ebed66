"""Each refusal has its sentence: whole, plain, in both languages, and never about a person."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from app.domain import errors, survey_errors, waiting_errors, workshop_errors
from app.domain.errors import DomainError
from app.domain.staff_errors import EditedMeanwhile
from app.models.places import Territory
from app.web import staff_wording
from app.web.site import current_catalogue
from app.web.wording import SENTENCES, call_us, sentence
from app.web.workshop_wording import FOR_WORKSHOP
from tests.support.booking_walk import change
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.presquile import NOW
from tests.support.words import forbidden_words, long_sentences

PHONE = "05\u00a036\u00a049\u00a000\u00a000"
TOO_MANY_WORDS = 18
FOR_RESIDENTS = [kind for kind in SENTENCES if kind not in staff_wording.SENTENCES]
FACTS = {
    "by": "Camille", "at": "10 h", "colleague": "Karim", "place": "mairie de Breuillet",
    "minutes": 25, "first_at": "11 h", "low": 1, "high": 60, "name": "Karim", "date": "lundi",
    "problems": "Ce texte est trop long.",
}  # fmt: skip
"""What the sentences of the team are filled with."""
EXACT = {
    errors.CommuneMissing: "Choisissez votre commune.",
    errors.SlotTaken: (
        "Cette heure vient d’être prise par une autre personne. Choisissez une autre heure."
    ),
    errors.FirstNameMissing: "Écrivez votre prénom.",
    errors.LastNameMissing: "Écrivez votre nom.",
    errors.PhoneMissing: "Écrivez votre numéro de téléphone.",
    errors.PhoneIncomplete: (
        "Ce numéro de téléphone est incomplet. "
        "Il faut 10 chiffres, par exemple 06\u00a039\u00a098\u00a012\u00a034."
    ),
    errors.PhoneTooLong: "Ce numéro de téléphone a trop de chiffres.",
    errors.SmsToLandline: (
        "Nous ne pouvons pas envoyer de SMS à un téléphone fixe. Choisissez un autre moyen."
    ),
    errors.EmailMalformed: "Il manque une partie de l’adresse e-mail, par exemple nom@exemple.fr.",
    errors.EmailMissing: "Écrivez votre adresse e-mail, ou choisissez un autre moyen.",
    errors.MessageChannelMissing: "Choisissez comment recevoir la confirmation.",
    errors.ConsentMissing: "Cochez la case si la personne est d’accord.",
    errors.AddressMissing: "Écrivez l’adresse où nous pouvons venir.",
    errors.LimitReached: (
        f"Nous ne pouvons pas prendre un autre rendez-vous avec ce téléphone. Appelez le {PHONE}."
    ),
    errors.AppointmentNotFound: (
        "Nous ne trouvons pas de rendez-vous avec ce numéro et ce téléphone. "
        f"Vérifiez les chiffres ou appelez le {PHONE}."
    ),
    errors.ReferenceMissing: "Écrivez votre numéro de rendez-vous.",
    errors.ReferenceIncomplete: "Le numéro a 6 chiffres. Il en manque.",
    errors.TooManyTries: f"Trop d’essais. Attendez 15\u00a0minutes ou appelez le {PHONE}.",
    errors.TooLateToChange: (
        "Votre rendez-vous est dans moins de 2\u00a0heures. Vous pouvez encore l’annuler ici. "
        f"Pour changer la date, appelez le {PHONE}."
    ),
    errors.OutcomeUnknown: (
        "Nous ne savons pas si votre rendez-vous est enregistré. "
        "Appuyez encore sur « Confirmer » : il ne sera pas pris deux fois."
    ),
    workshop_errors.WorkshopFull: (
        "Cet atelier est complet depuis quelques minutes. Voulez-vous la liste d’attente ?"
    ),
    workshop_errors.AlreadyRegistered: (
        "Il y a déjà une inscription à ce nom. Retrouvez-la avec son numéro."
    ),
}
"""Word for word as the product asks."""


def refusals() -> list[type[DomainError]]:
    found = [
        kind
        for module in (errors, survey_errors, waiting_errors, workshop_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, DomainError) and kind is not DomainError
    ]
    found = [kind for kind in found if "code" in vars(kind)]  # the others only group them
    assert len(found) > 40
    return list(dict.fromkeys(found))


def said(visitor: PageClient, path: str = "/") -> dict[type[DomainError], str]:
    """Every sentence on the page at that address."""
    with visitor.application.test_request_context(path) as page:
        if path.startswith("/en"):
            page.request.environ["coclico.language"] = "en"
        commune = current_catalogue().served_communes(NOW.date())[0]
        told = {kind: sentence(kind(commune=commune)) for kind in FOR_RESIDENTS}
        for kind in FOR_WORKSHOP:
            assert sentence(kind(), for_workshop=True) != told[kind]
        return told


def test_each_refusal_has_a_sentence_a_code_and_a_status() -> None:
    assert set(FOR_RESIDENTS) == set(refusals())
    codes = [kind.code for kind in refusals()]
    assert len(set(codes)) == len(codes)
    assert {kind.status for kind in refusals()} == {404, 409, 410, 422, 429, 503}


def test_the_sentences_are_those_of_the_product(visitor: PageClient) -> None:
    sentences = said(visitor)
    assert {kind: sentences[kind] for kind in EXACT} == EXACT


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_sentences_are_whole_short_and_plain(visitor: PageClient, path: str) -> None:
    for kind, text in said(visitor, path).items():
        assert re.fullmatch(r"[A-ZÉ].*[.?]", text, re.DOTALL), kind
        assert "%" not in text, kind
        assert "None" not in text, kind
        assert long_sentences(text, TOO_MANY_WORDS) == [], kind
        if path == "/":
            assert forbidden_words(text) == [], kind


def test_english_sentences_are_in_english(visitor: PageClient) -> None:
    french, english = said(visitor), said(visitor, "/en/")
    assert [kind for kind in FOR_RESIDENTS if french[kind] == english[kind]] == []


def test_without_a_phone_people_are_sent_to_their_town_hall(
    presquile: Database, visitor: PageClient
) -> None:
    engine = presquile.engine()
    with engine.connect() as connection:
        service = connection.execute(select(Territory.service)).scalar_one()
    engine.dispose()
    change(presquile, update(Territory).values(service={**service, "phone": ""}))
    assert said(visitor)[errors.LimitReached].endswith("Appelez votre mairie.")
    assert said(visitor)[errors.TooManyTries].endswith("ou appelez votre mairie.")
    with visitor.application.test_request_context("/"):
        assert call_us(None) == call_us("") == "appelez votre mairie"


def test_a_departed_commune_is_named_as_one_says_it(visitor: PageClient) -> None:
    text = said(visitor)[errors.CommuneDeparted]
    assert text == "La commune d’Arvert ne participe plus à Coclic’O."


def test_the_sentences_of_the_team_are_whole_and_have_their_own_code(visitor: PageClient) -> None:
    facts = re.compile(r"%\((\w+)\)s")
    for kind, words in staff_wording.SENTENCES.items():
        told = words % {**FACTS, **dict.fromkeys(facts.findall(words), "x"), **FACTS}
        assert re.fullmatch(r"[A-ZÉx].*[.?]", told, re.DOTALL) or told.startswith("Karim"), kind
        assert long_sentences(told, TOO_MANY_WORDS) == [], kind
    codes = [kind.code for kind in SENTENCES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"by": "Anne", "at": NOW}, "Anne a changé la même chose à 10\u00a0h."),
        (
            {"by": "Anne", "at": NOW - timedelta(days=3)},
            "Anne a changé la même chose le vendredi 20 novembre à 10\u00a0h.",
        ),
        ({"by": None, "at": None}, "Quelqu’un a changé la même chose à l’instant."),
    ],
)
def test_who_edited_meanwhile_is_told_on_the_clock_of_the_territory(
    visitor: PageClient, monday: time_machine.Traveller, facts: dict[str, Any], told: str
) -> None:
    with visitor.application.test_request_context("/"):
        assert sentence(EditedMeanwhile(**facts)).startswith(told)
