"""The migrations make what the models say, the walls included, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, insert, inspect, text
from sqlalchemy.exc import IntegrityError

from app.models import Base

pytestmark = pytest.mark.both_databases

NINE = datetime(2026, 12, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        migrated = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(migrated, Base.metadata) == []


def test_no_number_that_is_remembered_elsewhere_is_given_twice(engine: Engine) -> None:
    """No comparison sees it, and batch mode of Alembic forgets it."""
    if engine.dialect.name == "sqlite":
        made = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name"
    else:
        made = (
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'id'"
            " AND column_default LIKE 'nextval%' ORDER BY table_name"
        )
    counted = {
        table.name
        for table in Base.metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    with engine.connect() as connection:
        names = set(connection.scalars(text(made)))
    assert counted
    assert names == counted if engine.dialect.name == "sqlite" else names >= counted


def test_the_checks_are_those_of_the_models(engine: Engine) -> None:
    in_database = inspect(engine)
    for table in Base.metadata.sorted_tables:
        wanted = {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        made = {str(check["name"]) for check in in_database.get_check_constraints(table.name)}
        assert wanted <= made, table.name


def test_the_wall_of_engagements_and_the_seal_of_the_journal_stand(engine: Engine) -> None:
    """Batch mode of Alembic drops triggers in silence, and no comparison sees them."""
    made = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x'"
        " UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    }
    wanted = {
        "sqlite": ["journal_append_only", "no_overlap_insert", "no_overlap_update"],
        "postgresql": ["journal_append_only", "no_overlap"],
    }
    with engine.connect() as connection:
        names = connection.scalars(text(made[engine.dialect.name]))
        assert list(names) == wanted[engine.dialect.name]


@pytest.mark.parametrize(
    ("starts", "hours", "occupies", "is_refused"),
    [
        (NINE, 1, True, True),
        (NINE + HOUR / 2, 1, True, True),
        (NINE - HOUR / 2, 3, True, True),
        (NINE + HOUR, 1, True, False),
        (NINE - HOUR, 1, True, False),
        (NINE, 1, False, False),
        (NINE + 24 * HOUR, 25, True, True),
    ],
)
def test_the_wall_lets_no_counsellor_be_in_two_places(
    engine: Engine, starts: datetime, hours: int, occupies: bool, is_refused: bool
) -> None:
    """Straight into the tables: no rule of ours stands before the wall here."""
    tables = Base.metadata.tables
    ids = {"counsellor_id": 1, "commune_id": 1}
    row = {"kind": "APPOINTMENT", **ids}
    with engine.connect() as connection:
        _without_foreign_keys(connection)
        connection.execute(
            insert(tables["engagement"]),
            {**row, "starts_at": NINE, "ends_at": NINE + HOUR, "occupies": True},
        )
        second = insert(tables["engagement"]).values(
            **row, starts_at=starts, ends_at=starts + hours * HOUR, occupies=occupies
        )
        if is_refused:
            with pytest.raises(IntegrityError, match=r"no_overlap|one_day"):
                connection.execute(second)
        else:
            connection.execute(second)
        connection.rollback()


def _without_foreign_keys(connection: object) -> None:
    """The wall alone is tried: no counsellor nor commune is made for it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
