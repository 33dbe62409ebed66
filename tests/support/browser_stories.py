"""What residents come to do, told once; how (finger, keyboard, no scripts) is the walk's matter.

Words are those of the French pages; the walk knows how to say them in English.
"""

from tests.support.browser_walk import Walk
from tests.support.canaries import Canary

PASSWORD = "Un mot de passe oublié ou un compte bloqué"
COMMUNE, TOPIC, TIME, DETAILS, CHECK = (
    "Dans quelle commune habitez-vous ?",
    "De quelle aide avez-vous besoin ?",
    "Quel rendez-vous vous convient ?",
    "Vos coordonnées",
    "Vérifiez votre rendez-vous",
)
CONFIRMED = "Votre rendez-vous est confirmé"


def answer(walk: Walk, choice: str) -> None:
    """One question with one answer."""
    walk.choose(choice)
    walk.press("Continuer")


def come_from_the_home_page(walk: Walk, commune: str, topic: str = PASSWORD) -> None:
    """Over the two questions to the page of times."""
    walk.open("/")
    walk.follow("Prendre rendez-vous")
    answer(walk, commune)
    answer(walk, topic)


def come_to_the_times(walk: Walk, commune: str) -> None:
    """Straight to the times of a commune, named as in addresses, as a poster may lead there."""
    walk.open(f"/rendez-vous/heure?commune={commune}&besoin=motdepasse")


def write_contact(walk: Walk, person: Canary, *choices: str, **before: str) -> None:
    """Fill the contact page in its order, and go on to the check page."""
    walk.write(**before, prenom=person.first_name, nom=person.last_name, telephone=person.phone)
    walk.choose(*choices)
    walk.read_for_a_while()
    walk.press("Continuer")


def come_to_the_check(walk: Walk, person: Canary, commune: str, rank: int = 0) -> str:
    """Straight to the last page before the booking; returns the time chosen."""
    come_to_the_times(walk, commune)
    chosen = walk.take_time(rank)
    write_contact(walk, person)
    return chosen


def book(walk: Walk, person: Canary, commune: str, rank: int = 0) -> str:
    """The short way to the confirmation; returns the number of the appointment."""
    come_to_the_check(walk, person, commune, rank)
    walk.press("Confirmer le rendez-vous")
    return walk.number


def book_a_permanence(walk: Walk, person: Canary, commune: str, rank: int = 0) -> str:
    """From the home page, five screens, then the confirmation; returns the number.

    `rank`: which of the times offered, 0 the first, -1 the last.
    """
    come_from_the_home_page(walk, commune)
    walk.take_time(rank)
    write_contact(walk, person)
    walk.press("Confirmer le rendez-vous")
    return walk.number


def book_a_visit(walk: Walk, person: Canary, commune: str) -> str:
    """Six screens, then the confirmation; returns the number."""
    walk.open("/")
    walk.follow("Demander une visite")
    answer(walk, "Non, j’ai du mal à me déplacer")
    answer(walk, commune)
    answer(walk, PASSWORD)
    walk.take_time()
    write_contact(walk, person, "Le matin", adresse=person.address)
    walk.press("Confirmer la visite")
    return walk.number


def find(walk: Walk, number: str, person: Canary) -> None:
    """From the home page to the appointment, with its number and the phone."""
    walk.open("/")
    walk.follow("J’ai déjà un rendez-vous")
    walk.write(numero=f"{number[:3]} {number[3:]}", telephone=person.phone)
    walk.press("Voir mon rendez-vous")


def move(walk: Walk, rank: int = -1) -> str:
    """From the page of an appointment to its new time, which is returned."""
    walk.follow("Changer la date")
    chosen = walk.take_time(rank)
    walk.press("Confirmer le changement")
    return chosen


def cancel(walk: Walk, button: str = "Annuler le rendez-vous") -> None:
    """From the page of an appointment to the word that it is cancelled."""
    walk.follow(button)
    walk.press("Oui, annuler")
