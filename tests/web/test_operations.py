"""What machines ask: watchmen, robots, browsers, people who found a weakness."""

import json

import pytest
from sqlalchemy import text, update

from app.models.places import Territory
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.site import MakeApp
from tests.support.territory_change import change


def test_watchmen_get_facts_without_people(visitor: PageClient) -> None:
    assert json.loads(visitor.get("/healthz").data) == {"status": "ok"}
    ready = visitor.get("/readyz")
    assert ready.status_code == 200
    assert json.loads(ready.data) == {
        "ready": True, "database": True, "migrations": True, "oldest_unsent_seconds": None,
    }  # fmt: skip


@pytest.mark.both_databases
def test_a_database_of_another_version_is_not_ready(
    presquile: Database, visitor: PageClient
) -> None:
    change(presquile, text("UPDATE alembic_version SET version_num = '0000'"))
    ready = visitor.get("/readyz")
    assert ready.status_code == 503
    assert json.loads(ready.data)["migrations"] is False


def test_without_a_database_the_process_lives_and_is_not_ready(make_app: MakeApp) -> None:
    client = make_app(database_url="sqlite:////nowhere/at/all.sqlite").test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert json.loads(ready.data) == {"ready": False, "database": False}


def test_robots_may_read_pages_but_not_walk_the_booking(visitor: PageClient) -> None:
    rules = visitor.get("/robots.txt").text.splitlines()
    assert rules[0] == "User-agent: *"
    assert {"Disallow: /agents", "Disallow: /rendez-vous/"} <= set(rules)
    assert not [rule for rule in rules if rule.endswith(": /") or "agendas" in rule]


def test_whoever_finds_a_weakness_knows_whom_to_tell(visitor: PageClient) -> None:
    said = visitor.get("/.well-known/security.txt")
    assert said.mimetype == "text/plain"
    assert "Contact: mailto:aide@demo.invalid\n" in said.text
    assert "Expires: 2027-05-22T00:00:00Z\n" in said.text


def test_a_favicon_is_found_where_old_browsers_look(visitor: PageClient) -> None:
    found = visitor.get("/favicon.ico")
    assert found.status_code == 302
    with visitor.get(found.headers["Location"]) as mark:
        assert mark.mimetype == "image/svg+xml"


def test_a_territory_without_colours_has_no_sheet_of_its_own(visitor: PageClient) -> None:
    assert "/theme.css" not in visitor.get("/").text
    assert visitor.get("/theme.css").status_code == 404
    assert visitor.get("/marque.svg").status_code == 404


def test_the_colours_of_a_territory_come_in_a_sheet_of_its_own(
    presquile: Database, visitor: PageClient
) -> None:
    change(presquile, update(Territory).values(colours={"brand": "#663366", "accent": ""}))
    sheets = [
        str(link["href"]) for link in page_of(visitor.get("/")).soup.select("link[rel=stylesheet]")
    ]
    assert len(sheets) == 2
    sheet = visitor.get(sheets[1])
    assert sheet.mimetype == "text/css"
    assert "--brand:#663366" in sheet.text
    assert "--accent" not in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]


def test_built_files_are_kept_for_ever(visitor: PageClient) -> None:
    sheet = page_of(visitor.get("/")).soup.select_one("link[rel=stylesheet]")
    assert sheet is not None
    with visitor.get(str(sheet["href"])) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    assert visitor.get("/static/../app.py").status_code == 404
    assert visitor.get("/static/").status_code == 404
