"""What an earlier version wrote becomes what this one reads, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select

from app.models import Base
from tests.support.databases import migrate
from tests.support.dumps import HEAVIEST_DUMP, copy_to_postgresql, read_dump
from tests.support.postgresql import create_database, server_url
from tests.support.sources import ROOT

DUMPS = sorted((ROOT / "tests/upgrade").glob("*.sql.gz"))
MUST_HOLD = {
    "a": ("territory", "appointment", "resident", "engagement", "availability"),
    "d": ("workshop", "workshop_session", "registration", "places_offer", "participation"),
    "e": ("attendance_record", "volume_cube", "half_year_closing", "sharing_key"),
}
"""By the letter of the first dump that has them."""


def test_the_landed_issues_left_their_data() -> None:
    letters = [dump.name.partition(".")[0] for dump in DUMPS]
    assert letters[:5] == ["a", "b", "c", "d", "e"]
    assert [dump.name for dump in DUMPS if dump.stat().st_size > HEAVIEST_DUMP] == []


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.name)
def old_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / request.param.name.replace(".sql.gz", ".sqlite")
    read_dump(request.param, file)
    return file


def test_old_data_upgrade_on_sqlite(old_file: Path) -> None:
    url = f"sqlite:///{old_file}"
    migrate(url)
    assert_it_is_of_today(url, old_file.stem)


def test_old_data_upgrade_on_postgresql(
    old_file: Path, run_folder: Path, worker_id: str, request: pytest.FixtureRequest
) -> None:
    name = f"upgrade-{worker_id}-{DUMPS.index(request.node.callspec.params['old_file'])}"
    made = create_database(run_folder, server_url(run_folder), name)
    url = made.render_as_string(hide_password=False)
    copy_to_postgresql(old_file, url)
    migrate(url)
    assert_it_is_of_today(url, old_file.stem)


def assert_it_is_of_today(url: str, letter: str) -> None:
    """The tables are those of the models, and the rows are there."""
    must_hold = [name for since, names in MUST_HOLD.items() if since <= letter for name in names]
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        for name in must_hold:
            count = connection.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
            assert count, f"{name} is empty"
    engine.dispose()
