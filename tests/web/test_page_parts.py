"""The parts of a page that are ours: buttons, times, filters, ticket, summary."""

import re

import pytest

from tests.support.template_page import component, words


def test_a_button_posts_its_name_and_value_to_its_own_address() -> None:
    button = component(
        "button",
        '{{ button("Modifier", style="link", name="retour", value="heure", formaction="/x",'
        ' hidden_text="l’heure") }}',
    )
    assert (button.name, button["type"], button["class"]) == (
        "button",
        "submit",
        ["button", "button--link"],
    )
    assert (button["name"], button["value"], button["formaction"]) == ("retour", "heure", "/x")
    assert words(button) == "Modifier l’heure"


def test_a_button_with_an_address_is_a_link() -> None:
    link = component("button", '{{ button("Annuler", href="/non", icon_name="calendar-x") }}')
    assert (link.name, link["href"], words(link)) == ("a", "/non", "Annuler")
    assert link.svg is not None
    assert link.svg["aria-hidden"] == "true"
    assert not {"type", "name", "value", "formaction"} & set(link.attrs)


def test_a_summary_row_may_be_changed_by_link_or_by_post() -> None:
    rows = [
        {"key": "Heure", "value": "10 h", "change": {"hidden_text": "l’heure", "href": "/heure"}},
        {"key": "Nom", "value": "<b>", "change": {"hidden_text": "le nom", "formaction": "/nom"}},
        {"key": "Durée", "value": "45 minutes"},
        {"key": "Commune", "value": "Arvert", "change": None},
    ]
    summary = component("summary_list", "{{ summary_list(rows) }}", rows=rows)
    changes = summary.select(".summary__change > *")
    assert [(tag.name, words(tag)) for tag in changes] == [
        ("a", "Modifier l’heure"),
        ("button", "Modifier le nom"),
    ]
    assert changes[1]["formaction"] == "/nom"
    assert words(summary.select("dd")[2]) == "<b>"


def test_a_time_is_named_with_its_day() -> None:
    times = [
        {"text": "10 h", "label": "10 h, mardi 8 décembre", "value": "2026-12-08T10:00"},
        {"text": "11 h", "label": "11 h, mardi 8 décembre", "href": "?debut=x"},
        {"text": "midi", "label": "midi, mardi 8 décembre", "value": "y", "name": "debut"},
    ]
    call = '{{ day_times("Mardi 8 décembre", times, note="Arvert", wide=true) }}'
    day = component("day_times", call, times=times)
    assert day.h2 is not None
    assert words(day.h2) == "Mardi 8 décembre"
    button, link, named = day.select(".time")
    assert (button["name"], button["value"]) == ("choix", "2026-12-08T10:00")
    assert button["aria-label"] == "10 h, mardi 8 décembre"
    assert (link.name, link["href"]) == ("a", "?debut=x")
    assert named["name"] == "debut"


def test_the_current_filter_is_told_and_shown() -> None:
    items = [
        {"text": "Plutôt le matin", "href": "?m=1", "current": True},
        {"text": "Plutôt l’après-midi", "href": "?m=2", "current": False},
        {"text": "Toute la journée", "name": "moment", "value": "tout", "current": True},
    ]
    chips = component("chips", '{{ chips(items, "Moment") }}', items=items)
    assert chips["aria-label"] == "Moment"
    first, second, third = chips.select(".chip")
    assert first["aria-current"] == "true"
    assert first.svg is not None
    assert not second.has_attr("aria-current")
    assert second.svg is None
    assert (third.name, third["aria-pressed"]) == ("button", "true")


def test_the_ticket_shows_the_six_digits() -> None:
    rows = [{"icon": "map-pin", "text": "Mairie", "more": ["28 rue du Centre", None]}]
    call = '{{ ticket("Mardi 8 décembre à 10 h", rows, 482913) }}'
    ticket = component("ticket", call, rows=rows)
    number = ticket.select_one("#numero")
    assert number is not None
    assert re.sub(r"\D", "", words(number)) == "482913"
    assert words(ticket.h2 or ticket) == "Mardi 8 décembre à 10 h"
    assert ticket.get_text("|", strip=True).count("28 rue du Centre") == 1
    assert component("ticket", '{{ ticket("Midi", []) }}').select("#numero") == []


@pytest.mark.parametrize(
    ("name", "call", "sentence"),
    [
        ("back_link", '{{ back_link("/avant") }}', "Retour"),
        ("step", "{{ step(3, 5) }}", "Étape 3 sur 5"),
        ("place_card", '{{ place_card("Mairie", ["28 rue", none]) }}', "Mairie 28 rue"),
        ("done_banner", '{{ done_banner("Fait", text="Bravo.") }}', "Fait Bravo."),
        ("notice", '{% call notice("Titre", icon_name="info") %}<p>x</p>{% endcall %}', "Titre x"),
        ("empty_state", '{% call empty_state("Rien", text="Ici") %}y{% endcall %}', "Rien Ici y"),
        ("buttons", "{% call buttons() %}z{% endcall %}", "z"),
    ],
)
def test_a_small_part_says_its_words(name: str, call: str, sentence: str) -> None:
    assert words(component(name, call)) == sentence


def test_one_action_of_the_home_page_stands_out() -> None:
    items = [
        {"href": "/a", "icon": "calendar-plus", "text": "Prendre", "note": "Vite", "main": True},
        {"href": "/b", "icon": "users", "text": "M’inscrire", "note": "Ensemble"},
    ]
    cards = component("action_cards", "{{ action_cards(items) }}", items=items)
    assert [words(card) for card in cards.select(".act")] == ["PrendreVite", "M’inscrireEnsemble"]
    assert [card["href"] for card in cards.select(".act--main")] == ["/a"]


def test_printing_is_offered_only_where_scripts_run() -> None:
    place = component("print_button", "{{ print_button() }}")
    assert place.has_attr("hidden")
    assert place["data-print-button"] == "Imprimer"
    assert place.button is None
