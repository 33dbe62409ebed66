"""`/ateliers/nouvelles` and `/nouvelles/…`: a box nobody ticked before, and one press to stop."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.models.outbox import OutboxMessage
from app.models.workshops import WorkshopNews
from app.services.links import Links
from app.services.workshop_news import news_token
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team

ASK, PRESS = "/ateliers/nouvelles", "Me prévenir"
MAIL = "rose@example.fr"
READ = timedelta(seconds=10)


@pytest.fixture
def person(team: Team) -> PageClient:
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def consents(team: Team) -> list[WorkshopNews]:
    with team.session() as session:
        return list(session.scalars(select(WorkshopNews)))


def test_asking_confirming_and_stopping_in_one_press(team: Team, person: PageClient) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        page = person.get(ASK)
        assert "checked" not in page.text
        clock.shift(READ)
        answer = person.submit(page, PRESS, email=MAIL, commune="breuillet", accord="oui")
        assert "premier e-mail" in said(person.get(answer.location))
        again = person.submit(page, PRESS, email=MAIL, commune="", accord="oui")
        assert again.location == answer.location  # nobody learns that it was known
    (row,) = consents(team)
    assert (row.email, row.phone, row.language) == (MAIL, None, "fr")
    with team.session() as session:
        assert len(session.scalars(select(OutboxMessage)).all()) >= 1
    token = news_token(row, Links(team.app.config["COCLICO"].link_key))
    shown = person.get(f"/nouvelles/{token}")
    assert "Ne plus recevoir" in said(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert len(consents(team)) == 1  # looking stops nothing
    mailer = team.app.test_client()  # no session, no cookie, no form
    one_press = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        stopped = mailer.post(f"/nouvelles/{token}/arret", data=one_press)
        assert stopped.status_code == 200
        assert "Set-Cookie" not in stopped.headers
        assert consents(team) == []
    assert "ne recevez plus" in said(person.get(f"/nouvelles/{token}/arret"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"email": MAIL}, "Cochez la case pour être prévenu des ateliers."),
        ({"accord": "oui"}, "Écrivez votre adresse e-mail."),
        ({"email": "rose@", "accord": "oui"}, "Il manque une partie de l’adresse e-mail"),
        ({"email": MAIL, "accord": "oui", "site_web": "http://x"}, ""),
    ],
)
def test_bad_answers_are_told_and_kept(
    team: Team, person: PageClient, given: dict[str, str], told: str
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        page = person.get(ASK)
        clock.shift(READ)
        refused = person.submit(page, PRESS, **given)
    assert 400 <= refused.status_code < 500
    assert told in said(refused)
    assert given.get("email", "") in refused.text
    assert page_of(refused).title.startswith("Erreur")
    assert consents(team) == []


def test_a_commune_that_is_none_and_a_robot_that_is_quick_are_refused(
    team: Team, person: PageClient
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        page = person.get(ASK)
        quick = person.submit(page, PRESS, email=MAIL, accord="oui")
        clock.shift(READ)
        refused = person.submit(page, PRESS, email=MAIL, accord="oui", commune="atlantide")
    assert quick.status_code >= 400
    assert refused.status_code >= 400
    assert consents(team) == []


def test_links_of_nobody_are_all_alike_and_counted(person: PageClient) -> None:
    for _ in range(40):
        answer = person.get("/nouvelles/AAAAAAAAAAAA")
        if answer.status_code == 429:
            return
        assert "ne recevez plus" in said(answer)
    raise AssertionError("nobody counted")


def test_by_sms_only_where_the_gateway_takes_stop(
    make_team: MakeTeam, make_app: MakeApp, person: PageClient
) -> None:
    assert "Téléphone portable" not in said(person.get(ASK))
    team = make_team(make_app(sms_stop_number="36180"))
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    with time_machine.travel(NOW, tick=False) as clock:
        page = client.get(ASK)
        clock.shift(READ)
        typed = {"moyen": "SMS", "accord": "oui", "email": MAIL}
        for number, told in (
            ("", "Écrivez votre numéro de téléphone."),
            ("05 46 00 00 00", "Nous ne pouvons pas envoyer de SMS à un téléphone fixe."),
        ):
            refused = client.submit(page, PRESS, telephone=number, **typed)
            assert refused.status_code == 422
            assert told in said(refused)
            assert MAIL in refused.text
        done = client.submit(refused, PRESS, telephone="06 39 98 00 77")
    assert "premier SMS" in said(client.get(done.location))
    (row,) = consents(team)
    assert (row.email, row.phone) == (None, "+33639980077")
    token = news_token(row, Links(team.app.config["COCLICO"].link_key))
    client.post(f"/nouvelles/{token}/arret")
    assert consents(team) == []
