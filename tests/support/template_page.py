"""Templates rendered alone: a small application, a site and a form to give them."""

from functools import cache
from types import SimpleNamespace
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask, render_template_string
from flask_babel import Babel
from jinja2 import StrictUndefined
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    RadioField,
    StringField,
)

from app.web import components, filters, static_files
from tests.support.sources import ROOT

SITE = {
    "service_name": "Coclic’O",
    "slogan": "L’aide numérique près de chez vous",
    "phone": "05 36 49 00 00",
    "phone_href": "tel:+33536490000",
    "phone_hours": "du lundi au vendredi, de 9 h à 17 h",
    "email": None,
    "text_number": None,
    "text_href": None,
    "accessibility_state": "non conforme",
    "mark_url": None,
    "theme_url": None,
}


class Contact(Form):
    slot = HiddenField()
    first_name = StringField("Prénom")
    phone = StringField("Téléphone", description="Pour vous prévenir si le rendez-vous change.")
    channel = RadioField("Comment vous prévenir ?", choices={"sms": "Par SMS", "no": "Non"})
    agreed = BooleanField("La personne est d’accord.")
    website = StringField("Ne rien écrire ici")


@cache
def small_app() -> Flask:
    """What the real application gives to templates, and nothing more."""
    app = Flask(__name__, template_folder=str(ROOT / "app/web/templates"), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, default_locale="fr", default_timezone="Europe/Paris")
    for part in (filters, components, static_files):
        part.register(app)
    return app


def render(template: str, language: str = "fr", **values: Any) -> BeautifulSoup:
    """The template, with what every page knows, as a browser would read it."""
    known = {
        "site": SimpleNamespace(**SITE),
        "language": language,
        "public_url": "http://localhost",
        "alternate_url": lambda code: "/en/" if code == "en" else "/",
    }
    with small_app().test_request_context("/"):
        html = render_template_string(template, **(known | values))
    return BeautifulSoup(html, "html.parser")


def component(name: str, call: str, **values: Any) -> Tag:
    """What one call of the macro `name` writes: its first tag."""
    template = f'{{% from "components/{name}.html" import {name} %}}{call}'
    first = render(template, **values).find(True)
    assert isinstance(first, Tag)
    return first


def words(tag: Tag) -> str:
    """Its words, with plain single spaces."""
    return " ".join(tag.get_text().split())
