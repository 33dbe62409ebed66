"""The two databases the product runs on, migrated once per run and fresh for each test."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import compress
from pathlib import Path

import pytest
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    exists,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.orm import Session

from app import extensions  # noqa: F401 - how each database is spoken to
from app.models import Base
from app.services import answers, catalogue, desk_share, slots
from tests.support.postgresql import create_database, server_url
from tests.support.run_folder import only_one

ROOT = Path(__file__).parents[2]
BOTH = ("sqlite", "postgresql")
BLINK_MS = 30


@dataclass(frozen=True)
class Database:
    """An empty database with all tables: what `flask db upgrade` makes."""

    url: str

    @property
    def dialect(self) -> str:
        return make_url(self.url).get_backend_name()

    @property
    def file(self) -> Path:
        """Of a SQLite database."""
        return Path(make_url(self.url).database or "")

    def engine(self) -> Engine:
        """The one of this process for that address: a statement is compiled once for all tests."""
        return _engine_of(self.url)

    def fill(self, template: Path) -> None:
        """Put a copy of a SQLite file in its place; who still has the old one open keeps that."""
        for leftover in (self.file, Path(f"{self.file}-wal"), Path(f"{self.file}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(template, self.file)
        forget_pictures()


_engine_of = cache(create_engine)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of services, and those marked both_databases, run twice; the others on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        of_services = "services" in metafunc.definition.path.parts
        marked = metafunc.definition.get_closest_marker("both_databases") is not None
        kinds = BOTH if of_services or marked else BOTH[:1]
        metafunc.parametrize("database_kind", kinds)


def migrate(url: str, revision: str = "head") -> None:
    """Run the product's own command on a database. Raises AssertionError with what it said."""
    environ = os.environ | {"COCLICO_DEMO": "1", "DATABASE_URL": url, "FLASK_APP": "wsgi"}
    upgrade = subprocess.run(
        [sys.executable, "-m", "flask", "db", "upgrade", revision],
        cwd=ROOT, env=environ, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert upgrade.returncode == 0, upgrade.stderr


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated SQLite file, to be copied."""
    file = run_folder / "template.sqlite"
    with only_one(run_folder, "sqlite-template"):
        if not file.exists():
            unfinished = run_folder / "unfinished.sqlite"
            migrate(f"sqlite:///{unfinished}")
            unfinished.rename(file)
    return file


@pytest.fixture(scope="session")
def postgresql_template(run_folder: Path) -> URL:
    """A migrated PostgreSQL database, to be copied."""
    with only_one(run_folder, "postgresql-template"):
        noted = run_folder / "postgresql-template.url"
        if not noted.exists():
            url = create_database(run_folder, server_url(run_folder), "template")
            migrate(url.render_as_string(hide_password=False))
            noted.write_text(url.render_as_string(hide_password=False))
    return make_url(noted.read_text())


class WipedDatabase:
    """A PostgreSQL database of this process; making one costs 50 ms, wiping its rows 5."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = create_engine(url)
        self.tables = Base.metadata.sorted_tables
        with self.engine.begin() as connection:
            self.first_rows = {table: self._rows(connection, table) for table in self.tables}

    @staticmethod
    def _rows(connection: Connection, table: object) -> list[dict[str, object]]:
        return [dict(row) for row in connection.execute(select(table)).mappings()]

    def wipe(self) -> None:
        """Leave only the rows that the migrations wrote.

        Deleting the few rows of a test costs a tenth of truncating all tables.
        """
        with self.engine.begin() as connection:
            # Neither foreign keys nor triggers: what may only be added to is emptied too.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in self._filled(connection):
                connection.execute(delete(table))
            for table, rows in self.first_rows.items():
                if rows:
                    connection.execute(insert(table), rows)
        self.engine.dispose()

    def _filled(self, connection: Connection) -> list[Table]:
        asked = select(*(exists().select_from(table) for table in self.tables))
        return list(compress(self.tables, connection.execute(asked).one()))


@pytest.fixture(scope="session")
def wiped_database(
    run_folder: Path, postgresql_template: URL, worker_id: str
) -> Iterator[WipedDatabase]:
    url = create_database(
        run_folder, server_url(run_folder), worker_id, postgresql_template.database or ""
    )
    wiped = WipedDatabase(url)
    yield wiped
    wiped.engine.dispose()


def forget_pictures() -> None:
    """What this process remembers of a territory: the next test has one at the same address."""
    for remembered in (
        answers._pictures,
        catalogue._latest,
        desk_share._permanences,
        slots._openings,
        slots._taken,
        slots._timetables,
    ):
        remembered.clear()


@pytest.fixture
def database(
    database_kind: str, request: pytest.FixtureRequest, run_folder: Path, worker_id: str
) -> Database:
    """A fresh, migrated database for this test alone; on which kinds, see pytest_generate_tests.

    Its address is that of every other test of this process.
    """
    if database_kind == "sqlite":
        database = Database(f"sqlite:///{run_folder / worker_id}.sqlite")
        database.fill(request.getfixturevalue("sqlite_template"))
        return database
    wiped: WipedDatabase = request.getfixturevalue("wiped_database")
    wiped.wipe()
    forget_pictures()
    return Database(wiped.url.render_as_string(hide_password=False))


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = database.engine()
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session as a service receives it."""
    with Session(engine) as session:
        yield session


@contextmanager
def impatient(database: Database) -> Iterator[Session]:
    """Another session of that database, which waits for a lock for the blink of an eye only."""
    is_sqlite = database.dialect == "sqlite"
    options = {} if is_sqlite else {"options": f"-c lock_timeout={BLINK_MS}"}
    engine = create_engine(database.url, connect_args=options)
    with Session(engine) as session:
        if is_sqlite:
            raw = session.connection().connection.driver_connection
            raw.execute(f"PRAGMA busy_timeout={BLINK_MS}")
        yield session
    engine.dispose()
