"""Two browsers want one time: one has it, the other loses nothing but the time."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support.browser_site import LiveSite, newcomer
from tests.support.browser_stories import (
    CHECK,
    CONFIRMED,
    come_to_the_check,
    come_to_the_times,
    find,
    write_contact,
)
from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

TAKEN = "Cette heure vient d’être prise par une autre personne."


def test_the_loser_keeps_every_answer_and_books_another_time_in_two_clicks(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    quick, slow = (Walk(visit(), live_site.address) for _ in range(2))
    winner, loser = newcomer(), newcomer()
    wanted = come_to_the_check(quick, winner, "Les Mathes - La Palmyre")
    assert come_to_the_check(slow, loser, "Les Mathes - La Palmyre") == wanted

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


def book_another_time(walk: Walk, person: Canary, commune: str) -> str:
    """The last of the times offered, which nobody else here wants."""
    come_to_the_times(walk, commune)
    walk.take_time(-1)
    write_contact(walk, person)
    walk.press("Confirmer le rendez-vous")
    return walk.number


def test_a_time_lost_while_moving_leaves_the_old_one(
    visit: Callable[..., Page], live_site: LiveSite
) -> None:
    quick, slow = (Walk(visit(), live_site.address) for _ in range(2))
    mover, other = newcomer(), newcomer()
    wanted = come_to_the_check(quick, other, "Chaillevette")
    number = book_another_time(slow, mover, "Chaillevette")
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
