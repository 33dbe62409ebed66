"""Demos of some days, made once per run by the product's own command and then only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from click.testing import Result
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app import create_app
from app.extensions import db
from app.services.links import Links
from config import Config
from tests.support.run_folder import only_one
from tests.support.untraced import untraced

PLAIN = date(2026, 12, 1)
DAYS = (
    PLAIN,
    date(2026, 12, 24),  # a holiday is tomorrow, and so is the end of the year
    date(2027, 3, 28),  # Sunday, 23 hours
    date(2027, 5, 1),  # a Saturday that is a public holiday
    date(2027, 10, 31),  # Sunday, 25 hours
)
LINKS = Links("links of the demos of tests")


@dataclass(frozen=True)
class Demo:
    """The demo of a day: where it is, and what the command said."""

    day: date
    url: str
    words: str

    @contextmanager
    def session(self) -> Iterator[Session]:
        engine = create_engine(self.url)
        with Session(engine) as session:
            yield session
        engine.dispose()


def demo_config(url: str) -> Config:
    return Config(
        secret_key="of the demos of tests, that protects nothing",
        link_key=LINKS.key,
        database_url=url,
        is_demo=True,
    )


def run_demo(config: Config, *words: str) -> Result:
    """flask demo create …, in this process."""
    app = create_app(config)
    result = app.test_cli_runner().invoke(args=["demo", "create", *words])
    with app.app_context():
        db.engine.dispose()
    return result


def demo_of(run_folder: Path, day: date) -> Demo:
    """The demo of that day, for all tests of this run."""
    file, words = run_folder / f"demo-{day}.sqlite", run_folder / f"demo-{day}.txt"
    with only_one(run_folder, f"demo-{day}"):
        if not words.exists():
            run = run_demo if day == PLAIN else untraced(run_demo)  # measured once is enough
            result = run(demo_config(f"sqlite:///{file}"), "--today", day.isoformat())
            assert result.exit_code == 0, result.output
            words.write_text(result.stdout)
    return Demo(day, f"sqlite:///{file}", words.read_text())
