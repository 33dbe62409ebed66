"""What is wrong is said on top and beside its field; a link leads there; nothing is lost."""

import pytest

from tests.support.browser_site import LiveSite, book_for
from tests.support.browser_stories import CHECK, answer, come_to_the_check, write_contact
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

TIMES = "/rendez-vous/heure?commune=saint-palais-sur-mer&besoin=motdepasse"
VISIT_TIMES = "/visite-a-domicile/heure?commune=saint-palais-sur-mer&besoin=motdepasse"
LANDLINE = "05 36 49 12 34"
ERRORS_OF_A_VISIT_FOR_ANOTHER = {
    "Écrivez l’adresse de la personne.": "adresse",
    "Écrivez le prénom de la personne.": "prenom",
    "Écrivez le nom de la personne.": "nom",
    "Écrivez le numéro de téléphone de la personne.": "telephone",
    "Écrivez votre nom : vous aidez cette personne.": "aidant_nom",
    "Écrivez votre numéro de téléphone : vous aidez cette personne.": "aidant_telephone",
    "Choisissez votre lien avec cette personne.": "aidant_lien",
    "Cochez la case si la personne est d’accord.": "accord",
}


def assert_refused(walk: Walk, sentence: str, status: int = 422) -> None:
    """The page says it as the law of accessibility wants."""
    assert walk.status == status
    assert walk.title.startswith("Erreur : ")
    assert walk.sees(sentence)
    assert "govuk-error-summary" in walk.focused()


def test_an_empty_commune_and_an_empty_need_are_asked_again(with_or_without_scripts: Walk) -> None:
    walk = with_or_without_scripts
    walk.open("/rendez-vous")
    walk.press("Continuer")
    assert_refused(walk, "Choisissez votre commune.")
    assert walk.follow_error("Choisissez votre commune.") == "commune"
    answer(walk, "Arvert")
    walk.press("Continuer")
    assert_refused(walk, "Choisissez une réponse.")
    assert walk.follow_error("Choisissez une réponse.") == "besoin"
    walk.open("/visite-a-domicile")
    walk.press("Continuer")
    assert_refused(walk, "Choisissez une réponse.")
    assert walk.follow_error("Choisissez une réponse.") == "deplacement"


def test_each_error_of_the_longest_contact_page_leads_to_its_field(walk: Walk) -> None:
    walk.open(f"{VISIT_TIMES}&pour=autre")
    walk.take_time()
    walk.press("Continuer")
    assert_refused(walk, "Il y a 8 erreurs")
    led_to = {said: walk.follow_error(said) for said in ERRORS_OF_A_VISIT_FOR_ANOTHER}
    assert led_to == ERRORS_OF_A_VISIT_FOR_ANOTHER


def test_what_was_typed_stays_as_it_was_typed(with_or_without_scripts: Walk) -> None:
    walk = with_or_without_scripts
    walk.open(TIMES)
    walk.take_time()
    typed = {"prenom": "Odette", "telephone": "06 39 98 1", "email": "odette@"}
    walk.write(**typed)
    walk.choose("Par e-mail")
    walk.press("Continuer")
    assert_refused(walk, "Il y a 3 erreurs")
    assert walk.sees("Il faut 10 chiffres, par exemple 06 39 98 12 34.")
    assert walk.sees("Il manque une partie de l’adresse e-mail")
    assert {name: walk.value(name) for name in typed} == typed
    assert walk.chosen("message") == ["EMAIL"]


def test_no_sms_goes_to_a_landline_and_another_way_is_chosen(walk: Walk, person: Canary) -> None:
    walk.open(TIMES)
    walk.take_time()
    walk.write(prenom=person.first_name, nom=person.last_name, telephone=LANDLINE)
    walk.read_for_a_while()
    walk.press("Continuer")
    assert_refused(walk, "Nous ne pouvons pas envoyer de SMS à un téléphone fixe.")
    answer(walk, "Je note moi-même, pas de message")
    assert walk.heading == CHECK
    assert walk.sees(LANDLINE)


def test_a_third_appointment_with_one_phone_is_refused_without_telling_the_others(
    walk: Walk, person: Canary, live_site: LiveSite
) -> None:
    for _ in range(2):
        book_for(live_site, person, "arvert", "motdepasse")
    come_to_the_check(walk, person, "saint-palais-sur-mer")
    walk.press("Confirmer le rendez-vous")
    assert_refused(walk, "Nous ne pouvons pas prendre un autre rendez-vous avec ce téléphone.", 409)
    assert walk.value("nom") == person.last_name
    assert "Arvert" not in walk.text


def test_a_wrong_number_is_not_found_and_too_many_tries_must_wait(
    walk: Walk, person: Canary
) -> None:
    walk.open("/mon-rendez-vous")
    walk.write(numero="12 34", telephone=person.phone)
    walk.press("Voir mon rendez-vous")
    assert_refused(walk, "Le numéro a 6 chiffres. Il en manque.")
    walk.write(numero="100 000")
    for _ in range(5):
        walk.press("Voir mon rendez-vous")
        assert_refused(walk, "Nous ne trouvons pas de rendez-vous avec ce numéro", 404)
        assert walk.value("telephone") == person.phone
    walk.press("Voir mon rendez-vous")
    assert_refused(walk, "Trop d’essais. Attendez 15 minutes", 429)


@pytest.mark.parametrize("path", ["/nulle-part", "/r/AAAAAAAAAAAA", "/communes/nulle-part"])
def test_a_page_that_is_not_there_says_so_and_whom_to_call(walk: Walk, path: str) -> None:
    walk.open(path)
    assert walk.status == 404
    assert walk.sees("Nous ne trouvons pas")
    walk.follow("Revenir à l’accueil")
    assert walk.path == "/"


def test_another_commune_is_told_where_else_to_ask(walk: Walk) -> None:
    walk.open("/rendez-vous")
    answer(walk, "Une autre commune")
    assert walk.heading == "Vous habitez dans une autre commune"
    assert walk.sees("Chercher un lieu d’aide près de chez vous")


def test_who_can_come_is_led_to_the_permanence_with_the_answers_given(
    walk: Walk, person: Canary
) -> None:
    walk.open("/visite-a-domicile?commune=breuillet&besoin=motdepasse")
    answer(walk, "Oui, je peux venir")
    assert walk.path == "/rendez-vous/heure"
    walk.take_time()
    write_contact(walk, person)
    assert walk.heading == CHECK
