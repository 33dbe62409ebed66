"""A counsellor's own agenda: its address is taken, and never shown again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.busy_calendars import CalendarFailure
from app.models.calendars import BusyCalendar
from app.services.busy_calendars import read_due_calendars
from app.web.calendars.personal import FAILURES
from tests.support.own_agenda import URL, Stranger
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import Team


@pytest.fixture
def client(team: Team) -> PageClient:
    return team.client("counsellor")


@pytest.fixture
def path(team: Team) -> str:
    return team.address("/agents/agendas/personnel/<counsellor_id>", is_own=True)


def give(client: PageClient, path: str, typed: str = URL) -> str:
    """Fill the form, and follow it; what the page says."""
    answer = client.submit(client.get(path), "agenda", adresse=typed)
    assert answer.status_code == 303
    return page_of(client.get(answer.headers["Location"])).text


def read(team: Team, **how: object) -> None:
    with team.session() as session:
        read_due_calendars(session, NOW, 200, fetch=Stranger(**how).fetch)  # type: ignore[arg-type]


def test_from_the_account_to_the_agenda_and_back(client: PageClient, path: str, team: Team) -> None:
    listed = page_of(client.get("/agents/mon-compte/agendas")).soup
    assert [link["href"] for link in listed.select(".feed-list a")] == [path]
    said = give(client, path)
    assert "C’est enregistré. Nous lirons cet agenda dans quelques minutes." in said
    assert "Agenda relié : agenda.example" in said.replace("\u00a0", " ")
    assert "Pas encore lu." in said
    read(team)
    page = client.get(path)
    assert "Dernière lecture" in page_of(page).text
    assert "secret" not in page.text
    removed = client.submit(page, "Retirer cet agenda")
    said = page_of(client.get(removed.headers["Location"])).text
    assert "L’agenda est retiré." in said
    assert "Agenda relié" not in said


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Collez l’adresse de votre agenda."),
        ("http://agenda.example/", "Ce n’est pas l’adresse d’un agenda."),
        ("https://a.example/" + "x" * 2000, "Cette adresse est trop longue."),
    ],
)
def test_another_address_is_refused_and_kept(
    client: PageClient, path: str, typed: str, sentence: str
) -> None:
    answer = client.submit(client.get(path), "Relier", adresse=typed)
    assert answer.status_code == 422
    page = page_of(answer)
    assert sentence in page.text
    field = page.soup.select_one("input[name=adresse]")
    assert field
    assert field.get("value", "") == typed


@pytest.mark.parametrize("failure", CalendarFailure)
def test_the_team_reads_why_it_cannot_be_read(
    client: PageClient, path: str, team: Team, failure: CalendarFailure
) -> None:
    give(client, path)
    read(team, failure=failure)
    text = page_of(client.get(path)).text.replace("\u00a0", " ")
    assert "Cet agenda ne peut plus être lu" in text
    assert FAILURES[failure].replace("\u00a0", " ") in text
    assert "à partir du mardi 24 novembre à 10 h" in text
    assert "ne peut plus être lu" in page_of(client.get("/agents/mon-compte/agendas")).text


def test_it_says_that_the_times_are_closed(client: PageClient, path: str, team: Team) -> None:
    give(client, path)
    with team.session() as session:
        session.execute(update(BusyCalendar).values(added_at=NOW - timedelta(days=2)))
        session.commit()
    text = page_of(client.get(path)).text
    assert "Personne ne l’a lu depuis une heure." in text
    assert "Aucune heure de Jeanne n’est proposée." in text
    told = "Votre agenda personnel ne se lit plus"
    today = page_of(client.get("/agents/aujourdhui"))
    assert told in today.text
    assert "Vos heures sont fermées" in today.text
    assert today.soup.select_one(f'main a[href="{path}"]')
    assert told not in page_of(team.client("colleague").get("/agents/aujourdhui")).text


def test_it_is_the_coordinators_business_too(team: Team, path: str) -> None:
    coordinator = team.client("coordinator")
    give(coordinator, path)
    listed = page_of(coordinator.get("/agents/agendas")).soup
    assert len(listed.select(".feed-list a")) >= 2


def test_nobody_left_has_no_agenda(team: Team) -> None:
    assert team.client("coordinator").get("/agents/agendas/personnel/999999").status_code == 404


@pytest.mark.parametrize("name", ["desk", "referent"])
def test_a_desk_sees_no_personal_agenda(team: Team, name: str, path: str) -> None:
    give(team.client("counsellor"), path)
    client = team.client(name)
    assert "Agenda personnel" not in client.get("/agents/agendas").text
    assert client.get(path).status_code == 403
