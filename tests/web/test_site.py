"""What every page knows of its place, in the language of the page, at the cost of one query."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, g
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.colours import contrast
from app.models.places import Territory
from app.services import catalogue
from app.services.catalogue import Catalogue, NoTerritory
from app.web import site, theme
from app.web.filters import speech
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.site import MakeApp


@pytest.fixture
def place(presquile: Database, monday: object, make_app: MakeApp) -> Flask:
    return make_app()


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def known(place: Flask, path: str = "/") -> site.Site:
    with place.test_request_context(path):
        return site.site_of(site.current_catalogue())


def test_a_page_shows_how_to_reach_the_service(place: Flask) -> None:
    words = known(place)
    assert words.service_name == "Coclic’O"
    assert words.slogan == "L’aide numérique près de chez vous"
    assert words.phone == "05\u00a036\u00a049\u00a000\u00a000"
    assert words.phone_href == "tel:+33536490000"
    hours = str(words.phone_hours).replace("\u00a0", " ")
    assert hours == "du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h"
    assert words.email == "aide@demo.invalid"
    assert words.text_href == "sms:+33639980000"
    assert (words.mark_url, words.theme_url) == (None, None)


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("05 36 49 00 00", "tel:+33536490000"),
        ("+44 20 7946 0000", "tel:+442079460000"),
        ("3939", "tel:3939"),
        ("poste 12", "tel:poste12"),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_dialled_from_anywhere(number: str | None, address: str | None) -> None:
    assert site.dialled("tel", number) == address


def test_names_of_communes_follow_the_language(place: Flask) -> None:
    with place.test_request_context("/"):
        commune = site.current_catalogue().commune("les-mathes")
        assert site.in_commune(commune) == "aux Mathes - La Palmyre"
        assert site.of_commune(commune) == "des Mathes - La Palmyre"
    with place.test_request_context("/", environ_base={"coclico.language": "en"}):
        assert site.in_commune(commune) == "in Les Mathes - La Palmyre"
        assert site.of_commune(commune) == "of Les Mathes - La Palmyre"


@pytest.mark.both_databases
def test_pages_about_the_service_cost_one_query(place: Flask) -> None:
    client = place.test_client()
    for path in ("/", "/aide", "/accessibilite", "/nulle-part"):
        client.get(path)
        with counted_queries() as said:
            client.get(path)
        assert len(said) == 1, said


def test_machines_that_ask_for_the_process_cost_none(place: Flask) -> None:
    with counted_queries() as said:
        place.test_client().get("/healthz")
        place.test_client().get("/robots.txt")
    assert said == []


def test_the_zone_is_that_of_the_territory(place: Flask, presquile: Database) -> None:
    with place.test_request_context("/"):
        assert str(speech().zone) == "Europe/Paris"


def test_without_territory_the_zone_is_the_default(app: Flask) -> None:
    with app.test_request_context("/"):
        assert site.known_catalogue() is None
        assert str(speech().zone) == "UTC"
        with pytest.raises(NoTerritory):
            site.current_catalogue()


def test_a_change_of_territory_shows_at_the_next_request(place: Flask, presquile: Database) -> None:
    client = place.test_client()
    client.get("/")
    engine = presquile.engine()
    with Session(engine) as session:
        territory = session.get_one(Territory, 1)
        territory.service = {**territory.service, "name": "Autre nom"}
        territory.revision += 1
        session.commit()
    engine.dispose()
    assert "Autre nom" in client.get("/").text


def fails() -> None:
    raise OperationalError("SELECT 1", {}, Exception("away"))


def test_while_the_database_is_away_the_last_words_are_remembered(
    place: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = known(place).phone
    monkeypatch.setattr(site, "read_catalogue", lambda _session: fails())
    with place.test_request_context("/"):
        remembered = site.known_catalogue()
        assert isinstance(remembered, Catalogue)
        assert site.site_of(remembered).phone == phone
    with place.test_request_context("/"):
        site.stop_asking_the_database()
        assert site.current_catalogue() is remembered


def test_a_process_learns_the_phone_before_its_first_visitor(
    place: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_latest", {})
    site.warm_up(place)
    remembered = catalogue.last_known()
    assert remembered is not None
    assert remembered.service["phone"] == "05 36 49 00 00"


def test_memory_that_holds_nothing_does_not_invent(
    place: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_latest", {})
    with place.test_request_context("/"):
        site.stop_asking_the_database()
        assert site.known_catalogue() is None
        assert "catalogue" not in g


@pytest.mark.parametrize("brand", ["#0b5563", "#663366", "#757575", "#8a5a00"])
def test_shades_of_a_brand_stay_readable(brand: str) -> None:
    """4.5:1 is checked at load on white and paper; the shades made from it must hold too."""
    dark = theme.mixed(brand, theme.BLACK, theme.DARKER)
    tint = theme.mixed(brand, theme.WHITE, theme.PALER)
    assert contrast(dark, "#ffffff") >= 7
    assert contrast(dark, tint) >= 4.5
    assert contrast("#1c1f23", tint) >= 7


def test_a_sheet_says_only_what_the_territory_changes() -> None:
    assert theme.theme_css({"brand": "", "accent": ""}) == ""
    assert theme.theme_css({}) == ""
    assert theme.theme_url({}) is None
    assert theme.theme_css({"accent": "#aa0000"}) == ":root{--accent:#aa0000}\n"
    assert theme.theme_url({"accent": "#aa0000"}) != theme.theme_url({"accent": "#bb0000"})


def test_a_mark_stands_beside_the_file_of_its_territory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "MARKS", tmp_path)
    (tmp_path / "deux-rives.svg").write_text("<svg/>")
    theme.mark.cache_clear()
    assert theme.mark("deux-rives.svg") == b"<svg/>"
    assert str(theme.mark_url("deux-rives.svg")).startswith("/marque.svg?v=")
    for absent in (None, "", "autre.svg", "../deux-rives.txt"):
        assert theme.mark_url(absent) is None
    theme.mark.cache_clear()


def test_a_territory_with_a_mark_shows_it(
    place: Flask, presquile: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "MARKS", tmp_path)
    (tmp_path / "essai.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    theme.mark.cache_clear()
    engine = presquile.engine()
    with Session(engine) as session:
        territory = session.get_one(Territory, 1)
        territory.service = {**territory.service, "mark": "essai.svg"}
        territory.revision += 1
        session.commit()
    engine.dispose()
    client = place.test_client()
    assert isinstance(client, PageClient)
    address = str(theme.mark_url("essai.svg"))
    assert address in client.get("/").text
    mark = client.get(address)
    assert mark.mimetype == "image/svg+xml"
    assert "immutable" in mark.headers["Cache-Control"]
    assert "default-src 'none'" in mark.headers["Content-Security-Policy"]
    theme.mark.cache_clear()
