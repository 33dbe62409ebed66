"""Attendance records, the sums that stay, sharing keys, closings, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("counsellor", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place_kind", sa.String(length=200), nullable=False),
        sa.Column("place_commune", sa.String(length=200), nullable=True),
        sa.Column("venue", sa.String(length=200), nullable=True),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("procedures", sa.JSON(), nullable=False),
        sa.Column("genders", sa.JSON(), nullable=False),
        sa.Column("ages", sa.JSON(), nullable=False),
        sa.Column("statuses", sa.JSON(), nullable=False),
        sa.Column("residences", sa.JSON(), nullable=False),
        sa.Column("already_helped", sa.Integer(), nullable=False),
        sa.Column("devices", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(length=200), nullable=True),
        sa.Column("autonomy", sa.String(length=200), nullable=True),
        sa.Column("redirection", sa.String(length=200), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=200), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=True),
        sa.Column("leaders", sa.Integer(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.Column("is_copied", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_blended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("participants >= 1", name=op.f("ck_attendance_record_somebody_came")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_record")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("attendance_record") as batch_op:
        batch_op.create_index(
            "ix_attendance_record_counsellor_on", ["counsellor", "on"], unique=False
        )
        batch_op.create_index("ix_attendance_record_counted_on", ["counted_on"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "hours_cube",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("commune", sa.String(length=200), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("lost", sa.JSON(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "commune", name=op.f("pk_hours_cube")),
    )
    op.create_table(
        "outcome_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("commune", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("cancelled_by_person", sa.Integer(), nullable=False),
        sa.Column("cancelled_by_service", sa.Integer(), nullable=False),
        sa.Column("delay_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "commune", "type", name=op.f("pk_outcome_count")),
    )
    op.create_table(
        "public_cube",
        sa.Column("half_year", sa.String(length=200), nullable=False),
        sa.Column("commune", sa.String(length=200), nullable=False),
        sa.Column("family", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "half_year", "commune", "family", "code", name=op.f("pk_public_cube")
        ),
    )
    op.create_table(
        "residence_cube",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("commune", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "commune", name=op.f("pk_residence_cube")),
    )
    op.create_table(
        "volume_cube",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("commune", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("place_kind", sa.String(length=200), nullable=False),
        sa.Column("activities", sa.Integer(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("already_helped", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.Column("late_activities", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "commune", "type", "place_kind", name=op.f("pk_volume_cube")
        ),
    )
    op.create_table(
        "half_year_closing",
        sa.Column("half_year", sa.String(length=200), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("annual_cost_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_half_year_closing_closed_by_id_user")
        ),
        sa.PrimaryKeyConstraint("half_year", name=op.f("pk_half_year_closing")),
    )
    op.create_table(
        "sharing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("population_vintage", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_sharing_key_recorded_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_key")),
    )
    op.add_column(
        "appointment",
        sa.Column("is_recorded", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    for name in ("is_recorded", "is_deserted"):
        op.add_column(
            "workshop_session",
            sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False),
        )
    op.add_column(
        "registration",
        sa.Column("left_list", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("registration", "left_list")
    op.drop_column("workshop_session", "is_deserted")
    op.drop_column("workshop_session", "is_recorded")

    op.drop_column("appointment", "is_recorded")

    op.drop_table("sharing_key")
    op.drop_table("half_year_closing")
    op.drop_table("volume_cube")
    op.drop_table("residence_cube")
    op.drop_table("public_cube")
    op.drop_table("outcome_count")
    op.drop_table("hours_cube")
    op.drop_table("erasure")
    with op.batch_alter_table("attendance_record") as batch_op:
        batch_op.drop_index("ix_attendance_record_counted_on")
        batch_op.drop_index("ix_attendance_record_counsellor_on")

    op.drop_table("attendance_record")
