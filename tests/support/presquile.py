"""The presqu'île as the demo shows it, on a fixed Monday: a territory and a timetable to try on."""

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.domain.overlay import merge_overlay
from app.domain.territory import parse_territory
from app.domain.timetable import parse_timetable
from app.services.territory import load_territory
from app.services.timetable import load_timetable, timetable_refs
from tests.support.databases import Database
from tests.support.page_client import PageClient
from tests.support.run_folder import only_one
from tests.support.site import MakeApp
from tests.support.sources import ROOT

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""Monday 23 November 2026, 10 h in Paris."""


def read_toml(name: str) -> dict[str, Any]:
    path: Path = ROOT / "territories" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load_presquile(session: Session, now: datetime = NOW) -> None:
    """Load the territory with the demo's overlay, then the demo's timetable from that day on."""
    territory = merge_overlay(read_toml("presquile-arvert"), read_toml("demo-overlay"))
    load_territory(session, parse_territory(territory), overwrite=False, now=now)
    today = now.date()
    timetable = parse_timetable(read_toml("demo-timetable"), timetable_refs(session, today))
    load_timetable(session, timetable, now=now, effective_on=today)


def _loaded(database: Database) -> Database:
    engine = database.engine()
    with Session(engine) as session:
        load_presquile(session)
    engine.dispose()
    return database


@pytest.fixture(scope="session")
def presquile_template(run_folder: Path, sqlite_template: Path) -> Path:
    """A SQLite file with the presqu'île in it, to be copied: loading it costs 0.3 s."""
    file = run_folder / "presquile.sqlite"
    with only_one(run_folder, "presquile"):
        if not file.exists():
            unfinished = run_folder / "unfinished-presquile.sqlite"
            shutil.copyfile(sqlite_template, unfinished)
            _loaded(Database(f"sqlite:///{unfinished}"))
            unfinished.rename(file)
    return file


@pytest.fixture
def presquile(database: Database, request: pytest.FixtureRequest) -> Database:
    """The test's database, with the presqu'île in it."""
    if database.dialect == "postgresql":
        return _loaded(database)
    template: Path = request.getfixturevalue("presquile_template")
    database.fill(template)
    return database


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    """The clock of this process stands at NOW; `.move_to(…)` and `.shift(…)` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visitor(presquile: Database, monday: time_machine.Traveller, make_app: MakeApp) -> PageClient:
    """A resident's browser on the presqu'île, that Monday."""
    client = make_app().test_client()
    assert isinstance(client, PageClient)
    return client
