"""The waiting list for the team: at the desk, on « À appeler », on « Aujourd’hui »."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import extensions
from app.domain.appointment import MessageChannel
from app.domain.waiting import HalfDay, OfferOutcome
from app.models.appointment import Appointment
from app.models.journal import JournalEntry
from app.models.outbox import UsageCount
from app.models.waiting import Offer, WaitingEntry
from tests.support.booking_walk import count, errors, one, press, said
from tests.support.page_client import PageClient, page_of
from tests.support.silence import no_answer
from tests.support.team import Team
from tests.support.waiting import add_waiting_subjects

NEW = {
    "telephone": "05 36 49 00 77",
    "prenom": "Odile",
    "nom": "Attend",
    "commune": "breuillet",
    "besoin": "email",
    "message": "VOICE",
    "quand": "AFTERNOON",
    "trajet": "15",
}
PUT = "Mettre sur la liste d’attente"


@pytest.fixture
def waiting_team(team: Team) -> Team:
    add_waiting_subjects(team)
    return team


def listed(client: PageClient) -> str:
    return said(client.get("/agents/liste-attente"))


def test_the_desk_puts_somebody_on_the_list(team: Team) -> None:
    desk = team.client("desk")
    page = desk.get("/agents/telephone")
    done = press(desk, page, PUT, **NEW)
    assert done.status_code == 303, said(done)
    shown = desk.get(done.location)
    assert "La personne est sur la liste d’attente." in said(shown)
    assert "À lire : « Nous vous appelons dès qu’une place se libère. »" in said(shown)
    assert "Odile Attend" in said(shown)
    assert one(team.database, WaitingEntry.half_day) is HalfDay.AFTERNOON
    assert one(team.database, WaitingEntry.reach_minutes) == 15
    assert one(team.database, WaitingEntry.message_channel) is MessageChannel.VOICE
    assert "WAITING_JOINED" in acts(team)


def test_the_page_that_served_for_one_person_serves_for_another_once_read_again(
    team: Team,
) -> None:
    """« C’est noté » is never said of somebody who is not on the list."""
    desk = team.client("desk")
    page = desk.get("/agents/telephone")
    press(desk, page, PUT, **NEW)
    used = press(desk, page, PUT, **NEW | {"prenom": "Sylvain"})
    assert used.status_code == 409
    assert errors(used) == ["Cette page a déjà servi. Vérifiez, puis enregistrez encore."]
    assert press(desk, used, PUT).status_code == 303
    assert count(team.database, WaitingEntry) == 2


def test_where_nobody_knows_whether_they_are_on_the_list_the_same_button_settles_it(
    team: Team,
) -> None:
    desk = team.client("desk")
    page = desk.get("/agents/telephone")
    with team.app.app_context():
        engine = extensions.db.engine
    with no_answer(engine, once=True):
        unknown = press(desk, page, PUT, **NEW)
    assert unknown.status_code == 503
    assert f"Appuyez encore sur « {PUT} »" in said(unknown)
    assert press(desk, unknown, PUT).status_code == 303
    assert count(team.database, WaitingEntry) == 1


def acts(team: Team) -> list[str]:
    with team.session() as session:
        return [str(each.value) for each in session.scalars(select(JournalEntry.action))]


def test_what_is_missing_is_told_and_the_rest_kept(team: Team) -> None:
    desk = team.client("desk")
    page = press(desk, desk.get("/agents/telephone"), PUT, **NEW | {"nom": ""})
    assert page.status_code == 422
    assert errors(page) == ["Écrivez le nom de la personne."]
    assert count(team.database, WaitingEntry) == 0


@pytest.mark.parametrize(
    ("answer", "outcome", "told"),
    [
        ("accepte", OfferOutcome.WITHDRAWN, "Cette place n’est plus gardée"),
        ("refuse", OfferOutcome.DECLINED, "la place est proposée à la personne suivante"),
        ("pas-de-reponse", OfferOutcome.EXPIRED, "la place est proposée à la personne suivante"),
    ],
)
def test_the_answer_on_the_phone_is_noted(
    waiting_team: Team, answer: str, outcome: OfferOutcome, told: str
) -> None:
    """The offers of these tests lie outside of any session: whoever accepts one is told so."""
    desk = waiting_team.client("desk")
    page = desk.get("/agents/a-appeler")
    assert "Places à proposer" in said(page)
    mine = waiting_team.subjects["offer_id"][0]
    done = desk.post(
        f"/agents/a-appeler/offre/{mine}",
        data={"resultat": answer, "csrf_token": token_of(page)},
    )
    assert done.status_code == 303
    assert told in said(desk.get(done.location))
    with waiting_team.session() as session:
        assert session.get_one(Offer, mine).outcome is outcome


def token_of(page: TestResponse) -> str:
    field = page_of(page).soup.select_one("input[name=csrf_token]")
    assert field is not None
    return str(field["value"])


def test_an_accepted_call_is_an_appointment(team: Team) -> None:
    desk = team.client("desk")
    press(desk, desk.get("/agents/telephone"), PUT, **NEW | {"quand": "ANY"})
    page = desk.get("/agents/a-appeler")
    accepted = press(desk, page, "Accepte Odile Attend")
    assert "le rendez-vous est enregistré" in said(desk.get(accepted.location))
    assert count(team.database, WaitingEntry) == 0
    with team.session() as session:
        booked = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert booked is not None
        assert booked.resident.first_name == "Odile"
        assert booked.booked_by_id == team.users["desk"]
    assert "OFFER_ANSWERED" in acts(team)
    again = press(desk, page, "Accepte Odile Attend")  # a colleague's page, or a second press
    assert "n’est plus gardée pour cette personne" in said(desk.get(again.location))


def test_an_offer_by_message_is_answered_on_the_phone_too(team: Team) -> None:
    desk = team.client("desk")
    mobile = {"telephone": "06 39 98 00 77", "message": "SMS", "quand": "ANY"}
    done = press(desk, desk.get("/agents/telephone"), PUT, **NEW | mobile)
    page = desk.get(done.location)
    assert "À lire : « Nous vous prévenons par SMS dès qu’une place se libère. »" in said(page)
    assert "06 39 98 00 77" in said(page), "of whoever is offered a place"
    refused = press(desk, page, "Refuser pour la personne Odile Attend")
    page = desk.get(refused.location)
    assert "la place est proposée à la personne suivante" in said(page)
    with team.session() as session:
        first = session.scalars(select(Offer).order_by(Offer.id)).first()
        assert first is not None
        assert first.outcome is OfferOutcome.DECLINED


def test_somebody_is_taken_off(waiting_team: Team) -> None:
    coordinator = waiting_team.client("coordinator")
    assert "Odette Patience" in listed(coordinator)
    mine = waiting_team.subjects["entry_id"][0]
    page = coordinator.get("/agents/liste-attente")
    done = coordinator.post(
        f"/agents/liste-attente/{mine}/retirer", data={"csrf_token": token_of(page)}
    )
    assert "n’est plus sur la liste" in said(coordinator.get(done.location))
    assert count(waiting_team.database, WaitingEntry) == 3
    again = coordinator.post(
        f"/agents/liste-attente/{mine}/retirer", data={"csrf_token": token_of(page)}
    )
    assert "n’est plus sur la liste" in said(coordinator.get(again.location))
    assert count(waiting_team.database, WaitingEntry) == 3


def test_a_desk_sees_its_own_commune_only(waiting_team: Team) -> None:
    assert "Breuillet : 2 personnes" in listed(waiting_team.client("desk"))
    assert "Vaux-sur-Mer" not in listed(waiting_team.client("desk"))
    assert "Breuillet" not in listed(waiting_team.client("foreign_desk"))


def test_today_tells_the_coordinator_how_many_wait(waiting_team: Team) -> None:
    page = said(waiting_team.client("coordinator").get("/agents/aujourdhui"))
    assert "Vaux-sur-Mer : 2" in page
    assert "Breuillet : 2" in page


def test_a_place_earlier_is_asked_for_on_the_phone(team: Team) -> None:
    desk = team.client("desk")
    own = team.subjects["appointment_id"][0]
    page = desk.get(f"/agents/rendez-vous/{own}")
    done = press(desk, page, "Chercher une place plus tôt")
    assert done.status_code == 303
    assert "voudrait une place plus tôt" in said(desk.get(done.location))


def test_nobody_waits(team: Team) -> None:
    assert "Personne n’attend." in listed(team.client("coordinator"))
    assert "Liste d’attente" not in said(team.client("coordinator").get("/agents/aujourdhui"))


def test_a_call_that_ends_on_the_list_counts_once(team: Team) -> None:
    desk = team.client("desk")
    press(desk, desk.get("/agents/telephone"), PUT, **NEW)
    with team.session() as session:
        counted = session.execute(select(UsageCount.name, UsageCount.count)).all()
    assert [tuple(row) for row in counted] == [("unmet_permanence", 1)]
