"""Workshops, their registrations, offered places and news; a call may be about a registration."""

import sqlalchemy as sa
from alembic import op

from app.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workshop_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("consented_at", UtcDateTime(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(email IS NULL) <> (phone IS NULL)", name=op.f("ck_workshop_news_one_way_to_tell")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_workshop_news_commune_id_commune")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_news")),
        sa.UniqueConstraint("email", name=op.f("uq_workshop_news_email")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_workshop_news_link_token_hash")),
        sa.UniqueConstraint("phone", name=op.f("uq_workshop_news_phone")),
    )
    op.create_table(
        "workshop_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("prerequisites", sa.JSON(), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["user.id"], name=op.f("fk_workshop_template_edited_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_template")),
        sa.UniqueConstraint("code", name=op.f("uq_workshop_template_code")),
    )
    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("prerequisites", sa.JSON(), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("host_commune_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("kept_places", sa.Integer(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("upheld_at", UtcDateTime(), nullable=True),
        sa.Column("reworded_at", UtcDateTime(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_workshop_room_for_somebody")),
        sa.CheckConstraint(
            "kept_places BETWEEN 0 AND capacity", name=op.f("ck_workshop_kept_of_capacity")
        ),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_workshop_never_too_many")),
        sa.ForeignKeyConstraint(
            ["host_commune_id"], ["commune.id"], name=op.f("fk_workshop_host_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_workshop_recorded_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["workshop_template.id"],
            name=op.f("fk_workshop_template_id_workshop_template"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("slug", name=op.f("uq_workshop_slug")),
    )
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.create_index("ix_workshop_first_at", ["first_at"], unique=False)
        batch_op.create_index("ix_workshop_last_at", ["last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_series"), ["series"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_template_id"), ["template_id"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("companion_first_name", sa.String(length=200), nullable=True),
        sa.Column("companion_last_name", sa.String(length=200), nullable=True),
        sa.Column("accepts_one", sa.Boolean(), nullable=False),
        sa.Column("devices_wanted", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("cancelled_by", sa.String(length=24), nullable=True),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=200), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("form_key", sa.String(length=200), nullable=True),
        sa.Column("form_digest", sa.String(length=200), nullable=True),
        sa.Column("message_channel", sa.String(length=24), nullable=False),
        sa.Column("message_to", sa.String(length=24), nullable=False),
        sa.Column("helper_name", sa.String(length=200), nullable=True),
        sa.Column("helper_phone", sa.String(length=200), nullable=True),
        sa.Column("helper_relation", sa.String(length=24), nullable=True),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("caller", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "(status = 'CANCELLED') = (cancelled_by IS NOT NULL)",
            name=op.f("ck_registration_cancelled_by_somebody"),
        ),
        sa.CheckConstraint("places BETWEEN 1 AND 2", name=op.f("ck_registration_one_or_two")),
        sa.CheckConstraint(
            "reference BETWEEN 100000 AND 999999", name=op.f("ck_registration_six_digits")
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["user.id"], name=op.f("fk_registration_booked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_registration_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_registration_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_registration_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("form_key", name=op.f("uq_registration_form_key")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_registration_link_token_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_registration_reference")),
    )
    with op.batch_alter_table("registration") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_helper_phone"), ["helper_phone"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_registration_resident_id"), ["resident_id"], unique=False
        )
        batch_op.create_index(
            "ix_registration_workshop_id_status", ["workshop_id", "status"], unique=False
        )

    op.create_table(
        "workshop_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("place_name", sa.String(length=200), nullable=True),
        sa.Column("place_address", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("walk_ins", sa.Integer(), nullable=False),
        sa.Column("lent", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(venue_id IS NULL) = (place_name IS NOT NULL)",
            name=op.f("ck_workshop_session_at_a_venue_or_a_place"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_workshop_session_in_order")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_workshop_session_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["commune.id"], name=op.f("fk_workshop_session_commune_id_commune")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_workshop_session_venue_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_session_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_session")),
        sa.UniqueConstraint("uid", name=op.f("uq_workshop_session_uid")),
    )
    with op.batch_alter_table("workshop_session") as batch_op:
        batch_op.create_index("ix_workshop_session_starts_at", ["starts_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_workshop_session_workshop_id"), ["workshop_id"], unique=False
        )

    op.create_table(
        "participation",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_participation_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_participation_session_id_workshop_session"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_participation")),
    )
    with op.batch_alter_table("participation") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_participation_session_id"), ["session_id"], unique=False
        )

    op.create_table(
        "places_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("answer_by", UtcDateTime(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("link_token_hash", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("places BETWEEN 1 AND 2", name=op.f("ck_places_offer_one_or_two")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_places_offer_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_places_offer_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_places_offer_workshop_id_workshop")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places_offer")),
        sa.UniqueConstraint("link_token_hash", name=op.f("uq_places_offer_link_token_hash")),
    )
    with op.batch_alter_table("places_offer") as batch_op:
        batch_op.create_index(
            "ix_places_offer_closed_at_answer_by", ["closed_at", "answer_by"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_places_offer_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_places_offer_workshop_id"), ["workshop_id"], unique=False
        )
        batch_op.create_index(
            "uq_places_offer_open",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "workshop_engagement",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_workshop_engagement_engagement_id_engagement"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_workshop_engagement_session_id_workshop_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "engagement_id", name=op.f("pk_workshop_engagement")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_workshop_engagement_engagement_id")),
    )
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("call_task") as batch_op:
        batch_op.add_column(sa.Column("registration_id", sa.Integer(), nullable=True))
        batch_op.alter_column("appointment_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_call_task_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_call_task_registration_id_registration"),
            "registration",
            ["registration_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_call_task_about_one_thing"),
            "(appointment_id IS NULL) <> (registration_id IS NULL)",
        )


def downgrade() -> None:
    op.execute(
        "DELETE FROM outbox_message WHERE subject_kind IN ('REGISTRATION', 'PLACES', 'NEWS')"
    )
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_column("session_id")
    op.execute("DELETE FROM call_task WHERE registration_id IS NOT NULL")
    with op.batch_alter_table("call_task") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_call_task_about_one_thing"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_call_task_registration_id_registration"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_call_task_registration_id"))
        batch_op.alter_column("appointment_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("registration_id")

    op.drop_table("workshop_engagement")
    op.execute("DELETE FROM engagement WHERE kind = 'WORKSHOP'")
    with op.batch_alter_table("places_offer") as batch_op:
        batch_op.drop_index(
            "uq_places_offer_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_places_offer_workshop_id"))
        batch_op.drop_index(batch_op.f("ix_places_offer_registration_id"))
        batch_op.drop_index("ix_places_offer_closed_at_answer_by")

    op.drop_table("places_offer")
    with op.batch_alter_table("participation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_participation_session_id"))

    op.drop_table("participation")
    with op.batch_alter_table("workshop_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_session_workshop_id"))
        batch_op.drop_index("ix_workshop_session_starts_at")

    op.drop_table("workshop_session")
    with op.batch_alter_table("registration") as batch_op:
        batch_op.drop_index("ix_registration_workshop_id_status")
        batch_op.drop_index(batch_op.f("ix_registration_resident_id"))
        batch_op.drop_index(batch_op.f("ix_registration_helper_phone"))

    op.drop_table("registration")
    with op.batch_alter_table("workshop") as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_template_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_series"))
        batch_op.drop_index("ix_workshop_last_at")
        batch_op.drop_index("ix_workshop_first_at")

    op.drop_table("workshop")
    op.drop_table("workshop_template")
    op.drop_table("workshop_news")
