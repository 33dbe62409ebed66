"""A view that says nothing about who may see it is closed to all."""

import pytest

from app.web.access import public
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import Database
from tests.support.site import MakeApp


@pytest.fixture
def careless(presquile: Database, make_app: MakeApp) -> PageClient:
    """The site with two views added by somebody in a hurry; one has forgotten its guard."""
    app = make_app(extra={})
    app.add_url_rule("/oubliee", "forgotten", lambda: "secret")
    app.add_url_rule("/envoi", "forgotten_post", lambda: "secret", methods=["POST"])
    app.add_url_rule("/ouverte", "declared", public(lambda: "libre"))
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.checks_pages = False  # these views answer one bare word
    return client


def test_a_view_without_a_guard_does_not_exist_for_anybody(careless: PageClient) -> None:
    for response in (careless.get("/oubliee"), careless.get("/en/oubliee")):
        assert response.status_code == 404
        assert "secret" not in response.text
    assert page_of(careless.get("/oubliee")).h1 == "Nous ne trouvons pas cette page."


def test_access_is_asked_before_the_form_is_read(careless: PageClient) -> None:
    """404 and not 400: a closed address does not tell that it exists by asking for a token."""
    assert careless.post("/envoi", data={"a": "b"}).status_code == 404


def test_a_view_declared_public_answers(careless: PageClient) -> None:
    assert careless.get("/ouverte").text == "libre"
