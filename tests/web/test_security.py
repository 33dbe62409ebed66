"""Headers of every answer, CSRF on every form, also over TLS where the Referer is checked."""

import re

import pytest
from flask import Flask, g, session
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.routing import Rule

from app.web.access import public
from app.web.security import CONTENT_SECURITY_POLICY, HEADERS
from tests.support.access import ROLES, plain, staff_rows
from tests.support.databases import Database
from tests.support.page_client import PageClient, form_of, page_of
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team

SECURE = "https://rendez-vous.exemple.invalid"
AT_HOME = "https://localhost"
FORM = "/mon-rendez-vous"
UNKNOWN = {"numero": "100000", "telephone": "06 39 98 00 01"}


@pytest.mark.parametrize("path", ["/", "/nulle-part", "/readyz", "/robots.txt", "/rendez-vous"])
def test_every_answer_carries_the_safe_headers(visitor: PageClient, path: str) -> None:
    headers = visitor.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "Strict-Transport-Security" not in headers


def test_the_policy_allows_this_site_and_nothing_written_in_the_page() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    for forbidden in ("unsafe", "data:", "http:", "https:", "*"):
        assert forbidden not in CONTENT_SECURITY_POLICY


@pytest.fixture
def over_tls(presquile: Database, monday: object, make_app: MakeApp) -> PageClient:
    client = make_app(public_url=SECURE).test_client()
    assert isinstance(client, PageClient)
    return client


def test_over_tls_cookies_are_secure_and_browsers_come_back_so(over_tls: PageClient) -> None:
    response = over_tls.get(FORM, base_url=SECURE)
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = response.headers["Set-Cookie"]
    for wanted in ("coclico=", "Secure", "HttpOnly", "SameSite=Lax"):
        assert wanted in cookie


def send(client: PageClient, referer: str | None, **changes: str) -> tuple[int, str]:
    """Open the form over TLS, send it from that page, tell the status and the page."""
    page = client.get(FORM, base_url=SECURE)
    token = form_of(page_of(page)).select_one("[name=csrf_token]")
    assert token is not None
    answers = {"csrf_token": str(token["value"]), **UNKNOWN, **changes}
    headers = {"Referer": referer} if referer else {}
    response = client.post(FORM, data=answers, base_url=SECURE, headers=headers)
    return response.status_code, page_of(response).text


def test_over_tls_a_form_of_ours_is_accepted(over_tls: PageClient) -> None:
    status, said = send(over_tls, f"{SECURE}{FORM}")
    assert status == 404
    assert "Nous ne trouvons pas de rendez-vous" in said


@pytest.mark.parametrize("referer", [None, "https://ailleurs.example/", "https://rendez-vous.ex/"])
def test_over_tls_a_form_from_elsewhere_is_asked_again(
    over_tls: PageClient, referer: str | None
) -> None:
    status, said = send(over_tls, referer)
    assert status == 422
    assert "Cette page est restée ouverte longtemps." in said


@pytest.fixture
def team_over_tls(make_team: MakeTeam, monday: object, make_app: MakeApp) -> Team:
    return make_team(make_app(public_url=AT_HOME))


def refuses(app: Flask, rule: Rule, cookie: str, token: str, referer: str | None) -> bool:
    """Whether that form, sent with our token over TLS from that page, is taken for a stranger's."""
    path = re.sub(r"<any\(\W*([a-z-]+)[^>]*>|<[^>]*>", lambda found: found[1] or "1", rule.rule)
    headers = {"Cookie": f"coclico={cookie}"} | ({"Referer": referer} if referer else {})
    asked = {"method": "POST", "data": {"csrf_token": token}, "headers": headers}
    with app.test_request_context(path, base_url=AT_HOME, **asked) as context:
        assert context.request.url_rule == rule
        try:
            assert app.preprocess_request() is None
        except CSRFError:
            return True
        return bool(g.csrf_refused)


def test_over_tls_every_form_must_come_from_a_page_of_ours(team_over_tls: Team) -> None:
    """Those of the team too: each is asked by somebody who may send it; no view is run."""
    app, cookies, tried = team_over_tls.app, {}, 0
    with app.test_request_context():
        token, secret = generate_csrf(), session["csrf_token"]
    for role in ROLES:
        client = team_over_tls.client(role)
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = secret
        cookies[role] = client.get_cookie("coclico").value
    rights = staff_rows()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "POST" not in (rule.methods or set()) or getattr(view, "is_for_machines", False):
            continue
        reach = rights.get(f"POST {plain(rule)}", {})
        role = next(role for role in ROLES if reach.get(role, "all") != "no")
        for referer, is_refused in ((None, True), (f"{AT_HOME}/", False)):
            assert refuses(app, rule, cookies[role], token, referer) is is_refused, rule
        tried += 1
    assert tried > len([endpoint for endpoint in rights if endpoint.startswith("POST")]) > 50


@pytest.mark.parametrize("token", ["", "faux", "a" * 5000, "\x00", "IjEi.x.y"])
def test_a_missing_or_foreign_token_keeps_what_was_typed(visitor: PageClient, token: str) -> None:
    response = visitor.post(FORM, data={"csrf_token": token, **UNKNOWN})
    page = page_of(response)
    assert response.status_code == 422
    assert "Cette page est restée ouverte longtemps." in page.text
    assert page.soup.select_one("input[value='06 39 98 00 01']")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_change_passes_without_a_token(presquile: Database, own_app: Flask, method: str) -> None:
    """Whatever view is added later: the check is on all of them, not on a list."""
    own_app.add_url_rule("/envoi", "envoi", public(lambda: "fait"), methods=[method])
    response = own_app.test_client().open("/envoi", method=method)
    assert response.status_code == 400
    assert "fait" not in response.text


def test_answers_to_a_form_are_kept_nowhere(visitor: PageClient) -> None:
    response = visitor.submit(visitor.get(FORM), **UNKNOWN)
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_reading_pages_leaves_no_cookie(visitor: PageClient) -> None:
    for path in ("/", "/aide", "/communes/breuillet", "/rendez-vous", "/nulle-part"):
        assert "Set-Cookie" not in visitor.get(path).headers
