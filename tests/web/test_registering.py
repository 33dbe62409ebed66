"""Workshops from the resident's side: register, wait, answer, miss a date, cancel."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.domain.appointment import Recipient
from app.domain.workshops import RegistrationStatus
from app.models.workshops import Registration
from app.services.transaction import write_transaction
from tests.support.booking_walk import (
    HELPER,
    count,
    dump,
    errors,
    found,
    press,
    rows,
    said,
    set_settings,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.workshop_walk import (
    AND_ANOTHER,
    ANSWERS,
    CONFIRM,
    CONFIRM_LIST,
    FIRST,
    TWO,
    Programme,
)

REGISTERED, WAITING, CANCELLED = RegistrationStatus


@pytest.fixture
def programme(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> Iterator[Programme]:
    engine = presquile.engine()
    with Session(engine) as session:
        yield Programme(session, visitor, monday)
    engine.dispose()


def test_registering_is_one_form_one_check_one_click(
    presquile: Database, programme: Programme
) -> None:
    visitor, slug = programme.client, programme.plan()
    check = programme.checked(slug, appareil="1")
    assert page_of(check).h1 == "Vérifiez votre inscription"
    assert rows(check)["Appareil"] == "Nous prêtons un appareil"
    assert rows(check)["Commune"] == "Breuillet"
    assert count(presquile, Registration) == 0
    done = press(visitor, check, CONFIRM)
    assert press(visitor, check, CONFIRM).location == done.location
    (row,) = programme.rows()
    shown = visitor.get(done.location)
    assert page_of(shown).h1 == "Votre inscription est enregistrée"
    number = found(shown, "strong", f"{row.reference}"[:3] + " " + f"{row.reference}"[3:])
    assert number["id"] == "numero"
    for typed_by_them in ("Rose", "Serin", "06 39 98 00 01"):
        assert typed_by_them not in shown.get_data(as_text=True)
    back = press(visitor, check, "Modifier le nom")
    assert typed(back)["prenom"] == "Rose"
    twice = press(visitor, programme.checked(slug, nom=" serin"), CONFIRM)
    assert twice.status_code == 409
    assert errors(twice) == ["Il y a déjà une inscription à ce nom. Retrouvez-la avec son numéro."]
    find = visitor.get("/mon-rendez-vous")
    sent = {"numero": str(row.reference), "telephone": "06 39 98 00 01"}
    opened = press(visitor, find, "Voir mon rendez-vous", **sent)
    assert opened.location == f"/r/{done.location.rsplit('/', 1)[1]}"
    wrong = press(visitor, find, "Voir mon rendez-vous", **(sent | {"telephone": "0639980002"}))
    assert wrong.status_code == 404


@pytest.mark.parametrize(
    ("query", "answers", "sentence"),
    [
        ("", {"commune": ""}, "Choisissez votre commune."),
        ("", {"commune": "autre"}, "aide d’abord les habitants des communes membres"),
        ("", {"prenom": ""}, "Écrivez votre prénom."),
        ("", {"telephone": ""}, "Écrivez votre numéro de téléphone."),
        ("", {"telephone": "05 46 00 00 00"}, "SMS à un téléphone fixe"),
        ("", {"appareil": "2"}, "Dites si vous apportez votre appareil."),
        ("?deux=oui", TWO | {"accompagnant_nom": " "}, "le prénom et le nom de la deuxième"),
        ("?pour=autre", HELPER | {"accord": ""}, "Cochez la case si la personne est d’accord."),
        ("?pour=autre", HELPER | {"prenom": ""}, "Écrivez le prénom de la personne."),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_kept(
    presquile: Database, programme: Programme, query: str, answers: dict[str, str], sentence: str
) -> None:
    before = without_counts(dump(presquile))
    slug = programme.plan()
    page = programme.checked(slug, query, **answers)
    assert page.status_code == 422
    assert any(sentence in line for line in errors(page)), errors(page)
    assert typed(page)["nom"] == "Serin"
    assert without_counts(dump(presquile))["registration"] == before["registration"]


def test_full_meanwhile_keeps_all_and_offers_the_list(
    presquile: Database, programme: Programme
) -> None:
    set_settings(presquile, waiting_short_answer_hours=1)
    visitor, slug = programme.client, programme.plan(capacity=2)
    check = programme.checked(slug)
    programme.fill(slug, 2)
    full = press(visitor, check, CONFIRM)
    assert full.status_code == 409
    assert errors(full) == [
        "Cet atelier est complet depuis quelques minutes. Voulez-vous la liste d’attente ?"
    ]
    waiting = press(visitor, full, CONFIRM_LIST)
    shown = visitor.get(waiting.location)
    assert page_of(shown).h1 == "Vous êtes sur la liste d’attente (numéro 1)"
    assert "Vous aurez 24 heures pour répondre, ou 1 heure si" in said(shown)
    second = programme.checked(slug, prenom="Ana")
    assert "Vous serez sur la liste d’attente, numéro 2." in said(second)


def test_a_freed_place_is_accepted_from_its_link_and_looking_answers_nothing(
    presquile: Database, programme: Programme
) -> None:
    visitor, slug = programme.client, programme.plan(capacity=1)
    first, second, third = programme.fill(slug, 3)
    leave = visitor.get(f"{first}/annuler")
    assert page_of(leave).h1 == "Voulez-vous annuler cette inscription ?"
    gone = press(visitor, leave, "Oui, annuler")
    assert page_of(visitor.get(gone.location)).h1 == "Votre inscription est annulée"
    address = programme.offer()
    before = without_counts(dump(presquile))
    page = visitor.get(address)
    visitor.head(address)
    assert page_of(page).h1 == "Une place se libère pour vous"
    assert "Répondre" in said(visitor.get(second))
    assert without_counts(dump(presquile)) == before
    taken = press(visitor, page, "Accepter cette place")
    assert page_of(visitor.get(taken.location)).h1 == "Votre inscription est enregistrée"
    assert press(visitor, page, "Accepter cette place").location == taken.location
    assert page_of(visitor.get(address)).h1 == "Vous avez accepté cette place"
    press(visitor, visitor.get(f"{second}/annuler"), "Oui, annuler")
    declined = press(visitor, visitor.get(programme.offer()), "Refuser cette place")
    assert page_of(visitor.get(declined.location)).h1 == "Cette place n’est plus gardée pour vous"
    assert [row.status for row in programme.rows()] == [CANCELLED, CANCELLED, CANCELLED]
    for place in (third, f"{third}/imprimer"):
        assert "Cette inscription est annulée" in said(visitor.get(place))
        assert not page_of(visitor.get(place)).soup.select("#numero"), "it looks like no ticket"


def test_the_pages_of_a_link_change_nothing_name_nobody_and_end(
    presquile: Database, programme: Programme
) -> None:
    visitor, slug = programme.client, programme.plan(dates=2)
    own = programme.own_page(slug, "?deux=oui", **TWO)
    token, date_id = own.removeprefix("/r/"), programme.rows()[0].workshop.sessions[1].id
    paths = ["", ".ics", "/imprimer", "/annuler", "/messages", "/une-personne", f"/date/{date_id}"]
    pages = [f"{own}{path}" for path in paths] + [f"/ateliers/inscrit/{token}"]
    before = dump(presquile)
    for page in pages:
        for method in ("GET", "HEAD", "GET"):
            shown = visitor.open(f"{page}?fait=annule", method=method)
            assert shown.status_code == 200, page
            assert shown.headers["Cache-Control"] == "no-store", page
            assert "noindex" in shown.headers["X-Robots-Tag"], page
            for private in ("Rose", "Serin", "Paul", "06 39 98 00 01", "+33639980001"):
                assert private not in shown.text.replace("\u00a0", " "), (page, private)
    assert dump(presquile) == before
    assert visitor.get(f"{own}/date").status_code == 404
    programme.clock.move_to(FIRST + timedelta(days=7 + 32))
    assert {visitor.get(page).status_code for page in pages} == {410}


def test_two_come_together_and_one_gives_up(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan()
    own = programme.own_page(slug, "?deux=oui", **TWO, appareil="2")
    assert "Pour deux personnes" in said(visitor.get(own))
    ask = visitor.get(f"{own}/une-personne")
    done = press(visitor, ask, "Oui, une seule personne")
    assert page_of(visitor.get(done.location)).h1 == "C’est noté : une seule personne"
    assert press(visitor, ask, "Oui, une seule personne").status_code == 409
    (row,) = programme.rows()
    assert (row.places, row.companion_last_name, row.devices_wanted) == (1, None, 1)


def test_another_person_is_registered_with_the_same_contact_and_no_name(
    programme: Programme,
) -> None:
    visitor, slug = programme.client, programme.plan()
    check = programme.checked(slug, "?pour=autre", **HELPER, destinataire="HELPER")
    again = press(visitor, check, AND_ANOTHER)
    assert "L’inscription est enregistrée" in said(again)
    assert (typed(again)["prenom"], typed(again)["aidant_nom"]) == ("", "Marc Serin")
    programme.clock.shift(5)
    second = press(visitor, again, "Continuer", prenom="Ana", nom="Serin", appareil="0")
    press(visitor, second, CONFIRM)
    first_row, second_row = programme.rows()
    assert (first_row.resident_id, first_row.message_to) != (second_row.resident_id, None)
    assert second_row.message_to is Recipient.HELPER
    assert first_row.reference != second_row.reference


def test_a_cycle_is_one_registration_and_one_date_may_be_missed(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan(dates=3)
    own = programme.own_page(slug)
    calendar = visitor.get(f"{own}.ics").get_data(as_text=True)
    assert calendar.count("BEGIN:VEVENT") == 3
    page = visitor.get(own)
    links = [tag for tag in page_of(page).soup.main("a") if "Je ne viens pas" in tag.get_text()]
    assert len(links) == 3
    ask = visitor.get(str(links[1]["href"]))
    assert "Mardi 15 décembre, de 14 h à 16 h" in said(ask)
    done = press(visitor, ask, "Oui, je ne viens pas")
    shown = visitor.get(done.location)
    assert "Vous ne venez pas ce jour-là" in said(shown)
    assert "C’est déjà noté" in said(visitor.get(str(links[1]["href"])))
    assert "STATUS:CANCELLED" in visitor.get(f"{own}.ics").get_data(as_text=True)
    assert visitor.get(f"{own}/date/999999").status_code == 404
    assert "Mardi 15 décembre" in said(visitor.get(f"{own}/imprimer"))
    wishes = press(visitor, visitor.get(f"{own}/messages"), "Enregistrer mon choix")
    assert wishes.status_code == 303
    programme.leave_one_date(slug)
    assert "Je ne viens pas ce jour-là" not in said(visitor.get(own))
    assert visitor.get(str(links[0]["href"])).status_code == 404
    programme.clock.move_to(FIRST + timedelta(days=1))
    assert "L’atelier a commencé." in said(visitor.get(own))
    late = visitor.get(f"{own}/annuler")
    assert page_of(late).h1 == "Cette inscription ne peut plus être annulée ici"


def test_nobody_registers_once_it_has_begun_and_answers_are_kept(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan()
    check = programme.checked(slug)
    programme.clock.move_to(FIRST + timedelta(minutes=1))
    late = press(visitor, check, CONFIRM)
    assert late.status_code == 409
    assert "Cet atelier a déjà commencé." in said(late)
    assert typed(late)["prenom"] == "Rose"
    assert "Déjà commencé" in said(visitor.get(f"/ateliers/{slug}"))


def test_places_kept_for_the_host_commune_are_told_and_kept(programme: Programme) -> None:
    slug = programme.plan(capacity=3, kept_places=3, kept_until=date(2026, 12, 1))
    page = said(programme.client.get(f"/ateliers/{slug}"))
    assert "3 places, gardées pour les habitants d’Arvert" in page
    elsewhere = programme.own_page(slug)
    home = programme.own_page(slug, commune="arvert", prenom="Ana", telephone="06 39 98 00 09")
    assert [row.status for row in programme.rows()] == [WAITING, REGISTERED]
    assert "Liste d’attente, numéro 1" in said(programme.client.get(elsewhere))
    assert "Inscription confirmée" in said(programme.client.get(home))


def test_posting_straight_to_the_click_leads_back_to_the_form(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan()
    page = visitor.get(f"/ateliers/{slug}/inscription")
    token = page_of(page).soup.select_one("[name=csrf_token]")
    assert token is not None
    sent = {**ANSWERS, "message": "SMS", "csrf_token": str(token["value"])}
    straight = visitor.post(f"/ateliers/{slug}/inscription/confirmer", data=sent)
    assert straight.status_code == 422
    assert programme.rows() == []
    assert visitor.get(f"/ateliers/{slug}/inscription/verifier").status_code == 302
    unsigned = visitor.post(f"/ateliers/{slug}/inscription/verifier", data=ANSWERS)
    assert typed(unsigned)["prenom"] == "Rose"


def test_many_registrations_from_one_address_are_stopped(
    presquile: Database, programme: Programme
) -> None:
    slug = programme.plan()
    set_settings(presquile, bookings_per_hour_per_address=1)
    programme.own_page(slug)
    check = programme.checked(slug, prenom="Ana", telephone="06 39 98 00 09")
    stopped = press(programme.client, check, CONFIRM)
    assert stopped.status_code == 429
    assert "Trop d’inscriptions viennent d’être prises ici." in said(stopped)


def test_a_link_opens_one_registration_and_leaves_the_others_alone(programme: Programme) -> None:
    """A link opens one registration: changing its token leaves the other one alone."""
    slug = programme.plan()
    mine, other = programme.fill(slug, 2)
    with write_transaction(programme.session):
        programme.rows()[0].link_token_hash = "0" * 64
    assert programme.client.get(mine).status_code == 404
    assert programme.client.get(other).status_code == 200
