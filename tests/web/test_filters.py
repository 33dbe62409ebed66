"""Dates, hours, phones and numbers in the language and the zone of the page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, request
from flask_babel import Babel

from app.gateways.dates import NBSP
from app.web import filters

TUESDAY = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)  # 10 h in Paris


def said(text: str) -> str:
    """The text with its no-break spaces made plain, for those who read the test."""
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+33536490000", "05 36 49 00 00"),
        ("06.39.98.12.34", "06 39 98 12 34"),
        ("+442079460000", "+44 20 7946 0000"),
        ("3939", "3939"),
        ("poste 12", "poste 12"),
        ("", ""),
    ],
)
def test_a_phone_number_is_shown_in_pairs(number: str, shown: str) -> None:
    assert said(filters.phone(number)) == shown
    assert number == "poste 12" or " " not in filters.phone(number)


@pytest.fixture
def page() -> Flask:
    app = Flask(__name__)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Paris"
    Babel(app, locale_selector=lambda: request.args["language"])
    filters.register(app, now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    return app


def render(page: Flask, template: str, language: str) -> str:
    with page.test_request_context(f"/?language={language}"):
        values = {"start": TUESDAY, "end": TUESDAY + timedelta(minutes=30)}
        return said(page.jinja_env.from_string(template).render(values))


@pytest.mark.parametrize(
    ("template", "french", "english"),
    [
        ("{{ start | long_date }}", "mardi 8 décembre", "Tuesday 8 December"),
        ("{{ start | clock }}", "10 h", "10 am"),
        ("{{ start | date_time }}", "mardi 8 décembre à 10 h", "Tuesday 8 December at 10 am"),
        ("{{ start | time_range(end) }}", "de 10 h à 10 h 30", "from 10 am to 10.30 am"),
        ("{{ start | window(end) }}", "entre 10 h et 10 h 30", "between 10 am and 10.30 am"),
        (
            "{{ start | date_window(end) | first_upper }}",
            "Mardi 8 décembre, entre 10 h et 10 h 30",
            "Tuesday 8 December, between 10 am and 10.30 am",
        ),
        ("{{ 60 | minutes }}", "1 heure", "1 hour"),
        ("{{ 482913 | reference }}", "482 913", "482 913"),
        ("{{ '+33536490000' | phone }}", "05 36 49 00 00", "05 36 49 00 00"),
    ],
)
def test_a_page_speaks_its_language(page: Flask, template: str, french: str, english: str) -> None:
    assert render(page, template, "fr") == french
    assert render(page, template, "en") == english


def test_a_page_says_the_year_that_is_not_this_one(page: Flask) -> None:
    with page.test_request_context("/?language=fr"):
        template = page.jinja_env.from_string("{{ day | long_date }}")
        assert template.render(day=date(2026, 3, 2)) == "lundi 2 mars"
        assert template.render(day=date(2027, 3, 2)) == "mardi 2 mars 2027"


def test_outside_a_page_the_application_speaks_french(page: Flask) -> None:
    page.extensions["babel"].locale_selector = lambda: "fr"
    with page.app_context():
        assert filters.language() == "fr"
        assert str(filters.zone()) == "Europe/Paris"
    assert filters.speech() == ("fr", UTC)
