"""On the way to the waiting list nothing that was typed is lost, whatever happens meanwhile."""

import time_machine
from sqlalchemy import func, select, update

from app.models.places import Commune, Topic
from app.models.waiting import WaitingEntry
from tests.support.booking_walk import (
    PERSON,
    READING_S,
    change,
    count,
    errors,
    follow,
    one,
    press,
    rows,
    said,
    set_settings,
    times,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.waiting_walk import CONFIRM, WAIT, asked, checked, joined

THE_LIST = "Me prévenir si une place se libère"
NEED = "De quelle aide avez-vous besoin ?"
COMMUNE = "Dans quelle commune habitez-vous ?"
WHEN = {"quand": "MORNING", "trajet": "15"}
CARD_GOES = "Vos coordonnées seront effacées."
LANDLINE = "05 36 49 00 00"


def test_who_lives_elsewhere_may_book_but_not_wait(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, other_commune="allow")
    question = visitor.get("/liste-attente", follow_redirects=True)
    elsewhere = press(visitor, question, "Continuer", commune="autre")
    assert page_of(elsewhere).h1 == "Vous habitez dans une autre commune"
    assert page_of(follow(visitor, elsewhere, "Voir toutes les heures")).h1 == NEED
    again = follow(visitor, elsewhere, "Choisir une autre commune")
    listed = press(visitor, again, "Continuer", commune="breuillet", besoin="motdepasse")
    assert "attente=oui" in str(listed.location)
    typed_address = visitor.get(WAIT.replace("breuillet", "autre"), follow_redirects=True)
    assert page_of(typed_address).h1 == page_of(elsewhere).h1
    answers = typed(checked(visitor, monday))
    for step in ("attente", "attente/verifier", "attente/confirmer"):
        address = WAIT.replace("breuillet", "autre").replace("attente", step, 1)
        told = visitor.post(address, data=answers)
        assert (page_of(told).h1, typed(told)["prenom"]) == (COMMUNE, "Rose")


def test_a_commune_or_a_need_that_goes_meanwhile_is_asked_again(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(WAIT.replace("attente=oui", "attente=aucune"))
    monday.shift(READING_S)
    change(presquile, update(Topic).where(Topic.code == "motdepasse").values(active=False))
    need = press(visitor, page, "Continuer", **PERSON, **WHEN)
    assert page_of(need).h1 == NEED
    assert errors(need) == ["Cette aide n’existe pas. Choisissez une réponse dans la liste."]
    change(presquile, update(Commune).where(Commune.slug == "breuillet").values(bookable=False))
    commune = press(visitor, need, "Continuer", besoin="email")
    assert page_of(commune).h1 == COMMUNE
    back = press(visitor, commune, "Continuer", commune="la-tremblade")
    assert page_of(back).h1 == THE_LIST
    assert PERSON.items() | WHEN.items() <= typed(back).items()
    assert "Un rendez-vous à La Tremblade" in said(back)
    free = press(visitor, back, "Continuer")
    assert page_of(free).h1 == "Des heures sont libres", "« aucune » was said of other times"


def test_from_the_free_times_back_to_the_list(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    """Who would be called has an hour without a message, and is called again once on the list."""
    voice = {"message": "VOICE", "telephone": LANDLINE}
    seen = press(visitor, asked(visitor, monday, **WHEN, **voice), "Voir ces heures")
    chosen = press(visitor, seen, times(seen)[0])
    assert rows(chosen)["Messages"] == "Je note moi-même, pas de message"
    again = press(visitor, press(visitor, chosen, "Modifier le nom"), "Continuer")
    hours = press(visitor, again, "Modifier l’heure")
    back = press(visitor, hours, "Aucune heure ne me convient : me prévenir")
    assert page_of(back).h1 == THE_LIST
    assert voice.items() | WHEN.items() <= typed(back).items()
    check = press(visitor, back, "Continuer")
    assert page_of(check).h1 == "Vérifiez votre demande"
    press(visitor, check, CONFIRM)
    assert one(presquile, WaitingEntry.reach_minutes) == 15


def test_before_leaving_one_is_told_what_is_erased(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    """The card goes with the last that needs it."""
    pages = [joined(visitor, monday), joined(visitor, monday)]
    first_card = select(func.min(WaitingEntry.resident_id)).scalar_subquery()
    change(presquile, update(WaitingEntry).values(resident_id=first_card))
    for page, erased in zip(pages, ("Votre demande sera effacée.", CARD_GOES), strict=True):
        question = follow(visitor, visitor.get(page), "Quitter la liste d’attente")
        assert erased in said(question)
        press(visitor, question, "Oui, quitter la liste")
    assert count(presquile, WaitingEntry) == 0
