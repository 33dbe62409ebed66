"""A browser that signs in as a colleague does, through the page."""

import pytest
from werkzeug.test import TestResponse

from tests.support.page_client import PageClient
from tests.support.passwords import PASSWORD, give_password
from tests.support.team import Team

SIGN_IN, OWN = "/agents/connexion", "/agents/mon-compte"
EMAIL, DESK = "counsellor@equipe.invalid", "desk@equipe.invalid"


@pytest.fixture
def here(team: Team) -> PageClient:
    """A browser that never was here; the counsellor and the desk have passwords."""
    with team.session() as session:
        give_password(session, team.users["counsellor"])
        give_password(session, team.users["desk"])
    return another(team)


def another(team: Team) -> PageClient:
    """A browser that nobody knows."""
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def sign_in(client: PageClient, email: str = EMAIL, password: str = PASSWORD) -> TestResponse:
    """Open the page, fill it, press."""
    return client.submit(client.get(SIGN_IN), email=email, mot_de_passe=password)


def session_cookie(client: PageClient) -> str:
    """What this browser holds."""
    cookie = client.get_cookie("coclico")
    assert cookie is not None
    return cookie.value
