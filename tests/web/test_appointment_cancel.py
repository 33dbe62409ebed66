"""Cancel: one question, one press, no reason asked; the place is free at once."""

import pytest
import time_machine

from app import extensions
from app.domain.appointment import AppointmentStatus, CancelledBy
from app.models.appointment import Appointment, AppointmentEvent
from tests.support.booking_walk import (
    DETAILS,
    VISIT,
    booked,
    count,
    dump,
    errors,
    follow,
    number_of,
    one,
    press,
    said,
    set_settings,
    times,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.silence import locked

AGAIN = "Cette page est restée ouverte longtemps. Appuyez encore sur le bouton."
UNKNOWN = (
    "Nous ne savons pas si c’est annulé. "
    "Appuyez encore sur « Oui, annuler » ou appelez le 05 36 49 00 00."
)


@pytest.fixture
def token(visitor: PageClient, monday: time_machine.Traveller) -> str:
    return booked(visitor, monday)


@pytest.mark.both_databases
def test_one_press_cancels_and_frees_the_place(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    question = visitor.get(f"/r/{token}/annuler")
    assert page_of(question).h1 == "Voulez-vous annuler ce rendez-vous ?"
    assert "Mardi 24 novembre à 9 h" in said(question)
    kept = follow(visitor, question, "Non, garder le rendez-vous")
    assert number_of(kept)
    response = press(visitor, question, "Oui, annuler")
    assert response.status_code == 303
    done = visitor.get(response.location)
    assert page_of(done).h1 == "Votre rendez-vous est annulé"
    assert "Merci de nous avoir prévenus." in said(done)
    assert one(presquile, Appointment.status) is AppointmentStatus.CANCELLED
    assert one(presquile, Appointment.cancelled_by) is CancelledBy.PERSON
    again = follow(visitor, done, "Prendre un autre rendez-vous")
    assert page_of(again).h1 == "Dans quelle commune habitez-vous ?"
    free = visitor.get(DETAILS.replace("coordonnees", "heure"))
    assert times(free)[0] == "9 h, mardi 24 novembre"


def test_a_second_press_cancels_nothing_more(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    question = visitor.get(f"/r/{token}/annuler")
    first = press(visitor, question, "Oui, annuler")
    before = dump(presquile)
    second = press(visitor, question, "Oui, annuler")
    assert (second.status_code, second.location) == (303, first.location)
    assert dump(presquile) == before
    assert count(presquile, AppointmentEvent) == 2


def test_a_visit_is_cancelled_in_its_own_words(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday, VISIT)
    question = visitor.get(f"/r/{token}/annuler")
    assert page_of(question).h1 == "Voulez-vous annuler cette visite ?"
    done = visitor.get(press(visitor, question, "Oui, annuler").location)
    assert page_of(done).h1 == "Votre visite est annulée"
    assert page_of(visitor.get(f"/r/{token}")).h1 == "Cette visite est annulée"
    again = follow(visitor, done, "Prendre un autre rendez-vous")
    assert page_of(again).h1 == "Pouvez-vous venir à la permanence ?"


def test_once_it_has_begun_nothing_is_cancelled(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, token: str
) -> None:
    question = visitor.get(f"/r/{token}/annuler")
    monday.move_to("2026-11-24 08:00+00:00")
    before = dump(presquile)
    late = press(visitor, question, "Oui, annuler")
    assert late.status_code == 409
    assert "Ce rendez-vous est passé." in said(late)
    page = visitor.get(f"/r/{token}/annuler")
    assert page_of(page).h1 == "Ce rendez-vous ne peut plus être annulé ici"
    assert "Pour toute question, appelez le 05 36 49 00 00." in said(page)
    assert dump(presquile) == before


def test_without_a_token_of_ours_nothing_is_cancelled(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    form = typed(visitor.get(f"/r/{token}/annuler"))
    for refused in ({}, {"csrf_token": "faux"}, {**form, "csrf_token": form["csrf_token"][::-1]}):
        response = visitor.post(f"/r/{token}/annulation", data=refused)
        assert response.status_code == 422
        assert errors(response) == [AGAIN]
    assert one(presquile, Appointment.status) is AppointmentStatus.BOOKED


def test_while_the_database_is_locked_the_question_stays(
    presquile: Database, visitor: PageClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 20)
    with visitor.application.app_context():
        extensions.db.engine.dispose()
    question = visitor.get(f"/r/{token}/annuler")
    with locked(presquile):
        response = press(visitor, question, "Oui, annuler")
        assert (response.status_code, errors(response)) == (503, [UNKNOWN])
    assert one(presquile, Appointment.status) is AppointmentStatus.BOOKED
    assert press(visitor, response, "Oui, annuler").status_code == 303
    assert one(presquile, Appointment.status) is AppointmentStatus.CANCELLED


def test_too_late_by_the_setting_sends_to_the_phone(
    presquile: Database, visitor: PageClient, token: str
) -> None:
    set_settings(presquile, cancel_until_minutes=3 * 24 * 60)
    page = visitor.get(f"/r/{token}/annuler")
    assert "Il est trop tard pour annuler ici. Pour annuler, appelez le 05 36 49 00 00." in (
        said(page)
    )
    assert "Annuler le rendez-vous" not in said(visitor.get(f"/r/{token}"))


def test_an_unknown_appointment_is_not_cancelled(visitor: PageClient, token: str) -> None:
    form = typed(visitor.get(f"/r/{token}/annuler"))
    assert visitor.post("/r/AbCdEfGhIj12/annulation", data=form).status_code == 404


def test_in_english_too(visitor: PageClient, token: str) -> None:
    question = visitor.get(f"/en/r/{token}/annuler")
    form = page_of(question).soup.select_one("main form")
    assert form is not None
    done = visitor.get(visitor.post(str(form["action"]), data=typed(question)).location)
    assert done.request.path == f"/en/r/{token}"
    assert "annulé" not in said(done)
