"""A terminal on an empty database, and files to load."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.site import MakeApp

Run = Callable[..., Result]
Territories = Path(__file__).parents[2] / "territories"


@pytest.fixture
def run(make_app: MakeApp) -> Run:
    """Call a command of `flask` on the test's database: run("territory", "load", file)."""
    runner = make_app().test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


@pytest.fixture
def territory_file(tmp_path: Path) -> Path:
    """A copy of a real territory, to spoil."""
    file = tmp_path / "territoire.toml"
    source = Territories / "presquile-arvert.toml"
    file.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return file


@pytest.fixture
def timetable_file(tmp_path: Path) -> Path:
    """A copy of the demo's timetable, to spoil."""
    file = tmp_path / "horaires.toml"
    source = Territories / "demo-timetable.toml"
    file.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return file
