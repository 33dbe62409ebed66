"""A registration in bad weather: a silent database, a hostile address, a click from nowhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.messages import MessageKind, OutboxState
from app.domain.workshops import RegistrationStatus, WorkshopStatus
from app.models.outbox import OutboxMessage
from app.models.workshops import Registration
from app.services.transaction import write_transaction
from app.services.workshop_offers import offer_workshops, refill_workshop, withdraw_all_places
from tests.support.booking_walk import (
    READING_S,
    count,
    errors,
    press,
    rows,
    said,
    set_settings,
    typed,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.payloads import PAYLOADS
from tests.support.presquile import NOW
from tests.support.silence import away
from tests.support.workshop_walk import ANSWERS, CONFIRM, FIRST, TWO, Programme

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


def test_the_form_does_not_tell_who_is_registered_a_name_at_a_time(
    presquile: Database, programme: Programme
) -> None:
    set_settings(presquile, lookup_failures_per_phone=1)
    visitor, slug = programme.client, programme.plan()
    programme.registered(slug)
    again = press(visitor, programme.checked(slug), CONFIRM)
    known = "Il y a déjà une inscription à ce nom. Retrouvez-la avec son numéro."
    assert (again.status_code, errors(again)) == (409, [known])
    for name in ("Rose", "Paul"):
        check = programme.checked(slug, prenom=name)
        refused = press(visitor, check, CONFIRM)
        wait = "Trop d’essais. Attendez 15 minutes ou appelez le 05 36 49 00 00."
        assert (refused.status_code, errors(refused)) == (429, [wait])
        assert rows(refused) == rows(check)
    assert len(programme.rows()) == 1


def test_an_offer_that_was_made_again_leads_to_the_new_one_until_its_hour(
    programme: Programme,
) -> None:
    visitor, slug = programme.client, programme.plan(capacity=1)
    first, _waiting = programme.fill(slug, 2)
    press(visitor, visitor.get(f"{first}/annuler"), "Oui, annuler")
    old, workshop_id = programme.offer(), programme.rows()[0].workshop_id
    with write_transaction(programme.session):
        withdraw_all_places(programme.session, workshop_id, NOW)
    refill_workshop(programme.session, workshop_id, NOW)
    gone = visitor.get(old)
    assert "Une autre place vous est proposée." in said(gone)
    new = programme.offer()
    assert page_of(gone).soup.find("a", href=new)
    shown = visitor.get(new)
    programme.clock.shift(timedelta(days=3))
    late = press(visitor, shown, "Accepter cette place")
    assert (late.status_code, page_of(late).h1) == (409, "Cette place n’est plus gardée pour vous")
    assert "L’heure pour répondre est passée." in said(late)
    assert press(visitor, shown, "Refuser cette place").location == new
    assert programme.rows()[1].status is RegistrationStatus.WAITING, "the worker will tell the next"


def test_a_group_is_told_to_call_and_the_next_press_registers_one(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan()
    told = "Une inscription est pour une ou deux personnes. Pour un groupe, appelez"
    form = visitor.get(f"/ateliers/{slug}/inscription")
    assert told in said(form), "before anybody asks"
    asked = visitor.get(f"/ateliers/{slug}/inscription?deux=50")
    assert asked.status_code == 422
    assert told in errors(asked)[0]
    for page in ("", "/verifier", "/confirmer"):
        sent = typed(form) | ANSWERS
        refused = visitor.post(f"/ateliers/{slug}/inscription{page}?deux=2", data=sent)
        assert (refused.status_code, told in errors(refused)[0]) == (422, True)
        assert typed(refused)["nom"] == "Serin"
    assert programme.rows() == []
    check = programme.checked(slug, "?deux=50")
    assert press(visitor, check, CONFIRM).status_code == 303
    assert [row.places for row in programme.rows()] == [1]


def test_who_comes_from_the_list_is_told_that_no_device_is_left(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan(capacity=1)
    (first,) = programme.fill(slug, 1)
    programme.own_page(slug, appareil="1")
    programme.set(slug, devices=0)
    press(visitor, visitor.get(f"{first}/annuler"), "Oui, annuler")
    told = "Nous n’avons plus assez d’appareils à prêter. Apportez le vôtre ou appelez"
    page = visitor.get(programme.offer())
    assert told in said(page)
    assert "Sans réponse, vous quittez la liste d’attente de cet atelier." in said(page)
    english = said(visitor.get(f"/en{programme.offer()}"))
    assert "Without an answer, you leave the waiting list of this workshop." in english
    done = press(visitor, page, "Accepter cette place")
    assert told in said(visitor.get(done.location))
    own = str(done.location).partition("?")[0]
    assert told not in said(visitor.get(own))
    assert programme.rows()[-1].devices_wanted == 0


def test_of_two_who_wait_one_gives_up_keeps_the_rank_then_does_not_answer(
    programme: Programme,
) -> None:
    visitor, slug = programme.client, programme.plan(capacity=1)
    own = programme.own_page(slug, "?deux=oui", **TWO)
    done = press(visitor, visitor.get(f"{own}/une-personne"), "Oui, une seule personne")
    assert "Vous gardez votre rang" in said(visitor.get(done.location))
    assert "pourra prendre la place" not in said(visitor.get(done.location))
    silent = FIRST - timedelta(hours=1)
    programme.clock.move_to(silent)
    programme.session.rollback()
    of_the_place = OutboxMessage.kind == MessageKind.OFFER
    sent = update(OutboxMessage).where(of_the_place).values(state=OutboxState.SENT)
    assert programme.session.execute(sent).rowcount == 1
    programme.session.commit()
    assert offer_workshops(programme.session, silent, 10) == 1
    assert "La place proposée n’a pas eu de réponse" in said(visitor.get(own))
    english = said(visitor.get(f"/en{own}"))
    assert "The place that was offered had no answer" in english
    assert "Annulée par" not in said(visitor.get(own))


def test_a_device_that_is_lent_no_more_is_refused_before_they_come_without_one(
    programme: Programme,
) -> None:
    visitor, slug = programme.client, programme.plan(devices=2)
    no_device = "Nous n’avons plus assez d’appareils à prêter."
    couple = programme.checked(slug, "?deux=oui", **TWO, appareil="2")
    programme.set(slug, devices=1)
    fewer = press(visitor, couple, CONFIRM)
    assert fewer.status_code == 422
    assert errors(fewer)[0].startswith(no_device)
    alone = programme.checked(slug, appareil="1")
    programme.set(slug, devices=0)
    changed = press(visitor, alone, "Modifier le nom")
    assert errors(changed)[0].startswith(no_device)
    told = press(visitor, alone, CONFIRM)
    assert told.status_code == 422
    assert errors(told)[0].startswith(no_device)
    assert programme.rows() == []
    assert press(visitor, told, CONFIRM).status_code == 303
    (row,) = programme.rows()
    assert row.devices_wanted == 0
