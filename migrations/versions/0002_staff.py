"""The staff side: accounts, journal, calendars, and what the desk writes on a booking."""

import sqlalchemy as sa
from alembic import op

from app.domain.search_keys import search_keys
from app.models.base import UtcDateTime

JOURNAL_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'append_only'; END $$""",
    """CREATE TRIGGER journal_append_only BEFORE UPDATE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()""",
)
JOURNAL_SQLITE = (
    """CREATE TRIGGER journal_append_only BEFORE UPDATE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'append_only'); END""",
)

REFERENCES = (
    ("appointment", "booked_by_id", "user"),
    ("appointment_event", "user_id", "user"),
    ("call_task", "user_id", "user"),
    ("resident", "commune_id", "commune"),
)
SEARCHED = ("by_first_name", "by_last_name", "by_phone_end", "commune_id")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "busy_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_busy_calendar_counsellor_id_counsellor"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendar")),
        sa.UniqueConstraint("counsellor_id", name=op.f("uq_busy_calendar_counsellor_id")),
    )
    op.create_table(
        "busy_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_busy_time_in_order")),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["counsellor.id"], name=op.f("fk_busy_time_counsellor_id_counsellor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
    )
    with op.batch_alter_table("busy_time") as batch_op:
        batch_op.create_index(
            "ix_busy_time_counsellor_id_starts_at", ["counsellor_id", "starts_at"], unique=False
        )

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("nonce", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=200), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("signed_in_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(role = 'COUNSELLOR') = (counsellor_id IS NOT NULL)", name=op.f("ck_user_own_agenda")
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["counsellor.id"], name=op.f("fk_user_counsellor_id_counsellor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("counsellor_id", name=op.f("uq_user_counsellor_id")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "account_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_account_link_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_link_token_hash")),
    )
    with op.batch_alter_table("account_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_account_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("with_travel", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("fetched_at", UtcDateTime(), nullable=True),
        sa.Column("fetched_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(counsellor_id IS NULL) <> (venue_id IS NULL)",
            name=op.f("ck_calendar_feed_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_calendar_feed_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_calendar_feed_created_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_calendar_feed_venue_id_venue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_feed_counsellor_id"), ["counsellor_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_calendar_feed_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_journal_entry_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry") as batch_op:
        batch_op.create_index("ix_journal_entry_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_journal_entry_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_journal_entry_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "timetable_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("counsellor_id", sa.Integer(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counsellor_id"],
            ["counsellor.id"],
            name=op.f("fk_timetable_change_counsellor_id_counsellor"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_timetable_change_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_change")),
    )
    op.create_table(
        "user_commune",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("is_deputy", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_user_commune_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_commune_user_id_user")
        ),
        sa.PrimaryKeyConstraint("user_id", "commune_id", name=op.f("pk_user_commune")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=200), nullable=False),
        sa.Column("nonce", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_user_session_key_hash")),
    )
    with op.batch_alter_table("user_session") as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    for table, column, target in REFERENCES:
        add_reference(table, column, target)
    for table, columns in new_columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_call_task_closed_at_due_at", "call_task", ["closed_at", "due_at"])
    for name in SEARCHED:
        op.create_index(f"ix_resident_{name}", "resident", [name])

    for statement in JOURNAL_SQLITE if is_sqlite() else JOURNAL_POSTGRESQL:
        op.execute(statement)
    give_cards_their_keys()


def add_reference(table: str, column: str, target: str) -> None:
    """Without recreating the table on SQLite: batch mode would copy every appointment."""
    name = f"fk_{table}_{column}_{target}"
    if is_sqlite():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
            f' CONSTRAINT {name} REFERENCES "{target}" (id)'
        )
        return
    op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.create_foreign_key(name, table, target, [column], ["id"])


def new_columns() -> dict[str, list[sa.Column[object]]]:
    """What each table of issue A gains, beside its references."""
    key = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
    off, empty = sa.false(), "{}"
    return {
        "absence": [sa.Column("series", sa.String(length=200))],
        "appointment": [
            sa.Column("caller", sa.String(length=24)),
            sa.Column("deadline", sa.String(length=24)),
            sa.Column("note", sa.String(length=200)),
            sa.Column("arrived_at", UtcDateTime()),
        ],
        "appointment_event": [sa.Column("reason", sa.String(length=24))],
        "call_task": [sa.Column("tried_at", UtcDateTime())],
        "resident": [
            *(sa.Column(name, key) for name in SEARCHED if name.startswith("by_")),
            sa.Column("refuses_reminders", sa.Boolean(), server_default=off, nullable=False),
            sa.Column("updated_at", UtcDateTime()),
        ],
        "venue": [sa.Column("card", sa.JSON(), server_default=empty, nullable=False)],
    }


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def give_cards_their_keys() -> None:
    """The cards of issue A are found by the desk like those of today."""
    connection = op.get_bind()
    cards = connection.execute(
        sa.text("SELECT id, first_name, last_name, phone FROM resident")
    ).all()
    keys = [
        {"id": card.id, **search_keys(card.first_name, card.last_name, card.phone)}
        for card in cards
    ]
    if keys:
        connection.execute(
            sa.text(
                "UPDATE resident SET by_last_name = :by_last_name, by_first_name = :by_first_name,"
                " by_phone_end = :by_phone_end, commune_id = (SELECT max(commune_id)"
                " FROM appointment WHERE appointment.resident_id = resident.id) WHERE id = :id"
            ),
            keys,
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER journal_append_only" + ("" if is_sqlite() else " ON journal_entry"))
    if not is_sqlite():
        op.execute("DROP FUNCTION journal_is_append_only()")
    for name in SEARCHED:
        op.drop_index(f"ix_resident_{name}", "resident")
    op.drop_index("ix_call_task_closed_at_due_at", "call_task")
    gained = {
        table: [column.name for column in columns] for table, columns in new_columns().items()
    }
    for table, column, _target in REFERENCES:
        gained[table].append(column)
    for table, columns in gained.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column)

    with op.batch_alter_table("user_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))
        batch_op.drop_index(batch_op.f("ix_user_session_seen_at"))

    op.drop_table("user_session")
    op.drop_table("user_commune")
    op.drop_table("timetable_change")
    with op.batch_alter_table("recovery_code") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_user_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("journal_entry") as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_user_id"))
        batch_op.drop_index("ix_journal_entry_subject_kind_subject_id")
        batch_op.drop_index("ix_journal_entry_at")

    op.drop_table("journal_entry")
    with op.batch_alter_table("calendar_feed") as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_venue_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_feed_counsellor_id"))

    op.drop_table("calendar_feed")
    with op.batch_alter_table("account_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_link_user_id"))

    op.drop_table("account_link")
    op.drop_table("user")
    with op.batch_alter_table("busy_time") as batch_op:
        batch_op.drop_index("ix_busy_time_counsellor_id_starts_at")

    op.drop_table("busy_time")
    op.drop_table("busy_calendar")
