"""SQLite never gives a number twice where links, messages and the journal remember it."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "resident",
    "appointment",
    "outbox_message",
    "waiting_entry",
    "offer",
    "registration",
    "places_offer",
    "workshop_news",
)
REMEMBERED = {
    "resident": "SELECT max(subject_id) FROM journal_entry WHERE subject_kind = 'RESIDENT'"
    " UNION ALL SELECT max(resident_id) FROM erasure",
    "appointment": "SELECT max(subject_id) FROM outbox_message WHERE subject_kind = 'APPOINTMENT'"
    " UNION ALL SELECT max(subject_id) FROM journal_entry WHERE subject_kind = 'APPOINTMENT'",
    "offer": "SELECT max(subject_id) FROM outbox_message WHERE subject_kind = 'OFFER'",
    "registration": "SELECT max(subject_id) FROM outbox_message WHERE subject_kind = 'REGISTRATION'"
    " UNION ALL SELECT max(subject_id) FROM journal_entry WHERE subject_kind = 'REGISTRATION'",
    "places_offer": "SELECT max(subject_id) FROM outbox_message WHERE subject_kind = 'PLACES'",
    "workshop_news": "SELECT max(subject_id) FROM outbox_message WHERE subject_kind = 'NEWS'",
}
"""Where numbers of removed rows are still written: the next one comes after them."""


def upgrade() -> None:
    # PostgreSQL counts by sequences, which never go back.
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        _recreate(table)
        _go_on_after(table)


def downgrade() -> None:
    """Nothing: the earlier version reads and writes these tables as they are."""


def _recreate(table: str) -> None:
    """With the same text but for its key: what Alembic reads back of a table forgets some of it."""
    connection = op.get_bind()
    made = "SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"
    texts = connection.execute(sa.text(made), {"table": table}).all()
    (whole,) = (text for kind, text in texts if kind == "table")
    fresh = f"{table}_counted"
    for statement in (
        _counted(whole, table, fresh),
        f'INSERT INTO "{fresh}" SELECT * FROM "{table}"',  # noqa: S608 - names of ours
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "{fresh}" RENAME TO "{table}"',
        *(text for kind, text in texts if kind != "table"),
    ):
        connection.exec_driver_sql(statement)


def _counted(whole: str, table: str, fresh: str) -> str:
    """The statement that makes a table, for another name and with a key that never comes back."""
    key = f"CONSTRAINT pk_{table} PRIMARY KEY"
    steps = (
        (rf'CREATE TABLE "?{table}"? \(', f'CREATE TABLE "{fresh}" ('),
        (r"\bid INTEGER NOT NULL,", f"id INTEGER NOT NULL {key} AUTOINCREMENT,"),
        (rf",\s*{key} \(id\)", ""),
    )
    for pattern, text in steps:
        whole, found = re.subn(pattern, text, whole, count=1)
        assert found, f"{table}: {pattern} is not in {whole}"  # noqa: S101
    return whole


def _go_on_after(table: str) -> None:
    connection = op.get_bind()
    elsewhere = REMEMBERED.get(table, "SELECT 0")
    numbers = f"SELECT max(id) AS number FROM {table} UNION ALL {elsewhere}"  # noqa: S608 - ours
    whole = f"SELECT max(number) FROM ({numbers})"  # noqa: S608 - ours
    last = connection.exec_driver_sql(whole).scalar()
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.exec_driver_sql(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last or 0)
    )
