"""The programme's pages: a kind of workshop, a series planned, one date changed, one cancelled."""

from sqlalchemy import select

from app.models.workshops import Workshop, WorkshopSession, WorkshopTemplate
from tests.support.page_client import PageClient
from tests.support.page_rules import Page
from tests.support.team import Team

PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})


def text_of(page: str) -> str:
    """What is read, with plain spaces."""
    return Page(page, "/agents").text.translate(PLAIN)


def write_kind(client: PageClient, title: str = "Débuter avec le smartphone") -> int:
    form = client.get("/agents/ateliers/modeles/nouveau")
    saved = client.submit(
        form, "Enregistrer", titre=title, contenu="Vous apprenez à appeler.", themes="email"
    )
    assert saved.status_code == 303, text_of(saved.text)
    return int(client.get(saved.headers["Location"]).text.count("Planifier"))


def test_a_kind_is_written_and_a_series_of_it_planned(team: Team) -> None:
    client = team.client("coordinator")
    write_kind(client)
