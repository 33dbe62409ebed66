"""Messages (receipts, costs, pauses, own texts), the waiting list, the three questions."""

import sqlalchemy as sa
from alembic import op

from app.models.base import UtcDateTime

REFUSED = ("refuses_sms", "refuses_mail")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "kind", "channel", "state", "commune_id", name=op.f("pk_message_count")
        ),
    )
    op.create_table(
        "survey_answer",
        sa.Column("half_year", sa.String(length=200), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("place_kind", sa.String(length=24), nullable=False),
        sa.Column("question", sa.String(length=24), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_survey_answer_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint(
            "half_year",
            "commune_id",
            "place_kind",
            "question",
            "answer",
            name=op.f("pk_survey_answer"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_invitation",
        sa.Column("token_hash", sa.String(length=200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("place_kind", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_survey_invitation_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_survey_invitation")),
    )
    with op.batch_alter_table("survey_invitation") as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_invitation_made_on"), ["made_on"], unique=False)

    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["user.id"], name=op.f("fk_message_text_edited_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
        sa.UniqueConstraint("language", "channel", "kind", "part", name="uq_message_text_one"),
    )
    op.create_table(
        "sending_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=False),
        sa.Column("paused_by_id", sa.Integer(), nullable=False),
        sa.Column("resumed_at", UtcDateTime(), nullable=True),
        sa.Column("resumed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["paused_by_id"], ["user.id"], name=op.f("fk_sending_pause_paused_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["resumed_by_id"], ["user.id"], name=op.f("fk_sending_pause_resumed_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_pause")),
    )
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("place_kind", sa.String(length=24), nullable=False),
        sa.Column("half_day", sa.String(length=24), nullable=False),
        sa.Column("reach_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("message_channel", sa.String(length=24), nullable=False),
        sa.Column("message_to", sa.String(length=24), nullable=False),
        sa.Column("helper_name", sa.String(length=200), nullable=True),
        sa.Column("helper_phone", sa.String(length=200), nullable=True),
        sa.Column("helper_relation", sa.String(length=24), nullable=True),
        sa.Column("address_line1", sa.String(length=200), nullable=True),
        sa.Column("address_line2", sa.String(length=200), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("refusals", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("link_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("form_key", sa.String(length=200), nullable=True),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_waiting_entry_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["user.id"], name=op.f("fk_waiting_entry_booked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_waiting_entry_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_waiting_entry_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_waiting_entry_topic_id_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_waiting_entry_appointment_id")),
        sa.UniqueConstraint("form_key", name=op.f("uq_waiting_entry_form_key")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_waiting_entry_link_token_hash")),
    )
    with op.batch_alter_table("waiting_entry") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_waiting_entry_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_waiting_entry_joined_at"), ["joined_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_waiting_entry_resident_id"), ["resident_id"], unique=False
        )

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("engagement_id", sa.Integer(), nullable=True),
        sa.Column("counsellor_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("window_minutes", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("answer_by", UtcDateTime(), nullable=False),
        sa.Column("link_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_offer_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_offer_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["counsellor_id"], ["counsellor.id"], name=op.f("fk_offer_counsellor_id_counsellor")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_offer_engagement_id_engagement")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waiting_entry.id"], name=op.f("fk_offer_entry_id_waiting_entry")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_offer_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_offer_engagement_id")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_offer_link_token_hash")),
    )
    with op.batch_alter_table("offer") as batch_op:
        batch_op.create_index(
            "ix_offer_closed_at_answer_by", ["closed_at", "answer_by"], unique=False
        )
        batch_op.create_index(
            "ix_offer_counsellor_id_starts_at", ["counsellor_id", "starts_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_offer_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_offer_open",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    # In place: batch mode would drop the triggers of the wall, and copy every row.
    op.add_column("engagement", sa.Column("held_until", UtcDateTime(), nullable=True))

    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.add_column(
            sa.Column("round", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("provider_id", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("receipt", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("receipt_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("segments", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("commune_id", sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_outbox_message_once"), type_="unique")
        batch_op.create_unique_constraint(
            "uq_outbox_message_once",
            ["subject_kind", "subject_id", "kind", "version", "channel", "recipient", "round"],
        )
        batch_op.create_index("ix_outbox_message_closed_at", ["closed_at"], unique=False)
        batch_op.create_index("ix_outbox_message_provider_id", ["provider_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_message_subject_kind_subject_id",
            ["subject_kind", "subject_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_message_commune_id_commune"), "commune", ["commune_id"], ["id"]
        )

    for name in REFUSED:
        refused = sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column("resident", refused)


def downgrade() -> None:
    for name in REFUSED:
        op.drop_column("resident", name)

    op.execute("DELETE FROM outbox_message WHERE round > 0 OR subject_kind = 'OFFER'")
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_outbox_message_commune_id_commune"), type_="foreignkey"
        )
        batch_op.drop_index("ix_outbox_message_subject_kind_subject_id")
        batch_op.drop_index("ix_outbox_message_provider_id")
        batch_op.drop_index("ix_outbox_message_closed_at")
        batch_op.drop_constraint("uq_outbox_message_once", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_outbox_message_once"),
            ["subject_kind", "subject_id", "kind", "version", "channel", "recipient"],
        )
        batch_op.drop_column("commune_id")
        batch_op.drop_column("cost")
        batch_op.drop_column("segments")
        batch_op.drop_column("receipt_at")
        batch_op.drop_column("receipt")
        batch_op.drop_column("provider_id")
        batch_op.drop_column("minutes")
        batch_op.drop_column("round")

    with op.batch_alter_table("offer") as batch_op:
        batch_op.drop_index("uq_offer_open")
        batch_op.drop_index(batch_op.f("ix_offer_entry_id"))
        batch_op.drop_index("ix_offer_counsellor_id_starts_at")
        batch_op.drop_index("ix_offer_closed_at_answer_by")

    op.drop_table("offer")
    op.execute("DELETE FROM engagement WHERE kind = 'OFFER'")
    op.drop_column("engagement", "held_until")
    with op.batch_alter_table("waiting_entry") as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_entry_resident_id"))
        batch_op.drop_index(batch_op.f("ix_waiting_entry_joined_at"))
        batch_op.drop_index(batch_op.f("ix_waiting_entry_expires_at"))

    op.drop_table("waiting_entry")
    op.drop_table("sending_pause")
    op.drop_table("message_text")
    with op.batch_alter_table("survey_invitation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_invitation_made_on"))

    op.drop_table("survey_invitation")
    op.drop_table("survey_answer")
    op.drop_table("message_count")
