"""Whoever waited for a lock reads what the one before saved, however the server was set up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.accounts import Counsellor
from app.services.transaction import Locks, write_transaction
from tests.support.databases import Database
from tests.support.postgresql import connection_to
from tests.support.site import MakeApp
from tests.support.stage import Stage

LOCK = Locks.of(keys={"phone:+33639980001"})
PATIENCE_S = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@contextmanager
def frozen_by_default(database: Database, session: Session) -> Iterator[None]:
    """New connections read as of the start of their transaction, unless they say otherwise."""
    url = session.get_bind().engine.url
    if database.dialect == "sqlite":
        yield
        return
    setting = f'ALTER DATABASE "{url.database}" {{}} default_transaction_isolation'
    with connection_to(url.set(database="postgres")) as server:
        server.execute(setting.format("SET") + " TO 'repeatable read'")
        yield
        server.execute(setting.format("RESET"))


def wait_until_somebody_waits(session: Session) -> None:
    """On PostgreSQL, until another connection stands before a lock; SQLite keeps no such list."""
    url = session.get_bind().engine.url
    if url.get_backend_name() == "sqlite":
        return
    deadline = time.monotonic() + PATIENCE_S
    with connection_to(url.set(database="postgres")) as server:
        while not server.execute(WAITING, [url.database]).fetchone()[0]:
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)


def read_under_the_lock(app: Flask, said: list[str]) -> None:
    with app.app_context(), write_transaction(db.session(), LOCK):
        said.extend(db.session.scalars(select(Counsellor.first_name).order_by(Counsellor.id)))


@pytest.fixture
def waiting_app(stage: Stage, make_app: MakeApp, database: Database) -> Iterator[Flask]:
    """The site as configured for production, on a server that likes old facts."""
    with frozen_by_default(database, stage.session):
        yield make_app()


def test_who_waited_for_a_lock_reads_what_was_saved_meanwhile(
    stage: Stage, waiting_app: Flask
) -> None:
    said: list[str] = []
    second = Thread(target=read_under_the_lock, args=(waiting_app, said))
    with write_transaction(stage.session, LOCK):
        second.start()
        wait_until_somebody_waits(stage.session)
        stage.session.execute(
            update(Counsellor).where(Counsellor.code == "karim").values(first_name="Zoé")
        )
    second.join()
    assert said == ["Jeanne", "Zoé"]
