"""What comes after closing: the next appointment with all that is known, a workshop, elsewhere."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.agenda_site import TheDay
from tests.support.page_client import PageClient, page_of
from tests.web.test_attendance_closing import kept, send, words


@pytest.fixture
def client(the_day: TheDay) -> PageClient:
    the_day.go(timedelta(minutes=50))
    return the_day.team.client("counsellor")


def test_the_next_appointment_begins_with_person_need_and_place(
    the_day: TheDay, client: PageClient
) -> None:
    page = client.get(f"{the_day.page}/releve")
    done = send(client, page, "Terminer", themes=["email"], suite="rendez-vous")
    address = done.headers["Location"]
    row = the_day.row()
    assert row.engagement.venue is not None
    assert {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()} == {
        "personne": str(row.resident_id),
        "conseiller": str(row.engagement.counsellor_id),
        "besoin": "email",
        "deplacement": "oui",
        "lieu": row.engagement.venue.slug,
    }
    desk = page_of(client.get(address)).soup
    assert row.resident.last_name in desk.get_text()
    chosen = {str(each["value"]) for each in desk.select("main option[selected], main [checked]")}
    assert {"email", "oui"} <= chosen
    place = desk.select_one("input[name=lieu]")
    assert place is not None
    assert place["value"] == row.engagement.venue.slug
    assert row.resident.last_name not in address


def test_a_workshop_or_another_service_comes_next(the_day: TheDay, client: PageClient) -> None:
    page = client.get(f"{the_day.page}/releve")
    sent = {"themes": ["email"], "orientation": "aide_sociale", "suite": "atelier"}
    told = send(client, page, "Terminer", **sent, resultat="regle")
    assert "Choisissez d’abord le résultat" in words(told)
    done = send(client, told, "Terminer", **sent, resultat="oriente")
    assert done.headers["Location"] == "/agents/ateliers"
    assert client.get(done.headers["Location"]).status_code == 200
    (record,) = kept(the_day)
    assert (record.result, record.redirection) == ("oriente", "aide_sociale")
