"""The client that checks every page does refuse a bad page, and fills forms as a browser would."""

import pytest
from flask import Flask, request

from tests.support.page_client import PageClient

FORM = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title></head>
<body><a href="#contenu">Aller</a><a href="tel:+33536490000">05 36 49 00 00</a>
<main id="contenu"><h1>Essai</h1><form method="get" action="/lu">
<input type="hidden" name="cache" value="gardé">
<label for="a">A</label><input id="a" name="a" value="déjà là">
<label for="b">B</label><input id="b" name="b" type="checkbox" value="oui">
<button>Continuer</button></form></main></body></html>"""


@pytest.fixture
def little_site() -> PageClient:
    app = Flask(__name__)
    app.add_url_rule("/", "form", lambda: FORM)
    app.add_url_rule("/lu", "read", lambda: (request.args.to_dict(), 200))

    @app.after_request
    def add_headers(response):
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        )
        return response

    app.add_url_rule("/nu", "bare", lambda: "<p>nu</p>")
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_a_bad_page_fails_the_test_that_opens_it(little_site: PageClient) -> None:
    with pytest.raises(AssertionError, match="0 h1"):
        little_site.get("/nu")


def test_a_form_is_sent_as_a_browser_would(little_site: PageClient) -> None:
    answer = little_site.submit(little_site.get("/"), "Continuer", a="écrit")
    assert answer.json == {"cache": "gardé", "a": "écrit"}


def test_an_answer_that_the_form_does_not_ask_for_is_refused(little_site: PageClient) -> None:
    with pytest.raises(AssertionError, match="not asked"):
        little_site.submit(little_site.get("/"), c="x")
