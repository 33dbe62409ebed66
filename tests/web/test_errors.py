"""Every refusal and failure is a page of ours; the log of faults keeps no secret and no person."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask, abort
from sqlalchemy.exc import DBAPIError, OperationalError

from app.domain.errors import DatabaseUnavailable, LinkExpired, TooManyTries
from app.services import catalogue
from app.web import errors, static_files
from app.web.access import public
from tests.support.booking_walk import set_settings
from tests.support.canaries import Canary
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.page_rules import Page
from tests.support.site import MakeApp

PHONE = "05 36 49 00 00"
PAGES = {
    400: "Nous n’avons pas compris cette demande.",
    401: "Connectez-vous pour continuer.",
    403: "Vous ne pouvez pas voir cette page.",
    404: "Nous ne trouvons pas cette page.",
    405: "Cette page ne s’ouvre pas ainsi.",
    409: "Ce n’est plus possible.",
    410: "Cette page n’existe plus.",
    413: "Votre réponse est trop longue.",
    415: "Nous n’avons pas compris cette demande.",
    422: "Une réponse ne va pas.",
    429: "Trop d’essais.",
    500: "Le site a un problème.",
    501: "Le site a un problème.",
    503: "Le site ne répond pas pour le moment.",
}


def failing(app: Flask, act: Callable[[], Any], path: str = "/essai/<token>") -> PageClient:
    """The site with one more page, which does that."""

    def view(**_parts: str) -> str:
        act()
        return "jamais"

    app.add_url_rule(path, "essai", public(view))
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def site(presquile: Database, monday: object, make_app: MakeApp) -> Flask:
    """The presqu'île, where failures come to their page as in production."""
    return make_app(extra={"PROPAGATE_EXCEPTIONS": False})


def main_of(page: Page) -> str:
    assert page.soup.main is not None
    return " ".join(page.soup.main.get_text(" ").replace("\u00a0", " ").split())


@pytest.mark.parametrize("status", PAGES)
def test_each_status_has_its_page_with_the_phone_and_a_way_home(site: Flask, status: int) -> None:
    client = failing(site, lambda: abort(status))
    response = client.get("/essai/x")
    page = page_of(response)
    assert response.status_code == status
    assert page.h1 == PAGES[status]
    assert PHONE in main_of(page)
    assert page.soup.main is not None
    assert page.soup.main.select_one('a[href="/"]')
    assert page.soup.select_one('meta[name=robots][content="noindex"]')
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", PAGES)
def test_the_same_pages_speak_english(site: Flask, status: int) -> None:
    client = failing(site, lambda: abort(status))
    page = page_of(client.get("/en/essai/x"))
    assert page.h1 != PAGES[status]
    assert page.soup.main is not None
    assert page.soup.main.select_one('a[href="/en/"]')


@pytest.mark.parametrize(
    "path",
    [
        "/nulle-part", "/en/nowhere", "/en", "/%ff%fe", "/a%00b", "/en/%00", "/%0d%0aX-Evil:1",
        "/aide/../..", "/" + "a" * 3000, "/?a=%ff&b=%00", "/aide?%ff", "/<script>alert(1)</script>",
        "/communes/%c3%28", "/wp-login.php", "/.git/config", "/agents/x",
    ],
)  # fmt: skip
def test_strange_addresses_get_a_page_of_ours(visitor: PageClient, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code in {200, 404}
    assert response.mimetype == "text/html"
    assert "<script>alert" not in response.text
    assert "X-Evil" not in response.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_page_is_only_read(visitor: PageClient, method: str) -> None:
    response = visitor.open("/aide", method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_form_without_its_token_is_asked_again(site: Flask) -> None:
    visitor = site.test_client()
    site.add_url_rule("/envoi", "envoi", public(lambda: "jamais"), methods=["POST"])
    refused = visitor.post("/envoi", data={"a": "b"})
    assert refused.status_code == 400
    assert page_of(refused).h1 == "Envoyez encore vos réponses."


def test_a_form_that_is_too_large_is_refused(site: Flask) -> None:
    visitor = site.test_client()
    site.add_url_rule("/envoi", "envoi", public(lambda: "jamais"), methods=["POST"])
    assert visitor.post("/envoi", data={"nom": "x" * 270_000}).status_code == 413
    many = "&".join(f"a{number}=1" for number in range(70_000))
    response = visitor.post("/envoi", data=many, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (LinkExpired, 410, "Ce lien ne fonctionne plus."),
        (TooManyTries, 429, f"Attendez 15 minutes ou appelez le {PHONE}."),
        (DatabaseUnavailable, 503, "Rien n’est enregistré."),
    ],
)
def test_a_refusal_that_nobody_caught_is_told(
    site: Flask, refusal: type[Exception], status: int, said: str
) -> None:
    def refuse() -> None:
        raise refusal

    response = failing(site, refuse).get("/essai/x")
    assert response.status_code == status
    assert said in main_of(page_of(response))
    assert main_of(page_of(response)).count("Trop d’essais.") == (1 if status == 429 else 0)


@pytest.mark.unchecked_pages  # nothing is known of the service: no phone, no name
def test_a_database_without_territory_tells_the_operator_what_to_run(client: PageClient) -> None:
    for path in ("/", "/nulle-part", "/en/aide", "/.well-known/security.txt"):
        response = client.get(path)
        page = page_of(response)
        assert page.h1
        if path == "/":
            assert response.status_code == 503
            assert "./run flask territory load" in main_of(page)
    assert client.get("/nulle-part").status_code == 404
    assert client.get("/robots.txt").status_code == 200


def test_a_process_that_never_saw_the_territory_has_a_bare_page(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_latest", {})

    def refuse() -> None:
        raise DatabaseUnavailable

    client = failing(make_app(database_url="sqlite:////nowhere/at/all.sqlite"), refuse)
    client.checks_pages = False  # no phone is known
    for path in ("/", "/essai/x"):
        response = client.get(path)
        assert response.status_code == 503
        assert "appelez votre mairie" in response.text


def test_when_the_page_of_an_error_fails_too_a_bare_one_is_left(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build is gone: no style sheet, no icon, and still a page."""

    def gone(*_asked: str, **_facts: object) -> str:
        raise static_files.AssetsNotBuilt

    client = failing(site, lambda: abort(404))
    monkeypatch.setattr(errors, "render_template", gone)
    monkeypatch.setattr(errors, "asset", gone)
    client.checks_pages = False  # no style, no phone band
    response = client.get("/essai/x")
    assert response.status_code == 404
    assert page_of(response).h1 == PAGES[404]
    assert "stylesheet" not in response.text


def divide() -> None:
    raise ZeroDivisionError("numéro de Jeanne")


def dead_connection() -> None:
    raise DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)


def wrong_statement() -> None:
    raise DBAPIError("SELECT 1", {"nom": "Jeanne"}, Exception("wrong"))


@pytest.mark.parametrize(
    ("act", "status", "event"),
    [
        (divide, 500, "fault"),
        (dead_connection, 503, "database_unavailable"),
        (wrong_statement, 500, "fault"),
    ],
)
def test_a_fault_is_logged_by_its_place_not_by_its_words(
    site: Flask, act: Callable[[], None], status: int, event: str
) -> None:
    client = failing(site, act, "/r/essai/<token>")
    with structlog.testing.capture_logs() as logged:
        response = client.get("/r/essai/secretToken1?nom=Jeanne")
    assert response.status_code == status
    assert [entry["event"] for entry in logged] == [event]
    entry = logged[0]
    assert entry["rule"] == "/r/essai/<token>"
    assert any(act.__name__ in place for place in entry["where"])
    assert "secretToken1" not in str(logged)
    assert "Jeanne" not in str(logged)
    assert "numéro de Jeanne" not in response.text
    assert "Traceback" not in response.text


def test_a_fault_keeps_the_kind_of_its_cause(site: Flask) -> None:
    def act() -> None:
        try:
            divide()
        except ZeroDivisionError as cause:
            raise OperationalError("SELECT", {}, cause) from cause

    with structlog.testing.capture_logs() as logged:
        failing(site, act).get("/essai/x")
    assert (logged[0]["kind"], logged[0]["cause"]) == ("OperationalError", "ZeroDivisionError")


def test_what_somebody_typed_is_in_no_log(
    site: Flask, canary: Canary, capsys: pytest.CaptureFixture[str]
) -> None:
    def quote() -> None:
        raise ValueError(f"{canary.first_name} {canary.phone}")

    client = failing(site, quote)
    client.get("/essai/x", query_string={"prenom": canary.first_name, "nom": canary.last_name})
    printed = capsys.readouterr()
    assert "ValueError" in printed.out + printed.err
    assert canary.leaks(printed.out + printed.err) == []


def test_redirections_say_nothing_in_english(visitor: PageClient) -> None:
    response = visitor.get("/rendez-vous?commune=breuillet")
    assert response.status_code in {302, 303}
    assert response.data == b""


@pytest.mark.parametrize("minutes", [15, 45])
def test_too_many_tries_says_how_long_to_wait(
    presquile: Database, site: Flask, minutes: int
) -> None:
    set_settings(presquile, lookup_block_minutes=minutes)
    response = failing(site, lambda: abort(429)).get("/essai/x")
    assert f"Attendez {minutes} minutes ou appelez le {PHONE}." in main_of(page_of(response))
    assert response.headers["Retry-After"] == str(minutes * 60)
