"""Answers are given once: « Modifier », the way back, another person, other dates keep them."""

from tests.support.browser_site import LiveSite, fill_up
from tests.support.browser_stories import (
    CHECK,
    CONFIRMED,
    DETAILS,
    PASSWORD,
    TIME,
    answer,
    come_to_the_check,
    write_contact,
)
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

BREUILLET = "/rendez-vous/heure?commune=breuillet&besoin=motdepasse"


def test_each_modifier_keeps_every_other_answer(
    with_or_without_scripts: Walk, person: Canary
) -> None:
    walk = with_or_without_scripts
    first = come_to_the_check(walk, person, "la-tremblade")
    walk.press("Modifier l’heure")
    assert walk.heading == TIME
    second = walk.take_time(1)
    assert second != first
    assert walk.heading == CHECK
    assert person.leaks(walk.text) == ["first_name", "last_name", "phone"]

    walk.press("Modifier le nom")
    assert walk.heading == DETAILS
    assert walk.value("telephone") == person.phone
    walk.write(prenom="Odette")
    walk.press("Continuer")
    assert walk.heading == CHECK
    assert walk.sees(f"Odette {person.last_name}")
    hour, day = second.split(", ")[:2]
    assert f"{day} à {hour}".casefold() in walk.text.casefold()


def test_filters_after_modifier_carry_the_answers_too(walk: Walk, person: Canary) -> None:
    come_to_the_check(walk, person, "saint-palais-sur-mer")
    walk.press("Modifier l’heure")
    walk.press("Plutôt l’après-midi")
    assert {start[11:] >= "12:00" for start in walk.offered()} == {True}
    walk.press("Voir les dates suivantes")
    walk.press("Voir aussi les communes voisines")
    walk.take_time()
    assert walk.heading == CHECK
    assert person.leaks(walk.text) == ["first_name", "last_name", "phone"]
    walk.press("Confirmer le rendez-vous")
    assert walk.heading == CONFIRMED


def test_back_from_the_check_page_shows_what_was_typed(
    with_or_without_scripts: Walk, person: Canary
) -> None:
    walk = with_or_without_scripts
    come_to_the_check(walk, person, "arvert")
    walk.back()
    assert walk.heading == DETAILS
    typed = {"prenom": person.first_name, "nom": person.last_name, "telephone": person.phone}
    assert {name: walk.value(name) for name in typed} == typed
    walk.read_for_a_while()
    walk.press("Continuer")
    assert walk.heading == CHECK


def test_somebody_books_for_another_person_from_the_contact_page(
    with_or_without_scripts: Walk, person: Canary
) -> None:
    walk = with_or_without_scripts
    walk.open(BREUILLET)
    walk.take_time()
    walk.write(prenom=person.first_name)
    walk.press("Je prends ce rendez-vous pour une autre personne")
    assert walk.status == 200
    assert walk.value("prenom") == person.first_name
    walk.write(nom=person.last_name, aidant_nom="Ginette Aide", aidant_telephone=person.phone)
    walk.choose("Un voisin ou un ami", "À moi", "La personne est d’accord.")
    walk.read_for_a_while()
    walk.press("Continuer")
    assert walk.heading == CHECK
    assert walk.sees("Un voisin ou un ami")
    walk.press("Confirmer le rendez-vous")
    assert walk.heading == CONFIRMED


def test_mornings_afternoons_and_later_dates_are_links(walk: Walk) -> None:
    walk.open("/rendez-vous/heure?commune=saint-palais-sur-mer&besoin=motdepasse")
    first_dates = walk.offered()
    walk.follow("Plutôt l’après-midi")
    assert {start[11:] >= "12:00" for start in walk.offered()} == {True}
    walk.follow("Plutôt le matin")
    assert {start[11:] < "12:00" for start in walk.offered()} == {True}
    walk.follow("Toute la journée")
    assert walk.offered() == first_dates
    walk.follow("Voir les dates suivantes")
    assert min(walk.offered()) > max(first_dates)


def test_neighbours_are_shown_with_their_distance_and_can_be_chosen(
    walk: Walk, person: Canary
) -> None:
    walk.open(BREUILLET)
    walk.follow("Voir aussi les communes voisines")
    assert walk.sees("en voiture.")
    walk.take_time()
    write_contact(walk, person)
    assert walk.heading == CHECK
    assert not walk.sees("Mairie de Breuillet")


def test_where_nothing_is_free_the_neighbours_and_the_phone_are_left(
    walk: Walk, person: Canary, live_site: LiveSite
) -> None:
    assert fill_up(live_site, "saint-augustin", "motdepasse") > 3
    walk.open("/rendez-vous/heure?commune=saint-augustin&besoin=motdepasse")
    assert walk.sees("Il n’y a plus de rendez-vous libre à Saint-Augustin avant le")
    assert walk.times.count() == 0
    assert walk.main.get_by_role("link", name="Appeler le").is_visible()
    walk.follow("Voir les communes voisines")
    walk.take_time()
    write_contact(walk, person)
    walk.press("Confirmer le rendez-vous")
    assert walk.heading == CONFIRMED
    walk.open("/communes/saint-augustin")
    assert walk.sees("Il n’y a plus de rendez-vous libre")
    walk.follow("Voir les communes voisines")
    answer(walk, PASSWORD)
    assert walk.path == "/rendez-vous/heure"
    assert walk.times.count() > 0, "not the same empty page again"
