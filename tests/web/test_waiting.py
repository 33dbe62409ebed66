"""The waiting list from the resident's side: join, see, leave."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.domain.appointment import MessageChannel
from app.domain.waiting import HalfDay
from app.models.appointment import Resident
from app.models.outbox import OutboxMessage, UsageCount
from app.models.waiting import WaitingEntry
from app.web import quotas
from tests.support.booking_walk import (
    ADDRESS,
    PERSON,
    READING_S,
    TIMES,
    booked,
    count,
    dump,
    errors,
    follow,
    found,
    one,
    press,
    rows,
    said,
    set_settings,
    times,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.silence import away
from tests.support.waiting_walk import CONFIRM, WAIT, WAIT_VISIT, asked, checked, joined


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


def test_free_times_that_suit_come_first_and_block_nobody(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    nothing = asked(visitor, monday, quand="AFTERNOON")
    assert page_of(nothing).h1 == "Vérifiez votre demande", "the town hall is open in the morning"
    first = asked(visitor, monday, quand="MORNING", trajet="15")
    assert page_of(first).h1 == "Des heures sont libres"
    assert "à Breuillet : Mardi 24 novembre à 9 h" in said(first)
    seen = press(visitor, first, "Voir ces heures")
    assert times(seen)[0] == "9 h, mardi 24 novembre"
    chosen = press(visitor, seen, "9 h, mardi 24 novembre")
    assert page_of(chosen).h1 == "Vérifiez votre rendez-vous"
    assert rows(chosen)["Nom"] == "Rose Serin"
    listed = press(visitor, first, "Non, me prévenir")
    assert rows(listed)["Quand"] == "Le matin"
    assert rows(listed)["Où"] == "Dans les communes à 15 minutes en voiture"
    press(visitor, listed, CONFIRM)
    assert one(presquile, WaitingEntry.half_day) is HalfDay.MORNING
    visit = press(visitor, asked(visitor, monday, WAIT_VISIT), "Voir ces heures")
    hour = press(visitor, visit, times(visit)[0])
    assert rows(hour)["Appel avant la visite"] == "Peu importe"
    english = press(visitor, visitor.get(f"/en{WAIT}"), "Continue", **PERSON)
    monday.shift(READING_S)
    english = press(visitor, english, "Continue")
    assert page_of(english).h1 == "Some times are free"


def test_while_the_database_is_away_the_free_times_are_left_out(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(WAIT)
    monday.shift(READING_S)
    with away(presquile, visitor.application):
        check = press(visitor, page, "Continuer", **PERSON)
    assert rows(check)["Nom"] == "Rose Serin"


def test_who_found_no_time_that_suits_is_not_asked_again(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    page = visitor.get(TIMES)
    waiting = found(page, "a", "Aucune heure ne me convient : me prévenir")
    check = asked(visitor, monday, str(waiting["href"]))
    assert page_of(check).h1 == "Vérifiez votre demande"


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


def test_joining_in_a_loop_is_stopped_whatever_is_left_since(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    for _ in range(quotas.JOINS_A_DAY):
        mine = visitor.get(joined(visitor, monday))
        press(visitor, follow(visitor, mine, "Quitter la liste d’attente"), "Oui, quitter la liste")
    page = press(visitor, checked(visitor, monday), CONFIRM)
    assert page.status_code == 409
    assert count(presquile, WaitingEntry) == 0


def test_one_address_joins_ten_times_an_hour(
    presquile: Database,
    visitor: PageClient,
    monday: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert quotas.JOINS_AN_HOUR == 10
    monkeypatch.setattr(quotas, "JOINS_AN_HOUR", 2)
    phones = [f"06 39 98 10 0{each}" for each in range(3)]
    for phone in phones[:2]:
        joined(visitor, monday, telephone=phone)
    page = press(visitor, checked(visitor, monday, telephone=phones[2]), CONFIRM)
    assert page.status_code == 429
    assert count(presquile, WaitingEntry) == 2
    monday.shift(timedelta(hours=1))
    joined(visitor, monday, telephone=phones[2])


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


def unmet(database: Database) -> list[tuple[str, int]]:
    engine = database.engine()
    with engine.connect() as connection:
        counted = select(UsageCount.name, UsageCount.count).order_by(UsageCount.name)
        found = [tuple(row) for row in connection.execute(counted)]
    engine.dispose()
    return found


def test_a_search_without_an_hour_is_counted_once_a_day(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    set_settings(presquile, notice_working_days=20, booking_window_days=1)
    for address in (ADDRESS, f"{ADDRESS}&moment=matin", ADDRESS, ADDRESS):
        visitor.get(f"/rendez-vous/heure?{address}")
    assert unmet(presquile) == [("unmet_permanence", 1)]
    visitor.get(f"/visite-a-domicile/heure?{ADDRESS}")
    monday.shift(timedelta(days=1, seconds=1))
    visitor.get(f"/rendez-vous/heure?{ADDRESS}")
    assert unmet(presquile) == [("unmet_permanence", 2), ("unmet_visit", 1)]


def test_a_search_that_finds_is_not_counted(presquile: Database, visitor: PageClient) -> None:
    visitor.get(f"/rendez-vous/heure?{ADDRESS}")
    visitor.get(f"/rendez-vous/heure?{ADDRESS}&voisines=oui")
    assert unmet(presquile) == []


def test_nobody_leaves_without_a_token_of_ours(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    mine = joined(visitor, monday).partition("?")[0]
    refused = visitor.post(f"{mine}/depart", data={"csrf_token": "x"})
    assert refused.status_code == 422
    assert count(presquile, WaitingEntry) == 1


def test_an_earlier_place_says_when(visitor: PageClient, monday: time_machine.Traveller) -> None:
    asked = visitor.get(f"/r/{booked(visitor, monday)}/plus-tot")
    refused = press(visitor, asked, "Me prévenir", quand="jamais")
    assert errors(refused) == ["Choisissez un moment de la journée."]
