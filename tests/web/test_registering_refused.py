"""A registration in bad weather: a silent database, a hostile address, a click from nowhere."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.domain.workshops import WorkshopStatus
from app.models.workshops import Registration
from tests.support.booking_walk import READING_S, count, errors, press, rows, typed
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.payloads import PAYLOADS
from tests.support.silence import away
from tests.support.workshop_walk import ANSWERS, CONFIRM, Programme

SILENT = (
    "Le site ne répond pas. Rien n’est enregistré. "
    "Réessayez dans quelques minutes ou appelez le 05 36 49 00 00."
)


@pytest.fixture
def programme(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> Iterator[Programme]:
    engine = presquile.engine()
    with Session(engine) as session:
        yield Programme(session, visitor, monday)
        session.close()
    engine.dispose()


@pytest.mark.parametrize("step", ["Continuer", "Modifier le nom", CONFIRM])
def test_while_the_database_is_away_the_answers_stay_on_the_page(
    presquile: Database, programme: Programme, step: str
) -> None:
    visitor, slug = programme.client, programme.plan()
    page = visitor.get(f"/ateliers/{slug}/inscription")
    programme.clock.shift(READING_S)
    if step != "Continuer":
        page = press(visitor, page, "Continuer", **ANSWERS)
    programme.session.close()
    with away(presquile, visitor.application):
        response = press(visitor, page, step, **(ANSWERS if step == "Continuer" else {}))
        assert (response.status_code, errors(response)) == (503, [SILENT])
        assert typed(response).items() >= ANSWERS.items()
    check = press(visitor, response, "Continuer")
    assert rows(check)["Nom"] == "Rose Serin"
    done = press(visitor, check, CONFIRM)
    assert page_of(visitor.get(done.location)).h1 == "Votre inscription est enregistrée"
    assert count(presquile, Registration) == 1


def test_no_parameter_breaks_a_page_or_writes_into_it(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan()
    visitor.checks_pages = False  # many pages that others check
    asked = {
        "/ateliers": ("commune", "niveau", "theme", "page"),
        "/ateliers/programme": ("mois", "commune"),
        "/ateliers.ics": ("commune",),
        f"/ateliers/{slug}/inscription": ("commune", "pour", "deux"),
    }
    for path, names in asked.items():
        for name in names:
            for payload in PAYLOADS:
                response = visitor.get(path, query_string={name: payload})
                assert response.status_code < 500, (path, name, payload)
                assert "<script>alert" not in response.text
                assert "<img src=x" not in response.text
                assert "stolen" not in response.headers.get("Set-Cookie", "")


def test_what_is_typed_is_shown_again_and_runs_nothing(programme: Programme) -> None:
    slug = programme.plan()
    for payload in PAYLOADS:
        page = programme.checked(slug, "?deux=oui", accompagnant_prenom=payload, prenom=payload)
        assert page.status_code == 422
        assert "<script>alert" not in page.text
    assert programme.rows() == []


def test_an_offer_of_a_cancelled_workshop_asks_nothing(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan(capacity=1)
    first, second = programme.fill(slug, 2)
    press(visitor, visitor.get(f"{first}/annuler"), "Oui, annuler")
    address = programme.offer()
    programme.set(slug, status=WorkshopStatus.CANCELLED)
    assert page_of(visitor.get(address)).h1 == "Cette place n’est plus gardée pour vous"
    assert page_of(visitor.get(second)).h1 == "Cet atelier est annulé"
