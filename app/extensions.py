"""Unbound extension instances, and how each database is spoken to."""

import sqlite3
from typing import Any

from flask_babel import Babel
from flask_compress import Compress
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from app.models import Base

db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True, compare_type=True)
csrf = CSRFProtect()
babel = Babel()
compress = Compress()

BUSY_TIMEOUT_MS = 5000
"""SQLite serves writers one by one: a writer waits its turn this long before giving up."""


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Leave transactions to us (isolation_level None), readers beside one writer (WAL)."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: upgrading later would fail with « database is locked »."""
    if connection.dialect.name == "sqlite":
        options = connection.get_execution_options()
        if not options.get("write_transaction", False):
            connection.exec_driver_sql("BEGIN")
            return
        # NORMAL waits for no disk, and is the same for all but a power cut.
        waits = "FULL" if options.get("outlives_power", True) else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={waits}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
