"""One folder per run of the tests, shared by its processes and removed by the one that began it."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; those that xdist starts are told where it is."""
    told = getattr(config, "workerinput", {}).get("run_folder")
    config.stash[FOLDER] = Path(told) if told else Path(tempfile.mkdtemp(prefix="coclico-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[FOLDER])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """What still runs out of the folder was stopped by its own part of the tests before."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@contextmanager
def only_one(folder: Path, name: str) -> Iterator[None]:
    """Run the block in one process at a time."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[FOLDER]
