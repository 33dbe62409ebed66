"""The phone desk without scripts: look, then save; every answer kept on a refusal."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.appointment import Channel, MessageChannel
from app.models.appointment import Appointment
from tests.support.page_client import PageClient, page_of
from tests.support.team import OWN, Team

CALL = "/agents/telephone"
SAVE = "Enregistrer le rendez-vous"
TOPIC = "motdepasse"


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


def look(client: PageClient, **answers: str) -> TestResponse:
    """Send what is known to see people and times, as « Chercher » does."""
    return send(client, client.get(CALL), f"{CALL}/chercher", **answers)


def send(client: PageClient, page: TestResponse, path: str, **answers: str) -> TestResponse:
    """The form of a page, as the browser would send it, to one of its addresses."""
    from tests.support.page_client import filled, form_of

    values = filled(form_of(page_of(page), SAVE)) | answers
    return client.post(path, data=values)


def offered(page: TestResponse) -> list[str]:
    """The times that can be chosen, in order."""
    return [str(radio["value"]) for radio in page_of(page).soup.select("input[name=choix]")]


def save(client: PageClient, page: TestResponse, **answers: str) -> TestResponse:
    return send(client, page, CALL, **answers)


def a_call(client: PageClient, **answers: str) -> TestResponse:
    """A whole call for somebody new, at the first time offered."""
    page = look(client, besoin=TOPIC)
    given = {"prenom": "Ida", "nom": "Serin", "telephone": "06 39 98 77 01"} | answers
    return save(client, page, choix=offered(page)[0], **given)


def test_the_page_comes_in_the_order_of_the_call(clerk: PageClient) -> None:
    page = page_of(clerk.get(CALL))
    assert page.h1 == "Rendez-vous par téléphone"
    names = [
        each["name"] for each in page.soup.select("main [name]") if each.get("type") != "hidden"
    ]
    asked = list(dict.fromkeys(names))
    assert asked == [
        "telephone", "prenom", "nom", "commune", "besoin", "deplacement", "adresse", "complement",
        "rappel", "delai", "message", "email", "note", "appel",
    ]  # fmt: skip
    chosen = page.soup.select_one("select[name=commune] option[selected]")
    assert chosen
    assert chosen["value"] == OWN


def test_somebody_new_is_booked_in_two_steps(clerk: PageClient, team: Team) -> None:
    answer = a_call(clerk, note="Sonner  deux fois")
    assert answer.status_code == 303
    page = page_of(clerk.get(answer.headers["Location"]))
    assert page.h1 == "Le rendez-vous est enregistré"
    with team.session() as session:
        row = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert row
        assert (row.channel, row.booked_by_id) == (Channel.PHONE, team.users["desk"])
        assert (row.note, row.resident.to_reconcile) == ("Sonner deux fois", False)
        assert row.message_channel is MessageChannel.SMS
