"""An offered place from the resident's side: looked at, accepted, declined, too late."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus
from app.models.appointment import Appointment, Engagement
from app.models.waiting import WaitingEntry
from app.services.offers import offer_places
from tests.support.booking_walk import (
    ADDRESS,
    DETAILS,
    booked,
    count,
    dump,
    follow,
    one,
    press,
    said,
    set_settings,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.waiting_walk import WAIT_VISIT, joined, offered


@pytest.fixture
def session(presquile: Database) -> Iterator[Session]:
    engine = presquile.engine()
    with Session(engine) as session:
        yield session
    engine.dispose()


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
    assert page_of(told).soup.select("main a.button") == [], "nothing pushes them back"
    again = follow(visitor, told, "J’ai changé d’avis : prendre cette heure")
    assert page_of(again).h1 == "Vos coordonnées"
    assert one(presquile, WaitingEntry.refusals) == 1
    english = visitor.get(f"/en{told.request.path}")
    asked = follow(visitor, english, "Leave the waiting list")
    left = press(visitor, asked, "Yes, leave the list")
    assert page_of(visitor.get(left.location)).h1 == "You have left the waiting list"
    assert count(presquile, WaitingEntry) == 0
    assert "Leave the waiting list" not in said(visitor.get(f"/en{told.request.path}"))
    accepted = press(visitor, page, "Accepter cette place")
    assert accepted.status_code == 409
    assert count(presquile) == 0


def test_their_own_page_shows_the_place_and_where_to_answer(
    visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    mine = joined(visitor, monday)
    address = offered(visitor, session)
    shown = visitor.get(mine)
    assert "Mardi 24 novembre à 9 h" in said(shown)
    answered = follow(visitor, shown, "Répondre")
    assert answered.request.path == address
    assert page_of(answered).h1 == "Une place se libère pour vous"


def test_who_helps_books_again_as_they_joined(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday, f"{WAIT_VISIT}&pour=autre", destinataire="HELPER")
    page = visitor.get(offered(visitor, session))
    told = visitor.get(press(visitor, page, "Refuser cette place").location)
    again = follow(visitor, told, "J’ai changé d’avis : prendre cette heure")
    assert page_of(again).h1 == "Les coordonnées"
    set_settings(presquile, visit_notice_working_days=20)
    other = follow(visitor, visitor.get(told.request.path), "Prendre un autre rendez-vous")
    assert page_of(other).h1 == "Cette personne peut-elle venir à la permanence ?"


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


def test_messages_without_an_answer_stop_until_they_say_that_they_still_wait(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    mine = joined(visitor, monday)
    for _ in range(3):
        address = offered(visitor, session)
        monday.shift(timedelta(days=4))
        offer_places(session, datetime.now(UTC), 20)
    for page in (visitor.get(mine), visitor.get(address)):
        assert "Nous ne vous proposons plus de place." in said(page)
    done = press(visitor, visitor.get(address), "Je cherche toujours une place")
    assert done.status_code == 303
    told = visitor.get(done.location)
    assert page_of(told).h1 == "C’est noté : vous cherchez toujours une place"
    assert "Nous vous proposerons la prochaine place." in said(told)
    assert "Nous ne vous proposons plus" not in said(visitor.get(mine))


@pytest.mark.parametrize("answer", ["accepter", "refuser"])
def test_no_answer_passes_without_a_token_of_ours(
    presquile: Database,
    visitor: PageClient,
    session: Session,
    monday: time_machine.Traveller,
    answer: str,
) -> None:
    joined(visitor, monday)
    address = offered(visitor, session)
    before = dump(presquile)
    refused = visitor.post(f"{address}/{answer}", data={"csrf_token": "IjEyMyI.aaaaaa.bbbb"})
    assert refused.status_code == 422
    assert "Cette page est restée ouverte longtemps." in said(refused)
    assert dump(presquile) == before


def test_a_phone_at_its_limit_is_told_and_the_place_stays_theirs(
    presquile: Database, visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    joined(visitor, monday)
    page = visitor.get(offered(visitor, session))
    set_settings(presquile, upcoming_limit=1)
    booked(visitor, monday, DETAILS.replace("T09:00", "T10:30"))
    refused = press(visitor, page, "Accepter cette place")
    assert refused.status_code == 409
    assert "Retrouver mon rendez-vous" in said(refused)
    assert count(presquile, WaitingEntry) == 1


def test_a_place_earlier_that_was_refused_leads_to_the_other_hours(
    visitor: PageClient, session: Session, monday: time_machine.Traveller
) -> None:
    later = f"/rendez-vous/coordonnees?{ADDRESS}&debut=2026-12-01T09:00&lieu=mairie-breuillet"
    token = booked(visitor, monday, later)
    asked = visitor.get(f"/r/{token}/plus-tot")
    press(visitor, asked, "Me prévenir")
    page = visitor.get(offered(visitor, session))
    told = visitor.get(press(visitor, page, "Refuser cette place").location)
    hours = follow(visitor, told, "Voir les autres heures")
    assert page_of(hours).h1 == "Quel rendez-vous vous convient ?"
