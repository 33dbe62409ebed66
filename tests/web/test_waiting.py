"""The waiting list from the resident's side: join, see, leave; accept, decline, too late."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, MessageChannel
from app.domain.waiting import HalfDay
from app.models.appointment import Appointment, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.waiting import Offer, WaitingEntry
from app.services.catalogue import read_catalogue
from app.services.links import Links
from app.services.offer_facts import offer_facts_of
from tests.support.booking_walk import (
    ADDRESS,
    HELPER,
    HOME,
    PERSON,
    READING_S,
    booked,
    count,
    dump,
    errors,
    follow,
    one,
    press,
    rows,
    said,
    set_settings,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of

WAIT = f"/rendez-vous/attente?{ADDRESS}&attente=oui"
WAIT_VISIT = f"/visite-a-domicile/attente?{ADDRESS}&attente=oui"
CONFIRM = "Confirmer : prévenez-moi"


def checked(
    client: PageClient, clock: time_machine.Traveller, url: str = WAIT, **answers: str
) -> Any:
    """The check page, unless refused."""
    page = client.get(url)
    clock.shift(READING_S)
    more = HELPER if "pour=autre" in url else {}
    more = more | HOME if "visite" in url else more
    return press(client, page, "Continuer", **{**PERSON, **more, **answers})


def joined(
    client: PageClient, clock: time_machine.Traveller, url: str = WAIT, **answers: str
) -> str:
    """On the list: the address of one's own page."""
    done = press(client, checked(client, clock, url, **answers), CONFIRM)
    assert done.status_code == 303, said(done)
    return str(done.location)


@pytest.fixture
def session(presquile: Database) -> Iterator[Session]:
    engine = presquile.engine()
    with Session(engine) as session:
        yield session
    engine.dispose()


def offered(client: PageClient, session: Session) -> str:
    """The address of the offer that is open, as its message carries it."""
    links = Links(client.application.config["COCLICO"].link_key)
    session.rollback()
    open_now = select(Offer.id).where(Offer.closed_at.is_(None))
    offer_id = session.scalars(open_now.order_by(Offer.id.desc()).limit(1)).one()
    facts = offer_facts_of(session, read_catalogue(session), offer_id, links)
    assert facts is not None
    return f"/offre/{facts.token}"


def test_joining_says_what_is_awaited_and_how_to_leave(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(WAIT)
    assert page_of(page).h1 == "Me prévenir si une place se libère"
    assert "Un rendez-vous à Breuillet" in said(page)
    check = checked(visitor, monday, quand="MORNING", trajet="15")
    assert page_of(check).h1 == "Vérifiez votre demande"
    assert rows(check)["Quand"] == "Le matin"
    assert rows(check)["Où"] == "Dans les communes à 15 minutes en voiture"
    assert count(presquile, WaitingEntry) == 0
    done = press(visitor, check, CONFIRM)
    shown = visitor.get(done.location)
    assert page_of(shown).h1 == "Vous êtes sur la liste d’attente"
    assert "jusqu’au vendredi 22 janvier 2027" in said(shown)
    assert one(presquile, WaitingEntry.half_day) is HalfDay.MORNING
    assert one(presquile, WaitingEntry.reach_minutes) == 15
    again = press(visitor, check, CONFIRM)
    assert again.location == done.location
    assert count(presquile, WaitingEntry) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/liste-attente", "Dans quelle commune habitez-vous ?"),
        ("/liste-attente?commune=breuillet", "De quelle aide avez-vous besoin ?"),
        (f"/liste-attente?{ADDRESS}", "Me prévenir si une place se libère"),
        (f"/liste-attente?{ADDRESS}&visite=oui", "Me prévenir si une place se libère"),
        (f"/rendez-vous/attente/verifier?{ADDRESS}", "Me prévenir si une place se libère"),
        ("/en/liste-attente?commune=breuillet", "What help do you need?"),
    ],
)
def test_what_the_address_answers_is_not_asked(
    visitor: PageClient, address: str, expected: str
) -> None:
    page = visitor.get(address, follow_redirects=True)
    assert page_of(page).h1 == expected


def test_the_questions_lead_to_the_list(visitor: PageClient) -> None:
    page = visitor.get("/liste-attente", follow_redirects=True)
    page = press(visitor, page, "Continuer", commune="breuillet")
    page = visitor.get(page.location)
    page = press(visitor, page, "Continuer", besoin="motdepasse")
    assert page_of(visitor.get(page.location)).h1 == "Me prévenir si une place se libère"


def test_a_visit_asks_where_and_no_hour_to_call(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(WAIT_VISIT)
    assert "trajet" not in typed(page)
    assert "rappel" not in typed(page)
    joined(visitor, monday, WAIT_VISIT)
    assert one(presquile, WaitingEntry.address_line1) == "12 impasse du Moulin"


def test_another_person_may_be_put_on_the_list(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = press(visitor, visitor.get(WAIT), "C’est pour une autre personne")
    assert "Votre téléphone" in said(page)
    check = checked(visitor, monday, f"{WAIT}&pour=autre", destinataire="HELPER")
    assert rows(check)["Vous"].startswith("Marc Serin")
    press(visitor, check, CONFIRM)
    assert one(presquile, WaitingEntry.helper_name) == "Marc Serin"


def test_refusals_keep_every_answer(visitor: PageClient, monday: time_machine.Traveller) -> None:
    page = checked(visitor, monday, prenom="", telephone="05 36 49 00 00")
    assert page.status_code == 422
    assert "Écrivez votre prénom." in errors(page)
    assert typed(page)["nom"] == "Serin"
    landline = checked(visitor, monday, telephone="05 36 49 00 00")
    assert "Nous ne pouvons pas envoyer de SMS" in said(landline)
    missing = checked(visitor, monday, quand="jamais")
    assert errors(missing) == ["Choisissez un moment de la journée."]
    back = press(visitor, checked(visitor, monday), "Modifier le besoin")
    assert typed(back)["prenom"] == "Rose"


def test_a_voice_needs_no_mobile(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday, telephone="05 36 49 00 00", message="VOICE")
    assert one(presquile, WaitingEntry.message_channel) is MessageChannel.VOICE
    assert count(presquile, OutboxMessage) == 0


def test_a_phone_does_not_wait_more_often_than_it_may_book(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    for _ in range(2):
        joined(visitor, monday)
    page = press(visitor, checked(visitor, monday), CONFIRM)
    assert page.status_code == 409
    assert "Nous ne pouvons pas prendre un autre rendez-vous" in said(page)
    assert count(presquile, WaitingEntry) == 2


def test_leaving_takes_a_press_and_erases(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    mine = visitor.get(joined(visitor, monday))
    question = follow(visitor, mine, "Quitter la liste d’attente")
    before = without_counts(dump(presquile))
    follow(visitor, question, "Non, attendre encore")
    assert without_counts(dump(presquile)) == before
    left = press(visitor, question, "Oui, quitter la liste")
    assert page_of(visitor.get(left.location)).h1 == "Vous avez quitté la liste d’attente"
    assert (count(presquile, WaitingEntry), count(presquile, Resident)) == (0, 0)
    gone = visitor.get(mine.request.path)
    assert gone.status_code == 404
    assert "Vous n’êtes plus sur la liste d’attente avec ce lien." in said(gone)


def test_looking_at_an_offer_answers_nothing(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday)
    address = offered(visitor, session)
    before = without_counts(dump(presquile))
    for _ in range(2):
        page = visitor.get(address)
    visitor.head(address)
    assert without_counts(dump(presquile)) == before
    assert page_of(page).h1 == "Une place se libère pour vous"
    assert "Mardi 24 novembre à 9 h" in said(page)
    assert "Répondez avant lundi 23 novembre à 14 h" in said(page)
    assert "Rose" not in page.get_data(as_text=True)
    for path in ("accepter", "refuser"):
        assert visitor.get(f"{address}/{path}").status_code == 405


def test_accepting_twice_is_one_appointment(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday)
    page = visitor.get(offered(visitor, session))
    done = press(visitor, page, "Accepter cette place")
    assert done.status_code == 303
    again = press(visitor, page, "Accepter cette place")
    assert again.location == done.location
    assert page_of(visitor.get(done.location)).h1 == "Votre rendez-vous est confirmé"
    assert (count(presquile), count(presquile, WaitingEntry)) == (1, 0)
    assert count(presquile, Engagement) == 1
    told = visitor.get(page.request.path)
    assert page_of(told).h1 == "Vous avez accepté cette place"
    assert page_of(follow(visitor, told, "Voir mon rendez-vous")).h1 == "Votre rendez-vous"


def test_declining_keeps_the_place_on_the_list(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday, quand="MORNING")
    page = visitor.get(offered(visitor, session))
    told = visitor.get(press(visitor, page, "Refuser cette place").location)
    assert page_of(told).h1 == "Vous avez refusé cette place"
    assert "Vous restez sur la liste d’attente." in said(told)
    assert one(presquile, WaitingEntry.refusals) == 1
    accepted = press(visitor, page, "Accepter cette place")
    assert accepted.status_code == 409
    assert count(presquile) == 0


def test_too_late_says_so_and_shows_how_to_book_it(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday)
    page = visitor.get(offered(visitor, session))
    monday.shift(timedelta(hours=5))
    late = visitor.get(page.request.path)
    assert page_of(late).h1 == "Cette place n’est plus gardée pour vous"
    refused = press(visitor, page, "Accepter cette place")
    assert refused.status_code == 409
    again = follow(visitor, late, "Cette heure est encore libre : la réserver")
    assert page_of(again).h1 == "Vos coordonnées"


def test_an_earlier_place_moves_the_appointment(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    later = f"/rendez-vous/coordonnees?{ADDRESS}&debut=2026-12-01T09:00&lieu=mairie-breuillet"
    token = booked(visitor, monday, later)
    shown = visitor.get(f"/r/{token}")
    asked = follow(visitor, shown, "Une place plus tôt")
    mine = visitor.get(press(visitor, asked, "Me prévenir", quand="MORNING").location)
    assert "Votre rendez-vous est gardé : mardi 1er décembre à 9 h." in said(mine)
    page = visitor.get(offered(visitor, session))
    assert "ce rendez-vous remplace le vôtre" in said(page)
    done = visitor.get(press(visitor, page, "Accepter cette place").location)
    assert page_of(done).h1 == "La date est changée"
    assert "Mardi 24 novembre à 9 h" in said(done)
    assert one(presquile, Appointment.status) is AppointmentStatus.BOOKED
    assert (count(presquile, WaitingEntry), count(presquile, Engagement)) == (0, 1)


def test_a_link_that_nobody_was_given_opens_nothing(visitor: PageClient) -> None:
    for path in ("/offre/abcdefghijkl", "/offre/x", "/liste-attente/abcdefghijkl"):
        assert visitor.get(path).status_code == 404


def test_links_cannot_be_tried_one_after_the_other(
    presquile: Database, visitor: PageClient
) -> None:
    set_settings(presquile, lookup_failures_per_address=2)
    found = [visitor.get(f"/offre/abcdefghijk{each}").status_code for each in range(4)]
    assert found == [404, 404, 429, 429]


def test_nothing_free_leads_to_the_list(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, notice_working_days=20, booking_window_days=1)
    page = visitor.get(f"/rendez-vous/heure?{ADDRESS}")
    listed = follow(visitor, page, "Me prévenir si une place se libère")
    assert page_of(listed).h1 == "Me prévenir si une place se libère"
