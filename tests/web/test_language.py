"""The language of a page is in its address, and only there."""

import pytest

from app.web.language import localized, split_language
from tests.support.page_client import PageClient, page_of

SITE = "http://localhost"
"""Engines want whole addresses; links of the page stay relative."""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", ("fr", "/")),
        ("/aide", ("fr", "/aide")),
        ("/en", ("en", "/")),
        ("/en/", ("en", "/")),
        ("/en/aide", ("en", "/aide")),
        ("/enfants", ("fr", "/enfants")),
        ("/fr/aide", ("fr", "/fr/aide")),
        ("/en/en/aide", ("en", "/en/aide")),
        ("", ("fr", "")),
    ],
)
def test_the_first_part_of_the_path_chooses(path: str, found: tuple[str, str]) -> None:
    assert split_language(path) == found


@pytest.mark.parametrize("path", ["/", "/aide", "/communes/breuillet", "/rendez-vous"])
def test_each_page_leads_to_itself_in_the_other_language(visitor: PageClient, path: str) -> None:
    french, english = page_of(visitor.get(path)), page_of(visitor.get(f"/en{path}"))
    assert french.soup.select_one(f'a[hreflang=en][href="/en{path}"]')
    assert english.soup.select_one(f'a[hreflang=fr][href="{path}"]')
    for page in (french, english):
        said = {link["hreflang"]: link["href"] for link in page.soup.select("link[rel=alternate]")}
        assert said == {"fr": f"{SITE}{path}", "en": f"{SITE}/en{path}"}


def test_the_switch_keeps_the_answers_of_the_address(visitor: PageClient) -> None:
    page = page_of(visitor.get("/rendez-vous/besoin?commune=breuillet&pour=autre"))
    switch = page.soup.select_one("a[hreflang=en]")
    assert switch is not None
    assert switch["href"] == "/en/rendez-vous/besoin?commune=breuillet&pour=autre"


def test_links_of_an_english_page_stay_in_english(visitor: PageClient) -> None:
    page = page_of(visitor.get("/en/"))
    inside = [str(link["href"]) for link in page.soup.select("a[href^='/']")]
    switch = [link for link in inside if not link.startswith("/en/")]
    # The same page in French, and the staff pages, which are in French alone.
    assert switch == ["/", "/agents"]
    assert len(inside) > 10


def test_the_language_of_the_browser_changes_nothing(visitor: PageClient) -> None:
    response = visitor.get("/aide", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert page_of(response).soup.html["lang"] == "fr"


@pytest.mark.parametrize("path", ["/en/agents", "/en/static/site.css", "/en/agendas/x.ics"])
def test_what_has_no_language_has_no_english_address(visitor: PageClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["//ailleurs.example/", "/en//ailleurs.example/", "/%2f%2failleurs.example", "/%5cailleurs"],
)
def test_the_switch_never_leads_to_another_site(visitor: PageClient, path: str) -> None:
    page = page_of(visitor.get(path, base_url="http://localhost"))
    for link in page.soup.select("[hreflang]"):
        address = str(link["href"]).removeprefix(SITE)
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\"))


def test_a_text_without_translation_is_said_in_french(visitor: PageClient) -> None:
    with visitor.application.test_request_context("/"):
        assert localized({"fr": "Bonjour", "en": "Hello"}) == "Bonjour"
        assert localized({"fr": "Bonjour", "en": "Hello"}, "en") == "Hello"
        assert localized({"fr": "Bonjour", "en": ""}, "en") == "Bonjour"
        assert localized({}) == ""
