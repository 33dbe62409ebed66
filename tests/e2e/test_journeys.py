"""The two errands of a resident, whatever the way of walking: book, find again, move, cancel."""

import pytest

from tests.support.browser_stories import (
    CHECK,
    COMMUNE,
    CONFIRMED,
    DETAILS,
    TIME,
    TOPIC,
    answer,
    book,
    book_a_permanence,
    book_a_visit,
    cancel,
    find,
    move,
    write_contact,
)
from tests.support.browser_walk import Walk
from tests.support.browser_words import ENGLISH_DAY
from tests.support.canaries import Canary

WAYS_ON_A_PHONE = ("walk", "walk_without_scripts", "keyboard_walk_on_a_phone", "english_walk")


def test_a_permanence_is_booked_found_moved_and_cancelled(any_walk: Walk, person: Canary) -> None:
    walk = any_walk
    number = book_a_permanence(walk, person, "Breuillet")
    five_screens = [walk.say(title) for title in (COMMUNE, TOPIC, TIME, DETAILS, CHECK)]
    assert walk.headings[1:] == [*five_screens, walk.say(CONFIRMED)]
    assert len(number) == 6
    assert "Mairie de Breuillet" in walk.text

    find(walk, number, person)
    assert walk.heading == walk.say("Votre rendez-vous")
    assert walk.number == number

    day = move(walk).split(", ")[1]
    assert walk.heading == walk.say("La date est changée")
    assert day.casefold() in walk.text.casefold()
    assert walk.number == number

    cancel(walk)
    assert walk.heading == walk.say("Votre rendez-vous est annulé")


@pytest.mark.parametrize("any_walk", WAYS_ON_A_PHONE, indirect=True)
def test_a_visit_is_booked_and_cancelled(any_walk: Walk, person: Canary) -> None:
    walk = any_walk
    number = book_a_visit(walk, person, "Vaux-sur-Mer")
    assert len(walk.headings[1:]) == 7
    assert walk.heading == walk.say("Votre visite est enregistrée")
    assert len(number) == 6
    assert walk.sees("Ne donnez jamais votre code de carte bancaire.")

    walk.follow("Changer ou annuler")
    cancel(walk, "Annuler la visite")
    assert walk.heading == walk.say("Votre visite est annulée")


def test_a_poster_of_breuillet_is_four_screens_from_the_confirmation(
    walk: Walk, person: Canary
) -> None:
    walk.open("/rendez-vous?commune=breuillet")
    answer(walk, "Autre chose, ou je ne sais pas")
    walk.take_time()
    write_contact(walk, person)
    walk.press("Confirmer le rendez-vous")
    assert walk.headings == [TOPIC, TIME, DETAILS, CHECK, CONFIRMED]
    assert len(walk.number) == 6


def test_a_cancelled_appointment_is_still_found_and_says_so(walk: Walk, person: Canary) -> None:
    number = book(walk, person, "breuillet")
    walk.follow("Changer ou annuler")
    cancel(walk)
    find(walk, number, person)
    assert walk.heading == "Ce rendez-vous est annulé"


def test_english_pages_say_days_in_english_and_lead_back_to_french(
    english_walk: Walk, person: Canary
) -> None:
    walk = english_walk
    walk.open("/rendez-vous/heure?commune=breuillet&besoin=motdepasse&moment=matin")
    assert ENGLISH_DAY.search(walk.text)
    walk.page.get_by_role("link", name="Français").click()
    walk.page.wait_for_url("**/rendez-vous/heure?commune=breuillet&besoin=motdepasse&moment=matin")
    assert walk.page.locator("html").get_attribute("lang") == "fr"
