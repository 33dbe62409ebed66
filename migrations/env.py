"""Alembic's entry: the same migrations for SQLite and PostgreSQL, on the application's database.

On SQLite a migration runs in one transaction with foreign keys unchecked, as batch mode recreates
tables; triggers of a recreated table must be made again by the migration that recreates it.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.models import Base
from app.models.base import UtcDateTime


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Our own column type is imported by script.py.mako."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    return False


def run(connection: Connection) -> None:
    """Migrate that connection's database."""
    arguments = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        transaction_per_migration=True,
        **arguments,
    )
    with context.begin_transaction():
        context.run_migrations()


def say_to_sqlite(connection: Connection, pragma: str) -> None:
    """Straight to the driver: inside a transaction SQLite ignores what is said of foreign keys."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA {pragma}")


engine = current_app.extensions["migrate"].db.engine
with engine.connect() as connection:
    say_to_sqlite(connection, "foreign_keys=OFF")
    run(connection)
    connection.commit()
    say_to_sqlite(connection, "foreign_keys=ON")
