"""`_()` in templates: French as it is written, English from the catalogue, values escaped."""

from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, request
from flask_babel import Babel
from jinja2 import DictLoader

from app.web import sentences

PAGE = """{% from "part" import part %}{{ part() }} {{ _("Bonjour %(name)s", name=name) }}"""
PART = """{% macro part() %}{{ ngettext("Une visite", "%(num)s visites", 2) }}{% endmacro %}"""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    catalogue = Catalog(locale="en")
    catalogue.add("Bonjour %(name)s", "Hello %(name)s")
    catalogue.add(("Une visite", "%(num)s visites"), ("One visit", "%(num)s visits"))
    folder = tmp_path / "en/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app, locale_selector=lambda: request.args["language"])
    sentences.register(app)
    app.jinja_loader = DictLoader({"page": PAGE, "part": PART})
    return app


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "2 visites Bonjour &lt;b&gt;"), ("en", "2 visits Hello &lt;b&gt;")],
)
def test_a_template_speaks_the_language_of_its_page(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(f"/?language={language}"):
        assert app.jinja_env.get_template("page").render(name="<b>") == said


@pytest.mark.parametrize(
    ("language", "num", "said"),
    [
        ("fr", 0, "Une visite"),
        ("fr", 1, "Une visite"),
        ("fr", 2, "2 visites"),
        ("en", 0, "0 visits"),
        ("en", 1, "One visit"),
    ],
)
def test_each_language_counts_by_its_own_rule(
    app: Flask, language: str, num: int, said: str
) -> None:
    with app.test_request_context(f"/?language={language}"):
        assert sentences.counted_sentence("Une visite", "%(num)s visites", num) == said


def test_a_sentence_without_a_translation_stays_french(app: Flask) -> None:
    with app.test_request_context("/?language=en"):
        assert sentences.sentence("Au revoir") == "Au revoir"


def test_a_name_given_to_one_template_alone_reaches_it(app: Flask) -> None:
    with app.test_request_context("/?language=fr"):
        template = app.jinja_env.from_string("{{ place }}", globals={"place": "Arvert"})
        assert template.render() == "Arvert"
        assert "place" not in app.jinja_env.globals
