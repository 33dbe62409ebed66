"""A database that does not answer: somebody holds it, it is away, or it is silent at the end."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

from app import extensions
from tests.support.databases import Database


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Somebody else is writing, and does not end."""
    other = sqlite3.connect(make_url(database.url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.rollback()
    other.close()


@contextmanager
def away(database: Database, app: Flask) -> Iterator[None]:
    """The server is down: connections die, and no new one is accepted."""
    url = make_url(database.url)
    if database.dialect == "sqlite":
        with app.app_context():
            extensions.db.engine.dispose()
        file = Path(url.database or "")
        kept = file.rename(file.with_suffix(".away"))
        file.mkdir()
        yield
        file.rmdir()
        kept.rename(file)
        return
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = url.database
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(killed), {"name": name})
        yield
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    admin.dispose()


@contextmanager
def no_answer(engine: Engine, *, once: bool = False) -> Iterator[None]:
    """SQLite wrote the commit, and the disk failed to say that it was done; or one commit only."""
    failed: list[Connection] = []

    def commit_and_fail(connection: Connection) -> None:
        if once and failed:
            return
        failed.append(connection)
        connection.exec_driver_sql("COMMIT")
        raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

    event.listen(engine, "commit", commit_and_fail)
    yield
    event.remove(engine, "commit", commit_and_fail)
