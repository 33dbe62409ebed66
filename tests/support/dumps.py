"""Data that an earlier version wrote, kept so that every later one can read them.

A landed issue leaves one, made from its demo:
    python -m tests.support.dumps instance/demo/coclico.sqlite tests/upgrade/a.sql.gz
One that landed earlier: the demo of today, first taken back by `./run flask db downgrade 0005`.
"""

import gzip
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Engine, MetaData, Table, Uuid, create_engine, insert, select, text

from tests.support.databases import migrate

HEAVIEST_DUMP = 200_000
"""Bytes: they stay in the repository for ever."""
BATCH = 500


def write_dump(database: Path, dump: Path) -> None:
    """Write a SQLite database as compressed SQL, the same bytes for the same data."""
    with sqlite3.connect(database) as connection:
        lines = "\n".join(connection.iterdump()) + "\n"
    dump.write_bytes(gzip.compress(lines.encode(), mtime=0))
    weight = dump.stat().st_size
    if weight > HEAVIEST_DUMP:
        raise SystemExit(f"{dump}: {weight} bytes, {HEAVIEST_DUMP} at most; make a smaller demo")


def read_dump(dump: Path, file: Path) -> None:
    """Make the SQLite database that was dumped, at the revision it had then."""
    connection = sqlite3.connect(file)
    connection.executescript(gzip.decompress(dump.read_bytes()).decode())
    connection.close()


def revision_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def copy_to_postgresql(file: Path, url: str) -> None:
    """Bring an empty PostgreSQL database to the revision of a SQLite file, with the same rows."""
    source, target = create_engine(f"sqlite:///{file}"), create_engine(url)
    migrate(url, revision_of(source))
    tables = MetaData()
    tables.reflect(target)
    old = MetaData()
    old.reflect(source)
    with source.connect() as reading, target.begin() as writing:
        writing.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables.tables.values():
            if table.name != "alembic_version":
                writing.execute(text(f'DELETE FROM "{table.name}"'))
                rows = reading.execute(select(old.tables[table.name])).mappings()
                for batch in rows.partitions(BATCH):
                    writing.execute(insert(table), [_translated(table, row) for row in batch])
    source.dispose()
    target.dispose()


def _translated(table: Table, row: Any) -> dict[str, Any]:
    return {name: _translator(table, name)(value) for name, value in row.items()}


def _translator(table: Table, column: str) -> Callable[[Any], Any]:
    """What SQLite keeps as text or without a zone, as PostgreSQL wants it."""
    kind = table.columns[column].type
    if isinstance(kind, Uuid):
        return lambda value: value and UUID(str(value))
    if isinstance(kind, DateTime):
        return lambda value: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
    return lambda value: value


if __name__ == "__main__":
    write_dump(Path(sys.argv[1]), Path(sys.argv[2]))
