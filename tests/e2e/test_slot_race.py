"""Two browsers want one time: one has it, the other loses nothing but the time."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support.browser_site import LiveSite, newcomer
from tests.support.browser_stories import (
    CHECK,
    CONFIRMED,
    book,
    come_to_the_check,
    find,
)
from tests.support.browser_walk import Walk

TAKEN = "Cette heure vient d’être prise par une autre personne."


def test_the_loser_keeps_every_answer_and_books_another_time_in_two_clicks(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    quick, slow = (Walk(visit(), live_site.address) for _ in range(2))
    winner, loser = newcomer(), newcomer()
    wanted = come_to_the_check(quick, winner, "les-mathes")
    assert come_to_the_check(slow, loser, "les-mathes") == wanted

    quick.press("Confirmer le rendez-vous")
    assert quick.heading == CONFIRMED
    slow.press("Confirmer le rendez-vous")
    assert slow.status == 409
    assert slow.title.startswith("Erreur : ")
    assert slow.sees(TAKEN)
    assert slow.times.count() == 3
    assert slow.asks_nothing()

    slow.take_time()
    assert slow.heading == CHECK
    assert loser.leaks(slow.text) == ["first_name", "last_name", "phone"]
    slow.press("Confirmer le rendez-vous")
    assert slow.heading == CONFIRMED
    assert slow.number != quick.number


def test_a_time_lost_while_moving_leaves_the_old_one(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    quick, slow = (Walk(visit(), live_site.address) for _ in range(2))
    mover, other = newcomer(), newcomer()
    wanted = come_to_the_check(quick, other, "chaillevette")
    number = book(slow, mover, "chaillevette", rank=-1)
    slow.follow("Changer ou annuler")
    slow.follow("Changer la date")
    slow.take_time_named(wanted)
    quick.press("Confirmer le rendez-vous")
    slow.press("Confirmer le changement")
    assert slow.status == 409
    assert slow.sees(TAKEN)
    assert slow.sees("Votre rendez-vous actuel est gardé")
    slow.take_time()
    slow.press("Confirmer le changement")
    assert slow.heading == "La date est changée"
    find(slow, number, mover)
    assert slow.number == number
