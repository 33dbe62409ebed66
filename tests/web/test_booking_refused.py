"""A click that books nothing: the place is gone, or a limit is reached. No answer is lost."""

import pytest
import time_machine

from app.models.outbox import UsageCount
from tests.support.booking_walk import (
    DETAILS,
    PERSON,
    booked,
    confirm,
    count,
    dump,
    errors,
    follow,
    one,
    parameters,
    press,
    rows,
    said,
    set_settings,
    times,
    to_check,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

TAKEN = "Cette heure vient d’être prise par une autre personne. Choisissez une autre heure."
LIMIT = (
    "Nous ne pouvons pas prendre un autre rendez-vous avec ce téléphone. Appelez le 05 36 49 00 00."
)
SLOWED = (
    "Trop de rendez-vous viennent d’être pris ici. Attendez une heure ou appelez le 05 36 49 00 00."
)
OTHER = {"prenom": "Paul", "telephone": "06 39 98 00 09"}
TEN = DETAILS.replace("T09:00", "T09:45")


# ---- taken meanwhile


@pytest.mark.both_databases
def test_a_place_taken_meanwhile_costs_no_answer(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday, email="rose@exemple.test")
    booked(visitor, monday, **OTHER)
    response = press(visitor, check, "Confirmer le rendez-vous")
    assert response.status_code == 409
    assert errors(response) == [TAKEN]
    assert "Vos réponses sont gardées. Vous n’avez rien à écrire de nouveau." in said(response)
    assert len(times(response)) == 3
    assert times(response)[0] == "9 h 45, mardi 24 novembre, Mairie de Breuillet"
    assert count(presquile, UsageCount) == 1
    assert one(presquile, UsageCount.count) == 1
    again = press(visitor, response, times(response)[0])
    assert rows(again)["Date et heure"] == "Mardi 24 novembre à 9 h 45"
    assert rows(again)["Adresse e-mail"] == "rose@exemple.test"
    assert page_of(confirm(visitor, again)).h1 == "Votre rendez-vous est confirmé"
    assert count(presquile) == 2


def test_a_place_taken_while_typing_is_told_before_the_check_page(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(DETAILS)
    booked(visitor, monday, **OTHER)
    response = visitor.submit(page, "Continuer", **PERSON)
    assert (response.status_code, errors(response)) == (409, [TAKEN])
    everything = press(visitor, response, "Voir toutes les heures")
    assert everything.status_code == 200
    assert typed(everything).items() >= PERSON.items()
    assert "9 h, mardi 24 novembre" not in times(everything)


def test_a_place_taken_before_anything_was_typed_is_told_at_once(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday, **OTHER)
    response = visitor.get(DETAILS)
    assert (response.status_code, errors(response)) == (409, [TAKEN])
    assert "Vos réponses" not in said(response)
    contact = follow(visitor, response, times(response)[0])
    assert parameters(contact.request.full_path)["debut"] == "2026-11-24T09:45"
    assert times(follow(visitor, response, "Voir toutes les heures"))


# ---- limits


@pytest.mark.both_databases
def test_a_third_appointment_is_refused_without_a_date_or_a_name(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    booked(visitor, monday)
    booked(visitor, monday, TEN)
    check = to_check(visitor, monday, DETAILS.replace("T09:00", "T10:30"), prenom="Zoé")
    response = press(visitor, check, "Confirmer le rendez-vous")
    assert response.status_code == 409
    assert errors(response) == [LIMIT]
    assert "Rose" not in response.text
    assert "novembre" not in said(response)
    assert typed(response)["prenom"] == "Zoé"
    assert count(presquile) == 2


def test_many_bookings_from_one_address_are_slowed_down(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, bookings_per_hour_per_address=1)
    booked(visitor, monday)
    check = to_check(visitor, monday, TEN, **OTHER)
    response = press(visitor, check, "Confirmer le rendez-vous")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == str(60 * 60)
    assert errors(response) == [SLOWED]
    assert rows(response)["Nom"] == "Paul Serin"
    monday.shift(60 * 60)
    assert confirm(visitor, response).status_code == 200


def test_a_refused_booking_does_not_count(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    booked(visitor, monday, **OTHER)
    before = dump(presquile)["throttle_count"]
    assert press(visitor, check, "Confirmer le rendez-vous").status_code == 409
    assert dump(presquile)["throttle_count"] == before
