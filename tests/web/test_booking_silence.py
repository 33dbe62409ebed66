"""A database that is locked or away: the page says so, with the phone and every answer."""

import pytest
import structlog
import time_machine

from app import extensions
from app.models.waiting import WaitingEntry
from tests.support.booking_walk import (
    DETAILS,
    HOME,
    PERSON,
    READING_S,
    VISIT,
    booked,
    confirm,
    count,
    dump,
    errors,
    number_of,
    press,
    rows,
    said,
    to_check,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.silence import away, locked, no_answer
from tests.support.waiting_walk import CONFIRM, checked

SILENT = (
    "Le site ne répond pas. Rien n’est enregistré. "
    "Réessayez dans quelques minutes ou appelez le 05 36 49 00 00."
)

UNKNOWN = (
    "Nous ne savons pas si votre rendez-vous est enregistré. "
    "Appuyez encore sur « Confirmer » : il ne sera pas pris deux fois."
)


def test_while_the_database_is_locked_the_answers_stay_on_the_page(
    presquile: Database,
    visitor: PageClient,
    monday: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 20)
    check = to_check(visitor, monday, email="rose@exemple.test")
    before = without_counts(dump(presquile))
    with locked(presquile):
        with structlog.testing.capture_logs() as logged:
            response = press(visitor, check, "Confirmer le rendez-vous")
        assert (response.status_code, errors(response)) == (503, [SILENT])
        assert response.headers["Retry-After"] == "30"
        (told,) = [each for each in logged if each["event"] == "database_unavailable"]
        assert told["cause"] == "OperationalError"
        assert "Serin" not in str(logged)
        assert rows(response) == rows(check)
        assert typed(response).items() >= {**PERSON, "email": "rose@exemple.test"}.items()
        assert typed(response)["cle"] == typed(check)["cle"]
    assert without_counts(dump(presquile)) == before
    done = confirm(visitor, response)
    assert page_of(done).h1 == "Votre rendez-vous est confirmé"
    assert count(presquile) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("step", ["Continuer", "Modifier le nom", "Modifier l’heure", "Confirmer"])
def test_while_the_database_is_away_the_answers_stay_on_the_page(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, step: str
) -> None:
    page = visitor.get(VISIT)
    monday.shift(READING_S)
    if step != "Continuer":
        page = visitor.submit(page, "Continuer", **PERSON, **HOME)
    with away(presquile, visitor.application):
        name = "Confirmer la visite" if step == "Confirmer" else step
        answers = {**PERSON, **HOME} if step == "Continuer" else {}
        response = press(visitor, page, name, **answers)
        assert typed(response).items() >= {**PERSON, **HOME}.items()
        assert "05 36 49 00 00" in response.text.replace("\u00a0", " ")
        if step != "Modifier le nom":  # a page that needs no database
            assert (response.status_code, errors(response)) == (503, [SILENT])
    if step != "Confirmer":
        response = visitor.submit(response, "Continuer")
    done = confirm(visitor, response)
    assert page_of(done).h1 == "Votre visite est enregistrée"
    assert count(presquile) == 1


@pytest.mark.both_databases
def test_while_the_database_is_away_every_page_still_shows_the_phone(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday)
    with away(presquile, visitor.application):
        for path in (
            "/rendez-vous",
            DETAILS,
            "/mon-rendez-vous",
            f"/r/{token}",
            f"/r/{token}/date",
        ):
            response = visitor.get(path)
            assert response.status_code in {200, 503}, path
            assert "05 36 49 00 00" in response.text.replace("\u00a0", " ")
    assert visitor.get(f"/r/{token}").status_code == 200


def test_where_nobody_knows_whether_it_is_saved_the_same_form_settles_it(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = to_check(visitor, monday)
    with visitor.application.app_context():
        engine = extensions.db.engine
    with no_answer(engine):
        response = press(visitor, check, "Confirmer le rendez-vous")
    assert (response.status_code, errors(response)) == (503, [UNKNOWN])
    assert typed(response)["cle"] == typed(check)["cle"]
    assert rows(response) == rows(check)
    assert count(presquile) == 1, "it was saved, but nobody has said so"
    assert page_of(confirm(visitor, response)).h1 == "Votre rendez-vous est confirmé"
    assert count(presquile) == 1


@pytest.mark.both_databases
def test_while_the_database_is_away_the_number_and_the_phone_stay_typed(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday)
    number = number_of(visitor.get(f"/r/{token}"))
    page, answers = visitor.get("/mon-rendez-vous"), {"telephone": PERSON["telephone"]}
    with away(presquile, visitor.application):
        response = visitor.submit(page, numero=number, **answers)
        assert (response.status_code, errors(response)) == (503, [SILENT])
        assert typed(response).items() >= {"numero": number, **answers}.items()
    found = visitor.submit(response)
    assert (found.status_code, found.location) == (303, f"/r/{token}")


@pytest.mark.both_databases
def test_while_the_database_is_away_nothing_is_moved_nor_cancelled_then_it_is(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = booked(visitor, monday)
    new = "debut=2026-11-26T09:00&lieu=mairie-breuillet"
    move = visitor.get(f"/r/{token}/date/verifier?{new}")
    cancel = visitor.get(f"/r/{token}/annuler")
    pressed = ((move, "Confirmer le changement"), (cancel, "Oui, annuler"))
    before = without_counts(dump(presquile))
    with away(presquile, visitor.application):
        for page, button in pressed:
            response = press(visitor, page, button)
            assert response.status_code == 503
            assert "05 36 49 00 00" in response.text.replace("\u00a0", " ")
    assert without_counts(dump(presquile)) == before
    for page, button in pressed:
        assert press(visitor, page, button).status_code == 303


def test_where_nobody_knows_who_is_on_the_list_its_check_page_settles_it(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    check = checked(visitor, monday)
    with visitor.application.app_context():
        engine = extensions.db.engine
    with no_answer(engine):
        unknown = press(visitor, check, CONFIRM)
    assert (unknown.status_code, rows(unknown)) == (503, rows(check))
    assert "si votre demande est enregistrée" in said(unknown)
    assert typed(unknown)["cle"] == typed(check)["cle"]
    assert press(visitor, unknown, CONFIRM).status_code == 303
    assert count(presquile, WaitingEntry) == 1
