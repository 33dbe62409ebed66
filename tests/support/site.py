"""The site in tests: in this process with a client, or as real gunicorn processes on a port."""

import os
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app import create_app
from app.extensions import db
from app.web.site import warm_up
from config import Config
from tests.support.databases import ROOT, Database
from tests.support.page_client import PageClient

LONGEST_START_S = 90
MESSAGES = f"file:{tempfile.gettempdir()}"
"""Both channels are configured, so that pages offer them; only a worker would write there."""
CREDULOUS = {"CREDULOUS": "yes"}
"""The clocked site without the wait of its trap."""
MakeApp = Callable[..., Flask]
_registers = tempfile.TemporaryDirectory(prefix="coclico-register-")
"""Of this process: a test makes it unwritable for a moment."""


def test_config(database: Database, **changes: Any) -> Config:
    """The configuration of a test; each test has its own keys."""
    settings = {
        "secret_key": secrets.token_hex(32),
        "link_key": secrets.token_hex(32),
        "database_url": database.url,
        "public_url": "http://localhost",
        "smtp_url": MESSAGES,
        "sms_url": MESSAGES,
        "erasure_register": Path(_registers.name) / "erasures.txt",
    }
    return Config(**(settings | changes))


test_config.__test__ = False


@pytest.fixture
def make_app(database: Database, run_folder: Path) -> Iterator[MakeApp]:
    """The application; with some settings changed, a new one: make_app(public_url="https://…").

    Without changes it is the same for all tests of this process, since making one takes as long as
    a test. Whoever changes the application itself asks for a new one: make_app(extra={}).
    """
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        is_own = bool(changes) or database.dialect != "sqlite"
        known = None if is_own else _usual.get(database.url)
        app = known or _new_app(database, run_folder, changes)
        if not is_own:
            _usual[database.url] = app
        warm_up(app)
        _let_go(app)
        made.append(app)
        return app

    yield make
    for app in made:
        _let_go(app)


_usual: dict[str, Flask] = {}
"""The site of this process, by the address of its database."""


def _let_go(app: Flask) -> None:
    """Of the database's file: a test may put another one in its place."""
    with app.app_context():
        db.engine.dispose()


def _new_app(database: Database, run_folder: Path, changes: dict[str, Any]) -> Flask:
    app = create_app(test_config(database, **changes))
    app.testing = True
    app.test_client_class = PageClient
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(run_folder))
    return app


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


@pytest.fixture
def own_app(make_app: MakeApp) -> Flask:
    """An application that the test may change."""
    return make_app(extra={})


@pytest.fixture
def client(app: Flask, request: pytest.FixtureRequest) -> PageClient:
    """A client that checks each page it opens (see tests/support/page_rules.py)."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.checks_pages = request.node.get_closest_marker("unchecked_pages") is None
    return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate for this machine, and of the authority that signed it."""

    chain: Path
    key: Path
    authority: Path

    @property
    def arguments(self) -> list[str]:
        """What gunicorn needs to speak TLS with it."""
        return ["--certfile", str(self.chain), "--keyfile", str(self.key)]


@contextmanager
def serving(
    database: Database,
    workers: int = 2,
    log: Path | None = None,
    certificate: Certificate | None = None,
    at: datetime | None = None,
    **environ: str,
) -> Iterator[str]:
    """Run gunicorn on a free port of this machine and yield the address of the site.

    With a certificate it speaks TLS. With `at` (UTC) its clock starts there, and it may be
    CREDULOUS. `environ` changes what config.py reads. Raises AssertionError when the site does not
    come up.
    """
    port = free_port()
    address = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
    settings = {
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": database.url,
        "PUBLIC_URL": address,
        "SMTP_URL": MESSAGES,
        "SMS_URL": MESSAGES,
    }
    application = "wsgi:app"
    if at is not None:
        application = "tests.support.clocked_site:app"
        settings["LATER_BY_S"] = str((at - datetime.now(UTC)).total_seconds())
    output = log.open("ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--no-control-socket",
         "--workers", str(workers), "--bind", f"127.0.0.1:{port}",
         *(certificate.arguments if certificate else ())],
        cwd=ROOT, env=os.environ | settings | environ, stdout=output, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_until_it_answers(address, process, certificate)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=LONGEST_START_S)
        if log:
            output.close()


def wait_until_it_answers(
    address: str, process: subprocess.Popen[bytes], certificate: Certificate | None = None
) -> None:
    trust = ssl.create_default_context(cafile=certificate.authority) if certificate else None
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"gunicorn ended with {process.returncode}"
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5, context=trust).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def live_server(database: Database, tmp_path: Path) -> Iterator[str]:
    """The address of the site, run by gunicorn with two workers on the test's database."""
    with serving(database, log=tmp_path / "gunicorn.log") as address:
        yield address
