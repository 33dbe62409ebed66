"""The database is away or locked: the phone stays on the page, and the site comes back with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from app.extensions import db
from app.web.access import public
from tests.support.databases import Database
from tests.support.page_client import page_of
from tests.support.site import MakeApp

PHONE = "05 36 49 00 00"


@pytest.fixture
def site(presquile: Database, monday: object, make_app: MakeApp) -> Flask:
    return make_app(extra={"PROPAGATE_EXCEPTIONS": False})


@contextmanager
def without_database(site: Flask, url: str) -> Iterator[None]:
    """The file is away, as a disk that was unmounted."""
    with site.app_context():
        db.engine.dispose()
    file = Path(str(make_url(url).database))
    away = file.with_suffix(".away")
    file.rename(away)
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        away.rename(file)


def test_while_the_database_is_away_pages_give_the_phone_and_then_work_again(
    site: Flask, presquile: Database
) -> None:
    client = site.test_client()
    assert client.get("/").status_code == 200
    with without_database(site, presquile.url):
        for path in ("/", "/communes/breuillet", "/rendez-vous", "/en/aide"):
            response = client.get(path)
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "30"
            assert PHONE in page_of(response).text.replace("\u00a0", " ")
    assert client.get("/").status_code == 200


def test_a_locked_database_is_told_as_unavailable(site: Flask, presquile: Database) -> None:
    """A writer that never ends: whoever must write waits, then says so."""

    def write() -> None:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
            connection.exec_driver_sql("UPDATE territory SET name = name")

    site.add_url_rule("/essai", "essai", public(write))
    client = site.test_client()
    lock = sqlite3.connect(str(make_url(presquile.url).database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert client.get("/essai").status_code == 503
    lock.execute("ROLLBACK")
    lock.close()
    assert page_of(client.get("/")).h1
