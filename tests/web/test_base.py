"""The sheet of every page: its title, its languages, the ways to reach the service."""

from types import SimpleNamespace

from tests.support.page_rules import Page, faults
from tests.support.template_page import SITE, Contact, render, words

PAGE = """{% extends "base.html" %}{% block title %}Aide{% endblock %}
{% block main %}<h1>Votre rendez-vous ?</h1>{% endblock %}"""


def test_the_page_breaks_no_rule_of_the_house() -> None:
    assert faults(Page(str(render(PAGE)), "/")) == []


def test_the_page_in_english_says_so_and_leads_back_to_french() -> None:
    soup = render(PAGE, language="en")
    assert soup.html
    assert soup.html["lang"] == "en"
    switch = soup.select_one(".head__language")
    assert switch is not None
    assert (switch["hreflang"], switch["lang"], words(switch)) == ("fr", "fr", "Français")
    alternates = {link["hreflang"]: link["href"] for link in soup.select("link[rel=alternate]")}
    assert alternates == {"fr": "http://localhost/", "en": "http://localhost/en/"}


def test_the_page_is_set_in_french_and_its_title_left_alone() -> None:
    soup = render(PAGE)
    assert soup.h1 is not None
    assert str(soup.h1) == '<h1>Votre <span class="keep">rendez-vous</span>\u00a0?</h1>'
    assert soup.title is not None
    assert soup.title.string == "Aide – Coclic’O"


def test_the_title_says_that_there_is_an_error() -> None:
    form = Contact(data={})
    form.phone.errors = ["Écrivez votre numéro de téléphone."]
    for known in ({"form": form}, {"has_errors": True}):
        title = render(PAGE, **known).title
        assert title is not None
        assert title.string == "Erreur\u00a0: Aide – Coclic’O"
    assert str(render(PAGE, form=Contact(data={})).title).startswith("<title>Aide")


def test_a_personal_page_is_not_indexed() -> None:
    assert render(PAGE, noindex=True).select("meta[name=robots][content=noindex]")
    assert not render(PAGE).select("meta[name=robots]")


def test_each_way_to_reach_the_service_is_shown_once_it_exists() -> None:
    assert len(render(PAGE).select(".call p")) == 1
    reached = SITE | {
        "email": "aide@coclico.invalid",
        "text_number": "06 39 98 00 00",
        "text_href": "sms:+33639980000",
    }
    soup = render(PAGE, site=SimpleNamespace(**reached))
    assert [link["href"] for link in soup.select(".call a")] == [
        "tel:+33536490000",
        "mailto:aide@coclico.invalid",
        "sms:+33639980000",
    ]


def test_the_town_hall_is_named_on_every_page_with_or_without_a_phone() -> None:
    """Law B9."""
    assert words(render(PAGE).select_one(".call p")).endswith(", ou votre mairie.")
    silent = SimpleNamespace(**SITE | {"phone": None, "phone_hours": None})
    only = render(PAGE, site=silent).select_one(".call p")
    assert words(only) == "Besoin d’aide ? Appelez votre mairie."


def test_a_territory_brings_its_mark_and_its_colours() -> None:
    own = SITE | {"mark_url": "/marque.svg", "theme_url": "/theme.css"}
    soup = render(PAGE, site=SimpleNamespace(**own))
    assert [img["src"] for img in soup.select("img")] == ["/marque.svg"]
    assert [link["href"] for link in soup.select("link[rel=stylesheet]")][-1] == "/theme.css"
    assert not soup.select(".foot--dune"), "the poppies belong to the house's own mark"


def test_a_page_stands_while_no_territory_is_known() -> None:
    soup = render(PAGE, site=None)
    assert soup.title is not None
    assert soup.title.string == "Aide – Aide numérique"
    assert not soup.select(".call")
