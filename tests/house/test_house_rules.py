"""The rules of the house that no tool knows. A failing test names the place and the rule."""

import re
import sys
import tomllib
from collections import Counter
from dataclasses import fields

import pytest

from app.domain.settings import Settings
from tests.support.sources import (
    CODE,
    ROOT,
    TOP,
    files,
    functions,
    imported_modules,
    name,
    python_files,
)

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
UNNAMED = {"utils", "util", "helpers", "helper", "common", "manager", "data", "info", "misc"}
DOOR_FOR_WRITING = "app/services/transaction.py"
CLOCKS = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
TESTS_OF_DATA = {"tests/domain/test_demo_timetable.py"}
"""Tests of a file of territories/, which is data and has no module."""
SHARED_BY_PAGES = {"templates", "assets", "static", "__pycache__"}


def test_no_file_is_longer_than_a_sitting() -> None:
    written = [*files(*CODE), *(ROOT / top for top in TOP)]
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    assert len(lengths) > 20
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = [function for path in python_files(*CODE) for function in functions(path)]
    assert [function for function in lengths if function[1] > LONGEST_FUNCTION] == []


def test_no_name_says_nothing() -> None:
    named = [path for path in files(*CODE) if path.stem in UNNAMED]
    folders = [path for path in (ROOT / "app").rglob("*") if path.is_dir() and path.name in UNNAMED]
    assert [name(path) for path in [*named, *folders]] == []


def test_only_the_door_for_writing_commits() -> None:
    committing = [
        name(path)
        for path in python_files("app")
        if re.search(r"\.commit\(", path.read_text(encoding="utf-8"))
    ]
    assert committing == [DOOR_FOR_WRITING]


def test_the_domain_imports_only_python_and_itself() -> None:
    foreign = {
        f"{name(path)} imports {module}"
        for path in python_files("app/domain")
        for module in imported_modules(path)
        if module.split(".")[0] not in sys.stdlib_module_names
        and not module.startswith("app.domain")
    }
    assert foreign == set()


def test_no_clock_is_read_below_web_and_cli() -> None:
    reading = [
        name(path)
        for floor in ("domain", "models", "gateways", "services")
        for path in python_files(f"app/{floor}")
        if CLOCKS.search(path.read_text(encoding="utf-8"))
    ]
    assert reading == []


def test_environment_variables_are_read_in_one_file() -> None:
    readers = [
        name(path)
        for path in python_files("app")
        if re.search(r"\bos\.(getenv|environ\[|environ\.get)", path.read_text(encoding="utf-8"))
    ]
    assert readers == []


def test_each_setting_of_a_territory_is_read_by_something() -> None:
    """A figure that nothing reads is a promise on a page of settings."""
    declared = {"app/domain/settings.py", "app/web/administration/sheet_words.py"}
    written = "\n".join(
        path.read_text(encoding="utf-8") for path in files("app") if name(path) not in declared
    )
    unread = [each.name for each in fields(Settings) if f"settings.{each.name}" not in written]
    assert unread == []


def test_queries_are_written_with_select() -> None:
    old_style = [
        name(path)
        for path in python_files("app")
        if re.search(r"\.query(\.|\()", path.read_text(encoding="utf-8"))
    ]
    assert old_style == []


def test_the_packages_of_pages_are_declared_independent() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    declared = {
        module
        for contract in contracts
        if contract["type"] == "independence"
        for module in contract["modules"]
    }
    packages = {
        f"app.web.{folder.name}"
        for folder in (ROOT / "app/web").iterdir()
        if folder.is_dir() and folder.name not in SHARED_BY_PAGES
    }
    assert packages - declared == set()


@pytest.mark.parametrize("floor", ["domain", "services", "gateways"])
def test_each_test_file_is_named_after_the_source_that_it_tests(floor: str) -> None:
    sources = Counter(path.stem for path in python_files(f"app/{floor}"))
    tests = [path for path in python_files(f"tests/{floor}") if path.stem.startswith("test_")]
    strays = [
        name(path)
        for path in tests
        if not any(path.stem.removeprefix("test_").startswith(source) for source in sources)
    ]
    assert set(strays) - TESTS_OF_DATA == set()
